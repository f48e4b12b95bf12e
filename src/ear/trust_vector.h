#pragma once

// The trustworthiness vector of an appraisal (AR4SI, draft-ietf-rats-ar4si):
// eight claims, each a number from -128 to 127, and the tier they come to.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::ear {

inline constexpr size_t kTrustClaimCount = 8;

// By their numeric keys, 0 to 7: "instance-identity", "configuration", ...
std::span<const std::string_view, kTrustClaimCount> TrustClaimNames();
std::optional<size_t> TrustClaimIndex(std::string_view name);

// In the order of their severity.
enum class Tier { kNone, kAffirming, kWarning, kContraindicated };

std::string_view TierName(Tier tier);  // "none", "affirming", ...

// none: -1 to 1; affirming: -32 to 31; warning: -96 to 95; the first that fits.
Tier TierOf(int8_t value);

class TrustVector {
 public:
  // The answer of a policy: an object of one to eight known names with whole
  // numbers from -128 to 127. kInternal otherwise: a token is never made from
  // an answer that is not understood (decision 5).
  static Result<TrustVector> FromPolicy(const json::Value& answer);

  void Set(size_t index, int8_t value) { values_[index] = value; }
  std::optional<int8_t> Get(size_t index) const { return values_[index]; }
  // Each claim becomes the worse of both; one that is set in one of them alone
  // counts as it is.
  void Worsen(const TrustVector& other);
  // The worst tier over all claims; claims that are not set count as none.
  Tier Worst() const;
  // Set claims only, in the order of their keys.
  json::Object ToJson() const;

 private:
  std::array<std::optional<int8_t>, kTrustClaimCount> values_;
};

}  // namespace vouchsafe::ear
