#pragma once

// A key broker with its attestation service as the program kbs puts them
// together, in one process and without sockets, and a guest's client that talks
// to it.

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "as/assembly.h"
#include "client/kbs_client.h"
#include "crypto/random.h"
#include "kbs/resource_plugin.h"
#include "kbs/service.h"
#include "policy/resource_policies.h"
#include "storage/namespaces.h"
#include "tests/fake/router_fetcher.h"
#include "verifier/registry/registry.h"

namespace vouchsafe::integration {

inline constexpr int64_t kNow = 1'795'559'166;  // 2026-11-24

// Keeps every line of every level.
class KeepingLogger final : public Logger {
 public:
  bool Enabled(LogLevel) const override { return true; }
  void Write(LogLevel, std::string_view event,
             std::initializer_list<LogField> fields) override {
    std::lock_guard lock(mutex_);
    lines_.push_back(FormatLogLine(event, fields));
  }
  std::vector<std::string> lines() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// Nothing in these tests may ask the outside.
class NoFetcher final : public http::Fetcher {
 public:
  Result<http::FetchResponse> Fetch(const http::FetchRequest& request,
                                    const RequestContext&) override {
    ADD_FAILURE() << "fetched " << request.url;
    return Fail(ErrorCode::kUnavailable, "no network in this test");
  }
};

class Deployment {
 public:
  // State in memory, or in `dir` (LocalFs) when it is not empty.
  explicit Deployment(const std::string& dir = "")
      : stores_(Storage(dir), *env_, clock_) {
    const Result<> done = Assemble(dir);
    EXPECT_TRUE(done) << (done ? "" : done.error().Text());
  }
  Deployment(const Deployment&) = delete;
  Deployment& operator=(const Deployment&) = delete;

  const http::Router& router() const { return router_; }
  as::AttestationService& attestation() { return *attestation_; }
  const token::TokenVerifier& tokens() const { return *tokens_; }
  const DecisionRing& decisions() const { return ring_; }
  storage::StoreProvider& stores() { return stores_; }
  DecisionSink& decision_sink() { return *decisions_; }
  KeepingLogger& logger() { return logger_; }
  ManualClock& clock() { return clock_; }
  RequestContext Context() const {
    RequestContext context;
    context.request_id = "test";
    context.clock = &clock_;
    return context;
  }

 private:
  static storage::StorageConfig Storage(const std::string& dir) {
    storage::StorageConfig config;
    if (dir.empty()) return config;
    config.type = storage::StorageType::kLocalFs;
    config.local_fs = storage::StorageConfig::Dir{dir};
    return config;
  }

  Result<> Assemble(const std::string& dir) {
    TRY(MakeAttestation(dir));
    TRY(MakePolicies());
    admin_ = TRY(kbs::AdminGate::Create(
        {kbs::AdminMode::kInsecureAllowAll, {}, {}}, nullptr, Context()));
    sessions_ = std::make_unique<kbs::SessionStore>(
        TRY(stores_.Open(storage::kSessions)), clock_, std::chrono::minutes(5));
    decisions_ = std::make_unique<DecisionFanOut>(
        std::vector<DecisionSink*>{&ring_, &log_});
    kbs::KbsParts parts;
    parts.attestation = attestation_.get();
    parts.tokens = tokens_.get();
    parts.sessions = sessions_.get();
    parts.admin = admin_.get();
    parts.policies = policies_.get();
    parts.plugins["resource"] = std::make_unique<kbs::ResourcePlugin>(
        TRY(stores_.Open(storage::kRepository)));
    parts.decisions = decisions_.get();
    parts.ring = &ring_;
    parts.random = &random_;
    parts.logger = &logger_;
    service_ =
        std::make_unique<kbs::KbsService>(std::move(parts), kbs::KbsOptions());
    service_->AddRoutes(router_);
    return {};
  }

  // The service believes its own tokens and no others.
  Result<> MakeAttestation(const std::string& dir) {
    as::AsConfig config;
    config.storage = Storage(dir);
    registry::VerifierDeps outside{no_fetcher_, clock_};
    outside.collateral_store = TRY(stores_.Open(storage::kOwnCollateral));
    VerifierSet verifiers =
        TRY(registry::MakeVerifiers(config.verifiers, outside));
    attestation_ = TRY(as::MakeService(
        config, std::move(verifiers),
        {&clock_, &random_, &logger_, &stores_, registry::AllClaimSpecs()}));
    token::TokenVerifierConfig trust;
    trust.own_jwk_set = [this] { return attestation_->TokenSignerJwks(); };
    tokens_ =
        TRY(token::TokenVerifier::Create(std::move(trust), nullptr, Context()));
    return {};
  }

