#pragma once

// Puts an AttestationService together from its configuration: stores, policies
// with the shipped defaults, reference values, signing key. For the programs
// and for an embedding KBS.

#include <memory>
#include <span>

#include "as/config.h"
#include "as/service.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "storage/provider.h"
#include "verifier/core/verifier.h"

namespace vouchsafe::as {

// Borrowed; all must outlive the service.
struct AssemblyDeps {
  const Clock* clock = nullptr;
  RandomSource* random = nullptr;
  Logger* logger = nullptr;
  storage::StoreProvider* stores = nullptr;
  // Of every verifier in the build, for the checks of policies.
  std::span<const TeeClaimSpecs> claims;
};

// Reads the key files that the configuration names. Errors say which part.
Result<std::unique_ptr<AttestationService>> MakeService(
    const AsConfig& config, VerifierSet verifiers, const AssemblyDeps& deps);

// What an operator should know about this configuration, a sentence each.
std::vector<std::string> StartupWarnings(const AsConfig& config);

}  // namespace vouchsafe::as
