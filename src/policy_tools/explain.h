#pragma once

// vouchsafe policy why: what was tried for an answer, and where it failed.

#include <optional>
#include <string>
#include <vector>

#include "json/value.h"
#include "policy_tools/loading.h"

namespace vouchsafe::policy_tools {

struct Explained {
  std::optional<rego::EvalError> error;
  rego::Answer answer;  // without error
  std::vector<rego::Tried> tried;
};

struct WhyAnswer {
  std::vector<rego::Diagnostic> findings;  // of a policy that was refused
  bool refused = false;
  bool failed = false;                       // an evaluation ended in an error
  std::vector<Explained> explained;          // one per entry
  std::map<std::string, json::Value> asked;  // reference values by id
};

// No entry: those that services ask for; kInvalidInput when the policy defines
// none.
Result<WhyAnswer> Explain(const Loaded& loaded,
                          const std::vector<std::string>& entries);

std::string WhyText(const Loaded& loaded, const WhyAnswer& answer);
// {"entries": [{rule, state, value, file, line, tried: [{rule, file, line,
// outcome, at: {file, line, col, expression}, reason}]}], "asked": {}}
json::Value WhyJson(const WhyAnswer& answer);

}  // namespace vouchsafe::policy_tools
