#pragma once

// The REST front (as.md section 6): routes on a Router, no sockets. Policies
// can also be read and deleted by id. The service has no administrators: who
// reaches the port may change policies, so main warns about that.

#include <cstddef>
#include <string>
#include <vector>

#include "as/service.h"
#include "base/log.h"
#include "decision/sink.h"
#include "http/router.h"

namespace vouchsafe::as {

inline constexpr size_t kMaxRestBody = size_t{2} << 20;

struct RestOptions {
  // Answers as Trustee gives them: 500 with a list of causes for everything
  // that a handler refuses, plain text for a body that does not fit.
  bool strict_trustee_errors = false;
  std::vector<std::string> allowed_origins;  // those that are origins
};

// Borrowed; all must outlive the router.
struct RestDeps {
  AttestationService* service = nullptr;
  DecisionSink* decisions = nullptr;
  Logger* logger = nullptr;
};

http::Router MakeRestRouter(const RestOptions& options, const RestDeps& deps);

// What `vouchsafe why` asks, for a Unix socket of mode 0600 only (decision 29):
// GET /kbs/v0/admin/decisions, GET /kbs/v0/admin/decisions/{id}.
http::Router MakeDecisionRouter(const DecisionRing& decisions);

}  // namespace vouchsafe::as
