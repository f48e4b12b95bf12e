#pragma once

// URLs as Go's package net/url reads them.

#include <optional>
#include <string>
#include <string_view>

namespace vouchsafe::rego {

struct Url {
  std::string scheme, opaque, host, path, raw_path, raw_query, fragment;

  std::string Hostname() const;  // without brackets and port
  std::string Port() const;
};

// Or `why` in Go's words.
std::optional<Url> ParseUrl(std::string_view text, std::string* why);

// Query components: "+" is a blank.
std::string QueryEscape(std::string_view text);
std::optional<std::string> QueryUnescape(std::string_view text,
                                         std::string* why);

}  // namespace vouchsafe::rego
