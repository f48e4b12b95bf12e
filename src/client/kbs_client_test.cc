#include "client/kbs_client.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "jose/jwe.h"
#include "json/parse.h"
#include "json/write.h"
#include "tests/fake/fake_fetcher.h"

namespace vouchsafe::client {
namespace {

constexpr const char* kUrl = "http://kbs:8080";
constexpr const char* kCookie = "kbs-session-id=0123";

// A key broker that follows the protocol and looks at what it is sent.
class FakeKbs {
 public:
  explicit FakeKbs(fake::FakeFetcher& fetcher) {
    fetcher.OnCall(Url("auth"), [this](const http::FetchRequest& request) {
      return Auth(request);
    });
    fetcher.OnCall(Url("attest"), [this](const http::FetchRequest& request) {
      return Attest(request);
    });
    fetcher.OnCall(Url("resource/a/b/c"),
                   [this](const http::FetchRequest& request) {
                     return Resource(request);
                   });
  }
  static std::string Url(const std::string& path) {
    return std::string(kUrl) + "/kbs/v0/" + path;
  }

  std::string hash_choice;  // empty: none
  json::Value attested;     // body of /attest

 private:
  static json::Value Body(const http::FetchRequest& request) {
    auto body = json::Parse(AsText(request.body));
    EXPECT_TRUE(body);
    return body ? *body : json::Value();
  }
  static http::FetchResponse Reply(const std::string& body) {
    return {200,
            {{"set-cookie", std::string(kCookie) +
                                "; Expires=Tue, 14 Nov 2023 22:18:20 GMT"}},
            ToBytes(body)};
  }
  Result<http::FetchResponse> Auth(const http::FetchRequest& request) {
    const json::Value body = Body(request);
    EXPECT_EQ(*body.Find("version"), json::Value("0.4.0"));
    EXPECT_EQ(*body.Find("tee"), json::Value("sample"));
    return Reply(hash_choice.empty()
                     ? R"({"nonce":"bm9uY2U=","extra-params":""})"
                     : R"({"nonce":"bm9uY2U=","extra-params":)"
                       R"({"selected-hash-algorithm":")" +
                           hash_choice + R"("}})");
  }
  Result<http::FetchResponse> Attest(const http::FetchRequest& request) {
    EXPECT_EQ(request.headers.Get("Cookie"), kCookie);
    attested = Body(request);
    return Reply(R"({"token":"header.payload.signature"})");
  }
  Result<http::FetchResponse> Resource(const http::FetchRequest& request) {
    EXPECT_TRUE(request.headers.Get("Cookie") == kCookie ||
                request.headers.Get("Authorization") == "Bearer passport");
    CheckLog log;
    crypto::SystemRandom random;
    const json::Value* key = attested.At("/runtime-data/tee-pubkey");
    const auto recipient =
        jose::JweRecipient::FromJwk(*key, jose::Rsa15::kRefuse, log);
    EXPECT_TRUE(recipient);
    return Reply(
        *recipient->Encrypt(SecretBytes(AsBytes("the secret")), random));
  }
};

class KbsClientTest : public testing::Test {
 protected:
  KbsClientTest() : client_({kUrl, {}, std::chrono::seconds(1)}, fetcher_) {
    context_.clock = &clock_;
  }

