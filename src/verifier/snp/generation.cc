#include "verifier/snp/generation.h"

#include <cstddef>
#include <string>

#include "base/encoding.h"

namespace vouchsafe::snp {
namespace {

struct CpuRange {
  uint8_t family;
  uint8_t first_model;
  uint8_t last_model;
  Generation generation;
};

// 0xA0 to 0xAF are Bergamo and Siena, which use the Genoa roots.
constexpr CpuRange kCpus[] = {
    {0x19, 0x00, 0x0F, Generation::kMilan},
    {0x19, 0x10, 0x1F, Generation::kGenoa},
    {0x19, 0xA0, 0xAF, Generation::kGenoa},
    {0x1A, 0x00, 0x11, Generation::kTurin},
};

std::string Hex(uint8_t value) {
  return "0x" + HexEncode(ByteView(&value, size_t{1}));
}

}  // namespace

std::string_view GenerationName(Generation generation) {
  switch (generation) {
    case Generation::kMilan:
      return "Milan";
    case Generation::kGenoa:
      return "Genoa";
    case Generation::kTurin:
      return "Turin";
  }
  return "";
}

Result<Generation> GenerationOfCpu(uint8_t family, uint8_t model) {
  bool family_known = false;
  for (const CpuRange& cpu : kCpus) {
    if (cpu.family != family) continue;
    family_known = true;
    if (model >= cpu.first_model && model <= cpu.last_model) {
      return cpu.generation;
    }
  }
  if (!family_known) {
    return Fail(ErrorCode::kUntrusted,
                "Processor family not supported: " + Hex(family));
  }
  return Fail(ErrorCode::kUntrusted, "Processor model not supported: family " +
                                         Hex(family) + ", model " + Hex(model));
}

std::optional<Generation> GenerationOfIssuer(std::string_view issuer_cn) {
  constexpr std::string_view kVlek = "SEV-VLEK-";
  constexpr std::string_view kVcek = "SEV-";
  if (issuer_cn.starts_with(kVlek)) {
    issuer_cn.remove_prefix(kVlek.size());
  } else if (issuer_cn.starts_with(kVcek)) {
    issuer_cn.remove_prefix(kVcek.size());
  } else {
    return std::nullopt;
  }
  for (Generation generation : kGenerations) {
    if (issuer_cn == GenerationName(generation)) return generation;
  }
  return std::nullopt;
}

}  // namespace vouchsafe::snp
