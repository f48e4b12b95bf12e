#include "jose/jwe.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/random.h"
#include "jose/checks.h"
#include "jose/jwk.h"
#include "jose/test_support.h"
#include "json/write.h"

namespace vouchsafe::jose {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;
using test::ExpectCode;
using test::ExpectRefused;
using test::Json;
using test::PrivateKeyFrom;

constexpr std::string_view kText = "the secret";

PrivateKey NewKey(KeyType type) {
  auto key = PrivateKey::Generate(type);
  EXPECT_TRUE(key);
  return *std::move(key);
}

Result<JweRecipient> Recipient(const PrivateKey& key, JweAlg alg) {
  CheckLog log;
  return JweRecipient::FromKey(key.Public(), alg, Rsa15::kAllow, log);
}

JweParts Seal(const PrivateKey& key, JweAlg alg) {
  crypto::SystemRandom random;
  const auto to = Recipient(key, alg);
  EXPECT_TRUE(to) << to.error().Text();
  auto parts = to->EncryptParts(SecretBytes(AsBytes(kText)), random);
  EXPECT_TRUE(parts) << parts.error().Text();
  return *std::move(parts);
}

Result<std::string> Open(const JweParts& parts, const PrivateKey& key,
                         JweOpenOptions options = {}) {
  CheckLog log;
  const SecretBytes plain = TRY(OpenJweParts(parts, key, options, log));
  return ToText(plain.view());
}

std::string HeaderOf(const JweParts& parts) {
  return ToText(*Base64UrlDecode(parts.protected_header));
}

void SetHeader(JweParts& parts, std::string_view header) {
  parts.protected_header = Base64UrlEncode(AsBytes(header));
}

TEST(Jwe, EveryKeyOpensItsOwn) {
  const JweOpenOptions allow{std::nullopt, Rsa15::kAllow};
  for (const KeyType type :
       {KeyType::kEcP256, KeyType::kEcP384, KeyType::kEcP521}) {
    const PrivateKey key = NewKey(type);
    EXPECT_EQ(Open(Seal(key, JweAlg::kEcdhEsA256Kw), key).value_or(""), kText);
    const PrivateKey other = NewKey(type);
    ExpectRefused(Open(Seal(key, JweAlg::kEcdhEsA256Kw), other), kJweOpen);
  }
  const PrivateKey rsa = PrivateKeyFrom(test::kRsaPrivateJwk).key;
  EXPECT_EQ(Open(Seal(rsa, JweAlg::kRsaOaep256), rsa).value_or(""), kText);
  EXPECT_EQ(Open(Seal(rsa, JweAlg::kRsa15), rsa, allow).value_or(""), kText);
  const PrivateKey other = NewKey(KeyType::kRsa);
  ExpectRefused(Open(Seal(rsa, JweAlg::kRsaOaep256), other), kJweOpen);
  ExpectRefused(Open(Seal(rsa, JweAlg::kRsa15), other, allow), kJweOpen);
}

TEST(Jwe, HeadersHaveTheBytesThatClientsWriteAnew) {
  const PrivateKey rsa = PrivateKeyFrom(test::kRsaPrivateJwk).key;
  const JweParts oaep = Seal(rsa, JweAlg::kRsaOaep256);
  EXPECT_EQ(oaep.protected_header,
            "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIn0");
  EXPECT_EQ(HeaderOf(Seal(rsa, JweAlg::kRsa15)),
            R"({"alg":"RSA1_5","enc":"A256GCM"})");
  const struct {
    KeyType type;
    std::string crv;
    size_t width;
  } curves[] = {{KeyType::kEcP256, "P-256", 43},
                {KeyType::kEcP384, "P-384", 64},
                {KeyType::kEcP521, "P-521", 88}};
  for (const auto& curve : curves) {
    const std::string header =
        HeaderOf(Seal(NewKey(curve.type), JweAlg::kEcdhEsA256Kw));
    const json::Value value = Json(header);
    const std::string x = *value.At("/epk/x")->if_string();
    const std::string y = *value.At("/epk/y")->if_string();
    EXPECT_EQ(x.size(), curve.width);
    EXPECT_EQ(header,
              R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":{"crv":")" +
                  curve.crv + R"(","kty":"EC","x":")" + x + R"(","y":")" + y +
                  R"("}})");
  }
}

