#pragma once

// The library, in one header: what a program includes to verify evidence in its
// own process (as.md section 16). examples/embed_as is a whole one.
//
//   as::AsConfig             what a service is made from; all defaults, or
//                            LoadConfig from the file of a server
//   storage::StoreProvider   where state is: the program's own, so that others
//                            may share it; must outlive the service
//   VerifierSet              which evidence is accepted;
//   registry::MakeVerifiers
//                            for all of this build, or one with a program's own
//   as::MakeService          puts these together
//   as::AttestationService   evaluate; set, get, list, delete and take back
//                            policies; register and query reference values;
//                            challenge; the key set of its tokens
//   as::EvaluateRequest      evidence of one or several devices, with the
//                            runtime data and init data it must be bound to
//   DecisionRecord           what was decided and why, filled at each call
//
// Nothing is global: clock, randomness, fetcher, stores and logger are passed
// in, and several services may live in one process. All of a service is
// thread-safe, and no call takes exclusive access. Errors are Result, never
// exceptions; each call ends within the deadline of its RequestContext.

#include <string>
#include <vector>

#include "as/assembly.h"
#include "as/config.h"
#include "as/service.h"
#include "base/request.h"
#include "decision/record.h"
#include "storage/env.h"
#include "storage/provider.h"
#include "verifier/core/verifier.h"
#include "verifier/registry/registry.h"

namespace vouchsafe::as {

struct LoadedConfig {
  AsConfig config;
  // Old spellings and what has no meaning any more, a sentence each.
  std::vector<std::string> warnings;
};

// The file of a server: JSON, or TOML and YAML by extension. Errors name the
// file, the line and the key.
Result<LoadedConfig> LoadConfig(const std::string& path);

}  // namespace vouchsafe::as
