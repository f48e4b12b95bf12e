#pragma once

// Names to what they mean: locals get an index in their rule, rules and
// imports become paths from `data` or `input`, calls find their function.
// Rewrites the tree in place.

#include "rego/builtin_table.h"
#include "rego/rego.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

void Resolve(std::vector<std::unique_ptr<Module>>& modules, const Tree& tree,
             const std::vector<HostFunction>& host);

}  // namespace vouchsafe::rego
