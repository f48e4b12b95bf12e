#pragma once

// Builds the set of verifiers. Reading MakeVerifiers tells what evidence the
// program accepts.

#include <memory>
#include <span>

#include "base/clock.h"
#include "base/result.h"
#include "collateral/collateral.h"
#include "http/fetcher.h"
#include "storage/store.h"
#include "verifier/core/claim_spec.h"
#include "verifier/core/verifier.h"
#include "verifier/registry/config.h"

namespace vouchsafe::registry {

// What verifiers reach the outside with. `fetcher` and `clock` must outlive the
// set.
struct VerifierDeps {
  http::Fetcher& fetcher;
  const Clock& clock;
  // Namespace vouchsafe_collateral; null keeps collateral in memory only.
  std::shared_ptr<storage::Store> collateral_store = nullptr;
  collateral::Limits collateral_limits = {};
};

// kInternal only, when a pinned constant is damaged.
Result<VerifierSet> MakeVerifiers(const VerifierConfig& config,
                                  const VerifierDeps& deps);

// The claims of every TEE that this build can verify, sorted by TEE.
std::span<const TeeClaimSpecs> AllClaimSpecs();

}  // namespace vouchsafe::registry
