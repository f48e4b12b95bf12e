#pragma once

// Answers by URL, from memory, and counts.
//
//   FakeFetcher fetcher;
//   fetcher.On("https://kds/vcek", 200, der);        // any method
//   fetcher.Fail("https://pcs/crl", ErrorCode::kUnavailable);
//   EXPECT_EQ(fetcher.Count("https://kds/vcek"), 1);

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "http/fetcher.h"

namespace vouchsafe::fake {

// Thread-safe. An unknown URL is kUnavailable, as an unreachable host is.
class FakeFetcher final : public http::Fetcher {
 public:
  using Answer =
      std::function<Result<http::FetchResponse>(const http::FetchRequest&)>;

  void On(const std::string& url, int status, ByteView body,
          http::Headers headers = {}) {
    http::FetchResponse response{status, std::move(headers), ToBytes(body)};
    OnCall(url, [response](const http::FetchRequest&) {
      return Result<http::FetchResponse>(response);
    });
  }
  void On(const std::string& url, int status, std::string_view body,
          http::Headers headers = {}) {
    On(url, status, AsBytes(body), std::move(headers));
  }
  void Fail(const std::string& url, ErrorCode code) {
    OnCall(url, [code, url](const http::FetchRequest&) {
      return Result<http::FetchResponse>(
          vouchsafe::Fail(code, "fake fetcher: " + url));
    });
  }
  void OnCall(const std::string& url, Answer answer) {
    std::lock_guard lock(mutex_);
    answers_[url] = std::move(answer);
  }

  Result<http::FetchResponse> Fetch(const http::FetchRequest& request,
                                    const RequestContext& context) override {
    TRY(context.Alive());
    Answer answer = Take(request);
    if (!answer) {
      return vouchsafe::Fail(ErrorCode::kUnavailable,
                             "fake fetcher: no answer for " + request.url);
    }
    auto response = TRY(answer(request));
    if (response.body.size() > request.max_body) {
      return vouchsafe::Fail(ErrorCode::kTooLarge,
                             "fake fetcher: body over the limit");
    }
    return response;
  }

  int Count(const std::string& url) const {
    std::lock_guard lock(mutex_);
    const auto found = counts_.find(url);
    return found == counts_.end() ? 0 : found->second;
  }
  // Every request, in order.
  std::vector<http::FetchRequest> Requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  Answer Take(const http::FetchRequest& request) {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
    ++counts_[request.url];
    const auto found = answers_.find(request.url);
    return found == answers_.end() ? Answer() : found->second;
  }

  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::map<std::string, int> counts_;
  std::vector<http::FetchRequest> requests_;
};

}  // namespace vouchsafe::fake
