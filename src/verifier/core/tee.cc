#include "verifier/core/tee.h"

#include <array>
#include <utility>

namespace vouchsafe {
namespace {

constexpr std::array<TeeInfo, 14> kTees{{
    {"az-snp-vtpm", "cpu", false},
    {"az-tdx-vtpm", "cpu", false},
    {"cca", "cpu", false},
    {"csv", "cpu", false},
    {"se", "cpu", false},
    {"sgx", "cpu", false},
    {"snp", "cpu", false},
    {"tdx", "cpu", false},
    {"tpm", "cpu", false},
    {"sample", "cpu", false},
    {"sampledevice", "gpu", true},
    {"nvidia", "gpu", true},
    {"hygondcu", "dcu", true},
    {"nvidia-dpu", "nvidia-dpu", true},
}};

constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"azsnpvtpm", "az-snp-vtpm"},
    {"aztdxvtpm", "az-tdx-vtpm"},
    {"nvidiadpu", "nvidia-dpu"},
    {"dpu", "nvidia-dpu"},
};

}  // namespace

std::span<const TeeInfo> AllTees() { return kTees; }

const TeeInfo* FindTee(std::string_view name_or_alias) {
  std::string_view name = name_or_alias;
  for (const auto& [alias, current] : kAliases) {
    if (alias == name) name = current;
  }
  for (const TeeInfo& tee : kTees) {
    if (tee.name == name) return &tee;
  }
  return nullptr;
}

}  // namespace vouchsafe
