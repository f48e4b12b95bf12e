#include <gtest/gtest.h>

#include "kbs/checks.h"
#include "kbs/service_fixture.h"

namespace vouchsafe::kbs {
namespace {

TEST_F(KbsServiceTest, AttestedGuestGetsItsSecret) {
  ASSERT_EQ(
      Send("POST", "/kbs/v0/resource/default/key/one", "the secret").status,
      200);
  const auto response = Fetch(Attested("snp"));
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(Open(response), "the secret");
  EXPECT_EQ(ring_.Find("request-1")->outcome, "allowed");
}

TEST_F(KbsServiceTest, ChallengeHasTrusteesForm) {
  const auto response = Send("POST", "/kbs/v0/auth", AuthBody("snp"));
  ASSERT_EQ(response.status, 200);
  EXPECT_TRUE(response.body.starts_with(R"({"nonce":")")) << response.body;
  EXPECT_TRUE(response.body.ends_with(R"(","extra-params":""})"));
  EXPECT_EQ(Text(response, "nonce").size(), 44u);
  EXPECT_EQ(Cookie(response).size(), 15u + 32u);
}

TEST_F(KbsServiceTest, EvaluateSeesPrimaryRuntimeDataAndDefaultPolicy) {
  Attested("snp");
  ASSERT_EQ(attestation_.last.requests.size(), 1u);
  EXPECT_EQ(attestation_.last.requests[0].tee, "snp");
  EXPECT_EQ(attestation_.last.policy_ids, std::vector<std::string>{"default"});
  const auto& runtime = std::get<as::RuntimeData::Structured>(
      attestation_.last.requests[0].runtime_data->form);
  EXPECT_EQ(*runtime.value.Find("additional-evidence"), json::Value(""));
}

TEST_F(KbsServiceTest, SecondAttestGivesTheStoredToken) {
  const std::string cookie = Attested("snp");
  attestation_.refuse = true;
  const auto again = Send("POST", "/kbs/v0/attest", "{}", {{"Cookie", cookie}});
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(Text(again, "token"), token_);
  // What it says is ignored; that it is JSON is not.
  EXPECT_EQ(Send("POST", "/kbs/v0/attest", "{", {{"Cookie", cookie}}).status,
            400);
}

TEST_F(KbsServiceTest, BearerTokenWorksWithoutSession) {
  ASSERT_EQ(Send("POST", "/kbs/v0/resource/default/key/one", "s").status, 200);
  Attested("snp");
  const auto response =
      Send("GET", "/kbs/v0/resource/default/key/one", "",
           {{"Authorization", "Bearer " + token_},
            {"Cookie", "kbs-session-id=00000000000000000000000000000000"}});
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(Open(response), "s");
}

TEST_F(KbsServiceTest, DefaultPolicyNeverReleasesToSampleEvidence) {
  ASSERT_EQ(Send("POST", "/kbs/v0/resource/default/key/one", "s").status, 200);
  const std::string cookie = Attested("sample");
  const auto refused = Fetch(cookie);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(Text(refused, "type"), Problem("PolicyDeny"));
  EXPECT_EQ(Text(refused, "detail"), "Access denied by policy");
  EXPECT_EQ(Text(refused, "code"), "kbs.release.policy");
  EXPECT_EQ(Text(refused, "request_id"), "request-1");
  const auto record = ring_.Find("request-1");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->code, "kbs.release.policy");
  ASSERT_EQ(record->policies.size(), 1u);
  EXPECT_EQ(record->policies[0].answer, "false");

  SetPolicy(policy::kAllowAllResourcePolicy);
  EXPECT_EQ(Fetch(cookie).status, 200);
  SetPolicy(policy::kDenyAllResourcePolicy);
  EXPECT_EQ(Fetch(cookie).status, 401);
  SetPolicy(policy::kAffirmingResourcePolicy);
  EXPECT_EQ(Fetch(cookie).status, 200);
}

TEST_F(KbsServiceTest, AttestRefusals) {
  const auto challenge = Send("POST", "/kbs/v0/auth", AuthBody("snp"));
  const std::string cookie = Cookie(challenge);
  const std::string good = AttestBody(Text(challenge, "nonce"));
  const struct {
    const char* name;
    std::string cookie;
    std::string body;
    int status;
    const char* code;
  } cases[] = {
      {"no cookie", "", good, 401, "kbs.session.cookie"},
      {"unknown session", "kbs-session-id=00000000000000000000000000000000",
       good, 401, "kbs.session.known"},
      {"not JSON", cookie, "{", 400, "invalid_input"},
      {"wrong nonce", cookie, AttestBody("bm9uY2U="), 401, "kbs.attest.nonce"},
  };
  for (const auto& c : cases) {
    http::Headers headers;
    if (!c.cookie.empty()) headers.Add("Cookie", c.cookie);
    const auto response = Send("POST", "/kbs/v0/attest", c.body, headers);
    EXPECT_EQ(response.status, c.status) << c.name;
    EXPECT_EQ(Text(response, "type"), Problem("AttestationError")) << c.name;
    EXPECT_EQ(Text(response, "detail"),
              "Attestation error: RCAR handshake Attest failed")
        << c.name;
    EXPECT_EQ(Text(response, "code"), c.code) << c.name;
  }
  // None of them spoilt the session.
  EXPECT_EQ(Send("POST", "/kbs/v0/attest", good, {{"Cookie", cookie}}).status,
            200);
}

TEST_F(KbsServiceTest, NonceIsOfThisSession) {
  const auto first = Send("POST", "/kbs/v0/auth", AuthBody("snp"));
  const auto second = Send("POST", "/kbs/v0/auth", AuthBody("snp"));
  const auto response =
      Send("POST", "/kbs/v0/attest", AttestBody(Text(first, "nonce")),
           {{"Cookie", Cookie(second)}});
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(Text(response, "code"), "kbs.attest.nonce");
}

TEST_F(KbsServiceTest, RefusedEvidenceIs401AndNoTokenIsKept) {
  attestation_.refuse = true;
  const auto challenge = Send("POST", "/kbs/v0/auth", AuthBody("snp"));
  const auto response =
      Send("POST", "/kbs/v0/attest", AttestBody(Text(challenge, "nonce")),
           {{"Cookie", Cookie(challenge)}});
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.body.find("fake: evidence refused"), std::string::npos);
  EXPECT_EQ(ring_.Find("request-1")->reason, "fake: evidence refused");
  EXPECT_EQ(Fetch(Cookie(challenge)).status, 401);
}

TEST_F(KbsServiceTest, ExpiredSessionIsRefused) {
  const auto challenge = Send("POST", "/kbs/v0/auth", AuthBody("snp"));
  clock_.Advance(std::chrono::minutes(6));
  const auto response =
      Send("POST", "/kbs/v0/attest", AttestBody(Text(challenge, "nonce")),
           {{"Cookie", Cookie(challenge)}});
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(Text(response, "code"), "kbs.session.fresh");
}

TEST_F(KbsServiceTest, ReleaseRefusals) {
  const auto none = Fetch("x=y");
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(Text(none, "type"), Problem("TokenNotFound"));
  EXPECT_EQ(Text(none, "detail"), "Attestation Token not found");
  EXPECT_EQ(Text(none, "code"), "kbs.release.token_present");

  const auto bad = Send("GET", "/kbs/v0/resource/default/key/one", "",
                        {{"Authorization", "Bearer a.b.c"}});
  EXPECT_EQ(bad.status, 401);  // clients attest again on this
  EXPECT_EQ(Text(bad, "type"), Problem("TokenVerifierError"));

  const auto missing = Fetch(Attested("snp"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(Text(missing, "type"), Problem("PluginInternalError"));
  EXPECT_EQ(Text(missing, "detail"), "Plugin internal error");
}

TEST_F(KbsServiceTest, OldRsaKeysAreTheOperatorsChoice) {
  tee_key_ = *crypto::PrivateKey::Generate(crypto::KeyType::kRsa);
  tee_alg_ = "RSA1_5";
  ASSERT_EQ(Send("POST", "/kbs/v0/resource/default/key/one", "s").status, 200);
  EXPECT_EQ(Fetch(Attested("snp")).status, 200);
  KbsOptions refuse;
  refuse.allow_rsa15 = false;
  Start({AdminMode::kInsecureAllowAll, {}, {}}, refuse);
  const auto refused = Fetch(Attested("snp"));
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_EQ(Text(refused, "type"), Problem("JweError"));
  EXPECT_EQ(Text(refused, "detail"), "JWE failed");
}

TEST_F(KbsServiceTest, UnknownPluginIs404) {
  for (const auto& [method, target, name] :
       {std::tuple("GET", "/kbs/v0/nothere/x", "nothere"),
        std::tuple("GET", "/kbs/v0/", ""),
        std::tuple("GET", "/kbs/v0/auth", "auth"),
        std::tuple("PUT", "/kbs/v0/resource-policy", "resource-policy")}) {
    const auto response = Send(method, target);
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(Text(response, "type"), Problem("PluginNotFound")) << target;
    EXPECT_EQ(Text(response, "detail"),
              "Plugin " + std::string(name) + " not found");
  }
}

TEST_F(KbsServiceTest, PathIsDecodedWholeThenSplit) {
  ASSERT_EQ(Send("POST", "/kbs/v0/resource/default%2Fkey/one", "s").status,
            200);
  EXPECT_EQ(Fetch(Attested("snp")).status, 200);
  // Released guests ask with an empty first segment.
  const auto doubled = Send("GET", "/kbs/v0/resource//default/key/one", "",
                            {{"Authorization", "Bearer " + token_}});
  EXPECT_EQ(doubled.status, 200) << doubled.body;
  EXPECT_EQ(Send("POST", "/kbs/v0/%61uth", AuthBody("snp")).status, 200);
}

TEST_F(KbsServiceTest, DeleteGivesNothingTwice) {
  const char* path = "/kbs/v0/resource/a/b/c";
  EXPECT_EQ(Send("POST", path, "s").status, 200);
  EXPECT_EQ(Send("DELETE", path).status, 200);
  EXPECT_EQ(Send("DELETE", path).status, 404);
}

TEST_F(KbsServiceTest, PolicyUploadRefusals) {
  const struct {
    const char* body;
    const char* type;
    const char* detail;
  } cases[] = {
      {"{", "ParsePolicyError",
       "Failed to parse policy: Illegal SetPolicy Request Json"},
      {"{}", "ParsePolicyError",
       "Failed to parse policy: No `policy` field inside SetPolicy Request "
       "Json"},
      {R"({"policy":1})", "ParsePolicyError",
       "Failed to parse policy: `policy` field is not a string in SetPolicy "
       "Request Json"},
      {R"({"policy":"__4"})", "ParsePolicyError",
       "Failed to parse policy: Failed to decode policy: not UTF-8 text"},
  };
  for (const auto& c : cases) {
    const auto response = Send("POST", "/kbs/v0/resource-policy", c.body);
    EXPECT_EQ(response.status, 400) << c.body;
    EXPECT_EQ(Text(response, "type"), Problem(c.type)) << c.body;
    EXPECT_EQ(Text(response, "detail"), c.detail) << c.body;
  }
  json::Object body;
  body.Set("policy", Base64UrlEncode(AsBytes("package policy\n???")));
  const auto broken =
      Send("POST", "/kbs/v0/resource-policy", json::Write(std::move(body)));
  EXPECT_EQ(broken.status, 400) << broken.body;
  EXPECT_EQ(Text(broken, "type"), Problem("PolicyEngineError"));
  EXPECT_EQ(Send("GET", "/kbs/v0/resource-policy").body,
            R"(["resource-policy"])");
}

TEST_F(KbsServiceTest, FindingsInAResourcePolicyComeWithTheReply) {
  const auto set = [&](std::string_view text) {
    json::Object body;
    body.Set("policy", Base64UrlEncode(AsBytes(text)));
    return Send("POST", "/kbs/v0/resource-policy", json::Write(body));
  };
  const auto fine = set("package policy\n\nallow if data.plugin == \"x\"\n");
  EXPECT_EQ(fine.status, 200);
  EXPECT_EQ(fine.headers.Find("Policy-Finding"), nullptr);
  const auto noted = set("package policy\n\nallow if x == 1\n");
  EXPECT_EQ(noted.status, 200);
  EXPECT_NE(noted.headers.Get("Policy-Finding").find("var x is unsafe"),
            std::string_view::npos);
}

TEST_F(KbsServiceTest, AttestationPolicyAndReferenceValuesReachTheService) {
  EXPECT_EQ(Send("POST", "/kbs/v0/attestation-policy",
                 R"({"type":"rego","policy_id":"default_cpu","policy":"cA"})")
                .status,
            200);
  EXPECT_EQ(attestation_.policies["default_cpu"], "cA");
  attestation_.findings.resize(1);
  attestation_.findings[0].message = "look here";
  const auto noted =
      Send("POST", "/kbs/v0/attestation-policy",
           R"({"type":"rego","policy_id":"default_cpu","policy":"cA"})");
  EXPECT_EQ(noted.status, 200);
  EXPECT_TRUE(noted.body.empty());
  EXPECT_NE(noted.headers.Get("Policy-Finding").find("look here"),
            std::string_view::npos);
  const auto bad = Send("POST", "/kbs/v0/attestation-policy", "{}");
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(Text(bad, "detail"),
            "Attestation error: Set Attestation Policy failed");

  EXPECT_EQ(Send("POST", "/kbs/v0/reference-value", "message").status, 200);
  EXPECT_EQ(Send("GET", "/kbs/v0/reference-value/svn").body, R"(["1"])");
  const auto not_text = Send("POST", "/kbs/v0/reference-value", "\xff");
  EXPECT_EQ(not_text.status, 400);
  EXPECT_EQ(Text(not_text, "detail"),
            "RVPS configuration failed: Failed to parse reference value "
            "message");
  const auto unknown = Send("GET", "/kbs/v0/reference-value/a/b");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(Text(unknown, "detail"),
            "RVPS configuration failed: Failed to get reference_values: No "
            "reference value found for the given id: a/b");
}

TEST_F(KbsServiceTest, DecisionsAreReadByAdministrators) {
  Send("POST", "/kbs/v0/auth", AuthBody("snp"));
  const auto record = Send("GET", "/kbs/v0/admin/decisions/request-1");
  ASSERT_EQ(record.status, 200) << record.body;
  EXPECT_EQ(Text(record, "outcome"), "allowed");
  EXPECT_EQ(Send("GET", "/kbs/v0/admin/decisions/unknown").status, 404);
  EXPECT_EQ(Send("GET", "/kbs/v0/admin/other").status, 404);
  EXPECT_EQ(Send("GET", "/kbs/v0/admin/decisions").status, 200);
}

TEST_F(KbsServiceTest, DenyAllRefusesEveryAdministrator) {
  Start({AdminMode::kDenyAll, {}, {}}, {});
  const auto policy = Send("GET", "/kbs/v0/resource-policy");
  EXPECT_EQ(policy.status, 403);
  EXPECT_EQ(Text(policy, "type"), Problem("AdminAuthAccess"));
  EXPECT_EQ(Text(policy, "detail"),
            "admin access denied for endpoint resource-policy: Admin access "
            "denied: Admin access denied as DenyAll authorization_mode is "
            "enabled");
  EXPECT_EQ(Text(policy, "code"), "kbs.admin.mode");
  const auto secret = Send("POST", "/kbs/v0/resource/a/b/c", "s");
  EXPECT_EQ(secret.status, 403);
  EXPECT_EQ(Text(secret, "type"), Problem("AdminAuthInitialization"));
  EXPECT_FALSE(repository_->Get("a/b/c")->has_value());
}

TEST_F(KbsServiceTest, StrictErrorsAreTrustees) {
  KbsOptions strict;
  strict.strict = StrictErrors::kYes;
  Start({AdminMode::kInsecureAllowAll, {}, {}}, strict);
  const auto missing = Fetch(Attested("snp"));
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.body,
            R"({"type":"https://github.com/confidential-containers/kbs/errors/)"
            R"(PluginInternalError","detail":"Plugin internal error"})");
  const auto set = Send("POST", "/kbs/v0/resource/a/b/c", "s");
  EXPECT_EQ(set.headers.Get("Content-Type"), "text/xml");
  EXPECT_EQ(Send("GET", "/kbs/v0/nothere").status, 404);
}

}  // namespace
}  // namespace vouchsafe::kbs
