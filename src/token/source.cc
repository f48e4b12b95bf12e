#include "token/source.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "json/fields.h"
#include "json/parse.h"

namespace vouchsafe::token {
namespace {

constexpr std::string_view kDiscovery = "/.well-known/openid-configuration";
constexpr size_t kMaxDiscoveryDepth = 16;

bool HasScheme(std::string_view source) {
  return source.find("://") != std::string_view::npos;
}

bool IsHttps(std::string_view source) {
  return source.substr(0, 8) == "https://";
}

Result<std::string> ReadPath(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return Fail(ErrorCode::kInvalidInput, path + ": no such file");
  }
  if (std::filesystem::file_size(path, error) > kMaxSourceSize) {
    return Fail(ErrorCode::kTooLarge,
                path + ": over " + std::to_string(kMaxSourceSize) + " bytes");
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.view().empty()) {
    return Fail(ErrorCode::kInvalidInput, path + ": empty, or not readable");
  }
  return std::move(text).str();
}

Result<std::string> Get(std::string_view url, http::Fetcher* fetcher,
                        const RequestContext& context) {
  if (fetcher == nullptr) {
    return Fail(ErrorCode::kUnsupported,
                std::string(url) + ": no network access here");
  }
  http::FetchRequest request;
  request.url = url;
  request.max_body = kMaxSourceSize;
  const auto response =
      TRY_CONTEXT(fetcher->Fetch(request, context), std::string(url));
  if (response.status != 200) {
    return Fail(ErrorCode::kBadPeer, std::string(url) + ": answered status " +
                                         std::to_string(response.status));
  }
  return std::string(response.body_text());
}

Result<jose::JwkSet> ParseNonEmpty(std::string_view text,
                                   std::string_view source) {
  auto keys = TRY_CONTEXT(jose::JwkSet::Parse(text), source);
  if (keys.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                std::string(source) + ": no usable key in the set");
  }
  return keys;
}

Result<std::string> KeySetUrl(std::string_view discovery_text,
                              std::string_view source) {
  json::ParseOptions limits;
  limits.max_depth = kMaxDiscoveryDepth;
  limits.max_size = kMaxSourceSize;
  const json::Value value =
      TRY_CONTEXT(json::Parse(discovery_text, limits), source);
  const auto in = TRY(json::Fields::Of(value, "openid-configuration"));
  std::string url = TRY(in.String("jwks_uri"));
  if (!IsHttps(url)) {
    return Fail(ErrorCode::kBadPeer,
                std::string(source) + ": jwks_uri is not https");
  }
  return url;
}

// OpenID Connect Discovery 1.0, section 4: after the issuer without its last
// slash.
Result<jose::JwkSet> Discover(std::string_view source, http::Fetcher* fetcher,
                              const RequestContext& context) {
  std::string url(source);
  while (!url.empty() && url.back() == '/') url.pop_back();
  url += kDiscovery;
  const std::string text = TRY(Get(url, fetcher, context));
  const std::string keys_url = TRY(KeySetUrl(text, url));
  const std::string keys = TRY(Get(keys_url, fetcher, context));
  return ParseNonEmpty(keys, keys_url);
}

}  // namespace

Result<std::string> ReadSource(std::string_view source, http::Fetcher* fetcher,
                               const RequestContext& context) {
  if (IsHttps(source)) return Get(source, fetcher, context);
  constexpr std::string_view kFile = "file://";
  if (source.substr(0, kFile.size()) == kFile) {
    const std::string path(source.substr(kFile.size()));
    // RFC 8089: what stands before the first slash is a host.
    if (!path.starts_with('/')) {
      return Fail(ErrorCode::kInvalidInput,
                  std::string(source) + ": file:// wants an absolute path");
    }
    return ReadPath(path);
  }
  if (HasScheme(source)) {
    return Fail(ErrorCode::kInvalidInput,
                std::string(source) + ": want https://, file:// or a path");
  }
  return ReadPath(std::string(source));
}

Result<jose::JwkSet> ReadJwkSet(std::string_view source, http::Fetcher* fetcher,
                                const RequestContext& context) {
  auto text = ReadSource(source, fetcher, context);
  if (!IsHttps(source)) {
    if (!text) return tl::unexpected(std::move(text).error());
    return ParseNonEmpty(*text, source);
  }
  if (text) {
    auto keys = ParseNonEmpty(*text, source);
    if (keys) return keys;
  } else if (text.error().code != ErrorCode::kBadPeer) {
    return tl::unexpected(std::move(text).error());
  }
  return Discover(source, fetcher, context);
}

}  // namespace vouchsafe::token
