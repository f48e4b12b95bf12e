#include "http/router.h"

#include <algorithm>
#include <utility>

namespace vouchsafe::http {
namespace {

constexpr std::string_view kTail = "{tail}";

bool IsPrefix(std::string_view pattern) { return pattern.ends_with(kTail); }

std::string_view PrefixOf(std::string_view pattern) {
  return pattern.substr(0, pattern.size() - kTail.size());
}

// How well a pattern fits: 0 not at all, exact best, then longer prefixes.
size_t Fit(std::string_view pattern, std::string_view path) {
  if (!IsPrefix(pattern)) return pattern == path ? SIZE_MAX : 0;
  const std::string_view prefix = PrefixOf(pattern);
  return path.starts_with(prefix) ? prefix.size() + 1 : 0;
}

bool Has(const Route& route, std::string_view method) {
  return std::ranges::find(route.methods, method) != route.methods.end();
}

void AppendMethods(const Route& route, std::string& allow) {
  for (const std::string& method : route.methods) {
    if (!allow.empty()) allow += ", ";
    allow += method;
  }
}

}  // namespace

Response PayloadTooLarge(size_t, std::optional<uint64_t>) {
  return Text(413, "payload reached size limit");
}

void Router::Add(Route route) { routes_.push_back(std::move(route)); }

Router::Plan Router::Match(std::string_view method,
                           std::string_view path) const {
  size_t best = 0;
  for (const Route& route : routes_)
    best = std::max(best, Fit(route.path, path));
  Plan plan;
  plan.refusal = 404;
  if (best == 0) return plan;
  for (const Route& route : routes_) {
    if (Fit(route.path, path) != best) continue;
    if (Has(route, method)) {
      return {&route, 0, {}, route.max_body, route.cheap};
    }
    plan.refusal = route.other_methods;
    plan.max_body = route.max_body;
    AppendMethods(route, plan.allow);
  }
  if (plan.refusal != 405) plan.allow.clear();
  return plan;
}

Response Router::Handle(const Request& request,
                        const RequestContext& context) const {
  return Handle(Match(request.method, request.path()), request, context);
}

Response Router::Handle(const Plan& plan, const Request& request,
                        const RequestContext& context) const {
  if (cors_) {
    if (auto preflight = cors_->Preflight(request)) {
      // A refused preflight carries no CORS headers at all.
      if (preflight->status == 200) cors_->Decorate(request, *preflight);
      return *std::move(preflight);
    }
  }
  Response response;
  if (plan.route == nullptr) {
    response = Empty(plan.refusal);
    if (!plan.allow.empty()) response.headers.Add("Allow", plan.allow);
  } else if (request.body.size() > plan.max_body) {
    response = plan.route->too_large(plan.max_body, request.body.size());
  } else {
    response = plan.route->handler(request, context);
  }
  Decorate(request, response);
  return response;
}

void Router::Decorate(const Request& request, Response& response) const {
  if (cors_) cors_->Decorate(request, response);
}

std::string_view Router::Tail(std::string_view pattern, std::string_view path) {
  if (!IsPrefix(pattern)) return {};
  const std::string_view prefix = PrefixOf(pattern);
  return path.starts_with(prefix) ? path.substr(prefix.size())
                                  : std::string_view();
}

}  // namespace vouchsafe::http
