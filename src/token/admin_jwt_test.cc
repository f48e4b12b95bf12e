#include "token/admin_jwt.h"

#include <gtest/gtest.h>

#include "jose/checks.h"
#include "tests/fake/fake_fetcher.h"
#include "tests/support/shared_data.h"
#include "token/checks.h"
#include "token/test_support.h"

namespace vouchsafe::token {
namespace {

using test::ExpectCode;
using test::ExpectRefused;
using test::KeyFrom;
using test::KeySetText;
using test::KidToken;
using test::Now;

const std::string kPemUrl = "https://idp.example/key.pem";
const std::string kSetUrl = "https://idp.example/keys";
constexpr std::string_view kClaims =
    R"({"iss":"idp","sub":"me","aud":["kbs"],"role":"admin",)"
    R"("exp":1800007200,"iat":1800000000,"nbf":1900000000})";

class AdminTest : public ::testing::Test {
 protected:
  AdminTest() {
    fetcher_.On(kPemUrl, 200, std::string_view(key_.Public().SpkiPem()));
    fetcher_.On(kSetUrl, 200, std::string_view(KeySetText("k1", other_)));
  }
  std::unique_ptr<AdminVerifier> Make(std::vector<IdentityProvider> providers) {
    auto made = AdminVerifier::Create(providers, &fetcher_, now_.context);
    EXPECT_TRUE(made) << (made ? "" : made.error().Text());
    return made ? *std::move(made) : nullptr;
  }
  IdentityProvider WithPem(std::optional<std::string> issuer = {},
                           std::optional<std::string> audience = {}) {
    return {std::move(issuer), std::move(audience), kPemUrl, std::nullopt};
  }
  IdentityProvider WithSet() {
    return {std::nullopt, std::nullopt, std::nullopt, kSetUrl};
  }
  std::string Token(std::string_view claims = kClaims) {
    json::Object header;
    header.Set("alg", "ES256");
    return test::Sign(header, claims, key_);
  }
  // Every refusal but one says the same to the client; the log says more.
  void ExpectNoIssuer(AdminVerifier& verifier, std::string_view token,
                      const Check& inner) {
    CheckLog log;
    const auto result = verifier.Verify(token, log, now_.context);
    ExpectRefused(result, kAdminToken);
    if (result) return;
    EXPECT_EQ(result.error().message, kNoIssuerText);
    bool seen = false;
    for (const CheckEntry& entry : log.entries()) {
      seen = seen ||
             (entry.check == &inner && entry.outcome == CheckOutcome::kFailed);
    }
    EXPECT_TRUE(seen) << inner.id;
  }
  Result<AdminIdentity> Verify(AdminVerifier& verifier,
                               std::string_view token) {
    CheckLog log;
    return verifier.Verify(token, log, now_.context);
  }

