#pragma once

#include "checks/check.h"

namespace vouchsafe::policy {

inline constexpr Check kEntryRule{
    "policy.admission.entry_rule",
    "The policy defines the rule that its use asks for",
    "Decision 5: a policy without it would be asked and never answer",
    "Define the rule named in the message in package policy.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};

inline constexpr Check kMemberNames{
    "policy.admission.member_names",
    "The policy sets only members that are known",
    "Decision 5: the trust claims of draft-ietf-rats-ar4si",
    "Correct the name; the message gives the nearest one.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};

inline constexpr Check kNoFindings{
    "policy.admission.no_findings",
    "The policy has no other finding, where the operator asked for that",
    "Decision 25: policy_check = reject",
    "Mend what the message names, or set policy_check = \"warn\".",
    ErrorCode::kInvalidInput,
    Disclosure::kId};

inline constexpr const Check* kPolicyChecks[] = {&kEntryRule, &kMemberNames,
                                                 &kNoFindings};

}  // namespace vouchsafe::policy
