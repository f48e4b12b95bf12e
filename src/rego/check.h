#pragma once

// What resolved calls and `with` modifiers may do: unknown functions, numbers
// of arguments, functions without a value, deprecated ones, and what `with`
// may replace.

#include "rego/findings.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

void CheckCalls(const std::vector<std::unique_ptr<Module>>& modules,
                const Tree& tree, const CompileOptions& options,
                const std::vector<HostFunction>& host, Findings* findings);

// What is wrong with replacing `target` (after resolution) by `value`; empty
// when nothing is.
struct WithFault {
  std::string code;
  std::string message;
};
std::optional<WithFault> FaultOf(const With& with, const Tree& tree,
                                 const std::vector<HostFunction>& host);

// Arguments that a call takes; none for an unknown function.
std::optional<size_t> ArityOf(const Term& call, const Tree& tree,
                              const std::vector<HostFunction>& host);
// "data.policy.f", "count".
std::string CalleeText(const Term& call, const Tree& tree);

}  // namespace vouchsafe::rego
