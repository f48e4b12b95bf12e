#pragma once

// Paths of the input against the table of those that exist (struct Lint).

#include "rego/findings.h"

namespace vouchsafe::rego {

void CheckClaims(const Module& module, const Rule& rule, const Lint& lint,
                 Findings* findings);

}  // namespace vouchsafe::rego
