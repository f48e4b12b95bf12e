// The RFCs' own examples: RFC 7515 appendix A, RFC 7516 appendix A, RFC 7517,
// RFC 7518 appendix C, RFC 7638 section 3.1, RFC 8037 appendix A.

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "jose/checks.h"
#include "jose/jwe.h"
#include "jose/jws.h"
#include "jose/jwt.h"
#include "jose/test_support.h"

namespace vouchsafe::jose {
namespace {

using test::ExpectCode;
using test::ExpectRefused;
using test::Json;
using test::PrivateKeyFrom;

constexpr std::string_view kJoe =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ";

Result<VerifiedJws> Check(std::string_view text, const crypto::PublicKey& key,
                          JwsAlg alg) {
  CheckLog log;
  auto jws = TRY(UnverifiedJws::Parse(text));
  return VerifyJws(std::move(jws), key, alg, log);
}

TEST(Rfc7515, A1SharedSecretIsRefusedByName) {
  const std::string text = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." +
                           std::string(kJoe) +
                           ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto key = PrivateKeyFrom(test::kP256PrivateJwk).key.Public();
  ExpectCode(Check(text, key, JwsAlg::kEs256), ErrorCode::kUnsupported,
             "HS256");
}

TEST(Rfc7515, A2Rs256) {
  const auto jwk = ParseJwk(Json(
      R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQ)"
      R"(oTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ)"
      R"(S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX)"
      R"(ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxv)"
      R"(b3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkM)"
      R"(Ls91kzk2PAcDTW9gb54h4FRWyuXpoQ"})"));
  ASSERT_TRUE(jwk) << jwk.error().Text();
  const std::string text =
      "eyJhbGciOiJSUzI1NiJ9." + std::string(kJoe) +
      ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHI"
      "m4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB-"
      "-f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383L"
      "cOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEU"
      "ipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
  const auto good = Check(text, jwk->key, JwsAlg::kRs256);
  ASSERT_TRUE(good) << good.error().Text();
  JwtRules rules;
  rules.now_unix_s = 1300819380;
  CheckLog log;
  const auto jwt = VerifyJwt(*good, rules, log);
  ASSERT_TRUE(jwt);
  EXPECT_EQ(*jwt->claims().Find("iss")->if_string(), "joe");
}

TEST(Rfc7515, A3Es256) {
  const auto key = PrivateKeyFrom(test::kP256PrivateJwk).key.Public();
  const std::string text =
      "eyJhbGciOiJFUzI1NiJ9." + std::string(kJoe) +
      ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQ"
      "xfKTUJqPP3-Kg6NU1Q";
  const auto good = Check(text, key, JwsAlg::kEs256);
  EXPECT_TRUE(good) << good.error().Text();
}

TEST(Rfc7515, A4Es512) {
  const auto key = PrivateKeyFrom(test::kP521PrivateJwk).key.Public();
  const auto good = Check(
      "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
      "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI"
      "-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO"
      "7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
      key, JwsAlg::kEs512);
  ASSERT_TRUE(good) << good.error().Text();
  EXPECT_EQ(AsText(good->payload()), "Payload");
}

TEST(Rfc7515, A5UnsecuredIsRefusedByName) {
  const auto key = PrivateKeyFrom(test::kP256PrivateJwk).key.Public();
  ExpectCode(Check("eyJhbGciOiJub25lIn0." + std::string(kJoe) + ".", key,
                   JwsAlg::kEs256),
             ErrorCode::kUnsupported, "none");
}

TEST(Rfc7516, AppendixAIsRefusedByName) {
  // A.1 RSA-OAEP (SHA-1), A.2 RSA1_5, A.3 A128KW: the headers decide.
  const auto key = PrivateKeyFrom(test::kRsaPrivateJwk).key;
  const struct {
    std::string_view header;
    std::string_view name;
  } cases[] = {
      {"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ", "RSA-OAEP "},
      {"eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0", "A128KW"},
  };
  for (const auto& one : cases) {
    CheckLog log;
    ExpectCode(
        OpenJweCompact(std::string(one.header) + ".AA.AA.AA.AA", key, {}, log),
        ErrorCode::kUnsupported, one.name);
  }
  const std::string a2 =
      "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.AA.AA.AA.AA";
  CheckLog log;
  ExpectRefused(OpenJweCompact(a2, key, {}, log), kJweAlg);
  ExpectRefused(OpenJweCompact(a2, key, {std::nullopt, Rsa15::kAllow}, log),
                kJweEnc);
}

TEST(Rfc7517, AppendixASet) {
  // A.1 with the RSA key of RFC 7638 section 3.1.
  const auto set =
      JwkSet::Parse(R"({"keys":[{"kty":"EC","crv":"P-256",)"
                    R"("x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
                    R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",)"
                    R"("use":"enc","kid":"1"}]})");
  ASSERT_TRUE(set);
  ASSERT_EQ(set->keys().size(), 1u);
  EXPECT_EQ(set->Find("1")->use, "enc");
}

TEST(Rfc7518, AppendixCKeyAgreement) {
  const auto bob =
      PrivateKeyFrom(R"({"kty":"EC","crv":"P-256",)"
                     R"("x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",)"
                     R"("y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",)"
                     R"("d":"VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"})");
  const auto alice =
      ParseJwk(Json(R"({"kty":"EC","crv":"P-256",)"
                    R"("x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",)"
                    R"("y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"})"));
  ASSERT_TRUE(alice);
  const auto z = crypto::EcdhX(bob.key, alice->key);
  ASSERT_TRUE(z);
  const auto key = crypto::ConcatKdfSha256(
      z->view(), "A128GCM", AsBytes("Alice"), AsBytes("Bob"), 128);
  EXPECT_EQ(Base64UrlEncode(key.view()), "VqqN6vgjbSBcIijNcacQGg");
}

TEST(Rfc7638, Thumbprint) {
  const auto jwk = ParseJwk(Json(
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhW)"
      R"(x4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn6)"
      R"(4tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY36)"
      R"(8QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdk)"
      R"(t-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCu)"
      R"(r-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})"));
  ASSERT_TRUE(jwk) << jwk.error().Text();
  EXPECT_EQ(JwkThumbprint(jwk->key),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(Rfc8037, Ed25519) {
  const auto key = PrivateKeyFrom(test::kEd25519PrivateJwk);
  EXPECT_EQ(JwkThumbprint(key.public_part.key),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  const std::string want =
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9"
      "g7sVvpAr_MuM0KAg";
  json::Object header;
  header.Set("alg", "EdDSA");
  const auto text =
      SignJws(header, AsBytes("Example of Ed25519 signing"), key.key);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, want);
  EXPECT_TRUE(Check(want, key.public_part.key, JwsAlg::kEdDsa));
}

}  // namespace
}  // namespace vouchsafe::jose
