#pragma once

#include "checks/check.h"

namespace vouchsafe::as {

inline constexpr Check kTrustClaims{
    "as.appraisal.trust_claims",
    "The policy's answer is a trust vector",
    "Decision 5; draft-ietf-rats-ar4si, section 2.3",
    "Mend the policy named in the record: data.policy.trust_claims must be an "
    "object of known claims with whole numbers.",
    ErrorCode::kInternal,
    Disclosure::kId};

inline constexpr Check kExtensions{
    "as.appraisal.extensions",
    "The policy's extensions are well formed and take no name of the token",
    "Decision 5; draft-ietf-rats-ear, extensions",
    "Mend the policy named in the record: data.policy.extensions.",
    ErrorCode::kInternal,
    Disclosure::kId};

inline constexpr Check kTeeAccepted{
    "as.admission.tee_accepted",
    "Evidence of this TEE is accepted here",
    "Decision 11 and verifier_config",
    "Enable its verifier in verifier_config, or send other evidence.",
    ErrorCode::kUnsupported,
    Disclosure::kId};

inline constexpr Check kSimpleAllows{
    "as.simple.policy_allows",
    "The policy allows the evidence",
    "as.md section 13: a Simple token is issued only if every policy allows",
    "The record says which expression of the policy failed; register the "
    "reference value or change the policy.",
    ErrorCode::kDenied,
    Disclosure::kId};

inline constexpr Check kWriteToken{
    "as.write.token",
    "A call that changes state carries the operator's token",
    "Weak spot W1: whoever reaches the port could replace the policies",
    "Send Authorization: Bearer with the content of --write-token-file.",
    ErrorCode::kUnauthenticated,
    Disclosure::kId};

inline constexpr const Check* kAsChecks[] = {
    &kTrustClaims, &kExtensions, &kTeeAccepted, &kSimpleAllows, &kWriteToken};

}  // namespace vouchsafe::as