TEST(Jwe, JsonAndCompactForms) {
  const PrivateKey key = NewKey(KeyType::kEcP256);
  const JweParts parts = Seal(key, JweAlg::kEcdhEsA256Kw);
  const std::string text = JweToJson(parts);
  const json::Value value = Json(text);
  std::string names;
  for (const auto& member : *value.if_object()) names += member.name + " ";
  EXPECT_EQ(names, "protected encrypted_key iv ciphertext tag ");
  EXPECT_EQ(text, json::Write(value));
  CheckLog log;
  EXPECT_TRUE(OpenJwe(text, key, {}, log));
  EXPECT_TRUE(OpenJweCompact(JweToCompact(parts), key, {}, log));
  // Tolerated, as released clients do.
  json::Value more = value;
  more.if_object()->Set("aad", "AA");
  more.if_object()->Set("other", 1);
  EXPECT_TRUE(OpenJwe(json::Write(more), key, {}, log));
  for (const auto& member : *value.if_object()) {
    json::Value less = value;
    less.if_object()->Erase(member.name);
    ExpectCode(OpenJwe(json::Write(less), key, {}, log),
               ErrorCode::kInvalidInput, member.name);
  }
}

TEST(Jwe, EmptyAndLargePlaintexts) {
  crypto::SystemRandom random;
  const PrivateKey key = NewKey(KeyType::kEcP256);
  const auto to = Recipient(key, JweAlg::kEcdhEsA256Kw);
  ASSERT_TRUE(to);
  for (const size_t size : {size_t{0}, size_t{1} << 20}) {
    const auto text = to->Encrypt(SecretBytes(size), random);
    ASSERT_TRUE(text);
    CheckLog log;
    const auto plain = OpenJwe(*text, key, {}, log);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->size(), size);
  }
}

TEST(Jwe, EachAlteredCharacterIsRefused) {
  const PrivateKey key = NewKey(KeyType::kEcP256);
  const std::string good = JweToCompact(Seal(key, JweAlg::kEcdhEsA256Kw));
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    CheckLog log;
    EXPECT_FALSE(OpenJweCompact(bad, key, {}, log)) << i;
    EXPECT_FALSE(OpenJweCompact(good.substr(0, i), key, {}, log)) << i;
  }
  CheckLog log;
  EXPECT_FALSE(OpenJweCompact(good + "A", key, {}, log));
  EXPECT_FALSE(OpenJweCompact(good + ".", key, {}, log));
}

TEST(Jwe, WhatDoesNotAuthenticateGivesOneError) {
  const PrivateKey rsa = PrivateKeyFrom(test::kRsaPrivateJwk).key;
  const JweParts good = Seal(rsa, JweAlg::kRsaOaep256);
  JweParts bad_key = good;
  bad_key.encrypted_key = "AAAA";
  JweParts bad_tag = good;
  bad_tag.tag = "AAAAAAAAAAAAAAAAAAAAAA";
  JweParts bad_text = good;
  bad_text.ciphertext = "AAAA";
  std::string message;
  for (const JweParts& bad : {bad_key, bad_tag, bad_text}) {
    const auto opened = Open(bad, rsa);
    ExpectRefused(opened, kJweOpen);
    if (message.empty()) message = opened.error().Text();
    EXPECT_EQ(opened.error().Text(), message);
  }
  EXPECT_EQ(ClientCode(kJweOpen), "jose.jwe");
}

TEST(Jwe, RefusesHeadersThatAreNotOurs) {
  const PrivateKey rsa = PrivateKeyFrom(test::kRsaPrivateJwk).key;
  const JweParts good = Seal(rsa, JweAlg::kRsaOaep256);
  const auto with = [&](std::string_view header) {
    JweParts parts = good;
    SetHeader(parts, header);
    return Open(parts, rsa);
  };
  ExpectRefused(with(R"({"alg":"RSA-OAEP-256","enc":"A128GCM"})"), kJweEnc);
  ExpectRefused(with(R"({"alg":"RSA-OAEP-256","enc":"A256CTR"})"), kJweEnc);
  ExpectRefused(with(R"({"alg":"RSA1_5","enc":"A256GCM"})"), kJweAlg);
  ExpectRefused(with(R"({"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"})"),
                kJweZip);
  ExpectRefused(
      with(R"({"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["x"],"x":1})"),
      kJweCrit);
  ExpectCode(with(R"({"alg":"RSA-OAEP","enc":"A256GCM"})"),
             ErrorCode::kUnsupported, "RSA-OAEP is");
  ExpectCode(with(R"({"alg":"dir","enc":"A256GCM"})"), ErrorCode::kUnsupported,
             "dir");
  ExpectCode(with(R"({"alg":"RSA-OAEP-256"})"), ErrorCode::kInvalidInput,
             "enc");
  ExpectCode(with(R"({"alg":"RSA-OAEP-256","alg":"x","enc":"A256GCM"})"),
             ErrorCode::kInvalidInput, "alg");
  ExpectRefused(with(R"({"enc":"A256GCM","alg":"RSA-OAEP-256"})"), kJweOpen);
}

