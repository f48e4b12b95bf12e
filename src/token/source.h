#pragma once

// Where trusted material is read from: an https URL, a file:// URL or a plain
// path. Everything else is refused, http above all.

#include <memory>
#include <string>
#include <string_view>

#include "base/request.h"
#include "base/result.h"
#include "http/fetcher.h"
#include "jose/jwk.h"

namespace vouchsafe::token {

inline constexpr size_t kMaxSourceSize = size_t{4} << 20;

// The text behind `source`. `fetcher` may be null: then https is kUnsupported.
// kInvalidInput for another scheme or a missing file, kUnavailable or kBadPeer
// when a server does not deliver.
Result<std::string> ReadSource(std::string_view source, http::Fetcher* fetcher,
                               const RequestContext& context);

// A key set with at least one usable key. An https answer that is none leads
// to <source>/.well-known/openid-configuration and its jwks_uri, which must be
// https too.
Result<jose::JwkSet> ReadJwkSet(std::string_view source, http::Fetcher* fetcher,
                                const RequestContext& context);

}  // namespace vouchsafe::token
