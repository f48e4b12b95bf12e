#include "net/exchange.h"

#include <cstdio>
#include <ctime>
#include <exception>
#include <utility>

#include "http/problem.h"

namespace vouchsafe::net {
namespace {

constexpr const char* kNoType = "about:blank";  // RFC 9457 section 4.2.1

std::string Milliseconds(SteadyTime::duration duration) {
  char text[32];
  const double ms = std::chrono::duration<double, std::milli>(duration).count();
  std::snprintf(text, sizeof text, "%.3f", ms);
  return text;
}

// Processor time, so that waiting for a disk or a vendor's service counts for
// nothing.
std::chrono::nanoseconds ThreadTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

http::Response Overloaded(const std::string& request_id) {
  return http::ProblemResponse(
      {503, kNoType, "The server is overloaded", "exhausted", request_id});
}

http::Response HandlerFailed(const std::string& request_id) {
  return http::ProblemResponse(
      {500, kNoType, "Internal error", "internal", request_id});
}

http::Response TooLate(const std::string& request_id) {
  return http::ProblemResponse(
      {504, kNoType, "The request ran out of time", "deadline", request_id});
}

Exchange::Exchange(Edge& edge_in, http::Request request_in,
                   http::Router::Plan plan_in)
    : edge(edge_in),
      request(std::move(request_in)),
      plan(std::move(plan_in)),
      started(std::chrono::steady_clock::now()) {
  const Shared& shared = edge.shared;
  context.request_id = NewRequestId(*shared.deps.random);
  context.clock = shared.deps.clock;
  context.deadline =
      shared.deps.clock->Steady() + shared.limits.request_deadline;
  context.stop = shared.stop.get_token();
}

void Exchange::Handle() {
  const ServerDeps& deps = edge.shared.deps;
  try {
    // Time may have run out in the queue.
    if (const auto alive = context.Alive(); alive.has_value()) {
      response = deps.router->Handle(plan, request, context);
      return;
    } else {
      response = alive.error().code == ErrorCode::kDeadline
                     ? TooLate(context.request_id)
                     : Overloaded(context.request_id);
    }
  } catch (const std::exception& thrown) {
    deps.logger->Error("handler threw", {{"what", thrown.what()},
                                         {"request_id", context.request_id}});
    response = HandlerFailed(context.request_id);
  } catch (...) {
    deps.logger->Error("handler threw", {{"request_id", context.request_id}});
    response = HandlerFailed(context.request_id);
  }
  deps.router->Decorate(request, response);
}

std::chrono::nanoseconds Exchange::Run() {
  const std::chrono::nanoseconds start = ThreadTime();
  Handle();
  const std::chrono::nanoseconds took = ThreadTime() - start;
  if (usual != nullptr) {
    *usual = *usual == usual->zero() ? took : (3 * *usual + took) / 4;
  }
  // Resuming may end this object: nothing of it is used afterwards.
  const std::unique_ptr<Resume> last = std::move(resume);
  if (last) last->Go();
  return took;
}

void LogAccess(const Exchange& exchange) {
  Logger& logger = *exchange.edge.shared.deps.logger;
  if (!logger.Enabled(LogLevel::kInfo)) return;
  const auto took = std::chrono::steady_clock::now() - exchange.started;
  logger.Info("request",
              {{"method", exchange.request.method},
               {"path", std::string(exchange.request.path())},
               {"status", std::to_string(exchange.response.status)},
               {"bytes", std::to_string(exchange.response.body.size())},
               {"ms", Milliseconds(took)},
               {"peer", exchange.request.peer},
               {"request_id", exchange.context.request_id}});
}

}  // namespace vouchsafe::net
