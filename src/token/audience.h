#pragma once

// The claims iss and aud against what is configured.

#include <optional>
#include <string>

#include "json/value.h"

namespace vouchsafe::token {

// A configured "" is as if absent.
inline bool Wanted(const std::optional<std::string>& configured) {
  return configured && !configured->empty();
}
// The claim if it is a string, else "".
std::string TextClaim(const json::Value& claims, std::string_view name);
// aud is the text, or an array that contains it.
bool HasAudience(const json::Value& claims, std::string_view audience);

}  // namespace vouchsafe::token
