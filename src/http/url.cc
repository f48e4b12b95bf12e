#include "http/url.h"

#include <algorithm>
#include <charconv>
#include <vector>

namespace vouchsafe::http {
namespace {

constexpr size_t kMaxUrl = 8192;  // bytes

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}
bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
         (c >= 'A' && c <= 'F');
}
bool IsUnreserved(char c) {
  return IsAlnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
bool IsOneOf(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

tl::unexpected<Error> Bad(std::string_view what) {
  return Fail(ErrorCode::kInvalidInput, "url: " + std::string(what));
}

// RFC 3986 pchar plus '/' and, in a query, '?'.
bool AllPathChars(std::string_view text, bool query) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) {
        return false;
      }
      i += 2;
    } else if (!IsUnreserved(c) && !IsOneOf(c, "!$&'()*+,;=:@/") &&
               !(query && c == '?')) {
      return false;
    }
  }
  return true;
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

uint16_t DefaultPort(std::string_view scheme) {
  return scheme == "https" ? 443 : 80;
}

Result<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc() || at != end || port == 0) {
    return Bad("the port is not a number from 1 to 65535");
  }
  return port;
}

bool IsHost(std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']') || host.size() < 4) return false;
    for (char c : host.substr(1, host.size() - 2)) {
      if (!IsHex(c) && c != ':' && c != '.') return false;
    }
    return true;
  }
  for (char c : host) {
    if (!IsUnreserved(c)) return false;
  }
  return !host.empty();
}

Result<> ParseAuthority(std::string_view text, Url& url) {
  size_t colon = std::string_view::npos;
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == std::string_view::npos) return Bad("bracket not closed");
    if (close + 1 < text.size()) {
      if (text[close + 1] != ':') return Bad("bad host");
      colon = close + 1;
    }
  } else {
    colon = text.find(':');
  }
  url.host = Lower(text.substr(0, colon));
  if (!IsHost(url.host)) return Bad("bad host");
  url.port = DefaultPort(url.scheme);
  if (colon != std::string_view::npos) {
    url.port = TRY(ParsePort(text.substr(colon + 1)));
  }
  return {};
}

Result<> ParsePathAndQuery(std::string_view text, Url& url) {
  const size_t mark = text.find('?');
  url.path = text.substr(0, mark);
  if (url.path.empty()) url.path = "/";
  url.query = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  if (!AllPathChars(url.path, false)) return Bad("bad character in the path");
  if (!AllPathChars(url.query, true)) return Bad("bad character in the query");
  return {};
}

// RFC 3986 section 5.2.4 for a path that starts with '/'.
std::string WithoutDots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool last_is_folder = false;
  for (size_t at = 1; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    last_is_folder = segment == "." || segment == "..";
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
    at = end + 1;
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out += '/';
    out += segment;
  }
  if (last_is_folder || out.empty()) out += '/';
  return out;
}

}  // namespace

std::string Url::Authority() const {
  return port == DefaultPort(scheme) ? host : host + ":" + std::to_string(port);
}

std::string Url::Target() const {
  return query.empty() ? path : path + "?" + query;
}

std::string Url::Text() const {
  return scheme + "://" + Authority() + Target();
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrl) return Bad("longer than 8192 bytes");
  const size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return Bad("no scheme");
  Url url;
  url.scheme = Lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return Bad("the scheme is neither http nor https");
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  const size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  TRY(ParseAuthority(rest.substr(0, path), url));
  TRY(ParsePathAndQuery(rest.substr(path), url));
  return url;
}

Result<Url> Join(const Url& base, std::string_view reference) {
  if (reference.find("://") < reference.find_first_of("/?")) {
    return ParseUrl(reference);
  }
  if (reference.starts_with("//")) {
    return ParseUrl(base.scheme + ":" + std::string(reference));
  }
  Url url = base;
  if (reference.starts_with('?')) {
    TRY(ParsePathAndQuery(base.path + std::string(reference), url));
    return url;
  }
  if (reference.empty()) return url;
  const std::string folder =
      reference.starts_with('/')
          ? ""
          : base.path.substr(0, base.path.rfind('/') + 1);
  TRY(ParsePathAndQuery(folder + std::string(reference), url));
  url.path = WithoutDots(url.path);
  return url;
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (IsUnreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace vouchsafe::http
