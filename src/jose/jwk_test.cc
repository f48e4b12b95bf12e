#include "jose/jwk.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "base/encoding.h"
#include "jose/test_support.h"
#include "json/write.h"

namespace vouchsafe::jose {
namespace {

using test::ExpectCode;
using test::Json;
using test::PrivateKeyFrom;

constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

std::string Ec(std::string_view x, std::string_view y,
               std::string_view more = "") {
  return R"({"kty":"EC","crv":"P-256","x":")" + std::string(x) + R"(","y":")" +
         std::string(y) + "\"" + std::string(more) + "}";
}

TEST(Jwk, KeepsItsMembers) {
  const auto jwk = ParseJwk(
      Json(Ec(kX, kY,
              R"(,"kid":"k1","alg":"ES256","use":"sig","key_ops":["verify"],)"
              R"("x5c":["AA=="],"x5u":"https://x","other":1)")));
  ASSERT_TRUE(jwk) << jwk.error().Text();
  EXPECT_EQ(jwk->kid, "k1");
  EXPECT_EQ(jwk->alg, "ES256");
  EXPECT_EQ(jwk->use, "sig");
  EXPECT_EQ(jwk->key_ops, std::vector<std::string>{"verify"});
  EXPECT_EQ(jwk->x5c, std::vector<std::string>{"AA=="});
  EXPECT_EQ(jwk->x5u, "https://x");
  EXPECT_EQ(json::Write(JwkToJson(*jwk)),
            Ec(kX, kY,
               R"(,"alg":"ES256","use":"sig","key_ops":["verify"],)"
               R"("kid":"k1","x5u":"https://x","x5c":["AA=="])"));
}

TEST(Jwk, WritesMembersInTheOrderAskedFor) {
  Jwk jwk = JwkOf(PrivateKeyFrom(test::kP256PrivateJwk).key.Public());
  jwk.alg = "ES256";
  const std::array<std::string_view, 5> order = {"alg", "x5c", "kty", "crv",
                                                 "y"};
  EXPECT_EQ(json::Write(JwkToJson(jwk, order)),
            R"({"alg":"ES256","kty":"EC","crv":"P-256","y":")" +
                std::string(kY) + "\"}");
}

TEST(Jwk, EveryKindSurvivesARoundTrip) {
  for (const auto text : {test::kRsaPrivateJwk, test::kP256PrivateJwk,
                          test::kP521PrivateJwk, test::kEd25519PrivateJwk}) {
    const PrivateJwk key = PrivateKeyFrom(text);
    const json::Object written = JwkToJson(key.public_part);
    const auto again = ParseJwk(json::Value(written));
    ASSERT_TRUE(again) << again.error().Text();
    EXPECT_TRUE(again->key == key.key.Public());
  }
  const auto p384 = crypto::PrivateKey::Generate(crypto::KeyType::kEcP384);
  ASSERT_TRUE(p384);
  const auto again = ParseJwk(json::Value(JwkToJson(JwkOf(p384->Public()))));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->key == p384->Public());
}

struct BadKey {
  std::string_view name;
  std::string text;
  ErrorCode code;
  std::string_view part;
};

TEST(Jwk, RefusesBadKeys) {
  const std::string x(kX), y(kY);
  const std::string rsa_n(test::kRsa1024Modulus);
  const std::vector<BadKey> cases = {
      {"no object", "[]", ErrorCode::kInvalidInput, "object"},
      {"no kty", "{}", ErrorCode::kInvalidInput, "kty"},
      {"kty of a wrong type", R"({"kty":1})", ErrorCode::kInvalidInput, "kty"},
      {"symmetric", R"({"kty":"oct","k":"AA"})", ErrorCode::kUnsupported,
       "oct"},
      {"post-quantum", R"({"kty":"AKP","pub":"AA"})", ErrorCode::kUnsupported,
       "AKP"},
      {"unknown curve", R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})",
       ErrorCode::kUnsupported, "secp256k1"},
      {"X25519", R"({"kty":"OKP","crv":"X25519","x":"AA"})",
       ErrorCode::kUnsupported, "X25519"},
      {"short x", Ec("f83O", kY), ErrorCode::kInvalidInput, ""},
      {"off the curve", Ec(kY, kX), ErrorCode::kInvalidInput, ""},
      {"padded x", Ec(x + "=", kY), ErrorCode::kInvalidInput, "jwk.x"},
      {"x with white space", Ec(" " + x, kY), ErrorCode::kInvalidInput,
       "jwk.x"},
      {"no y", R"({"kty":"EC","crv":"P-256","x":")" + x + "\"}",
       ErrorCode::kInvalidInput, "jwk.y"},
      {"a private member", Ec(x, y, R"(,"d":"AA")"), ErrorCode::kInvalidInput,
       "jwk.d"},
      {"a null private member", Ec(x, y, R"(,"d":null)"),
       ErrorCode::kInvalidInput, "jwk.d"},
      {"kid of a wrong type", Ec(x, y, R"(,"kid":7)"), ErrorCode::kInvalidInput,
       "jwk.kid"},
      {"x5c of a wrong type", Ec(x, y, R"(,"x5c":"AA")"),
       ErrorCode::kInvalidInput, "jwk.x5c"},
      {"x5c entry of a wrong type", Ec(x, y, R"(,"x5c":[1])"),
       ErrorCode::kInvalidInput, "jwk.x5c"},
      {"RSA of 1024 bits", R"({"kty":"RSA","n":")" + rsa_n + R"(","e":"AQAB"})",
       ErrorCode::kInvalidInput, "1024"},
      {"RSA with a leading zero byte", R"({"kty":"RSA","n":"AAEB","e":"AQAB"})",
       ErrorCode::kInvalidInput, "leading zero"},
      {"RSA that can be factored",
       R"({"kty":"RSA","n":")" + std::string(test::kRocaModulus) +
           R"(","e":"AQAB"})",
       ErrorCode::kUntrusted, "ROCA"},
      {"Ed25519 of 31 bytes", R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})",
       ErrorCode::kInvalidInput, ""},
  };
  for (const BadKey& bad : cases) {
    SCOPED_TRACE(bad.name);
    ExpectCode(ParseJwk(Json(bad.text)), bad.code, bad.part);
  }
}

