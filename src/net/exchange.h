#pragma once

// One request on its way through a handler, at the edge or on the pool.
// Internal to net/.

#include <memory>
#include <string>

#include "http/router.h"
#include "net/edge.h"

namespace vouchsafe::net {

// The answers that the server makes itself.
http::Response Overloaded(const std::string& request_id);
http::Response HandlerFailed(const std::string& request_id);
http::Response TooLate(const std::string& request_id);

// Continues a suspended connection; called once, from any thread.
class Resume {
 public:
  virtual ~Resume() = default;
  virtual void Go() = 0;
};

struct Exchange final : public Work {
  Exchange(Edge& edge, http::Request request, http::Router::Plan plan);

  // Runs the handler; catches what it throws. Then resumes, if asked to.
  std::chrono::nanoseconds Run() override;
  // Without the pool.
  void Handle();

  Edge& edge;
  http::Request request;
  http::Router::Plan plan;
  RequestContext context;
  SteadyTime started;
  http::Response response;
  std::unique_ptr<Resume> resume;
  // Of the connection: what its requests take, a moving mean.
  std::chrono::nanoseconds* usual = nullptr;
};

// One info line: method, path without query, status, bytes, time, id.
void LogAccess(const Exchange& exchange);

}  // namespace vouchsafe::net
