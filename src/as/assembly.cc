#include "as/assembly.h"

#include <fstream>
#include <iterator>

#include "as/core.h"
#include "as/default_policies.h"
#include "as/take_over.h"
#include "rvps/builtin.h"
#include "storage/namespaces.h"

namespace vouchsafe::as {
namespace {

Result<std::string> ReadTextFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Fail(ErrorCode::kInvalidInput, "cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<std::vector<crypto::PublicKey>> ReadPublished(
    const std::vector<std::string>& paths) {
  std::vector<crypto::PublicKey> out;
  for (const std::string& path : paths) {
    const std::string pem = TRY_CONTEXT(
        ReadTextFile(path), "attestation_token_broker.signer.published_paths");
    out.push_back(TRY_CONTEXT(crypto::PublicKey::FromPem(pem), path));
  }
  return out;
}

Result<std::unique_ptr<ear::SigningKeys>> MakeKeys(const AsConfig& config,
                                                   storage::Store& keys,
                                                   const AssemblyDeps& deps) {
  if (!config.signer) {
    ear::KeyTiming timing;
    timing.refresh = config.refresh;
    timing.token_s = config.token.duration_min * 60;
    timing.announce_s = config.key_announce_min * 60;
    timing.rotate_s = config.key_rotation_days * 24 * 3600;
    return ear::SigningKeys::FromStore(keys, config.token_form, timing,
                                       *deps.clock, *deps.logger);
  }
  const std::string key = TRY_CONTEXT(ReadTextFile(config.signer->key_path),
                                      "Read Token Signer private key failed");
  ear::TokenSigner::Certificates certificates;
  certificates.url = config.signer->cert_url;
  certificates.now_unix_s = deps.clock->UnixSeconds();
  if (!config.signer->cert_path.empty()) {
    certificates.chain_pem = TRY_CONTEXT(ReadTextFile(config.signer->cert_path),
                                         "Read Token Signer cert file failed");
  }
  ear::TokenSigner signer =
      TRY(ear::TokenSigner::FromPem(key, certificates, config.token_form));
  return ear::SigningKeys::Fixed(
      std::move(signer), TRY(ReadPublished(config.signer->published_paths)));
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
                                         const policy::PolicyUse& use,
                                         policy::PolicyVersions& versions) {
  policy::PolicyStoreOptions out;
  out.compile.lint = policy::LintTables(use);
  out.check = config.policy_check;
  out.refresh = config.refresh;
  out.versions = &versions;
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
    auto versions = TRY(deps.stores->Open(storage::kOwnPolicyVersions));
    auto keys = TRY(deps.stores->Open(storage::kOwnKeys));
    auto signing = TRY(MakeKeys(config, *keys, deps));
    std::unique_ptr<OwningService> service(new OwningService(
        config, std::move(verifiers), deps,
        {policies, defaults, versions, values, keys}, std::move(signing)));
    TRY(service->TakeOver(config, *deps.logger));
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
  Result<std::vector<policy::PolicyVersion>> PolicyVersions(
      std::string_view id, const RequestContext& context) override {
    return core_.PolicyVersions(id, context);
  }
  Result<std::string> GetPolicyVersion(std::string_view id,
                                       std::string_view sha384,
                                       const RequestContext& context) override {
    return core_.GetPolicyVersion(id, sha384, context);
  }
  Result<std::vector<rego::Diagnostic>> RollBackPolicy(
      std::string_view id, std::string_view sha384,
      const RequestContext& context) override {
    return core_.RollBackPolicy(id, sha384, context);
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
  ear::SigningKeys* TokenSigningKeys() override { return keys_.get(); }
  std::vector<std::string> AcceptedTees() const override {
    return core_.AcceptedTees();
  }

 private:
  struct Stores {
    std::shared_ptr<storage::Store> policies;
    std::shared_ptr<storage::Store> defaults;
    std::shared_ptr<storage::Store> versions;
    std::shared_ptr<storage::Store> values;
    std::shared_ptr<storage::Store> keys;
  };

  Result<> TakeOver(const AsConfig& config, Logger& logger) {
    if (!config.old_policy_dir.empty()) {
      TRY_CONTEXT(TakeOverPolicies(config.old_policy_dir, config.token_form,
                                   policies_, logger),
                  "attestation_token_broker.policy_dir");
    }
    if (!config.old_reference_value_path.empty()) {
      TRY_CONTEXT(TakeOverReferenceValues(config.old_reference_value_path,
                                          *stores_.values, logger),
                  "rvps_config.take_over_path");
    }
    return {};
  }

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
                std::unique_ptr<ear::SigningKeys> keys)
      : verifiers_(std::move(verifiers)),
        stores_(std::move(stores)),
        keys_(std::move(keys)),
        versions_(*stores_.versions, *deps.clock, config.policy_versions),
        programs_(AttestationBuiltins()),
        policies_(*stores_.policies, *stores_.defaults, programs_, *deps.logger,
                  UseOf(config, deps.claims),
                  PolicyOptions(config, UseOf(config, deps.claims), versions_)),
        values_(*stores_.values, *deps.clock, *deps.logger,
                {config.enforce_expiry, config.refresh}),
        core_({config.token, config.verbose_token, config.token_form,
               config.simple_members, config.policy_ids},
              {deps.random, deps.logger, &verifiers_, &policies_, &values_,
               keys_.get()}) {}

  const VerifierSet verifiers_;
  const Stores stores_;
  const std::unique_ptr<ear::SigningKeys> keys_;
  policy::PolicyVersions versions_;
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
