#include <gtest/gtest.h>

#include "base/encoding.h"
#include "jose/checks.h"
#include "jose/jwe.h"
#include "jose/test_support.h"

namespace vouchsafe::jose {
namespace {

using test::ExpectCode;
using test::ExpectRefused;
using test::Json;

constexpr std::string_view kX = "X5ALuj6Y3mXv2at6DpGEPJJ9voDpFKo12MKrUV3ubwk";
constexpr std::string_view kY = "ay3UaDLq-PErUt0NM7HL30kHoTl7-iHue8rJDUml8vY";

Result<JweRecipient> From(std::string_view text, Rsa15 rsa15 = Rsa15::kRefuse) {
  CheckLog log;
  return JweRecipient::FromJwk(Json(text), rsa15, log);
}

std::string Ec(std::string_view crv, std::string_view x, std::string_view y,
               std::string_view alg = "ECDH-ES+A256KW") {
  return R"({"kty":"EC","crv":")" + std::string(crv) + R"(","alg":")" +
         std::string(alg) + R"(","x":")" + std::string(x) + R"(","y":")" +
         std::string(y) + "\"}";
}

std::string Rsa(std::string_view n, std::string_view alg = "RSA-OAEP-256",
                std::string_view e = "AQAB") {
  return R"({"kty":"RSA","alg":")" + std::string(alg) + R"(","n":")" +
         std::string(n) + R"(","e":")" + std::string(e) + "\"}";
}

// An odd number of that many bits: as good as a modulus for its size.
std::string ModulusOfBits(size_t bits, size_t leading_zeros = 0) {
  Bytes n((bits + 7) / 8, 0xa5);
  n[0] = static_cast<uint8_t>(1u << ((bits - 1) % 8));
  n.back() = 0x6b;
  n.insert(n.begin(), leading_zeros, 0);
  return Base64UrlEncode(n);
}

TEST(TeeKey, TakesWhatIsOffered) {
  EXPECT_TRUE(From(Ec("P-256", kX, kY)));
  for (const size_t bits : {2048u, 3072u, 4096u, 8192u}) {
    const auto key = From(Rsa(ModulusOfBits(bits)));
    ASSERT_TRUE(key) << key.error().Text();
    EXPECT_EQ(key->key().bits(), bits);
    EXPECT_EQ(key->alg(), JweAlg::kRsaOaep256);
  }
  EXPECT_TRUE(From(Rsa(ModulusOfBits(2048, 1))));
  EXPECT_TRUE(From(Rsa(ModulusOfBits(2048), "RSA1_5"), Rsa15::kAllow));
}

TEST(TeeKey, Kind) {
  ExpectRefused(From(Ec("X", kX, kY)), kTeeKeyKind);
  ExpectRefused(From(R"({"kty":"AKP","alg":"ML-KEM-768+A192KW","pub":"AA"})"),
                kTeeKeyKind);
  ExpectRefused(
      From(R"({"kty":"OKP","alg":"ECDH-ES+A256KW","crv":"X25519","x":"AA"})"),
      kTeeKeyKind);
}

TEST(TeeKey, Alg) {
  for (const auto alg :
       {"ECDH-ES", "ECDH-ES+A128KW", "RSA-OAEP-256", "", "A256GCM"}) {
    ExpectRefused(From(Ec("P-256", kX, kY, alg)), kTeeKeyAlg);
  }
  for (const auto alg : {"RSA-OAEP", "RSA-OAEP-512", "ECDH-ES+A256KW"}) {
    ExpectRefused(From(Rsa(ModulusOfBits(2048), alg)), kTeeKeyAlg);
  }
  ExpectRefused(From(Rsa(ModulusOfBits(2048), "RSA1_5")), kTeeKeyAlg);
}

TEST(TeeKey, Point) {
  const std::string x(kX);
  ExpectRefused(From(Ec("P-256", x.substr(0, 42), kY)), kTeeKeyPoint);
  ExpectRefused(From(Ec("P-256", x + "=", kY)), kTeeKeyPoint);
  ExpectRefused(From(Ec("P-256", "+" + x.substr(1), kY)), kTeeKeyPoint);
  ExpectRefused(From(Ec("P-256", kY, kX)), kTeeKeyPoint);
  ExpectRefused(From(Ec("P-384", kX, kY)), kTeeKeyPoint);
  ExpectRefused(From(Ec("P-256", "", "")), kTeeKeyPoint);
}

TEST(TeeKey, RepairsLostLeadingZeros) {
  // As clients wrote it: one zero byte lost, '0' appended.
  const std::string y = "CUtF8mkAyJlx7SEtkHSvpRV1e2zTUYEUxfOnrokmC_U";
  const auto repaired =
      From(Ec("P-256", "FFJi8Nd90w5gCaqJbgHNrxo4tRbdME0gGUOTCFm60jA", y));
  const auto whole =
      From(Ec("P-256", "ABRSYvDXfdMOYAmqiW4Bza8aOLUW3TBNIBlDkwhZutI", y));
  ASSERT_TRUE(whole) << whole.error().Text();
  ASSERT_TRUE(repaired) << repaired.error().Text();
  EXPECT_TRUE(repaired->key() == whole->key());
}

TEST(TeeKey, Numbers) {
  ExpectRefused(From(Rsa("")), kTeeKeyNumbers);
  ExpectRefused(From(Rsa("AAAA")), kTeeKeyNumbers);
  ExpectRefused(From(Rsa(ModulusOfBits(2048), "RSA-OAEP-256", "")),
                kTeeKeyNumbers);
  ExpectRefused(From(Rsa(ModulusOfBits(2048), "RSA-OAEP-256", "AQ")),
                kTeeKeyNumbers);
  ExpectRefused(From(Rsa(ModulusOfBits(2048), "RSA-OAEP-256", "AQAA")),
                kTeeKeyNumbers);
}

TEST(TeeKey, Size) {
  for (const size_t bits : {1024u, 2047u, 8193u, 9000u}) {
    ExpectRefused(From(Rsa(ModulusOfBits(bits))), kTeeKeySize);
  }
}

TEST(TeeKey, Roca) {
  ExpectRefused(From(Rsa(test::kRocaModulus)), kTeeKeyRoca);
}

TEST(TeeKey, AWrongShapeIsNoCheck) {
  for (const auto text :
       {"[]", "{}", R"({"kty":"EC"})", R"({"kty":"oct","alg":"x"})",
        R"({"kty":"EC","alg":1})", R"({"kty":"RSA","alg":"RSA-OAEP-256"})",
        R"({"kty":"EC","crv":"P-256","alg":"ECDH-ES+A256KW","x":1,"y":2})"}) {
    const auto key = From(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().check, nullptr) << text;
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidInput) << text;
  }
}

}  // namespace
}  // namespace vouchsafe::jose
