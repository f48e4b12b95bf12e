#pragma once

// vouchsafe policy eval: entries or a query of a policy, answered.

#include <optional>
#include <string>
#include <vector>

#include "json/value.h"
#include "policy_tools/loading.h"

namespace vouchsafe::policy_tools {

struct EvalQuestion {
  std::optional<std::string> query;  // instead of entries
  std::vector<std::string> entries;  // "data.policy.allow"
};

struct EvalAnswer {
  std::vector<rego::Diagnostic> findings;  // of the policy, or of the query
  std::optional<rego::EvalError> error;
  std::vector<rego::Answer> answers;
  std::vector<rego::Bindings> solutions;
  bool is_query = false;
  rego::HostAnswers asked;  // as used, in order
  rego::Stats stats;

  // The policy and the query were understood and nothing failed.
  bool ok() const;
  // Something is the answer: each entry is defined and not false, or the query
  // has a solution.
  bool holds() const;
};

// Without a query or entries: the entries that services ask for, as far as the
// policy defines them; kInvalidInput when it defines none.
Result<EvalAnswer> Eval(const Loaded& loaded, const EvalQuestion& question);

// "data.policy.allow = true", a solution a line, findings and errors with their
// source lines.
std::string EvalText(const Loaded& loaded, const EvalAnswer& answer);
json::Value EvalJson(const EvalAnswer& answer);

// Entries that the services ask for: trust_claims, extensions, allow.
std::vector<rego::Entry> ServiceEntries(const rego::Program& program);

}  // namespace vouchsafe::policy_tools
