#pragma once

// What a verifier's claims are called and what type they have. The policy
// engine's user warns about a path that no verifier emits, naming the nearest.

#include <span>
#include <string_view>

namespace vouchsafe {

struct ClaimSpec {
  std::string_view path;  // below the tee's name: "measurement", "tpm.pcr11"
  std::string_view type;  // "string", "number", "boolean", "array", "object"
  std::string_view sentence;  // what it says
};

struct TeeClaimSpecs {
  std::string_view tee;
  std::span<const ClaimSpec> claims;
};

}  // namespace vouchsafe
