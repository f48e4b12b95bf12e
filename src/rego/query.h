#pragma once

// How a query joins a program: as a module with one rule that stands beside
// the tree of `data`, so that no path leads to it.

#include "rego/program.h"

namespace vouchsafe::rego {

inline constexpr std::string_view kQueryFile = "query";

// Before names are resolved: makes the rule and its node, the last one.
void PlaceQuery(Module* query, Tree* tree);
// After: the variables that the query binds; makes the rule collect them.
std::vector<std::string> CollectVariables(Module* query);
// Moves findings about the query to their own list. Any refuse it.
bool TakeFindings(const Module* query, CompiledData* out);

}  // namespace vouchsafe::rego
