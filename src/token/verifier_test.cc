#include "token/verifier.h"

#include <gtest/gtest.h>

#include <memory>

#include "jose/checks.h"
#include "tests/fake/fake_fetcher.h"
#include "tests/support/shared_data.h"
#include "tests/support/threads.h"
#include "token/checks.h"
#include "token/endorsement.h"
#include "token/test_support.h"
#include "token/trusted_token.h"

namespace vouchsafe::token {
namespace {

using test::ExpectCode;
using test::ExpectRefused;
using test::HeaderJwk;
using test::KeyFrom;
using test::KeySetText;
using test::KidToken;
using test::Now;

constexpr std::string_view kClaims =
    R"({"exp":1800000300,"iss":"as","aud":["kbs","x"],"tee-pubkey":)"
    R"({"kty":"EC","crv":"P-256","alg":"ECDH-ES+A256KW",)"
    R"("x":"X5ALuj6Y3mXv2at6DpGEPJJ9voDpFKo12MKrUV3ubwk",)"
    R"("y":"ay3UaDLq-PErUt0NM7HL30kHoTl7-iHue8rJDUml8vY"}})";

const std::string kSetUrl = "https://issuer.example/keys";

class TokenTest : public ::testing::Test {
 protected:
  std::unique_ptr<TokenVerifier> Make(TokenVerifierConfig config) {
    auto made =
        TokenVerifier::Create(std::move(config), &fetcher_, now_.context);
    EXPECT_TRUE(made) << (made ? "" : made.error().Text());
    return made ? *std::move(made) : nullptr;
  }
  std::unique_ptr<TokenVerifier> WithRoot() {
    TokenVerifierConfig config;
    config.trusted_certs_pem = {std::string(test::kRootPem)};
    return Make(std::move(config));
  }
  std::unique_ptr<TokenVerifier> WithKeySet(TokenVerifierConfig config = {}) {
    fetcher_.On(kSetUrl, 200, std::string_view(KeySetText("k1", issuer_)));
    config.trusted_jwk_sets = {kSetUrl};
    return Make(std::move(config));
  }
  std::unique_ptr<TokenVerifier> Insecure(TokenVerifierConfig config = {}) {
    config.insecure_header_jwk = true;
    return Make(std::move(config));
  }
  std::string ChainToken(std::string_view claims = kClaims) {
    json::Object header;
    header.Set("alg", "ES256");
    header.Set("jwk", HeaderJwk(issuer_, chain_));
    return test::Sign(header, claims, issuer_);
  }
  Result<VerifiedToken> Verify(TokenVerifier& verifier,
                               std::string_view token) {
    CheckLog log;
    return verifier.Verify(token, log, now_.context);
  }