  Result<> MakePolicies() {
    policy_store_ = TRY(stores_.Open(storage::kKbsPolicies));
    policy_defaults_ = TRY(stores_.Open(policy::kPolicyDefaultsNamespace));
    policy::PolicyUse use;
    use.entry = "data.policy.allow";
    policies_ = std::make_unique<policy::PolicyStore>(
        *policy_store_, *policy_defaults_, programs_, logger_, std::move(use),
        policy::PolicyStoreOptions{});
    return policies_->EnsureDefault(kbs::kResourcePolicyId,
                                    policy::kDefaultResourcePolicy);
  }

  ManualClock clock_{kNow};
  crypto::SystemRandom random_;
  KeepingLogger logger_;
  NoFetcher no_fetcher_;
  std::unique_ptr<storage::Env> env_ = storage::MakePosixEnv();
  storage::StoreProvider stores_;
  std::unique_ptr<as::AttestationService> attestation_;
  std::unique_ptr<token::TokenVerifier> tokens_;
  std::unique_ptr<kbs::AdminGate> admin_;
  rego::ProgramCache programs_{rego::Builtins::Standard()};
  std::shared_ptr<storage::Store> policy_store_;
  std::shared_ptr<storage::Store> policy_defaults_;
  std::unique_ptr<policy::PolicyStore> policies_;
  std::unique_ptr<kbs::SessionStore> sessions_;
  DecisionRing ring_;
  DecisionLog log_{logger_};
  std::unique_ptr<DecisionFanOut> decisions_;
  std::unique_ptr<kbs::KbsService> service_;
  http::Router router_;
};

// A guest with its key, and the administrator's calls of the same client.
class Guest {
 public:
  explicit Guest(const http::Router& router)
      : wire(router), client(client::KbsClientConfig{}, wire) {
    context.clock = &clock_;
  }

  // The token, or the error's text.
  Result<std::string> Attest(
      const std::optional<std::string>& init_data_toml = std::nullopt) {
    return client.Attest(*attester, key, init_data_toml, context);
  }
  // The secret, or the error's text.
  std::string Get(std::string_view path,
                  const std::optional<std::string>& token = std::nullopt) {
    const auto secret =
        client.GetResource("resource", path, key, token, context);
    return secret ? ToText(secret->view()) : secret.error().Text();
  }
  void SetResourcePolicy(std::string_view rego) {
    const auto done = client.SetResourcePolicy(AsBytes(rego), context);
    EXPECT_TRUE(done) << (done ? "" : done.error().Text());
  }
  void SetAttestationPolicy(std::string_view id, std::string_view rego) {
    const auto done =
        client.SetAttestationPolicy(id, "rego", AsBytes(rego), context);
    EXPECT_TRUE(done) << (done ? "" : done.error().Text());
  }
  void SetResource(std::string_view path, std::string_view value) {
    const auto done = client.SetResource(path, AsBytes(value), context);
    EXPECT_TRUE(done) << (done ? "" : done.error().Text());
  }
  void SetReferenceValue(std::string_view name, json::Value value) {
    const auto done =
        client.SetSampleReferenceValue(name, std::move(value), context);
    EXPECT_TRUE(done) << (done ? "" : done.error().Text());
  }

 private:
  ManualClock clock_{kNow};

 public:
  RequestContext context;
  fake::RouterFetcher wire;
  client::KbsClient client;
  client::TeeKey key = *client::TeeKey::Generate();
  std::unique_ptr<attester::Attester> attester = attester::MakeSampleAttester();
};

// Sample evidence over report data that was not asked for.
class ReplayingAttester final : public attester::Attester {
 public:
  std::string_view tee() const override { return "sample"; }
  Result<json::Value> Evidence(ByteView) override {
    return sample_->Evidence(Bytes(48, 7));
  }

 private:
  std::unique_ptr<attester::Attester> sample_ = attester::MakeSampleAttester();
};

// Puts another nonce of the same length into what is sent to /attest.
inline void ReplaceNonce(http::FetchRequest& request) {
  if (!request.url.ends_with("/attest")) return;
  std::string body = ToText(request.body);
  const std::string_view name = R"("nonce":")";
  const size_t at = body.find(name);
  ASSERT_NE(at, std::string::npos);
  body[at + name.size()] = body[at + name.size()] == 'A' ? 'B' : 'A';
  request.body = ToBytes(body);
}

// Affirms sample guests at a registered svn.
inline constexpr std::string_view kSvnPolicy = R"rego(package policy

import rego.v1

default hardware := 97

hardware := 2 if input.sample.svn in query_reference_value("svn")

trust_claims := {"hardware": hardware, "executables": 3, "configuration": 2}
)rego";

}  // namespace vouchsafe::integration
