#pragma once

// Base64 and hex as Go's library reads them: line ends are skipped, and errors
// are in its words.

#include <optional>
#include <string>
#include <string_view>

namespace vouchsafe::rego {

// RFC 4648 section 4, with padding.
std::optional<std::string> GoBase64Decode(std::string_view text,
                                          std::string* why);
// Section 5; the padding may be left out.
std::optional<std::string> GoBase64UrlDecode(std::string_view text,
                                             std::string* why);
std::optional<std::string> GoHexDecode(std::string_view text, std::string* why);

}  // namespace vouchsafe::rego
