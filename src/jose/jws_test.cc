#include "jose/jws.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "jose/checks.h"
#include "jose/test_support.h"

namespace vouchsafe::jose {
namespace {

using test::ExpectCode;
using test::ExpectRefused;
using test::Json;
using test::PrivateKeyFrom;

Result<VerifiedJws> Verify(std::string_view text, const Jwk& key) {
  CheckLog log;
  auto jws = TRY(UnverifiedJws::Parse(text));
  return VerifyJws(std::move(jws), key, log);
}

std::string SignWith(std::string_view header, std::string_view payload,
                     const crypto::PrivateKey& key) {
  const json::Value object = Json(header);
  const auto text = SignJws(*object.if_object(), AsBytes(payload), key);
  EXPECT_TRUE(text) << (text ? "" : text.error().Text());
  return text ? *text : "";
}

Jwk PublicWithAlg(const PrivateJwk& key, std::string_view alg) {
  Jwk jwk = key.public_part;
  jwk.alg = std::string(alg);
  return jwk;
}

TEST(Jws, EveryAlgorithmSignsAndVerifies) {
  const auto p384 = crypto::PrivateKey::Generate(crypto::KeyType::kEcP384);
  ASSERT_TRUE(p384);
  const PrivateJwk p384_jwk{*p384, JwkOf(p384->Public())};
  const PrivateJwk rsa = PrivateKeyFrom(test::kRsaPrivateJwk);
  const struct {
    std::string_view alg;
    PrivateJwk key;
  } cases[] = {
      {"ES256", PrivateKeyFrom(test::kP256PrivateJwk)},
      {"ES384", p384_jwk},
      {"ES512", PrivateKeyFrom(test::kP521PrivateJwk)},
      {"RS256", rsa},
      {"RS384", rsa},
      {"RS512", rsa},
      {"PS256", rsa},
      {"PS384", rsa},
      {"PS512", rsa},
      {"EdDSA", PrivateKeyFrom(test::kEd25519PrivateJwk)},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.alg);
    json::Object header;
    header.Set("typ", "JWT");
    header.Set("alg", one.alg);
    const auto text = SignJws(header, AsBytes("hello"), one.key.key);
    ASSERT_TRUE(text) << text.error().Text();
    const auto good = Verify(*text, PublicWithAlg(one.key, one.alg));
    ASSERT_TRUE(good) << good.error().Text();
    EXPECT_EQ(AsText(good->payload()), "hello");
    EXPECT_EQ(JwsAlgName(good->alg()), one.alg);
    EXPECT_EQ(*good->header().Find("typ")->if_string(), "JWT");
    EXPECT_TRUE(AlgFitsKey(good->alg(), one.key.key.type()));
  }
}

class JwsRefusals : public ::testing::Test {
 protected:
  PrivateJwk key_ = PrivateKeyFrom(test::kP256PrivateJwk);
  Jwk public_ = PublicWithAlg(key_, "ES256");
  std::string good_ =
      SignWith(R"({"alg":"ES256","kid":"k"})", "payload", key_.key);
};

TEST_F(JwsRefusals, EachAlteredCharacter) {
  ASSERT_TRUE(Verify(good_, public_));
  for (size_t i = 0; i < good_.size(); ++i) {
    std::string bad = good_;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Verify(bad, public_)) << i;
  }
}

TEST_F(JwsRefusals, EachTruncationAndAnAppendedByte) {
  for (size_t i = 0; i < good_.size(); ++i) {
    EXPECT_FALSE(Verify(good_.substr(0, i), public_)) << i;
  }
  for (const char more : {'A', '.', ' ', '\n', '='}) {
    EXPECT_FALSE(Verify(good_ + more, public_)) << more;
    EXPECT_FALSE(Verify(more + good_, public_)) << more;
  }
}

TEST_F(JwsRefusals, AnotherSignature) {
  const std::string other =
      SignWith(R"({"alg":"ES256","kid":"k"})", "other", key_.key);
  const std::string mixed =
      good_.substr(0, good_.rfind('.')) + other.substr(other.rfind('.'));
  ExpectRefused(Verify(mixed, public_), kJwsSignature);
  const std::string none = good_.substr(0, good_.rfind('.') + 1);
  ExpectRefused(Verify(none, public_), kJwsSignature);
}

TEST_F(JwsRefusals, AnExtensionThatMustBeUnderstood) {
  const auto text =
      SignWith(R"({"alg":"ES256","crit":["exp"],"exp":1})", "x", key_.key);
  ExpectRefused(Verify(text, public_), kJwsCrit);
  const auto empty = SignWith(R"({"alg":"ES256","crit":[]})", "x", key_.key);
  ExpectRefused(Verify(empty, public_), kJwsCrit);
}

TEST_F(JwsRefusals, AnUnencodedPayload) {
  for (const auto header :
       {R"({"alg":"ES256","b64":false})", R"({"alg":"ES256","b64":"no"})"}) {
    ExpectRefused(Verify(SignWith(header, "x", key_.key), public_), kJwsB64);
  }
  EXPECT_TRUE(Verify(SignWith(R"({"alg":"ES256","b64":true})", "x", key_.key),
                     public_));
}

