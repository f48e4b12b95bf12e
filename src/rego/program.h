#pragma once

// What a compiled program holds.

#include "rego/ir.h"
#include "rego/plan.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

struct ProgramData {
  std::vector<Source> sources;  // places point into these
  Builtins builtins = Builtins::Standard();
  CompileOptions options;
  Arena arena{size_t{64} << 20};
  Ir ir;
  std::map<std::string, HostUse, std::less<>> host_use;
  std::array<uint8_t, 48> sha384{};
  // A fault that ends every evaluation (an unsafe variable).
  std::optional<EvalError> always;
};

// What Compile makes, before anyone shares it; data is null when refused.
struct CompiledData {
  std::unique_ptr<ProgramData> data;
  std::vector<Diagnostic> diagnostics;
  // With `query`: its function, whose value is the set of solutions, each an
  // array of the values of `variables`; and what is wrong with it.
  uint32_t query_function = kNoFunction;
  std::vector<std::string> variables;
  std::vector<Diagnostic> query_diagnostics;
};
CompiledData CompileData(std::span<const Source> sources,
                         const Builtins& builtins,
                         const CompileOptions& options,
                         const Source* query = nullptr);

struct EntryAccess {
  static uint32_t Function(const Entry& entry) { return entry.function_; }
  static Entry Make(std::string path, uint32_t function) {
    Entry out;
    out.path_ = std::move(path);
    out.function_ = function;
    return out;
  }
};

Location LocationOf(const Ir& ir, uint32_t place);

}  // namespace vouchsafe::rego
