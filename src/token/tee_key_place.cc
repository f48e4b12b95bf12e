#include <algorithm>
#include <array>

#include "token/verifier.h"

namespace vouchsafe::token {
namespace {

// In the order in which released versions look; the last three are where older
// attestation services put it.
constexpr std::array<std::string_view, 8> kPlaces = {
    "/tdx/attester_runtime_data/tee-pubkey",
    "/tdx/attester_user_data/tee-pubkey",
    "/customized_claims/runtime_data/tee-pubkey",
    "/submods/cpu0/ear.veraison.annotated-evidence/runtime_data_claims/"
    "tee-pubkey",
    "/tee-pubkey",
    "/submods/cpu/ear.veraison.annotated-evidence/runtime_data_claims/"
    "tee-pubkey",
    "/attester_runtime_data/tee-pubkey",
    "/attester_user_data/tee-pubkey",
};

}  // namespace

const json::Value* FindTeeKey(const json::Value& claims,
                              const std::vector<std::string>& extra) {
  for (const std::string& pointer : extra) {
    if (const json::Value* key = claims.At(pointer)) return key;
  }
  for (const std::string_view pointer : kPlaces) {
    if (const json::Value* key = claims.At(pointer)) return key;
  }
  return nullptr;
}

bool HasTeeKeyForm(const json::Value& key) {
  struct Kind {
    std::string_view kty;
    std::array<std::string_view, 4> members;
  };
  constexpr std::array<Kind, 3> kKinds = {{
      {"RSA", {"alg", "n", "e", "kty"}},
      {"EC", {"alg", "crv", "x", "y"}},
      {"AKP", {"alg", "pub", "kty", "kty"}},
  }};
  const auto text = [&](std::string_view name) -> const std::string* {
    const json::Value* member = key.Find(name);
    return member != nullptr ? member->if_string() : nullptr;
  };
  const std::string* kty = text("kty");
  if (kty == nullptr) return false;
  for (const Kind& kind : kKinds) {
    if (*kty != kind.kty) continue;
    return std::all_of(kind.members.begin(), kind.members.end(),
                       [&](auto name) { return text(name) != nullptr; });
  }
  return false;
}

}  // namespace vouchsafe::token