TEST(Jwe, TheKeysAlgorithmIsTheOnlyOne) {
  const PrivateKey rsa = PrivateKeyFrom(test::kRsaPrivateJwk).key;
  const JweParts old = Seal(rsa, JweAlg::kRsa15);
  ExpectRefused(Open(old, rsa), kJweAlg);
  ExpectRefused(Open(old, rsa, {JweAlg::kRsaOaep256, Rsa15::kAllow}), kJweAlg);
  EXPECT_TRUE(Open(old, rsa, {JweAlg::kRsa15, Rsa15::kAllow}));
  const PrivateKey ec = NewKey(KeyType::kEcP256);
  ExpectRefused(Open(old, ec, {std::nullopt, Rsa15::kAllow}), kJweAlg);
  ExpectRefused(Open(Seal(ec, JweAlg::kEcdhEsA256Kw), rsa), kJweAlg);
}

TEST(Jwe, TheEphemeralKeyIsOnTheRecipientsCurve) {
  const PrivateKey p256 = NewKey(KeyType::kEcP256);
  const PrivateKey p384 = NewKey(KeyType::kEcP384);
  ExpectRefused(Open(Seal(p384, JweAlg::kEcdhEsA256Kw), p256), kJweCurve);
  JweParts off = Seal(p256, JweAlg::kEcdhEsA256Kw);
  SetHeader(off,
            R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM","epk":{"crv":"P-256",)"
            R"("kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
            R"("y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}})");
  ExpectRefused(Open(off, p256), kJweOpen);
  SetHeader(off, R"({"alg":"ECDH-ES+A256KW","enc":"A256GCM"})");
  ExpectCode(Open(off, p256), ErrorCode::kInvalidInput, "epk");
}

// Bytes as listed, then none.
class ListedRandom final : public RandomSource {
 public:
  explicit ListedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& byte : out) {
      byte = next_ < bytes_.size() ? bytes_[next_] : uint8_t{0};
      ++next_;
    }
  }

 private:
  Bytes bytes_;
  size_t next_ = 0;
};

TEST(Jwe, RandomnessIsTheCallers) {
  // KBS protocol, worked example: content key 40..5f, IV a0..ab, a fixed
  // ephemeral key; the guest's key is the one of the example.
  Bytes random;
  for (uint8_t i = 0; i < 32; ++i) random.push_back(uint8_t(0x40 + i));
  for (uint8_t i = 0; i < 12; ++i) random.push_back(uint8_t(0xa0 + i));
  const Bytes scalar = *HexDecode(
      "332e4d9a5ba3a423a5f12cbef87f7c7b22c91e6e2322f4d5d4a9d19bc202c023");
  random.insert(random.end(), scalar.begin(), scalar.end());
  ListedRandom source(random);
  CheckLog log;
  const auto to = JweRecipient::FromJwk(
      Json(R"({"kty":"EC","crv":"P-256","alg":"ECDH-ES+A256KW",)"
           R"("x":"X5ALuj6Y3mXv2at6DpGEPJJ9voDpFKo12MKrUV3ubwk",)"
           R"("y":"ay3UaDLq-PErUt0NM7HL30kHoTl7-iHue8rJDUml8vY"})"),
      Rsa15::kRefuse, log);
  ASSERT_TRUE(to) << to.error().Text();
  const auto parts = to->EncryptParts(
      SecretBytes(AsBytes("old guests still get their secret\n")), source);
  ASSERT_TRUE(parts) << parts.error().Text();
  EXPECT_EQ(parts->encrypted_key,
            "NcH23KizSmV-7IwJK8xqj_ZEndmRfvslNIHknnhZMsGJa89btNU5Ug");
  EXPECT_EQ(parts->iv, "oKGio6Slpqeoqaqr");
  EXPECT_EQ(parts->ciphertext,
            "uONiH4We-V4NHGGN_dVcms9wkLPMG-1Ii67O6YyhDJ0unQ");
  EXPECT_EQ(parts->tag, "65gaW0eE2zF_smlzfhQsQw");
}

TEST(Jwe, ABrokenRandomSourceEndsInAnError) {
  ListedRandom zeros{{}};
  const auto to = Recipient(NewKey(KeyType::kEcP256), JweAlg::kEcdhEsA256Kw);
  ASSERT_TRUE(to);
  ExpectCode(to->Encrypt(SecretBytes(size_t{1}), zeros), ErrorCode::kInternal,
             "ephemeral");
}

}  // namespace
}  // namespace vouchsafe::jose
