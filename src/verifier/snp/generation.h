#pragma once

// Processor generations with SEV-SNP and published AMD roots (spec 2.3).

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace vouchsafe::snp {

enum class Generation { kMilan, kGenoa, kTurin };

inline constexpr Generation kGenerations[] = {
    Generation::kMilan, Generation::kGenoa, Generation::kTurin};

// "Milan", "Genoa", "Turin": the product name in KDS URLs and certificates.
std::string_view GenerationName(Generation generation);

// By CPUID family and model of a report. kUntrusted, naming the family or the
// model, for processors without published roots (Venice among them).
Result<Generation> GenerationOfCpu(uint8_t family, uint8_t model);

// "SEV-Milan" or "SEV-VLEK-Milan" (the issuer of a VEK) gives Milan.
std::optional<Generation> GenerationOfIssuer(std::string_view issuer_cn);

}  // namespace vouchsafe::snp