  Now now_;
  fake::FakeFetcher fetcher_;
  crypto::PrivateKey key_ = KeyFrom(test::kLeafKeyPem);
  crypto::PrivateKey other_ = KeyFrom(test::kOtherKeyPem);
};

TEST_F(AdminTest, ATokenOfTheProvider) {
  const auto identity = Verify(*Make({WithPem("idp", "kbs")}), Token());
  ASSERT_TRUE(identity) << identity.error().Text();
  EXPECT_EQ(identity->role, "admin");
  EXPECT_EQ(identity->issuer, "idp");
  EXPECT_EQ(identity->subject, "me");
  EXPECT_EQ(identity->provider, 0u);
}

TEST_F(AdminTest, ProvidersInOrder) {
  const auto verifier = Make({WithPem("elsewhere"), WithSet(), WithPem("idp")});
  const auto identity = Verify(*verifier, Token());
  ASSERT_TRUE(identity) << identity.error().Text();
  EXPECT_EQ(identity->provider, 2u);
  const auto by_set = Verify(*verifier, KidToken("k1", kClaims, other_));
  ASSERT_TRUE(by_set) << by_set.error().Text();
  EXPECT_EQ(by_set->provider, 1u);
}

TEST_F(AdminTest, Ed25519AsToolsMakeIt) {
  const auto ed = crypto::PrivateKey::Generate(crypto::KeyType::kEd25519);
  ASSERT_TRUE(ed);
  fetcher_.On(kPemUrl, 200, std::string_view(ed->Public().SpkiPem()));
  json::Object header;
  header.Set("alg", "EdDSA");
  header.Set("typ", "JWT");
  EXPECT_TRUE(Verify(*Make({WithPem()}), test::Sign(header, kClaims, *ed)));
}

TEST_F(AdminTest, Refusals) {
  ExpectNoIssuer(*Make({WithPem("elsewhere")}), Token(), kAdminIssuer);
  ExpectNoIssuer(*Make({WithPem({}, "elsewhere")}), Token(), kAdminAudience);
  ExpectNoIssuer(*Make({WithPem()}),
                 Token(R"({"role":"admin","exp":1799999000})"),
                 jose::kJwtNotExpired);
  ExpectNoIssuer(*Make({WithPem()}), Token(R"({"role":"admin"})"),
                 jose::kJwtExpPresent);
  ExpectNoIssuer(*Make({WithPem()}), KidToken("k1", kClaims, other_),
                 jose::kJwsSignature);
  ExpectNoIssuer(*Make({WithSet()}), Token(), kTokenKeyTrusted);
  // An algorithm of another kind of key.
  const auto ed = crypto::PrivateKey::Generate(crypto::KeyType::kEd25519);
  ASSERT_TRUE(ed);
  json::Object header;
  header.Set("alg", "EdDSA");
  ExpectNoIssuer(*Make({WithPem()}), test::Sign(header, kClaims, *ed),
                 jose::kJwsKeyKind);
}

TEST_F(AdminTest, AKeyThatComesAlongIsNobodys) {
  json::Object header;
  header.Set("alg", "ES256");
  header.Set("jwk", test::HeaderJwk(key_, {}));
  ExpectNoIssuer(*Make({WithPem()}), test::Sign(header, kClaims, key_),
                 kTokenKeyTrusted);
}

TEST_F(AdminTest, AKeyChosenByKidDecides) {
  IdentityProvider both = WithPem();
  both.jwk_set_uri = kSetUrl;
  const auto verifier = Make({both});
  EXPECT_TRUE(Verify(*verifier, KidToken("k1", kClaims, other_)));
  EXPECT_TRUE(Verify(*verifier, KidToken("k2", kClaims, key_)));
  ExpectNoIssuer(*verifier, KidToken("k1", kClaims, key_), jose::kJwsSignature);
}

TEST_F(AdminTest, MalformedTokens) {
  const auto verifier = Make({WithPem()});
  for (const auto text : {"", "x", "a.b.c", "..", "e30.e30.AA"}) {
    const auto result = Verify(*verifier, text);
    ExpectRefused(result, kAdminToken);
    if (result) continue;
    EXPECT_EQ(result.error().message, kNoIssuerText);
  }
}

TEST_F(AdminTest, ATokenWithoutARoleEndsTheSearch) {
  const auto verifier = Make({WithPem("elsewhere"), WithPem()});
  for (const auto claims :
       {R"({"exp":1800007200})", R"({"exp":1800007200,"role":["admin"]})"}) {
    const auto result = Verify(*verifier, Token(claims));
    ExpectRefused(result, kAdminRoleClaim);
    if (result) continue;
    EXPECT_EQ(result.error().message, kNoRoleText);
  }
}

// Keys of the years before roles.
TEST_F(AdminTest, AProvidersOwnRoleCountsWhateverTheTokenSays) {
  IdentityProvider provider = WithPem();
  provider.role = "keeper";
  const auto verifier = Make({provider});
  for (const auto claims :
       {R"({"exp":1800007200})", R"({"exp":1800007200,"role":"admin"})"}) {
    const auto result = Verify(*verifier, Token(claims));
    ASSERT_TRUE(result) << claims;
    EXPECT_EQ(result->role, "keeper");
  }
  EXPECT_FALSE(Verify(*verifier, Token(R"({"exp":1700000000})")));
  EXPECT_FALSE(Verify(*verifier, Token("{}")));
}

TEST_F(AdminTest, AnEmptyIssuerOrAudienceIsAsIfAbsent) {
  EXPECT_TRUE(Verify(*Make({WithPem("", "")}), Token()));
}

TEST_F(AdminTest, ConfigurationsThatCannotWork) {
  const auto create = [&](std::vector<IdentityProvider> providers) {
    auto made = AdminVerifier::Create(providers, &fetcher_, now_.context);
    return made ? Result<>() : Result<>(tl::unexpected(made.error()));
  };
  ExpectCode(create({}), ErrorCode::kInvalidInput, "identity_providers");
  ExpectCode(create({IdentityProvider{}}), ErrorCode::kInvalidInput, "neither");
  fetcher_.On(kPemUrl, 200, std::string_view("no key"));
  EXPECT_FALSE(create({WithPem()}));
  fetcher_.Fail(kPemUrl, ErrorCode::kUnavailable);
  ExpectCode(create({WithPem()}), ErrorCode::kUnavailable,
             "identity_providers[0]");
}

TEST(Bearer, Parsing) {
  EXPECT_EQ(ParseBearer("Bearer a.b.c").value_or(""), "a.b.c");
  EXPECT_EQ(ParseBearer("bearer a-_b").value_or(""), "a-_b");
  EXPECT_EQ(ParseBearer("BEARER  x").value_or(""), "x");
  for (const auto bad : {"", "Bearer", "Bearer ", "Basic x", "Bearerx",
                         "Bearer a b", "Bearer \"a\"", " Bearer a"}) {
    ExpectCode(ParseBearer(bad), ErrorCode::kUnauthenticated, kBadBearerText);
  }
}

}  // namespace
}  // namespace vouchsafe::token
