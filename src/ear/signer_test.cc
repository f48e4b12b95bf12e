#include "ear/signer.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "crypto/x509.h"
#include "jose/jws.h"
#include "json/write.h"
#include "storage/memory.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::ear {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;
using vouchsafe::testing::ReadFile;

Result<jose::JwkSet> PublishedSet(const TokenSigner& signer) {
  json::Object set;
  set.Set("keys", json::Array{json::Value(signer.published_jwk())});
  return jose::JwkSet::FromJson(set);
}

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

  const auto keys = PublishedSet(signer);
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
  const auto set = PublishedSet(*signer);
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
  const auto leaf = *crypto::Certificate::FromPem(ReadFile(chain_path));
  const int64_t now = leaf.NotBeforeUnixS() + 1;
  const auto signer = TokenSigner::FromPem(
      key, {"https://example.org/chain.pem", ReadFile(chain_path), now});
  ASSERT_TRUE(signer.has_value()) << signer.error().Text();
  const json::Value published(signer->published_jwk());
  const json::Value* jwk = &published;
  EXPECT_EQ(*jwk->Find("x5u")->if_string(), "https://example.org/chain.pem");
  EXPECT_EQ(jwk->Find("x5c")->if_array()->size(), 2u);

  const auto other = TokenSigner::FromPem(key, {"", ReadFile(other_path), now});
  ASSERT_FALSE(other.has_value()) << "a certificate of another key";
  ASSERT_NE(other.error().check, nullptr);
  EXPECT_EQ(other.error().check->id, "ear.signer.certificate_key");
  EXPECT_EQ(other.error().code, ErrorCode::kInvalidInput);
  for (const int64_t when :
       {leaf.NotBeforeUnixS() - 1, leaf.NotAfterUnixS() + 1}) {
    const auto late =
        TokenSigner::FromPem(key, {"", ReadFile(chain_path), when});
    ASSERT_FALSE(late.has_value()) << when;
    ASSERT_NE(late.error().check, nullptr);
    EXPECT_EQ(late.error().check->id, "ear.signer.certificate_valid");
    EXPECT_NE(late.error().message.find("is valid from"), std::string::npos);
  }
  const auto broken = TokenSigner::FromPem(key, {"", "no certificate", now});
  ASSERT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().context.back(), "Invalid PEM certificate chain");
}

}  // namespace
}  // namespace vouchsafe::ear
