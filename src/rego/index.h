#pragma once

// Rule index: where several definitions of one path begin with a test of the
// same value (equal to a constant, member of constants, a key that is there),
// a table says which of them can apply, and only those are entered. What is
// left out could neither succeed nor raise an error.

#include "rego/ir.h"

namespace vouchsafe::rego {

// Definitions of one path that are worth a table.
inline constexpr size_t kFewestIndexed = 4;

void BuildIndex(Ir* ir);

}  // namespace vouchsafe::rego
