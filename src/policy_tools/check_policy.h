#pragma once

// vouchsafe policy check: what the compiler and the service that a policy is
// meant for say about it, and which reference values it needs.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "json/value.h"
#include "policy/admission.h"
#include "policy_tools/loading.h"

namespace vouchsafe::policy_tools {

// How a service asks its policies; the program that knows the services makes
// them.
struct ServiceUse {
  std::string name;  // "attestation", "resource"
  policy::PolicyUse use;
};

struct PolicyReport {
  std::string service;  // empty: held to the language alone
  std::vector<rego::Source> sources;
  std::vector<rego::Diagnostic> findings;
  // Why the service would refuse the upload; empty when it would not.
  std::string refusal;
  std::string remedy;
  std::vector<std::string> entries;           // that the service asks for
  std::vector<std::string> reference_values;  // ids, sorted
  bool computed_ids = false;  // asks also for ids made while evaluating
  // Of reference_values, those that the given table lacks.
  std::vector<std::string> missing;

  // kWarn: errors and refusals count; kReject: every finding.
  bool passes(policy::PolicyCheck check) const;
};

// `service`: null: the one of `services` whose entry rule the policy defines,
// if any. `stored`: reference values by id, to find those missing.
PolicyReport CheckPolicy(std::vector<rego::Source> sources,
                         rego::Version version,
                         std::span<const ServiceUse> services,
                         const ServiceUse* service, const json::Value* stored);

std::string CheckText(const PolicyReport& report, policy::PolicyCheck check);
json::Value CheckJson(const PolicyReport& report, policy::PolicyCheck check);

}  // namespace vouchsafe::policy_tools
