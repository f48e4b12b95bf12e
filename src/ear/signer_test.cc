#include "ear/signer.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "jose/jws.h"
#include "json/write.h"
#include "storage/memory.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::ear {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;
using vouchsafe::testing::ReadFile;

TokenSigner NewSigner() {
  return *TokenSigner::Create(*PrivateKey::Generate(KeyType::kEcP256), {});
}

TEST(TokenSigner, MakesATokenThatItsOwnKeySetVerifies) {
  const TokenSigner signer = NewSigner();
  const auto token = signer.Sign(R"({"a":1})");
  ASSERT_TRUE(token.has_value()) << token.error().Text();
  auto jws = jose::UnverifiedJws::Parse(*token);
  ASSERT_TRUE(jws.has_value()) << jws.error().Text();
  EXPECT_EQ(jws->kid(), signer.kid());
  EXPECT_EQ(*jws->header().Find("typ")->if_string(), "JWT");
  const json::Value* jwk = jws->header().Find("jwk");
  ASSERT_NE(jwk, nullptr);
  EXPECT_EQ(*jwk->Find("crv")->if_string(), "P-256");
  EXPECT_EQ(jwk->Find("kid"), nullptr) << "the embedded key is Trustee's form";

  const auto keys = jose::JwkSet::FromJson(signer.Jwks());
  ASSERT_TRUE(keys.has_value());
  const jose::Jwk* key = keys->Find(signer.kid());
  ASSERT_NE(key, nullptr);
  CheckLog log;
  const auto verified = jose::VerifyJws(*std::move(jws), *key, log);
  ASSERT_TRUE(verified.has_value()) << verified.error().Text();
  EXPECT_EQ(ToText(verified->payload()), R"({"a":1})");
}

TEST(TokenSigner, OnlyP256) {
  for (KeyType type :
       {KeyType::kEcP384, KeyType::kEcP521, KeyType::kRsa, KeyType::kEd25519}) {
    const auto signer = TokenSigner::Create(*PrivateKey::Generate(type), {});
    ASSERT_FALSE(signer.has_value());
    EXPECT_EQ(signer.error().message,
              "Only P-256 attestation token signing keys are supported");
  }
  const auto signer = TokenSigner::FromPem("no key", {});
  ASSERT_FALSE(signer.has_value());
  EXPECT_EQ(signer.error().context.back(),
            "Read Token Signer private key failed");
}

TEST(TokenSigner, SimpleTokensAreSignedWithRsa) {
  ManualClock clock(1);
  const auto keys = storage::MakeMemoryStore(clock);
  const auto signer = TokenSigner::FromStore(*keys, TokenForm::kSimple);
  ASSERT_TRUE(signer.has_value()) << signer.error().Text();
  auto jws = jose::UnverifiedJws::Parse(*signer->Sign("{}"));
  ASSERT_TRUE(jws.has_value());
  EXPECT_EQ(jws->alg(), "RS384");
  const auto set = jose::JwkSet::FromJson(signer->Jwks());
  CheckLog log;
  EXPECT_TRUE(jose::VerifyJws(*std::move(jws), *set->Find(signer->kid()), log));
  EXPECT_FALSE(TokenSigner::Create(*PrivateKey::Generate(KeyType::kEcP256), {},
                                   TokenForm::kSimple));
}

TEST(TokenSigner, OneKeyForAllReplicasOfAStore) {
  ManualClock clock(1);
  const auto keys = storage::MakeMemoryStore(clock);
  const auto first = TokenSigner::FromStore(*keys);
  const auto second = TokenSigner::FromStore(*keys);
  ASSERT_TRUE(first.has_value()) << first.error().Text();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(first->kid(), second->kid());
  EXPECT_NE(first->kid(), NewSigner().kid());
}

TEST(TokenSigner, CarriesTheConfiguredCertificates) {
  const std::string keys = "goldens/kbs-http/keys/";
  SHARED_OR_SKIP(key_path, keys + "token.key");
  SHARED_OR_SKIP(chain_path, keys + "token-cert-chain.pem");
  SHARED_OR_SKIP(other_path, keys + "ca.pem");
  const std::string key = ReadFile(key_path);
  const auto signer = TokenSigner::FromPem(
      key, {"https://example.org/chain.pem", ReadFile(chain_path)});
  ASSERT_TRUE(signer.has_value()) << signer.error().Text();
  const json::Value* jwk = signer->Jwks().At("/keys/0");
  ASSERT_NE(jwk, nullptr);
  EXPECT_EQ(*jwk->Find("x5u")->if_string(), "https://example.org/chain.pem");
  EXPECT_EQ(jwk->Find("x5c")->if_array()->size(), 2u);

  EXPECT_FALSE(
      TokenSigner::FromPem(key, {"", ReadFile(other_path)}).has_value())
      << "a certificate of another key";
  const auto broken = TokenSigner::FromPem(key, {"", "no certificate"});
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().context.back(), "Invalid PEM certificate chain");
}

}  // namespace
}  // namespace vouchsafe::ear
