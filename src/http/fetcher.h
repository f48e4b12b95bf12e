#pragma once

// How the program asks others over HTTP: an interface that is passed in.
// net/curl_fetcher.h is the real one, tests/fake/fake_fetcher.h the fake.

#include <chrono>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/request.h"
#include "base/result.h"
#include "http/types.h"

namespace vouchsafe::http {

struct FetchRequest {
  std::string method = "GET";
  std::string url;  // http or https
  Headers headers;
  Bytes body;
  // The whole exchange; the context's deadline cuts it further.
  std::chrono::milliseconds timeout{15'000};
  size_t max_body = size_t{4} << 20;  // of the answer; kTooLarge beyond
  // PEM certificates. Given: these alone are trusted; empty: the system's.
  std::vector<std::string> ca_pem;
  bool follow_redirects = false;  // at most 5, never from https to http
  // Path of a Unix socket to connect to; the URL then gives Host and path.
  std::string unix_socket;
};

struct FetchResponse {
  int status = 0;
  Headers headers;
  Bytes body;

  std::string_view body_text() const { return AsText(body); }
};

// Thread-safe. Any status is a value; the errors are
//   kInvalidInput  the URL or a header is malformed
//   kUnavailable   cannot be reached, or the request was cancelled
//   kDeadline      no whole answer in time
//   kBadPeer       it answered, but not HTTP, or its certificate is not trusted
//   kTooLarge      the answer is over max_body
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  virtual Result<FetchResponse> Fetch(const FetchRequest& request,
                                      const RequestContext& context) = 0;
};

}  // namespace vouchsafe::http
