#pragma once

// Warnings beyond the language's own (struct Lint in rego.h): what is legal
// and probably not meant in a policy that guards something.

#include "rego/findings.h"
#include "rego/recursion.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

// After OrderBodies.
void CheckLint(const std::vector<std::unique_ptr<Module>>& modules,
               const Tree& tree, const Uses& uses, const Lint& lint,
               CompileClock* clock, Findings* findings);

// Letters to change, insert or drop to get from one to the other; `most` + 1
// when there are more than `most`.
size_t EditDistance(std::string_view a, std::string_view b, size_t most);

}  // namespace vouchsafe::rego
