#pragma once

// The member `verifier_config` of the attestation service's configuration
// (spec: as.md section 8.1; Trustee's keys and ours).

#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "verifier/snp/config.h"

namespace vouchsafe::registry {

struct VerifierConfig {
  bool sample = true;  // accept evidence of sample and sampledevice
  snp::SnpConfig snp;
  // What the operator should know: sections of verifiers not in this build.
  std::vector<std::string> warnings;
};

// `value` may be null: all defaults. kInvalidInput names the member that is
// unknown (with the nearest known one), of the wrong type or out of range.
Result<VerifierConfig> ParseVerifierConfig(const json::Value& value);

}  // namespace vouchsafe::registry
