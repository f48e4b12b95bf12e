#pragma once

// A collateral source over HTTP GET: status, caching and retry rules in one
// place. The owner gives a function from the object's id to its URL.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "collateral/collateral.h"
#include "http/fetcher.h"

namespace vouchsafe::collateral {

struct HttpSourceOptions {
  std::string name;  // in errors: "AMD KDS"
  // URL of one object; kNotFound when this source has none for that id.
  std::function<Result<std::string>(const Key& key)> url;
  http::Headers headers = {};          // sent with each request
  std::vector<std::string> keep = {};  // answer headers kept with the object
  std::chrono::milliseconds timeout{10'000};
  size_t max_body = size_t{4} << 20;
  std::vector<std::string> ca_pem = {};
  // Looks at a 200 before it is kept; an error makes it kBadPeer.
  std::function<Result<>(ByteView body)> check = {};
};

// 200 is the object, with the lifetime of its Cache-Control (max-age less Age;
// no-store and no-cache: the cache's least); 404 and 410 kNotFound; 429 and
// 503 kUnavailable with Retry-After; other 5xx kUnavailable; the rest
// kBadPeer. `fetcher` and `clock` must outlive the source.
std::shared_ptr<Source> MakeHttpSource(HttpSourceOptions options,
                                       http::Fetcher& fetcher,
                                       const Clock& clock);

}  // namespace vouchsafe::collateral
