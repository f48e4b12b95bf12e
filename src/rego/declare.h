#pragma once

// How modules use names, before resolution changes the tree: imports that hide
// each other, documents redefined, variables declared, assigned or referenced
// twice, and what is declared and never used.

#include "rego/findings.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

void CheckDeclarations(const std::vector<std::unique_ptr<Module>>& modules,
                       const Tree& tree, const CompileOptions& options,
                       Findings* findings);

}  // namespace vouchsafe::rego
