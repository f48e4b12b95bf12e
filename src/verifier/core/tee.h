#pragma once

// TEE names as they stand on the wire, their older spellings, and the class
// that names policies and submodules (spec: as.md section 2).

#include <optional>
#include <span>
#include <string_view>

namespace vouchsafe {

struct TeeInfo {
  std::string_view name;       // "snp"; what output always uses
  std::string_view tee_class;  // "cpu", "gpu", "dcu", ...; policy suffix
  bool device;                 // never a guest's primary TEE up to 0.2.0
};

// In the order of the specification's table.
std::span<const TeeInfo> AllTees();

// By current name or alias ("azsnpvtpm", "nvidiadpu", "dpu"), case-sensitive.
// nullptr when unknown.
const TeeInfo* FindTee(std::string_view name_or_alias);

}  // namespace vouchsafe
