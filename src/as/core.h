#pragma once

// AttestationCore: the pipeline from evidence to token (as.md section 1).
// Thread-safe; holds no lock while it verifies, asks or signs.

#include <string>

#include "as/config.h"
#include "as/service.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "ear/signing_keys.h"
#include "ear/simple_token.h"
#include "ear/token.h"
#include "policy/policy_store.h"
#include "rvps/reference_values.h"
#include "verifier/core/verifier.h"

namespace vouchsafe::as {

// More policies than this in one request are refused where all are asked.
inline constexpr size_t kMostPolicyIds = 16;

struct CoreOptions {
  ear::TokenOptions token;
  bool verbose_token = true;
  ear::TokenForm form = ear::TokenForm::kEar;
  ear::SimpleMembers simple_members = ear::SimpleMembers::kS2;
  PolicyIdsMode policy_ids = PolicyIdsMode::kFirst;
};

// Borrowed; all must outlive the core.
struct CoreDeps {
  RandomSource* random = nullptr;
  Logger* logger = nullptr;
  const VerifierSet* verifiers = nullptr;
  policy::PolicyStore* policies = nullptr;
  rvps::ReferenceValues* reference_values = nullptr;
  ear::SigningKeys* keys = nullptr;
};

// How the policies of this service are asked, with the claims that are known.
policy::PolicyUse AttestationPolicyUse(std::vector<TeeClaimSpecs> claims);
// The same for Simple tokens: data.policy.allow.
policy::PolicyUse SimplePolicyUse();
// The functions that they may call.
rego::Builtins AttestationBuiltins();

class AttestationCore final : public AttestationService {
 public:
  AttestationCore(CoreOptions options, CoreDeps deps)
      : options_(std::move(options)), deps_(deps) {}

  Result<std::string> Evaluate(const EvaluateRequest& request,
                               DecisionRecord& record,
                               const RequestContext& context) override;
  Result<std::vector<rego::Diagnostic>> SetPolicy(
      std::string_view id, std::string_view policy_base64url,
      const RequestContext& context) override;
  Result<std::vector<PolicyInfo>> ListPolicies(
      const RequestContext& context) override;
  Result<std::string> GetPolicy(std::string_view id,
                                const RequestContext& context) override;
  Result<> DeletePolicy(std::string_view id,
                        const RequestContext& context) override;
  Result<std::vector<policy::PolicyVersion>> PolicyVersions(
      std::string_view id, const RequestContext& context) override;
  Result<std::string> GetPolicyVersion(std::string_view id,
                                       std::string_view sha384,
                                       const RequestContext& context) override;
  Result<std::vector<rego::Diagnostic>> RollBackPolicy(
      std::string_view id, std::string_view sha384,
      const RequestContext& context) override;
  Result<std::string> Challenge(std::string_view tee,
                                std::string_view tee_params,
                                const RequestContext& context) override;
  Result<> RegisterReferenceValue(std::string_view message,
                                  const RequestContext& context) override;
  Result<std::optional<json::Value>> QueryReferenceValue(
      std::string_view id, const RequestContext& context) override;
  json::Value TokenSignerJwks() const override;
  ear::SigningKeys* TokenSigningKeys() override { return deps_.keys; }
  std::vector<std::string> AcceptedTees() const override;

 private:
  const CoreOptions options_;
  const CoreDeps deps_;
};

}  // namespace vouchsafe::as