  ManualClock clock_{1'700'000'000};
  RequestContext context_;
  fake::FakeFetcher fetcher_;
  FakeKbs kbs_{fetcher_};
  KbsClient client_;
  std::unique_ptr<attester::Attester> attester_ =
      attester::MakeSampleAttester();
};

TEST_F(KbsClientTest, AttestsAndFetches) {
  const TeeKey key = *TeeKey::Generate();
  const auto token = client_.Attest(*attester_, key, "toml", context_);
  ASSERT_TRUE(token) << token.error().Text();
  EXPECT_EQ(*token, "header.payload.signature");
  EXPECT_EQ(*kbs_.attested.At("/init-data/format"), json::Value("toml"));
  EXPECT_EQ(*kbs_.attested.At("/init-data/body"), json::Value("toml"));
  const auto secret =
      client_.GetResource("resource", "a/b/c", key, std::nullopt, context_);
  ASSERT_TRUE(secret) << secret.error().Text();
  EXPECT_EQ(ToText(secret->view()), "the secret");
}

TEST_F(KbsClientTest, EvidenceCommitsToTheRuntimeData) {
  const TeeKey key = *TeeKey::Generate();
  for (const auto& [choice, hash] : {std::pair("", crypto::Hash::kSha384),
                                     std::pair("SHA512", crypto::Hash::kSha512),
                                     std::pair("sm3", crypto::Hash::kSm3)}) {
    kbs_.hash_choice = choice;
    ASSERT_TRUE(client_.Attest(*attester_, key, std::nullopt, context_));
    json::Object runtime;
    runtime.Set("additional-evidence", "");
    runtime.Set("nonce", "bm9uY2U=");
    runtime.Set("tee-pubkey", key.public_jwk());
    const Bytes want = crypto::Digest(hash, AsBytes(*json::Canonical(runtime)));
    EXPECT_EQ(*kbs_.attested.At("/tee-evidence/primary_evidence/report_data"),
              json::Value(Base64Encode(want)))
        << choice;
    EXPECT_TRUE(kbs_.attested.At("/init-data")->is_null());
  }
  kbs_.hash_choice = "md5";
  EXPECT_EQ(
      client_.Attest(*attester_, key, std::nullopt, context_).error().code,
      ErrorCode::kBadPeer);
}

TEST_F(KbsClientTest, PassportNeedsNoHandshake) {
  const TeeKey key = *TeeKey::Generate();
  json::Object runtime;
  runtime.Set("tee-pubkey", key.public_jwk());
  json::Object attested;
  attested.Set("runtime-data", std::move(runtime));
  kbs_.attested = std::move(attested);
  const auto secret =
      client_.GetResource("resource", "a/b/c", key, "passport", context_);
  ASSERT_TRUE(secret) << secret.error().Text();
  EXPECT_EQ(fetcher_.Count(FakeKbs::Url("auth")), 0);
}

TEST_F(KbsClientTest, OtherKeyCannotOpenTheAnswer) {
  const TeeKey key = *TeeKey::Generate();
  ASSERT_TRUE(client_.Attest(*attester_, key, std::nullopt, context_));
  const TeeKey other = *TeeKey::Generate();
  EXPECT_FALSE(
      client_.GetResource("resource", "a/b/c", other, std::nullopt, context_));
}

TEST_F(KbsClientTest, PathsAreEscapedAndFragmentsDropped) {
  const TeeKey key = *TeeKey::Generate();
  const std::string url = FakeKbs::Url("resource/a/b/c%20d%22?x=1%C3%A9&y=%2f");
  fetcher_.On(url, 404, std::string_view("{}"));
  EXPECT_FALSE(client_.GetResource("resource", "a/b/c d\"?x=1\xc3\xa9&y=%2f#z",
                                   key, "token", context_));
  EXPECT_EQ(fetcher_.Count(url), 1);
}

TEST_F(KbsClientTest, AdministratorsSeeTheBodyInQuotes) {
  const std::string url = FakeKbs::Url("resource-policy");
  fetcher_.On(url, 401, std::string_view(R"({"type":"t","code":"c"})"));
  const auto coded = client_.SetResourcePolicy(AsBytes("x"), context_);
  ASSERT_FALSE(coded);
  EXPECT_EQ(coded.error().Text(),
            R"(Request Failed, Response: "{\"type\":\"t\",\"code\":\"c\"}")");
  fetcher_.On(url, 405, std::string_view(""));
  const auto empty = client_.SetResourcePolicy(AsBytes("x"), context_);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().Text(),
            R"(Request Failed, Response: "", status 405)");
}

TEST_F(KbsClientTest, RefusalsAreReadAndTold) {
  const struct {
    const char* name;
    int status;
    const char* body;
    ErrorCode code;
    const char* text;
  } cases[] = {
      {"policy", 401,
       R"({"type":"t","detail":"Access denied by policy",)"
       R"("code":"kbs.release.policy","request_id":"r1"})",
       ErrorCode::kUnauthenticated,
       "request unauthorized: Access denied by policy [code "
       "kbs.release.policy] [request_id r1]"},
      {"missing", 404, R"({"type":"t","detail":"Plugin internal error"})",
       ErrorCode::kNotFound, "KBS resource not found: Plugin internal error"},
      {"no JSON", 502, "<html>", ErrorCode::kUnavailable,
       "KBS answered 502: <html>"},
  };
  const TeeKey key = *TeeKey::Generate();
  for (const auto& c : cases) {
    fetcher_.On(FakeKbs::Url("resource/x"), c.status, std::string_view(c.body));
    const auto secret =
        client_.GetResource("resource", "x", key, std::nullopt, context_);
    ASSERT_FALSE(secret) << c.name;
    EXPECT_EQ(secret.error().code, c.code) << c.name;
    EXPECT_EQ(secret.error().Text(), c.text) << c.name;
    ASSERT_TRUE(client_.refusal()) << c.name;
    EXPECT_EQ(client_.refusal()->status, c.status) << c.name;
  }
}

TEST_F(KbsClientTest, AdministrationSendsTrusteesBodies) {
  client_.SetAdminToken("admin");
  for (const char* path : {"attestation-policy", "resource-policy",
                           "resource/a", "reference-value"}) {
    fetcher_.On(FakeKbs::Url(path), 200, std::string_view(""));
  }
  fetcher_.On(FakeKbs::Url("reference-value/svn"), 200,
              std::string_view("[\"1\"]"));
  ASSERT_TRUE(client_.SetAttestationPolicy("default_cpu", "rego", AsBytes("p?"),
                                           context_));
  ASSERT_TRUE(client_.SetResourcePolicy(AsBytes("p?"), context_));
  ASSERT_TRUE(client_.SetResource("a", AsBytes("secret"), context_));
  ASSERT_TRUE(client_.DeleteResource("a", context_));
  ASSERT_TRUE(client_.SetSampleReferenceValue(
      "svn", json::Array{json::Value("1")}, context_));
  EXPECT_EQ(*client_.GetReferenceValue("svn", context_), "[\"1\"]");
  const auto sent = fetcher_.Requests();
  ASSERT_EQ(sent.size(), 6u);
  const char* bodies[] = {
      R"({"type":"rego","policy_id":"default_cpu","policy":"cD8"})",
      R"({"policy":"cD8"})",
      "secret",
      "",
      R"({"version":"0.1.0","type":"sample","payload":"eyJzdm4iOlsiMSJdfQ=="})",
      ""};
  const char* methods[] = {"POST", "POST", "POST", "DELETE", "POST", "GET"};
  for (size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(AsText(sent[i].body), bodies[i]) << i;
    EXPECT_EQ(sent[i].method, methods[i]) << i;
    EXPECT_EQ(sent[i].headers.Get("Authorization"), "Bearer admin") << i;
    EXPECT_EQ(sent[i].headers.Get("User-Agent"), "kbs-client/0.1.0") << i;
  }
}

TEST_F(KbsClientTest, FindingsOfAPolicyThatWasTaken) {
  http::Headers head = {{"Policy-Finding", "p.rego:1:2: code: a"},
                        {"Other", "x"}};
  head.Add("policy-finding", "\x1b[2J\xc3\xb6 " + std::string(500, 'b'));
  fetcher_.On(FakeKbs::Url("resource-policy"), 200, std::string_view(), head);
  ASSERT_TRUE(client_.SetResourcePolicy(AsBytes("p?"), context_));
  ASSERT_EQ(client_.findings().size(), 2u);
  EXPECT_EQ(client_.findings()[0], "p.rego:1:2: code: a");
  EXPECT_EQ(client_.findings()[1], "?[2J?? " + std::string(393, 'b'));

  for (int i = 0; i < 50; ++i) head.Add("Policy-Finding", "more");
  fetcher_.On(FakeKbs::Url("attestation-policy"), 200, std::string_view(),
              head);
  ASSERT_TRUE(client_.SetAttestationPolicy("default_cpu", "rego", AsBytes("p?"),
                                           context_));
  ASSERT_EQ(client_.findings().size(), 33u);
  EXPECT_EQ(client_.findings()[32], "and more");

  // Of the last call only, and of no refusal.
  fetcher_.On(FakeKbs::Url("resource-policy"), 500, std::string_view(), head);
  EXPECT_FALSE(client_.SetResourcePolicy(AsBytes("p?"), context_));
  EXPECT_TRUE(client_.findings().empty());
}

TEST(TeeKeyTest, KindsThatCanReceiveSecrets) {
  for (const auto& [type, kty] : {std::pair(crypto::KeyType::kEcP256, "EC"),
                                  std::pair(crypto::KeyType::kEcP384, "EC"),
                                  std::pair(crypto::KeyType::kEcP521, "EC"),
                                  std::pair(crypto::KeyType::kRsa, "RSA")}) {
    const auto pem = crypto::PrivateKey::Generate(type)->Pkcs8Pem();
    const auto key = TeeKey::FromPem(AsText(pem.view()));
    ASSERT_TRUE(key) << key.error().Text();
    EXPECT_EQ(*key->public_jwk().Find("kty"), json::Value(kty));
  }
  const auto ed25519 =
      crypto::PrivateKey::Generate(crypto::KeyType::kEd25519)->Pkcs8Pem();
  EXPECT_EQ(TeeKey::FromPem(AsText(ed25519.view())).error().code,
            ErrorCode::kUnsupported);
  EXPECT_FALSE(TeeKey::FromPem("not a key"));
}

}  // namespace
}  // namespace vouchsafe::client
