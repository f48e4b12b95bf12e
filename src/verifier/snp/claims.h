#pragma once

// Verified report to claims (spec 2.8): Trustee's keys and values, and more
// that policies can judge.

#include <span>

#include "json/value.h"
#include "verifier/core/claim_spec.h"
#include "verifier/snp/verify.h"

namespace vouchsafe::snp {

json::Object MakeClaims(const VerifiedReport& verified);

// Every claim that MakeClaims can give.
std::span<const ClaimSpec> SnpClaimSpecs();

}  // namespace vouchsafe::snp
