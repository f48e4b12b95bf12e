#include "ear/trust_vector.h"

#include <algorithm>
#include <string>

namespace vouchsafe::ear {
namespace {

constexpr std::array<std::string_view, kTrustClaimCount> kNames = {
    "instance-identity", "configuration",  "executables",    "file-system",
    "hardware",          "runtime-opaque", "storage-opaque", "sourced-data"};

}  // namespace

std::span<const std::string_view, kTrustClaimCount> TrustClaimNames() {
  return kNames;
}

std::optional<size_t> TrustClaimIndex(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return i;
  }
  return std::nullopt;
}

std::string_view TierName(Tier tier) {
  switch (tier) {
    case Tier::kNone:
      return "none";
    case Tier::kAffirming:
      return "affirming";
    case Tier::kWarning:
      return "warning";
    case Tier::kContraindicated:
      break;
  }
  return "contraindicated";
}

Tier TierOf(int8_t value) {
  if (value >= -1 && value <= 1) return Tier::kNone;
  if (value >= -32 && value < 32) return Tier::kAffirming;
  if (value >= -96 && value < 96) return Tier::kWarning;
  return Tier::kContraindicated;
}

Result<TrustVector> TrustVector::FromPolicy(const json::Value& answer) {
  const json::Object* object = answer.if_object();
  if (object == nullptr) {
    return Fail(ErrorCode::kInternal, "Trust claims is not an object");
  }
  if (object->empty()) {
    return Fail(ErrorCode::kInternal, "At least one policy claim must be set.");
  }
  TrustVector vector;
  for (const json::Member& member : *object) {
    const std::optional<size_t> index = TrustClaimIndex(member.name);
    if (!index) {
      return Fail(ErrorCode::kInternal,
                  "Trust claim `" + member.name + "` is not known");
    }
    const std::optional<int64_t> number = member.value.int64();
    if (!number) {
      return Fail(ErrorCode::kInternal, "Trust claim value not number: `" +
                                            member.name +
                                            "`, want a whole number");
    }
    if (*number < INT8_MIN || *number > INT8_MAX) {
      return Fail(ErrorCode::kInternal, "Trust claim `" + member.name +
                                            "` is " + std::to_string(*number) +
                                            ", want -128 to 127");
    }
    vector.Set(*index, static_cast<int8_t>(*number));
  }
  return vector;
}

void TrustVector::Worsen(const TrustVector& other) {
  for (size_t i = 0; i < kTrustClaimCount; ++i) {
    const std::optional<int8_t> theirs = other.values_[i];
    if (!theirs) continue;
    if (!values_[i] || TierOf(*values_[i]) < TierOf(*theirs)) {
      values_[i] = theirs;
    }
  }
}

Tier TrustVector::Worst() const {
  Tier worst = Tier::kNone;
  for (const std::optional<int8_t>& value : values_) {
    if (value) worst = std::max(worst, TierOf(*value));
  }
  return worst;
}

json::Object TrustVector::ToJson() const {
  json::Object out;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (values_[i]) out.Set(kNames[i], static_cast<int64_t>(*values_[i]));
  }
  return out;
}

}  // namespace vouchsafe::ear
