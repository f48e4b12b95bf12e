#pragma once

// A key broker over a fake attestation service, for the tests of this folder.

#include <gtest/gtest.h>

#include <map>

#include "base/encoding.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "jose/jwe.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "json/parse.h"
#include "json/write.h"
#include "kbs/checks.h"
#include "kbs/resource_plugin.h"
#include "kbs/service.h"
#include "policy/resource_policies.h"
#include "storage/memory.h"

namespace vouchsafe::kbs {

inline constexpr int64_t kNow = 1'700'000'000;

// An attestation service that believes everything, or refuses everything.
class FakeAttestation final : public as::AttestationService {
 public:
  FakeAttestation()
      : key_(*crypto::PrivateKey::Generate(crypto::KeyType::kEcP256)) {}

  Result<std::string> Evaluate(const as::EvaluateRequest& request,
                               DecisionRecord&,
                               const RequestContext& context) override {
    last = request;
    if (refuse) {
      return Fail(ErrorCode::kUntrusted, "fake: evidence refused");
    }
    json::Object annotated;
    annotated.Set(request.requests[0].tee, json::Object());
    const auto& runtime = std::get<as::RuntimeData::Structured>(
        request.requests[0].runtime_data->form);
    annotated.Set("runtime_data_claims", runtime.value);
    json::Object cpu0;
    cpu0.Set("ear.status", "affirming");
    cpu0.Set("ear.veraison.annotated-evidence", std::move(annotated));
    json::Object submods;
    submods.Set("cpu0", std::move(cpu0));
    json::Object claims;
    claims.Set("exp", context.clock->UnixSeconds() + 300);
    claims.Set("submods", std::move(submods));
    json::Object header;
    header.Set("alg", "ES256");
    jose::Jwk jwk = jose::JwkOf(key_.Public());
    jwk.alg = "ES256";
    header.Set("jwk", jose::JwkToJson(jwk));
    return jose::SignJws(header, AsBytes(json::Write(std::move(claims))), key_);
  }
  Result<std::vector<rego::Diagnostic>> SetPolicy(
      std::string_view id, std::string_view policy,
      const RequestContext&) override {
    policies[std::string(id)] = policy;
    return findings;
  }
  Result<std::vector<as::PolicyInfo>> ListPolicies(
      const RequestContext&) override {
    return std::vector<as::PolicyInfo>();
  }
  Result<std::string> GetPolicy(std::string_view,
                                const RequestContext&) override {
    return Fail(ErrorCode::kNotFound, "fake: no policy");
  }
  Result<> DeletePolicy(std::string_view, const RequestContext&) override {
    return Fail(ErrorCode::kNotFound, "fake: no policy");
  }
  Result<std::string> Challenge(std::string_view, std::string_view,
                                const RequestContext&) override {
    return Fail(ErrorCode::kUnsupported, "fake: no challenge");
  }
  Result<> RegisterReferenceValue(std::string_view message,
                                  const RequestContext&) override {
    if (message.empty()) return Fail(ErrorCode::kInvalidInput, "fake: empty");
    values["svn"] = json::Array{json::Value("1")};
    return {};
  }
  Result<std::optional<json::Value>> QueryReferenceValue(
      std::string_view id, const RequestContext&) override {
    const auto found = values.find(id);
    if (found == values.end()) return std::optional<json::Value>();
    return std::optional<json::Value>(found->second);
  }
  json::Value TokenSignerJwks() const override { return json::Object(); }
  std::vector<std::string> AcceptedTees() const override { return {}; }

  bool refuse = false;
  as::EvaluateRequest last;
  std::map<std::string, std::string, std::less<>> policies;
  std::vector<rego::Diagnostic> findings;  // answered to SetPolicy
  std::map<std::string, json::Value, std::less<>> values;

 private:
  crypto::PrivateKey key_;
};

class KbsServiceTest : public testing::Test {
 protected:
  KbsServiceTest() { Start({AdminMode::kInsecureAllowAll, {}, {}}, {}); }

  void Start(const AdminConfig& admin, KbsOptions options) {
    context_.request_id = "request-1";
    context_.clock = &clock_;
    token::TokenVerifierConfig trust;
    trust.insecure_header_jwk = true;
    tokens_ = *token::TokenVerifier::Create(trust, nullptr, context_);
    admin_ = *AdminGate::Create(admin, nullptr, context_);
    policies_ = std::make_unique<policy::PolicyStore>(
        *policy_store_, *defaults_, cache_, logger_,
        policy::PolicyUse{"data.policy.allow", {}, "", {}, {}, ""},
        policy::PolicyStoreOptions{});
    ASSERT_TRUE(policies_->EnsureDefault(kResourcePolicyId,
                                         policy::kDefaultResourcePolicy));
    sessions_ = std::make_unique<SessionStore>(storage::MakeMemoryStore(clock_),
                                               clock_, std::chrono::minutes(5));
    KbsParts parts;
    parts.attestation = &attestation_;
    parts.tokens = tokens_.get();
    parts.sessions = sessions_.get();
    parts.admin = admin_.get();
    parts.policies = policies_.get();
    parts.plugins["resource"] = std::make_unique<ResourcePlugin>(repository_);
    parts.decisions = &ring_;
    parts.ring = &ring_;
    parts.random = &random_;
    parts.logger = &logger_;
    router_ = http::Router();
    service_ = std::make_unique<KbsService>(std::move(parts), options);
    service_->AddRoutes(router_);
  }

