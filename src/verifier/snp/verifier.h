#pragma once

// The verifier of TEE "snp": decodes evidence, gets the VEK from it or from the
// sources, verifies, makes claims.

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "collateral/collateral.h"
#include "verifier/core/verifier.h"
#include "verifier/snp/config.h"
#include "verifier/snp/roots.h"
#include "verifier/snp/vek_cache.h"
#include "verifier/snp/verify.h"

namespace vouchsafe::snp {

class SnpVerifier final : public Verifier {
 public:
  // `collateral` gives VCEKs and revocation lists (vcek_source.h).
  SnpVerifier(const SnpConfig& config, std::shared_ptr<const Roots> roots,
              std::shared_ptr<collateral::Provider> collateral);

  Result<std::vector<TeeClaims>> Evaluate(
      const json::Value& evidence, const Expected& expected,
      VerifyReport& report, const RequestContext& context) const override;
  std::span<const ClaimSpec> claim_specs() const override;

 private:
  // A VEK, and what was proven of it before.
  struct Candidate {
    VekCache::Digest digest{};
    std::shared_ptr<const Vek> vek;
    std::optional<VerifiedVek> proven;
  };
  struct WithVek {
    Report report;
    VerifiedVek vek;
  };

  Result<WithVek> FromEvidence(const Evidence& evidence,
                               const CertificateEntry& entry,
                               VerifyReport& out) const;
  Result<WithVek> FromSources(const Evidence& evidence, VerifyReport& out,
                              const RequestContext& context) const;
  Result<WithVek> Fetch(const Evidence& evidence, Generation generation,
                        VerifyReport& out, const RequestContext& context) const;
  Result<Candidate> Look(ByteView certificate) const;
  // Verified now, or before.
  Result<VerifiedVek> Admit(const Candidate& candidate, Generation generation,
                            CheckLog& log) const;
  Result<> CheckConfigured(const VerifiedVek& vek, VerifyReport& out,
                           const RequestContext& context) const;

  const SnpConfig config_;
  const std::shared_ptr<const Roots> roots_;
  const std::shared_ptr<collateral::Provider> collateral_;
  mutable VekCache cache_;
};

}  // namespace vouchsafe::snp
