#pragma once

// A response's bytes on the wire. Internal to net/.

#include <string>
#include <string_view>

#include "http/types.h"

namespace vouchsafe::net {

// Status line and header with the empty line after it. The server alone says
// Content-Length, Connection, Transfer-Encoding and Date: what the response has
// of those is dropped, and so are line breaks within values.
void AppendHead(const http::Response& response, bool keep_alive,
                std::string_view date, std::string& out);

// Statuses that never have a body (RFC 9110 section 6.4.1).
bool MayHaveBody(int status);

}  // namespace vouchsafe::net
