#pragma once

// The table of routes: method, path, body limit, where it may run, handler.
// The router answers 404 and 405 itself, with empty bodies (kbs.md 0.2). Built
// once at start, then only read: const means thread-safe.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/request.h"
#include "http/cors.h"
#include "http/types.h"

namespace vouchsafe::http {

// Answer to a body over the limit; `declared` is its Content-Length if it was
// sent with one.
using TooLarge =
    std::function<Response(size_t limit, std::optional<uint64_t> declared)>;
// 413, text/plain, "payload reached size limit" (kbs.md 0.2).
Response PayloadTooLarge(size_t limit, std::optional<uint64_t> declared);

struct Route {
  std::vector<std::string> methods;  // {"GET", "POST"}
  // Exact ("/healthz"), or everything below a prefix ("/kbs/v0/{tail}"), where
  // the tail may be empty and may contain '/'. Compared raw, before decoding.
  std::string path;
  Handler handler;
  size_t max_body = size_t{2} << 20;  // bytes; beyond: 413
  bool cheap = false;       // never blocks, microseconds: may run at the edge
  int other_methods = 405;  // status for methods not listed (healthz: 404)
  TooLarge too_large = PayloadTooLarge;
};

class Router {
 public:
  // Routes are tried in the order added; an exact path wins over a prefix,
  // a longer prefix over a shorter one. Several routes may share a path with
  // different methods.
  void Add(Route route);
  void SetCors(Cors cors) { cors_ = std::move(cors); }

  // What the head of a request decides, before its body is read. `route` is
  // null when the router itself will answer. Borrows from the router.
  struct Plan {
    const Route* route = nullptr;
    int refusal = 0;    // 404, 405 when there is no route
    std::string allow;  // value of Allow for a 405
    size_t max_body = size_t{2} << 20;
    bool cheap = true;
  };
  Plan Match(std::string_view method, std::string_view path) const;

  // Runs the handler, or answers 404, 405, a CORS preflight, or 413 when the
  // body is over the limit of its route (so that tests without a server see
  // the same). Exceptions of handlers pass through.
  Response Handle(const Request& request, const RequestContext& context) const;
  Response Handle(const Plan& plan, const Request& request,
                  const RequestContext& context) const;

  // Headers that every answer to `request` must carry, also one made by the
  // server itself (503, 413).
  void Decorate(const Request& request, Response& response) const;

  // The part of `path` below the prefix of a "{tail}" route, raw; empty when
  // it does not start with the prefix.
  static std::string_view Tail(std::string_view pattern, std::string_view path);

 private:
  std::vector<Route> routes_;
  std::optional<Cors> cors_;
};

}  // namespace vouchsafe::http
