#pragma once

// Operand types that can never match: arguments of built-ins and functions,
// the sides of an equation, keys of references. What is not known (input,
// base data, the host) is of any type.

#include "rego/findings.h"
#include "rego/recursion.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

// After OrderBodies, which must not have found unbound variables.
void CheckTypes(const Tree& tree, const Uses& uses, CompileClock* clock,
                Findings* findings);

}  // namespace vouchsafe::rego