TEST_F(JwsRefusals, AKeyWithoutAlg) {
  public_.alg.reset();
  ExpectRefused(Verify(good_, public_), kJwsKeyAlg);
}

TEST_F(JwsRefusals, AKeyForEncryption) {
  public_.use = "enc";
  ExpectRefused(Verify(good_, public_), kJwsKeyUse);
  public_.use = "sig";
  EXPECT_TRUE(Verify(good_, public_));
  public_.key_ops = {"encrypt"};
  ExpectRefused(Verify(good_, public_), kJwsKeyUse);
  public_.key_ops = {"sign", "verify"};
  EXPECT_TRUE(Verify(good_, public_));
}

TEST_F(JwsRefusals, AnAlgorithmThatIsNotTheKeys) {
  // A valid RS256 message, but the key is published for PS256.
  const auto rsa = PrivateKeyFrom(test::kRsaPrivateJwk);
  const auto text = SignWith(R"({"alg":"RS256"})", "x", rsa.key);
  EXPECT_TRUE(Verify(text, PublicWithAlg(rsa, "RS256")));
  ExpectRefused(Verify(text, PublicWithAlg(rsa, "PS256")), kJwsAlg);
}

TEST_F(JwsRefusals, AnAlgorithmOfAnotherKindOfKey) {
  const auto p521 = PrivateKeyFrom(test::kP521PrivateJwk);
  CheckLog log;
  auto jws = UnverifiedJws::Parse(good_);
  ASSERT_TRUE(jws);
  ExpectRefused(VerifyJws(*jws, p521.key.Public(), JwsAlg::kEs256, log),
                kJwsKeyKind);
  const auto ed = PrivateKeyFrom(test::kEd25519PrivateJwk);
  ExpectRefused(VerifyJws(*jws, ed.key.Public(), JwsAlg::kEs256, log),
                kJwsKeyKind);
}

std::string Unsigned(std::string_view header) {
  return Base64UrlEncode(AsBytes(header)) + ".e30.AAAA";
}

TEST_F(JwsRefusals, AlgorithmsByName) {
  for (const std::string alg : {"HS256", "HS384", "HS512", "none", "ES256K",
                                "es256", "None", "RSA-OAEP", ""}) {
    ExpectCode(Verify(Unsigned(R"({"alg":")" + alg + "\"}"), public_),
               ErrorCode::kUnsupported, "algorithm " + alg);
  }
  Jwk strange = public_;
  strange.alg = "ES521";
  ExpectCode(Verify(good_, strange), ErrorCode::kUnsupported, "ES521");
}

TEST_F(JwsRefusals, BadHeaders) {
  std::string deep(20, '[');
  deep += std::string(20, ']');
  const std::string many(kMaxJoseHeaderSize, ' ');
  const struct {
    std::string_view name;
    std::string text;
    ErrorCode code;
  } cases[] = {
      {"empty", "..", ErrorCode::kInvalidInput},
      {"two parts", "e30.e30", ErrorCode::kInvalidInput},
      {"four parts", "e30.e30.AA.AA", ErrorCode::kInvalidInput},
      {"not base64url", "e+0.e30.AA", ErrorCode::kInvalidInput},
      {"no object", Unsigned("[]"), ErrorCode::kInvalidInput},
      {"no alg", Unsigned("{}"), ErrorCode::kInvalidInput},
      {"alg of a wrong type", Unsigned(R"({"alg":1})"),
       ErrorCode::kInvalidInput},
      {"alg twice", Unsigned(R"({"alg":"ES256","alg":"none"})"),
       ErrorCode::kInvalidInput},
      {"kid of a wrong type", Unsigned(R"({"alg":"ES256","kid":1})"),
       ErrorCode::kInvalidInput},
      {"something after it", Unsigned(R"({"alg":"ES256"}x)"),
       ErrorCode::kInvalidInput},
      {"deep", Unsigned(R"({"alg":"ES256","x":)" + deep + "}"),
       ErrorCode::kInvalidInput},
      {"large", Unsigned(many + R"({"alg":"ES256"})"), ErrorCode::kTooLarge},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto jws = UnverifiedJws::Parse(one.text);
    ASSERT_FALSE(jws);
    if (one.name == "deep") continue;  // the reader's code, not ours
    EXPECT_EQ(jws.error().code, one.code) << jws.error().Text();
  }
  ExpectCode(UnverifiedJws::Parse(good_, 10), ErrorCode::kTooLarge, "at most");
}

TEST_F(JwsRefusals, SigningWithAKeyOfAnotherKind) {
  json::Object header;
  header.Set("alg", "RS256");
  ExpectCode(SignJws(header, {}, key_.key), ErrorCode::kInvalidInput, "RS256");
  header.Set("alg", "HS256");
  ExpectCode(SignJws(header, {}, key_.key), ErrorCode::kUnsupported, "HS256");
}

TEST(JwsAlgs, DefaultsFitTheirKeys) {
  using crypto::KeyType;
  for (const auto type : {KeyType::kRsa, KeyType::kEcP256, KeyType::kEcP384,
                          KeyType::kEcP521, KeyType::kEd25519}) {
    EXPECT_TRUE(AlgFitsKey(DefaultJwsAlg(type), type));
  }
}

}  // namespace
}  // namespace vouchsafe::jose
