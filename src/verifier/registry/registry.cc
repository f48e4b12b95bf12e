#include "verifier/registry/registry.h"

#include <utility>

#include "verifier/sample/sample.h"
#include "verifier/snp/claims.h"
#include "verifier/snp/vcek_source.h"
#include "verifier/snp/verifier.h"

namespace vouchsafe::registry {

Result<VerifierSet> MakeVerifiers(const VerifierConfig& config,
                                  const VerifierDeps& deps) {
  auto collateral = std::make_shared<collateral::Collateral>(
      deps.collateral_limits, deps.clock, deps.collateral_store);
  snp::Roots amd = TRY(snp::Roots::Amd());
  const auto amd_roots = std::make_shared<const snp::Roots>(std::move(amd));
  snp::AddSources(config.snp, amd_roots, deps.fetcher, deps.clock, *collateral);

  VerifierSet set;
  set.Add("snp", std::make_unique<snp::SnpVerifier>(config.snp, amd_roots,
                                                    collateral));
  if (config.sample) {
    set.Add("sample", std::make_unique<sample::SampleVerifier>());
    set.Add("sampledevice", std::make_unique<sample::SampleDeviceVerifier>());
  }
  return set;
}

std::span<const TeeClaimSpecs> AllClaimSpecs() {
  static const TeeClaimSpecs all[] = {
      {"sample", sample::SampleClaimSpecs()},
      {"sampledevice", sample::SampleDeviceClaimSpecs()},
      {"snp", snp::SnpClaimSpecs()},
  };
  return all;
}

}  // namespace vouchsafe::registry
