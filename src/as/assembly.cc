#include "as/assembly.h"

#include <fstream>
#include <iterator>

#include "as/core.h"
#include "as/default_policies.h"
#include "rvps/builtin.h"
#include "storage/namespaces.h"

namespace vouchsafe::as {
namespace {

Result<std::string> ReadTextFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(ErrorCode::kInvalidInput, "cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<ear::TokenSigner> MakeSigner(const AsConfig& config,
                                    storage::Store& keys) {
  if (!config.signer) {
    return ear::TokenSigner::FromStore(keys, config.token_form);
  }
  const std::string key = TRY_CONTEXT(ReadTextFile(config.signer->key_path),
                                      "Read Token Signer private key failed");
  ear::TokenSigner::Certificates certificates;
  certificates.url = config.signer->cert_url;
  if (!config.signer->cert_path.empty()) {
    certificates.chain_pem = TRY_CONTEXT(ReadTextFile(config.signer->cert_path),
                                         "Read Token Signer cert file failed");
  }
  return ear::TokenSigner::FromPem(key, certificates, config.token_form);
}

bool IsSimple(const AsConfig& config) {
  return config.token_form == ear::TokenForm::kSimple;
}

policy::PolicyUse UseOf(const AsConfig& config,
                        std::span<const TeeClaimSpecs> claims) {
  if (IsSimple(config)) return SimplePolicyUse();
  return AttestationPolicyUse({claims.begin(), claims.end()});
}

policy::PolicyStoreOptions PolicyOptions(const AsConfig& config,
                                         const policy::PolicyUse& use) {
  policy::PolicyStoreOptions out;
  out.compile.lint = policy::LintTables(use);
  out.check = config.policy_check;
  out.refresh = config.refresh;
  if (IsSimple(config)) {
    // Beside the others in one namespace (decision 26); their policies are of
    // the age of the older language.
    out.key_prefix = "simple/";
    out.also_v0 = true;
  }
  return out;
}

// Owns every part; the core borrows from it.
class OwningService final : public AttestationService {
 public:
  static Result<std::unique_ptr<AttestationService>> Create(
      const AsConfig& config, VerifierSet verifiers, const AssemblyDeps& deps) {
    auto policies = TRY(deps.stores->Open(storage::kAsPolicies));
    auto defaults = TRY(deps.stores->Open(policy::kPolicyDefaultsNamespace));
    storage::StoreProvider::OpenOptions options;
    options.type = config.reference_value_storage;
    auto values = TRY(deps.stores->Open(storage::kReferenceValues, options));
    auto keys = TRY(deps.stores->Open(storage::kOwnKeys));
    ear::TokenSigner signer = TRY(MakeSigner(config, *keys));
    std::unique_ptr<OwningService> service(
        new OwningService(config, std::move(verifiers), deps,
                          {policies, defaults, values}, std::move(signer)));
    TRY(service->StoreDefaults(config));
    return std::unique_ptr<AttestationService>(std::move(service));
  }

  Result<std::string> Evaluate(const EvaluateRequest& request,
                               DecisionRecord& record,
                               const RequestContext& context) override {
    return core_.Evaluate(request, record, context);
  }
  Result<std::vector<rego::Diagnostic>> SetPolicy(
      std::string_view id, std::string_view policy_base64url,
      const RequestContext& context) override {
    return core_.SetPolicy(id, policy_base64url, context);
  }
  Result<std::vector<PolicyInfo>> ListPolicies(
      const RequestContext& context) override {
    return core_.ListPolicies(context);
  }
  Result<std::string> GetPolicy(std::string_view id,
                                const RequestContext& context) override {
    return core_.GetPolicy(id, context);
  }
  Result<> DeletePolicy(std::string_view id,
                        const RequestContext& context) override {
    return core_.DeletePolicy(id, context);
  }
  Result<std::string> Challenge(std::string_view tee,
                                std::string_view tee_params,
                                const RequestContext& context) override {
    return core_.Challenge(tee, tee_params, context);
  }
  Result<> RegisterReferenceValue(std::string_view message,
                                  const RequestContext& context) override {
    return core_.RegisterReferenceValue(message, context);
  }
  Result<std::optional<json::Value>> QueryReferenceValue(
      std::string_view id, const RequestContext& context) override {
    return core_.QueryReferenceValue(id, context);
  }
  json::Value TokenSignerJwks() const override {
    return core_.TokenSignerJwks();
  }
  std::vector<std::string> AcceptedTees() const override {
    return core_.AcceptedTees();
  }

 private:
  struct Stores {
    std::shared_ptr<storage::Store> policies;
    std::shared_ptr<storage::Store> defaults;
    std::shared_ptr<storage::Store> values;
  };

  Result<> StoreDefaults(const AsConfig& config) {
    if (IsSimple(config)) {
      const DefaultPolicy shipped = SimpleDefaultPolicy();
      return policies_.EnsureDefault(shipped.id, shipped.text);
    }
    for (const DefaultPolicy& shipped : DefaultPolicies()) {
      TRY(policies_.EnsureDefault(shipped.id, shipped.text));
    }
    return {};
  }

  OwningService(const AsConfig& config, VerifierSet verifiers,
                const AssemblyDeps& deps, Stores stores,
                ear::TokenSigner signer)
      : verifiers_(std::move(verifiers)),
        stores_(std::move(stores)),
        signer_(std::move(signer)),
        programs_(AttestationBuiltins()),
        policies_(*stores_.policies, *stores_.defaults, programs_, *deps.logger,
                  UseOf(config, deps.claims),
                  PolicyOptions(config, UseOf(config, deps.claims))),
        values_(*stores_.values, *deps.clock, *deps.logger,
                {config.enforce_expiry, config.refresh}),
        core_({config.token, config.verbose_token, config.token_form},
              {deps.random, deps.logger, &verifiers_, &policies_, &values_,
               &signer_}) {}

  const VerifierSet verifiers_;
  const Stores stores_;
  const ear::TokenSigner signer_;
  rego::ProgramCache programs_;
  policy::PolicyStore policies_;
  rvps::BuiltinReferenceValues values_;
  AttestationCore core_;
};

}  // namespace

Result<std::unique_ptr<AttestationService>> MakeService(
    const AsConfig& config, VerifierSet verifiers, const AssemblyDeps& deps) {
  return OwningService::Create(config, std::move(verifiers), deps);
}

std::vector<std::string> StartupWarnings(const AsConfig& config) {
  std::vector<std::string> out = config.verifiers.warnings;
  if (config.verifiers.sample) {
    out.emplace_back(
        "sample evidence is accepted: it proves nothing, and default policies "
        "never affirm it; verifier_config.sample = false refuses it");
  }
  if (config.storage.type == storage::StorageType::kMemory) {
    out.emplace_back(
        "policies, reference values and the token signing key are kept in "
        "memory and die with the process; set storage_backend");
  }
  return out;
}

}  // namespace vouchsafe::as
