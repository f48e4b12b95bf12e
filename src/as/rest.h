#pragma once

// The REST front (as.md section 6): routes on a Router, no sockets. Policies
// can also be read, deleted and taken back by id:
//   GET /policy/{id}, ?versions=true lists what stood there before (newest
//     first), ?sha384=HEX gives one of these texts
//   POST /policy/{id}?rollback=HEX stores that text again
//   DELETE /policy/{id}
// The service has no administrators: without write_token whoever reaches the
// port may change policies, so main warns about that.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "as/service.h"
#include "base/log.h"
#include "base/secret.h"
#include "decision/sink.h"
#include "http/router.h"
#include "metrics/registry.h"

namespace vouchsafe::as {

inline constexpr size_t kMaxRestBody = size_t{2} << 20;

struct RestOptions {
  // Answers as Trustee gives them: 500 with a list of causes for everything
  // that a handler refuses, plain text for a body that does not fit.
  bool strict_trustee_errors = false;
  std::vector<std::string> allowed_origins;  // those that are origins
  // Calls that change state must carry it as a bearer token; without it they
  // need none.
  std::optional<SecretBytes> write_token = std::nullopt;
};

// Borrowed; all must outlive the router.
struct RestDeps {
  AttestationService* service = nullptr;
  DecisionSink* decisions = nullptr;
  Logger* logger = nullptr;
  // Shown at GET /metrics; nullptr: no such route.
  const metrics::Registry* metrics = nullptr;
};

http::Router MakeRestRouter(const RestOptions& options, const RestDeps& deps);

// What `vouchsafe why` asks, for a Unix socket of mode 0600 only (decision 29):
// GET /kbs/v0/admin/decisions, GET /kbs/v0/admin/decisions/{id}.
http::Router MakeDecisionRouter(const DecisionRing& decisions);
// The same with the keys that sign tokens, when there are any:
// GET .../token-keys, POST .../token-keys/rotate?announce_min=N,
// DELETE .../token-keys/{kid}. Changes of keys are written to `sink`.
http::Router MakeAdminRouter(const DecisionRing& decisions,
                             ear::SigningKeys* keys, DecisionSink& sink);

}  // namespace vouchsafe::as
