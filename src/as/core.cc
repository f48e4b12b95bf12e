#include "as/core.h"

#include "as/evaluation.h"
#include "base/encoding.h"
#include "rego_ext/rego_ext.h"

namespace vouchsafe::as {
namespace {

constexpr std::string_view kReferenceValueFunction = "query_reference_value";

// Rego policies are text; the parser says where bytes are not UTF-8, but this
// is what clients know.
Result<std::string> DecodePolicy(std::string_view base64url) {
  const Bytes bytes = TRY(Base64UrlDecode(base64url));
  return ToText(bytes);
}

}  // namespace

Result<std::vector<policy::PolicyVersion>> AttestationService::PolicyVersions(
    std::string_view, const RequestContext&) {
  return Fail(ErrorCode::kUnsupported, "no versions of policies are kept here");
}

Result<std::string> AttestationService::GetPolicyVersion(
    std::string_view, std::string_view, const RequestContext&) {
  return Fail(ErrorCode::kUnsupported, "no versions of policies are kept here");
}

Result<std::vector<rego::Diagnostic>> AttestationService::RollBackPolicy(
    std::string_view, std::string_view, const RequestContext&) {
  return Fail(ErrorCode::kUnsupported, "no versions of policies are kept here");
}

policy::PolicyUse AttestationPolicyUse(std::vector<TeeClaimSpecs> claims) {
  policy::PolicyUse use;
  use.entry = "data.policy.trust_claims";
  use.optional_entries = {"data.policy.extensions"};
  use.member_rule = "trust_claims";
  const auto names = ear::TrustClaimNames();
  use.member_names.assign(names.begin(), names.end());
  use.claims = std::move(claims);
  use.nullable_function = std::string(kReferenceValueFunction);
  return use;
}

policy::PolicyUse SimplePolicyUse() {
  policy::PolicyUse use;
  use.entry = "data.policy.allow";
  return use;
}

rego::Builtins AttestationBuiltins() {
  rego::HostFunction function;
  function.name = std::string(kReferenceValueFunction);
  function.arity = 1;
  function.purity = rego::Purity::kStable;
  // One function cannot be in conflict with itself.
  return rego_ext::WithExtras(*rego::Builtins::WithHost({std::move(function)}));
}

Result<std::string> AttestationCore::Evaluate(const EvaluateRequest& request,
                                              DecisionRecord& record,
                                              const RequestContext& context) {
  Evaluation evaluation(options_, deps_, record, context);
  return evaluation.Run(request);
}

Result<std::vector<rego::Diagnostic>> AttestationCore::SetPolicy(
    std::string_view id, std::string_view policy_base64url,
    const RequestContext& context) {
  TRY(context.Alive());
  const std::string text = TRY(DecodePolicy(policy_base64url));
  return deps_.policies->Set(id, text);
}

Result<std::vector<PolicyInfo>> AttestationCore::ListPolicies(
    const RequestContext& context) {
  TRY(context.Alive());
  std::vector<policy::StoredPolicy> stored = TRY(deps_.policies->List());
  std::vector<PolicyInfo> out;
  for (policy::StoredPolicy& policy : stored) {
    out.push_back({std::move(policy.id), std::move(policy.sha384)});
  }
  return out;
}

Result<std::string> AttestationCore::GetPolicy(std::string_view id,
                                               const RequestContext& context) {
  TRY(context.Alive());
  return deps_.policies->Get(id);
}

Result<> AttestationCore::DeletePolicy(std::string_view id,
                                       const RequestContext& context) {
  TRY(context.Alive());
  return deps_.policies->Delete(id);
}

Result<std::vector<policy::PolicyVersion>> AttestationCore::PolicyVersions(
    std::string_view id, const RequestContext& context) {
  TRY(context.Alive());
  return deps_.policies->Versions(id);
}

Result<std::string> AttestationCore::GetPolicyVersion(
    std::string_view id, std::string_view sha384,
    const RequestContext& context) {
  TRY(context.Alive());
  return deps_.policies->VersionText(id, sha384);
}

Result<std::vector<rego::Diagnostic>> AttestationCore::RollBackPolicy(
    std::string_view id, std::string_view sha384,
    const RequestContext& context) {
  TRY(context.Alive());
  return deps_.policies->RollBack(id, sha384);
}

Result<std::string> AttestationCore::Challenge(std::string_view tee,
                                               std::string_view tee_params,
                                               const RequestContext& context) {
  TRY(context.Alive());
  CheckLog log;
  const AcceptedTee accepted = TRY(FindAcceptedTee(*deps_.verifiers, tee, log));
  return accepted.verifier->Challenge(tee_params);
}

Result<> AttestationCore::RegisterReferenceValue(
    std::string_view message, const RequestContext& context) {
  return deps_.reference_values->Register(message, context);
}

Result<std::optional<json::Value>> AttestationCore::QueryReferenceValue(
    std::string_view id, const RequestContext& context) {
  rvps::Found found = TRY(deps_.reference_values->Query(id, context));
  return std::move(found.value);
}

json::Value AttestationCore::TokenSignerJwks() const {
  return deps_.keys->Jwks();
}

std::vector<std::string> AttestationCore::AcceptedTees() const {
  return deps_.verifiers->Names();
}

}  // namespace vouchsafe::as
