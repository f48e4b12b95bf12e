#pragma once

// vouchsafe policy why: the tree of what was tried for an answer, where it
// failed, and on which values (rego.md section 16).

#include <string>
#include <vector>

#include "json/value.h"
#include "policy_tools/loading.h"

namespace vouchsafe::policy_tools {

struct WhyQuestion {
  std::vector<std::string> entries;  // "data.policy.allow"
  rego::WhyOptions options;
};

struct WhyAnswer {
  std::vector<rego::Diagnostic> findings;  // of a policy that was refused
  bool refused = false;
  bool failed = false;                       // an evaluation ended in an error
  std::vector<rego::Explanation> explained;  // one per entry
  rego::HostAnswers asked;                   // as used, in order
};

// No entry: those that services ask for; kInvalidInput when the policy defines
// none.
Result<WhyAnswer> Explain(const Loaded& loaded, const WhyQuestion& question);

// The trees; an error with its source line after the tree it ended.
std::string WhyText(const Loaded& loaded, const WhyAnswer& answer);
// {"entries": [Explanation::tree]}, or {"findings": []} when it was refused.
json::Value WhyJson(const WhyAnswer& answer);

}  // namespace vouchsafe::policy_tools
