#pragma once

// Rules and functions that come back to themselves.

#include <chrono>

#include "rego/findings.h"
#include "rego/safety.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

// Nodes of the tree that each node's definitions refer to: rules, functions,
// and all rules below a package or below a key that is known only later.
using Uses = std::vector<std::vector<uint32_t>>;
Uses UsesOf(const Tree& tree, CompileClock* clock);
// What one definition refers to.
std::vector<uint32_t> UsesOf(const Rule& rule, const Tree& tree);

// A finding for each definition that is part of a cycle, with the cycle.
void CheckRecursion(const Tree& tree, const Uses& uses, CompileClock* clock,
                    Findings* findings);
// Nodes that use themselves, directly or through others.
std::vector<bool> Cyclic(const Uses& uses);
// Nodes so that what a node uses stands before it where that can be.
std::vector<uint32_t> DependencyOrder(const Uses& uses);

}  // namespace vouchsafe::rego