  Now now_;
  fake::FakeFetcher fetcher_;
  crypto::PrivateKey issuer_ = KeyFrom(test::kLeafKeyPem);
  crypto::PrivateKey other_ = KeyFrom(test::kOtherKeyPem);
  std::vector<std::string> chain_ = {std::string(test::kLeafDer),
                                     std::string(test::kIntermediateDer)};
};

TEST_F(TokenTest, ChainToATrustedRoot) {
  const auto verifier = WithRoot();
  const auto token = Verify(*verifier, ChainToken());
  ASSERT_TRUE(token) << token.error().Text();
  EXPECT_EQ(token->expires_unix_s(), 1800000300);
  EXPECT_EQ(*token->claims().Find("iss")->if_string(), "as");
}

TEST_F(TokenTest, ChainsThatDoNotHold) {
  const auto verifier = WithRoot();
  chain_.pop_back();
  ExpectRefused(Verify(*verifier, ChainToken()), kTokenX5cChain);
  chain_ = {std::string(test::kIntermediateDer), std::string(test::kLeafDer)};
  ExpectRefused(Verify(*verifier, ChainToken()), kTokenX5cKey);
  chain_ = {};
  ExpectCode(Verify(*verifier, ChainToken()), ErrorCode::kInvalidInput, "x5c");
  chain_ = {"AAAA"};
  ExpectCode(Verify(*verifier, ChainToken()), ErrorCode::kInvalidInput, "x5c");
  chain_ = {"!"};
  ExpectCode(Verify(*verifier, ChainToken()), ErrorCode::kInvalidInput, "x5c");
}

TEST_F(TokenTest, ALineBreakInACertificateIsNoFault) {
  const auto verifier = WithRoot();
  chain_[0].insert(64, "\n");
  EXPECT_TRUE(Verify(*verifier, ChainToken()));
}

TEST_F(TokenTest, AnotherRootIsNotEnough) {
  TokenVerifierConfig config;
  config.trusted_certs_pem = {std::string(test::kOtherRootPem)};
  const auto verifier = Make(std::move(config));
  ExpectRefused(Verify(*verifier, ChainToken()), kTokenX5cChain);
}

TEST_F(TokenTest, AnExpiredCertificate) {
  const auto verifier = WithRoot();
  // The leaf ends with 2039.
  const std::string claims = R"({"exp":3000000000})";
  EXPECT_TRUE(Verify(*verifier, ChainToken(claims)));
  now_.clock.Advance(std::chrono::hours(24 * 365 * 14));
  ExpectRefused(Verify(*verifier, ChainToken(claims)), kTokenX5cChain);
}

TEST_F(TokenTest, SignatureAndTimes) {
  const auto verifier = WithRoot();
  std::string bad = ChainToken();
  bad.replace(bad.rfind('.') + 1, 8, "AAAAAAAA");
  ExpectRefused(Verify(*verifier, bad), jose::kJwsSignature);
  ExpectRefused(Verify(*verifier, ChainToken(R"({"exp":1799999000})")),
                jose::kJwtNotExpired);
  ExpectRefused(
      Verify(*verifier, ChainToken(R"({"exp":1900000000,"nbf":1800009000})")),
      jose::kJwtAlreadyValid);
  ExpectRefused(Verify(*verifier, ChainToken("{}")), jose::kJwtExpPresent);
}

TEST_F(TokenTest, Size) {
  TokenVerifierConfig config;
  config.max_token_size = 100;
  const auto verifier = Insecure(config);
  ExpectRefused(Verify(*verifier, ChainToken()), kTokenSize);
}

TEST_F(TokenTest, IssuerAndAudience) {
  TokenVerifierConfig config;
  config.issuer = "as";
  config.audience = "kbs";
  EXPECT_TRUE(Verify(*Insecure(config), ChainToken()));
  config.issuer = "other";
  ExpectRefused(Verify(*Insecure(config), ChainToken()), kTokenIssuer);
  config.issuer = "";
  config.audience = "other";
  ExpectRefused(Verify(*Insecure(config), ChainToken()), kTokenAudience);
  config.audience = "";
  EXPECT_TRUE(Verify(*Insecure(config), ChainToken()));
  config.audience = "one";
  EXPECT_TRUE(Verify(*Insecure(config),
                     ChainToken(R"({"exp":1800000300,"aud":"one"})")));
}

TEST_F(TokenTest, HeaderKeyAloneOnlyWhereAllowed) {
  json::Object header;
  header.Set("alg", "ES256");
  header.Set("jwk", HeaderJwk(other_, {}));
  const std::string token = test::Sign(header, kClaims, other_);
  EXPECT_TRUE(Verify(*Insecure(), token));
  ExpectRefused(Verify(*WithKeySet(), token), kTokenKeyTrusted);
  ExpectCode(Verify(*WithRoot(), token), ErrorCode::kInvalidInput, "x5c");
}

TEST_F(TokenTest, KeySets) {
  const auto verifier = WithKeySet();
  EXPECT_TRUE(Verify(*verifier, KidToken("k1", kClaims, issuer_)));
  ExpectRefused(Verify(*verifier, KidToken("k1", kClaims, other_)),
                jose::kJwsSignature);
  ExpectRefused(Verify(*verifier, KidToken("k2", kClaims, issuer_)),
                kTokenKeyTrusted);
  json::Object header;
  header.Set("alg", "ES256");
  ExpectRefused(Verify(*verifier, test::Sign(header, kClaims, issuer_)),
                kTokenKeyTrusted);
  // A key that comes along is ignored where the kid names a trusted one.
  header.Set("kid", "k1");
  header.Set("jwk", HeaderJwk(other_, {}));
  EXPECT_TRUE(Verify(*verifier, test::Sign(header, kClaims, issuer_)));
  ExpectRefused(Verify(*verifier, test::Sign(header, kClaims, other_)),
                jose::kJwsSignature);
}

TEST_F(TokenTest, AMissReadsTheSetAgainButNotTooOften) {
  const auto verifier = WithKeySet();
  EXPECT_EQ(fetcher_.Count(kSetUrl), 1);
  const std::string token = KidToken("k2", kClaims, other_);
  EXPECT_FALSE(Verify(*verifier, token));
  EXPECT_EQ(fetcher_.Count(kSetUrl), 1) << "within the interval";
  fetcher_.On(kSetUrl, 200, std::string_view(KeySetText("k2", other_)));
  now_.Advance(std::chrono::seconds(61));
  EXPECT_TRUE(Verify(*verifier, token));
  EXPECT_EQ(fetcher_.Count(kSetUrl), 2);
  EXPECT_FALSE(Verify(*verifier, KidToken("k3", kClaims, other_)));
  EXPECT_EQ(fetcher_.Count(kSetUrl), 2);
}

TEST_F(TokenTest, AKeyThatWasWithdrawnIsNoLongerTrusted) {
  const auto verifier = WithKeySet();
  const std::string token = KidToken("k1", R"({"exp":1900000000})", issuer_);
  EXPECT_TRUE(Verify(*verifier, token));
  fetcher_.On(kSetUrl, 200, std::string_view(KeySetText("k2", other_)));
  now_.Advance(std::chrono::seconds(3601));
  ExpectRefused(Verify(*verifier, token), kTokenKeyTrusted);
}

// The service in this process replaces its keys while we run.
TEST_F(TokenTest, OwnKeysAreThoseOfTheMoment) {
  std::string published = KeySetText("k1", issuer_);
  TokenVerifierConfig config;
  config.own_jwk_set = [&] { return *json::Parse(published); };
  const auto verifier =
      TokenVerifier::Create(std::move(config), nullptr, now_.context);
  ASSERT_TRUE(verifier) << verifier.error().Text();
  const std::string claims = R"({"exp":1900000000})";
  const std::string old = KidToken("k1", claims, issuer_);
  const std::string next = KidToken("k2", claims, other_);
  EXPECT_TRUE(Verify(**verifier, old));
  ExpectRefused(Verify(**verifier, next), kTokenKeyTrusted);
  published = KeySetText("k2", other_);
  EXPECT_TRUE(Verify(**verifier, next));
  ExpectRefused(Verify(**verifier, old), kTokenKeyTrusted);
  published = "{}";
  ExpectRefused(Verify(**verifier, next), kTokenKeyTrusted);
}

TEST_F(TokenTest, KeysStayWhileTheirSourceIsAway) {
  const auto verifier = WithKeySet();
  fetcher_.Fail(kSetUrl, ErrorCode::kUnavailable);
  now_.Advance(std::chrono::seconds(3601));
  const std::string claims = R"({"exp":1900000000})";
  EXPECT_TRUE(Verify(*verifier, KidToken("k1", claims, issuer_)));
  EXPECT_EQ(fetcher_.Count(kSetUrl), 2);
  // It is asked again soon, not an hour later.
  EXPECT_TRUE(Verify(*verifier, KidToken("k1", claims, issuer_)));
  EXPECT_EQ(fetcher_.Count(kSetUrl), 2);
  now_.Advance(std::chrono::seconds(61));
  EXPECT_TRUE(Verify(*verifier, KidToken("k1", claims, issuer_)));
  EXPECT_EQ(fetcher_.Count(kSetUrl), 3);
}

TEST_F(TokenTest, ARememberedTokenShowsAllChecksAndStillExpires) {
  const auto verifier = WithRoot();
  const std::string text = ChainToken();
  CheckLog first, second;
  const auto a = verifier->Verify(text, first, now_.context);
  const auto b = verifier->Verify(text, second, now_.context);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(&a->claims(), &b->claims()) << "parsed once";
  ASSERT_EQ(first.entries().size(), second.entries().size());
  for (size_t i = 0; i < first.entries().size(); ++i) {
    EXPECT_EQ(first.entries()[i].check, second.entries()[i].check);
  }
  now_.Advance(std::chrono::seconds(361));
  ExpectRefused(Verify(*verifier, text), jose::kJwtNotExpired);
}

TEST_F(TokenTest, ARefusedTokenLogsWhatFailed) {
  const auto verifier = WithRoot();
  CheckLog log;
  EXPECT_FALSE(verifier->Verify(ChainToken(R"({"exp":1})"), log, now_.context));
  ASSERT_TRUE(log.failure().has_value());
  EXPECT_EQ(log.failure()->check, &jose::kJwtNotExpired);
}

TEST_F(TokenTest, TeeKey) {
  const auto verifier = Insecure();
  const auto token = Verify(*verifier, ChainToken());
  ASSERT_TRUE(token);
  CheckLog log;
  const auto first = verifier->TeeRecipient(*token, jose::Rsa15::kRefuse, log);
  ASSERT_TRUE(first) << first.error().Text();
  const auto again = verifier->TeeRecipient(*token, jose::Rsa15::kRefuse, log);
  ASSERT_TRUE(again);
  EXPECT_EQ(first->get(), again->get()) << "prepared once";
  const auto none = Verify(*verifier, ChainToken(R"({"exp":1800000300})"));
  ASSERT_TRUE(none);
  ExpectRefused(verifier->TeeKey(*none, log), kTokenTeeKey);
  ExpectRefused(verifier->TeeRecipient(*none, jose::Rsa15::kRefuse, log),
                kTokenTeeKey);
  const auto bad =
      Verify(*verifier, ChainToken(R"({"exp":1800000300,"tee-pubkey":)"
                                   R"({"kty":"AKP","alg":"x","pub":"AA"}})"));
  ASSERT_TRUE(bad);
  ExpectRefused(verifier->TeeRecipient(*bad, jose::Rsa15::kRefuse, log),
                jose::kTeeKeyKind);
}

TEST(TeeKeyForm, KindsOfTheProtocolWithTheirMembers) {
  for (const char* good :
       {R"({"kty":"RSA","alg":"RSA-OAEP-256","n":"AA","e":"AQAB"})",
        R"({"kty":"EC","alg":"x","crv":"P-999","x":"","y":""})",
        R"({"kty":"AKP","alg":"x","pub":"AA"})"}) {
    EXPECT_TRUE(HasTeeKeyForm(json::Value(test::Object(good)))) << good;
  }
  for (const char* bad :
       {R"({})", R"({"kty":"OKP","alg":"x","crv":"Ed25519","x":""})",
        R"({"kty":"RSA","alg":"RSA-OAEP-256","n":"AA"})",
        R"({"kty":"EC","alg":"x","crv":"P-256","x":"","y":1})",
        R"({"kty":"AKP","alg":"x"})", R"({"kty":5})"}) {
    EXPECT_FALSE(HasTeeKeyForm(json::Value(test::Object(bad)))) << bad;
  }
  EXPECT_FALSE(HasTeeKeyForm(json::Value(5)));
}

TEST(TeeKeyPlace, FirstThatExistsInOrder) {
  const auto find = [](std::string_view claims,
                       std::vector<std::string> extra = {}) {
    const json::Value value(test::Object(claims));
    const json::Value* key = FindTeeKey(value, extra);
    return key == nullptr ? std::string("none") : json::Write(*key);
  };
  EXPECT_EQ(find("{}"), "none");
  const std::string all =
      R"({"attester_user_data":{"tee-pubkey":8},)"
      R"("attester_runtime_data":{"tee-pubkey":7},)"
      R"("tee-pubkey":5,"submods":{)"
      R"("cpu0":{"ear.veraison.annotated-evidence":{"runtime_data_claims":)"
      R"({"tee-pubkey":4}}},)"
      R"("cpu":{"ear.veraison.annotated-evidence":{"runtime_data_claims":)"
      R"({"tee-pubkey":6}}}},)"
      R"("customized_claims":{"runtime_data":{"tee-pubkey":3}},)"
      R"("tdx":{"attester_user_data":{"tee-pubkey":2},)"
      R"("attester_runtime_data":{"tee-pubkey":1}},"mine":{"a/b":0}})";
  EXPECT_EQ(find(all, {"/mine/a~1b"}), "0");
  EXPECT_EQ(find(all, {"/nothing"}), "1");
  json::Object claims = test::Object(all);
  std::string order;
  for (const std::string_view gone :
       {"tdx", "customized_claims", "submods", "tee-pubkey",
        "attester_runtime_data", "attester_user_data"}) {
    order += find(json::Write(json::Value(claims)));
    claims.Erase(gone);
  }
  EXPECT_EQ(order, "134578");
  EXPECT_EQ(find(R"({"submods":{"cpu":{"ear.veraison.annotated-evidence":)"
                 R"({"runtime_data_claims":{"tee-pubkey":6}}}}})"),
            "6");
  // null exists: it decides, and does not parse.
  EXPECT_EQ(find(R"({"tee-pubkey":null,"attester_user_data":)"
                 R"({"tee-pubkey":8}})"),
            "null");
}

TEST_F(TokenTest, ConfigurationsThatCannotWork) {
  const auto create = [&](TokenVerifierConfig config) {
    auto made =
        TokenVerifier::Create(std::move(config), &fetcher_, now_.context);
    return made ? Result<>() : Result<>(tl::unexpected(made.error()));
  };
  ExpectCode(create({}), ErrorCode::kInvalidInput,
             "no trusted verification materials");
  TokenVerifierConfig config;
  config.trusted_certs_pem = {"x"};
  EXPECT_FALSE(create(config));
  config = {};
  config.trusted_jwk_sets = {"http://issuer.example/keys"};
  ExpectCode(create(config), ErrorCode::kInvalidInput, "https://");
  config.trusted_jwk_sets = {"/does/not/exist"};
  ExpectCode(create(config), ErrorCode::kInvalidInput, "no such file");
  config = {};
  config.insecure_header_jwk = true;
  config.extra_teekey_paths = {"tee-pubkey"};
  ExpectCode(create(config), ErrorCode::kInvalidInput, "JSON pointer");
}

TEST(Endorsements, AChainIsProvenOnce) {
  const auto roots = crypto::Certificate::ListFromPem(test::kRootPem);
  ASSERT_TRUE(roots);
  Endorsements endorsements(*roots);
  const auto key = KeyFrom(test::kLeafKeyPem);
  const auto jwk = jose::ParseJwk(HeaderJwk(
      key, {std::string(test::kLeafDer), std::string(test::kIntermediateDer)}));
  ASSERT_TRUE(jwk) << jwk.error().Text();
  CheckLog log;
  for (int i = 0; i < 3; ++i) {
    const auto until = endorsements.Endorse(*jwk, test::kNow + i, log);
    ASSERT_TRUE(until) << until.error().Text();
    EXPECT_EQ(*until, 2208988800) << "the leaf's end";
  }
  EXPECT_EQ(endorsements.verified_chains(), 1u);
  EXPECT_FALSE(endorsements.Endorse(*jwk, 2208988801, log));
  EXPECT_FALSE(endorsements.Endorse(*jwk, 1, log));
  // Another key beside the same certificates proves nothing.
  jose::Jwk other = *jwk;
  other.key = KeyFrom(test::kOtherKeyPem).Public();
  ExpectRefused(endorsements.Endorse(other, test::kNow, log), kTokenX5cKey);
}

TEST_F(TokenTest, TheCacheIsBoundedByCountAndBytes) {
  const auto verifier = Insecure();
  const auto entry = [&](uint8_t name, size_t size) {
    CheckLog log;
    auto jws = jose::UnverifiedJws::Parse(ChainToken());
    auto good = jose::VerifyJws(*std::move(jws), issuer_.Public(),
                                jose::JwsAlg::kEs256, log);
    jose::JwtRules rules;
    rules.now_unix_s = test::kNow;
    internal::Digest digest{};
    digest[0] = name;
    auto token = std::make_shared<internal::TrustedToken>(
        digest, *jose::VerifyJwt(*good, rules, log));
    token->size = size;
    return token;
  };
  internal::TokenCache cache(2, 100);
  const auto a = entry(1, 10), b = entry(2, 10), c = entry(3, 10);
  cache.Insert(a);
  cache.Insert(b);
  EXPECT_NE(cache.Find(a->digest), nullptr);
  cache.Insert(c);
  EXPECT_EQ(cache.Find(b->digest), nullptr) << "least recently used";
  EXPECT_NE(cache.Find(a->digest), nullptr);
  cache.Insert(entry(4, 95));
  EXPECT_EQ(cache.size(), 1u) << "bytes";
  cache.Insert(entry(5, 101));
  EXPECT_EQ(cache.size(), 1u) << "larger than the whole";
}

// Tokens of a released attestation service, with the recorded roots.
TEST_F(TokenTest, RecordedTokensVerify) {
  SHARED_OR_SKIP(folder, "goldens/kbs-http");
  using vouchsafe::testing::ReadFile;
  TokenVerifierConfig config;
  config.trusted_certs_pem = {ReadFile(folder + "/keys/ca.pem")};
  const auto verifier = Make(config);
  const auto file = json::Parse(ReadFile(folder + "/jwe-ec-p256.json"));
  ASSERT_TRUE(file);
  const auto body =
      json::Parse(*file->At("/steps/1/response/body/text")->if_string());
  ASSERT_TRUE(body);
  const std::string text = *body->Find("token")->if_string();
  CheckLog log;
  Now then(1795559200);
  const auto token = verifier->Verify(text, log, then.context);
  ASSERT_TRUE(token) << token.error().Text();
  const auto to = verifier->TeeRecipient(*token, jose::Rsa15::kRefuse, log);
  EXPECT_TRUE(to) << to.error().Text();
  // Without that root it is anyone's.
  CheckLog other_log;
  ExpectRefused(WithRoot()->Verify(text, other_log, then.context),
                kTokenX5cChain);
}

// Known tokens, new ones and ones with an unknown key, which has the set read
// again, in a memory that is too small for all.
TEST_F(TokenTest, ThreadsShareOneVerifier) {
  TokenVerifierConfig config;
  config.cached_tokens = 4;
  const auto verifier = WithKeySet(std::move(config));
  std::vector<std::string> tokens;
  for (int i = 0; i < 8; ++i) {
    tokens.push_back(KidToken(
        "k1", R"({"exp":1800000300,"n":)" + std::to_string(i) + "}", issuer_));
  }
  const std::string unknown = KidToken("k2", kClaims, issuer_);
  const std::string shared = KidToken("k1", kClaims, issuer_);
  testing::InThreads(6, [&](size_t i) {
    for (size_t n = 0; n < 16; ++n) {
      EXPECT_TRUE(Verify(*verifier, tokens[(i + n) % tokens.size()]));
      EXPECT_FALSE(Verify(*verifier, unknown));
      const auto known = Verify(*verifier, shared);
      ASSERT_TRUE(known) << known.error().Text();
      CheckLog log;
      EXPECT_TRUE(verifier->TeeRecipient(*known, jose::Rsa15::kRefuse, log));
    }
  });
}

TEST(Endorsements, ThreadsShareOneMemory) {
  const auto roots = crypto::Certificate::ListFromPem(test::kRootPem);
  ASSERT_TRUE(roots);
  Endorsements endorsements(*roots);
  const auto jwk = jose::ParseJwk(HeaderJwk(
      KeyFrom(test::kLeafKeyPem),
      {std::string(test::kLeafDer), std::string(test::kIntermediateDer)}));
  ASSERT_TRUE(jwk);
  testing::InThreads(6, [&](size_t) {
    for (int n = 0; n < 10; ++n) {
      CheckLog log;
      EXPECT_TRUE(endorsements.Endorse(*jwk, test::kNow, log));
    }
  });
  EXPECT_LE(endorsements.verified_chains(), 6u);
}

}  // namespace
}  // namespace vouchsafe::token
