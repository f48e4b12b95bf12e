#pragma once

// All that is looked for between the tree and the code, step by step.

#include "rego/findings.h"
#include "rego/safety.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

using Modules = std::vector<std::unique_ptr<Module>>;

// Before Resolve.
void AnalyseNames(const Modules& modules, const Tree& tree,
                  const CompileOptions& options, Findings* findings);
// After it; puts the bodies in order. A query among the modules gets no
// warnings of Lint.
void Analyse(Modules& modules, const Tree& tree, const CompileOptions& options,
             const std::vector<HostFunction>& host, const Module* query,
             CompileClock* clock, Findings* findings);

}  // namespace vouchsafe::rego
