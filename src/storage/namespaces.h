#pragma once

// Names of the namespaces. The first group and its keys are Trustee's; what
// only we have lives in vouchsafe_*, which Trustee never opens (in PostgreSQL
// these are table names: lower case, no sign that needs quotes).

#include <string_view>

namespace vouchsafe::storage {

inline constexpr std::string_view kKbsPolicies = "kbs";
inline constexpr std::string_view kRepository = "repository";
inline constexpr std::string_view kSessions = "kbs_protocol_session";
inline constexpr std::string_view kProvisioner = "provisioner";
inline constexpr std::string_view kAsPolicies = "attestation_service_policy";
inline constexpr std::string_view kReferenceValues = "reference_value";

inline constexpr std::string_view kOwnKeys = "vouchsafe_keys";
inline constexpr std::string_view kOwnPolicyVersions =
    "vouchsafe_policy_versions";
inline constexpr std::string_view kOwnProvenance = "vouchsafe_provenance";
inline constexpr std::string_view kOwnDecisions = "vouchsafe_decisions";
inline constexpr std::string_view kOwnCollateral = "vouchsafe_collateral";

}  // namespace vouchsafe::storage