  http::Response Send(std::string method, std::string target,
                      std::string_view body = "", http::Headers headers = {}) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = ToBytes(body);
    request.headers = std::move(headers);
    return router_.Handle(request, context_);
  }

  static json::Value Json(const http::Response& response) {
    auto value = json::Parse(response.body);
    EXPECT_TRUE(value) << response.body;
    return value ? *value : json::Value();
  }
  static std::string Text(const http::Response& response, const char* name) {
    const json::Value body = Json(response);
    const json::Value* value = body.Find(name);
    return value != nullptr && value->if_string() != nullptr
               ? *value->if_string()
               : "";
  }
  static std::string Cookie(const http::Response& response) {
    const std::string_view cookie = response.headers.Get("Set-Cookie");
    return std::string(cookie.substr(0, cookie.find(';')));
  }

  static std::string AuthBody(const std::string& tee) {
    return R"({"version":"0.4.0","tee":")" + tee + R"(","extra-params":""})";
  }
  std::string AttestBody(const std::string& nonce) const {
    json::Object runtime;
    runtime.Set("nonce", nonce);
    jose::Jwk jwk = jose::JwkOf(tee_key_.Public());
    jwk.alg = tee_alg_;
    runtime.Set("tee-pubkey", jose::JwkToJson(jwk));
    json::Object evidence;
    evidence.Set("primary_evidence", json::Object());
    evidence.Set("additional_evidence", "");
    json::Object body;
    body.Set("runtime-data", std::move(runtime));
    body.Set("tee-evidence", std::move(evidence));
    return json::Write(std::move(body));
  }

  // The session cookie of an attested guest.
  std::string Attested(const std::string& tee) {
    const auto challenge = Send("POST", "/kbs/v0/auth", AuthBody(tee));
    EXPECT_EQ(challenge.status, 200) << challenge.body;
    const auto reply =
        Send("POST", "/kbs/v0/attest", AttestBody(Text(challenge, "nonce")),
             {{"Cookie", Cookie(challenge)}});
    EXPECT_EQ(reply.status, 200) << reply.body;
    token_ = Text(reply, "token");
    return Cookie(reply);
  }
  http::Response Fetch(const std::string& cookie) {
    return Send("GET", "/kbs/v0/resource/default/key/one", "",
                {{"Cookie", cookie}});
  }
  void SetPolicy(std::string_view rego) {
    json::Object body;
    body.Set("policy", Base64UrlEncode(AsBytes(rego)));
    const auto response =
        Send("POST", "/kbs/v0/resource-policy", json::Write(std::move(body)));
    ASSERT_EQ(response.status, 200) << response.body;
  }
  std::string Open(const http::Response& response) const {
    CheckLog log;
    const auto secret = jose::OpenJwe(response.body, tee_key_, {}, log);
    EXPECT_TRUE(secret) << response.body;
    return secret ? ToText(secret->view()) : "";
  }
  static std::string Problem(const char* variant) {
    return std::string(
               "https://github.com/confidential-containers/kbs/errors/") +
           variant;
  }

  ManualClock clock_{kNow};
  crypto::SystemRandom random_;
  NullLogger logger_;
  RequestContext context_;
  FakeAttestation attestation_;
  std::unique_ptr<token::TokenVerifier> tokens_;
  std::unique_ptr<AdminGate> admin_;
  std::shared_ptr<storage::Store> policy_store_ =
      storage::MakeMemoryStore(clock_);
  std::shared_ptr<storage::Store> defaults_ = storage::MakeMemoryStore(clock_);
  std::shared_ptr<storage::Store> repository_ =
      storage::MakeMemoryStore(clock_);
  rego::ProgramCache cache_{rego::Builtins::Standard()};
  std::unique_ptr<policy::PolicyStore> policies_;
  std::unique_ptr<SessionStore> sessions_;
  DecisionRing ring_;
  http::Router router_;
  std::unique_ptr<KbsService> service_;
  crypto::PrivateKey tee_key_ =
      *crypto::PrivateKey::Generate(crypto::KeyType::kEcP256);
  std::string tee_alg_ = "ECDH-ES+A256KW";
  std::string token_;
};

}  // namespace vouchsafe::kbs
