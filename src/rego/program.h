#pragma once

// What a compiled program holds.

#include "rego/ir.h"
#include "rego/plan.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

struct ProgramData {
  std::vector<Source> sources;  // places point into these
  std::shared_ptr<const std::vector<HostFunction>> host;
  Arena arena{size_t{64} << 20};
  Ir ir;
  std::map<std::string, HostUse, std::less<>> host_use;
  std::array<uint8_t, 48> sha384{};
  // A fault that ends every evaluation (an unsafe variable).
  std::optional<EvalError> always;
};

struct EntryAccess {
  static uint32_t Function(const Entry& entry) { return entry.function_; }
};

Location LocationOf(const Ir& ir, uint32_t place);

}  // namespace vouchsafe::rego
