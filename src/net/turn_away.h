#pragma once

// How a connection over the limit is told so. Internal to net/.

#include "net/edge.h"

namespace vouchsafe::net {

// Sends 503, or over TLS the fatal alert internal_error (RFC 8446 section 6.2)
// instead of a handshake, and waits a moment for the peer's end: closing while
// its request comes in would take the answer away from it. Of those who wait
// there are few at once; others are closed without waiting. Must be spawned on
// the edge's context.
Task<void> TurnAway(Edge& edge, Socket socket, bool tls);

}  // namespace vouchsafe::net