TEST(Jwk, RefusesTooManyCertificates) {
  std::string x5c = R"(,"x5c":["AA==")";
  for (size_t i = 0; i < kMaxX5cEntries; ++i) x5c += R"(,"AA==")";
  ExpectCode(ParseJwk(Json(Ec(kX, kY, x5c + "]"))), ErrorCode::kTooLarge,
             "x5c");
}

TEST(Jwk, APrivateKeyMustBelongToItsPublicNumbers) {
  const auto other =
      Json(Ec(kX, kY, R"(,"d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw")"));
  ExpectCode(ParsePrivateJwk(other), ErrorCode::kInvalidInput, "another key");
  ExpectCode(ParsePrivateJwk(Json(Ec(kX, kY))), ErrorCode::kInvalidInput,
             "jwk.d");
}

TEST(Jwk, ThumbprintOfEc) {
  // The required members alone count.
  Jwk jwk = PrivateKeyFrom(test::kP256PrivateJwk).public_part;
  const std::string before = JwkThumbprint(jwk.key);
  jwk.kid = "x";
  EXPECT_EQ(JwkThumbprint(jwk.key), before);
  EXPECT_EQ(before.size(), 43u);
}

TEST(Jwk, RocaFingerprintIsRare) {
  EXPECT_TRUE(HasRocaFingerprint(*Base64UrlDecode(test::kRocaModulus)));
  EXPECT_FALSE(HasRocaFingerprint(*Base64UrlDecode(test::kRsa1024Modulus)));
}

TEST(JwkSet, SkipsBadKeysAndKeepsOrder) {
  const auto set = JwkSet::Parse(R"({"keys":[{"kty":"new"},)" +
                                 Ec(kX, kY, R"(,"kid":"a","alg":"1")") + ",7," +
                                 Ec(kX, kY, R"(,"kid":"a","alg":"2")") + "]}");
  ASSERT_TRUE(set) << set.error().Text();
  ASSERT_EQ(set->keys().size(), 2u);
  ASSERT_EQ(set->skipped().size(), 2u);
  EXPECT_EQ(set->skipped()[0].index, 0u);
  EXPECT_NE(set->skipped()[0].reason.find("new"), std::string::npos);
  EXPECT_EQ(set->skipped()[1].index, 2u);
  ASSERT_NE(set->Find("a"), nullptr);
  EXPECT_EQ(set->Find("a")->alg, "1");
  EXPECT_EQ(set->Find("b"), nullptr);
}

TEST(JwkSet, RefusesWhatIsNoSet) {
  ExpectCode(JwkSet::Parse("{"), ErrorCode::kInvalidInput, "jwks");
  ExpectCode(JwkSet::Parse("{}"), ErrorCode::kInvalidInput, "keys");
  ExpectCode(JwkSet::Parse(R"({"keys":{}})"), ErrorCode::kInvalidInput, "keys");
  json::Array many(kMaxJwkSetKeys + 1);
  json::Object object;
  object.Set("keys", std::move(many));
  ExpectCode(JwkSet::FromJson(json::Value(std::move(object))),
             ErrorCode::kTooLarge, "keys");
}

}  // namespace
}  // namespace vouchsafe::jose
