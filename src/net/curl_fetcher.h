#pragma once

// The Fetcher over libcurl: http and https only, connections kept and reused,
// the answer's size bounded while it is read. Proxies come from the usual
// environment variables (http_proxy, https_proxy, no_proxy).

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/fetcher.h"

namespace vouchsafe::net {

struct CurlFetcherOptions {
  std::string user_agent = "vouchsafe";
  size_t max_idle_handles = 16;  // kept with their connections
  // Part of the timeout that connecting may take.
  std::chrono::milliseconds connect_timeout{10'000};
  // Whether system trust is used when a request names no CA.
  std::string ca_file;  // a PEM bundle instead of the system's; may be empty
};

// Thread-safe; blocks the calling thread. libcurl is set up by the first fetch,
// so a program that never fetches does not pay for it.
class CurlFetcher final : public http::Fetcher {
 public:
  explicit CurlFetcher(CurlFetcherOptions options = {});
  ~CurlFetcher() override;
  Result<http::FetchResponse> Fetch(const http::FetchRequest& request,
                                    const RequestContext& context) override;

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace vouchsafe::net
