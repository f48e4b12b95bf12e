#pragma once

// What is known while compiling is computed once: built-ins on constants,
// collections of constants, pure host functions, and rules that depend on
// nothing. What fails, varies or is large is left for the evaluation.

#include "rego/program.h"

namespace vouchsafe::rego {

void FoldConstants(ProgramData* data);

}  // namespace vouchsafe::rego
