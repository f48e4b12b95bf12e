#pragma once

// http and https URLs, strictly (RFC 3986): no user information, no spaces or
// control characters, percent signs only before two hex digits. A fragment is
// refused, since nothing here could use one.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vouchsafe::http {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address in brackets
  uint16_t port = 0;   // always set: 80 or 443 when the text had none
  std::string path;    // starts with '/'
  std::string query;   // without '?'; empty when there is none

  // "https://host/path?query"; the port only when it is not the default.
  std::string Text() const;
  // Path and query, as a request line has it.
  std::string Target() const;
  // "host" or "host:port", as the Host header has it.
  std::string Authority() const;
};

Result<Url> ParseUrl(std::string_view text);  // kInvalidInput

// RFC 3986 section 5.2 for what is met in practice: an absolute URL, an
// absolute path, or a path relative to the last '/' of the base; dot segments
// are removed.
Result<Url> Join(const Url& base, std::string_view reference);

// All but unreserved characters (RFC 3986 section 2.3) becomes %XX.
std::string PercentEncode(std::string_view text);

}  // namespace vouchsafe::http
