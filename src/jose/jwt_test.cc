#include "jose/jwt.h"

#include <gtest/gtest.h>

#include "jose/checks.h"
#include "jose/test_support.h"

namespace vouchsafe::jose {
namespace {

using test::ExpectCode;
using test::ExpectRefused;
using test::Json;
using test::PrivateKeyFrom;

constexpr int64_t kNow = 1'800'000'000;

Result<> Times(std::string_view claims, JwtRules rules = {}) {
  rules.now_unix_s = kNow;
  CheckLog log;
  return CheckJwtTimes(Json(claims), rules, log);
}

TEST(JwtTimes, Bounds) {
  EXPECT_TRUE(Times(R"({"exp":1800000000})"));
  EXPECT_TRUE(Times(R"({"exp":1799999940})"));
  ExpectRefused(Times(R"({"exp":1799999939})"), kJwtNotExpired);
  EXPECT_TRUE(Times(R"({"exp":1800000001,"nbf":1800000060})"));
  ExpectRefused(Times(R"({"exp":1800000099,"nbf":1800000061})"),
                kJwtAlreadyValid);
  ExpectRefused(Times("{}"), kJwtExpPresent);
}

TEST(JwtTimes, Rules) {
  JwtRules rules;
  rules.require_exp = false;
  EXPECT_TRUE(Times("{}", rules));
  ExpectRefused(Times(R"({"exp":1})", rules), kJwtNotExpired);
  rules.check_nbf = false;
  EXPECT_TRUE(Times(R"({"nbf":9000000000})", rules));
  rules.leeway_s = 0;
  EXPECT_TRUE(Times(R"({"exp":1800000000})", rules));
  ExpectRefused(Times(R"({"exp":1799999999})", rules), kJwtNotExpired);
}

TEST(JwtTimes, AnyFormOfNumber) {
  EXPECT_TRUE(Times(R"({"exp":1800000000.9})"));
  EXPECT_TRUE(Times(R"({"exp":1.8e9})"));
  EXPECT_TRUE(Times(R"({"exp":18446744073709551615})"));
  EXPECT_TRUE(Times(R"({"exp":9223372036854775807})"));
  ExpectRefused(Times(R"({"exp":-9223372036854775808})"), kJwtNotExpired);
  ExpectRefused(Times(R"({"exp":1800000099,"nbf":18446744073709551615})"),
                kJwtAlreadyValid);
  ExpectCode(Times(R"({"exp":"1800000000"})"), ErrorCode::kInvalidInput, "exp");
  ExpectCode(Times(R"({"exp":1e300})"), ErrorCode::kInvalidInput, "exp");
  ExpectCode(Times(R"({"exp":null})"), ErrorCode::kInvalidInput, "exp");
  ExpectCode(Times(R"({"exp":1800000099,"nbf":[]})"), ErrorCode::kInvalidInput,
             "nbf");
}

TEST(JwtTimes, RefusalsSayByHowMuch) {
  const auto late = Times(R"({"exp":1799996400})");
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message.find("expired 3600 s ago, leeway 60 s"),
            std::string::npos)
      << late.error().message;
  const auto early = Times(R"({"exp":1900000000,"nbf":1800000500})");
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().message.find("valid only in 500 s, leeway 60 s"),
            std::string::npos)
      << early.error().message;
  // A client is told which of the two it is.
  EXPECT_EQ(ClientCode(*late.error().check), "jose.jwt.expired");
  EXPECT_EQ(ClientCode(*early.error().check), "jose.jwt.not_yet_valid");
}

Result<VerifiedJwt> Verify(std::string_view payload) {
  const auto key = PrivateKeyFrom(test::kP256PrivateJwk);
  json::Object header;
  header.Set("alg", "ES256");
  const std::string text = TRY(SignJws(header, AsBytes(payload), key.key));
  CheckLog log;
  auto jws = TRY(UnverifiedJws::Parse(text));
  const auto good =
      TRY(VerifyJws(std::move(jws), key.key.Public(), JwsAlg::kEs256, log));
  JwtRules rules;
  rules.now_unix_s = kNow;
  return VerifyJwt(good, rules, log);
}

TEST(Jwt, ClaimsAreAnObject) {
  const auto good = Verify(R"({"exp":1800000000,"a":"b"})");
  ASSERT_TRUE(good) << good.error().Text();
  EXPECT_EQ(*good->claims().Find("a")->if_string(), "b");
  EXPECT_EQ(*good->header().Find("alg")->if_string(), "ES256");
  EXPECT_EQ(good->shared_claims().get(), &good->claims());
  ExpectCode(Verify("[]"), ErrorCode::kInvalidInput, "object");
  ExpectCode(Verify("x"), ErrorCode::kInvalidInput, "jwt claims");
  ExpectCode(Verify(R"({"exp":1800000000,"exp":1})"), ErrorCode::kInvalidInput,
             "jwt claims");
  ExpectRefused(Verify(R"({"exp":1})"), kJwtNotExpired);
}

}  // namespace
}  // namespace vouchsafe::jose
