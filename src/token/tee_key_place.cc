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

}  // namespace vouchsafe::token
