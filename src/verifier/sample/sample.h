#pragma once

// TEE "sample" (class cpu) and "sampledevice" (class gpu): evidence without a
// signature, `{"svn": text, "report_data": standard base64, default ""}`. It
// proves nothing; only the binding to the nonce is checked. Thread-safe.

#include <span>
#include <vector>

#include "verifier/core/verifier.h"

namespace vouchsafe::sample {

class SampleVerifier final : public Verifier {
 public:
  Result<std::vector<TeeClaims>> Evaluate(
      const json::Value& evidence, const Expected& expected,
      VerifyReport& report, const RequestContext& context) const override;
  std::span<const ClaimSpec> claim_specs() const override;
};

class SampleDeviceVerifier final : public Verifier {
 public:
  Result<std::vector<TeeClaims>> Evaluate(
      const json::Value& evidence, const Expected& expected,
      VerifyReport& report, const RequestContext& context) const override;
  std::span<const ClaimSpec> claim_specs() const override;
};

std::span<const ClaimSpec> SampleClaimSpecs();
std::span<const ClaimSpec> SampleDeviceClaimSpecs();

}  // namespace vouchsafe::sample
