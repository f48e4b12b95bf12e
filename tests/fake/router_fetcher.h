#pragma once

// A client's HTTP requests, answered by a Router in the same process: no
// sockets. What went over the wire is kept, for tests that look for it
// elsewhere.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "http/fetcher.h"
#include "http/router.h"

namespace vouchsafe::fake {

// Not thread-safe.
class RouterFetcher final : public http::Fetcher {
 public:
  struct Exchange {
    http::FetchRequest request;
    http::FetchResponse response;
  };

  // `router` must outlive the fetcher or be replaced before the next request.
  explicit RouterFetcher(const http::Router& router) : router_(&router) {}
  void Serve(const http::Router& router) { router_ = &router; }
  // Alters requests on their way; empty: none.
  void Tamper(std::function<void(http::FetchRequest&)> tamper) {
    tamper_ = std::move(tamper);
  }

  Result<http::FetchResponse> Fetch(const http::FetchRequest& sent,
                                    const RequestContext& context) override {
    TRY(context.Alive());
    http::FetchRequest altered = sent;
    if (tamper_) tamper_(altered);
    http::Request request;
    request.method = altered.method;
    request.target = Target(altered.url);
    request.headers = altered.headers;
    request.body = altered.body;
    RequestContext at_server = context;
    at_server.request_id = "request-" + std::to_string(exchanges_.size() + 1);
    const http::Response answer = router_->Handle(request, at_server);
    http::FetchResponse response{answer.status, answer.headers,
                                 ToBytes(answer.body)};
    exchanges_.push_back({std::move(altered), response});
    return response;
  }

  const std::vector<Exchange>& exchanges() const { return exchanges_; }

 private:
  // Path and query of "http://host/path?query".
  static std::string Target(std::string_view url) {
    const size_t host = url.find("://");
    const size_t path = url.find('/', host + 3);
    return path == std::string_view::npos ? "/" : std::string(url.substr(path));
  }

  const http::Router* router_;
  std::function<void(http::FetchRequest&)> tamper_;
  std::vector<Exchange> exchanges_;
};

}  // namespace vouchsafe::fake
