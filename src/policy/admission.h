#pragma once

// What a policy must be before it may decide (decisions 5 and 25). Pure.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "checks/check_log.h"
#include "rego/rego.h"
#include "verifier/core/claim_spec.h"

namespace vouchsafe::policy {

enum class PolicyCheck { kWarn, kReject };  // every finding but the first two

// What policies of one store are asked.
struct PolicyUse {
  std::string entry;  // "data.policy.trust_claims": must be defined
  std::vector<std::string> optional_entries;  // "data.policy.extensions"
  // The rule whose members have fixed names, and these names. Empty: no rule.
  std::string member_rule;
  std::vector<std::string_view> member_names;
  // Which claims there are, by TEE: a path below input.<tee> that is not among
  // them is a finding. Empty: not looked at.
  std::vector<TeeClaimSpecs> claims;
  // Orderings with this function are a finding: its null is below everything.
  std::string nullable_function = {};
};

// The same knowledge for the compiler, which warns by the syntax tree.
rego::Lint LintTables(const PolicyUse& use);

// Findings on a text that compiled, besides its own diagnostics.
std::vector<rego::Diagnostic> Lint(const rego::Source& source,
                                   const PolicyUse& use);

// The refusals: the text does not compile (kInvalidInput, "Failed to load
// policy: ..."), then the checks of checks.h. On success the findings.
Result<std::vector<rego::Diagnostic>> Admit(const rego::Source& source,
                                            const rego::CompileResult& compiled,
                                            const PolicyUse& use,
                                            PolicyCheck check, CheckLog& log);

// Findings for the header field of a reply to an upload, one field each: one
// line of printable ASCII, shortened; at most 32, the last then says how many
// there are.
inline constexpr std::string_view kFindingHeader = "Policy-Finding";
std::vector<std::string> FindingFields(
    std::span<const rego::Diagnostic> findings);

}  // namespace vouchsafe::policy
