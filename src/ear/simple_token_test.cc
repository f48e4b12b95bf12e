#include "ear/simple_token.h"

#include <gtest/gtest.h>

#include <limits>

#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::ear {
namespace {

TEST(FlattenClaims, JoinsNamesAndKeepsArrays) {
  const json::Value claims = *json::Parse(
      R"({"body":{"a":1,"b":{"c":[{"d":2}]}},"report_data":"00","x":true})");
  EXPECT_EQ(json::Write(FlattenClaims("sgx", *claims.if_object())),
            R"({"report_data":"00","init_data":"","sgx.body.a":1,)"
            R"("sgx.body.b.c":[{"d":2}],"sgx.x":true})");
}

TEST(BuildSimpleClaims, HasEveryMember) {
  SimpleClaims claims;
  claims.tee = "sample";
  claims.reports = {{"default", "ab", R"({"allow":true})"}};
  claims.tcb_status.Set("sample.svn", "1");
  claims.tcb_status.Set("init_data", "");
  claims.runtime_data = *json::Parse(R"({"n":1})");
  const auto built =
      BuildSimpleClaims({}, SimpleMembers::kS2, claims, 1000, "abcdefghij");
  ASSERT_TRUE(built.has_value());
  EXPECT_EQ(
      json::Write(*built),
      R"({"iss":"CoCo-Attestation-Service","iat":1000,"jti":"abcdefghij",)"
      R"("nbf":1000,"exp":1300,"tee":"sample","evaluation-reports":)"
      R"([{"policy-id":"default","policy-hash":"ab"}],"tcb-status":)"
      R"("{\"init_data\":\"\",\"sample.svn\":\"1\"}","customized_claims":)"
      R"({"init_data":null,"runtime_data":{"n":1}}})");
  EXPECT_FALSE(BuildSimpleClaims({}, SimpleMembers::kS2, claims,
                                 std::numeric_limits<int64_t>::max(), "a"));
}

TEST(BuildSimpleClaims, OlderReadersFindTheirMembers) {
  SimpleClaims claims;
  claims.tee = "sample";
  claims.reports = {{"default", "ab", R"({"allow":true})"}};
  claims.tcb_status.Set("report_data", "00");
  claims.tcb_status.Set("init_data", "");
  claims.tcb_status.Set("sample.svn", "1");
  claims.reference = *json::Parse(R"({"sample.svn":["1"]})")->if_object();
  claims.jwk = *json::Parse(R"({"kty":"RSA"})")->if_object();
  const auto s1 =
      BuildSimpleClaims({}, SimpleMembers::kS1, claims, 1000, "abcdefghij");
  ASSERT_TRUE(s1.has_value());
  EXPECT_EQ(
      json::Write(*s1),
      R"({"iss":"CoCo-Attestation-Service","iat":1000,"jti":"abcdefghij",)"
      R"("nbf":1000,"exp":1300,"jwk":{"kty":"RSA"},"tee":"sample",)"
      R"("evaluation-reports":[{"policy-id":"default","policy-hash":"ab"}],)"
      R"("reference-data":{"sample.svn":["1"]},"tcb-status":)"
      R"({"report_data":"00","init_data":"","sample.svn":"1"},)"
      R"("customized_claims":{"init_data":null,"runtime_data":null}})");
  const auto s0 =
      BuildSimpleClaims({}, SimpleMembers::kS0, claims, 1000, "abcdefghij");
  ASSERT_TRUE(s0.has_value());
  EXPECT_EQ(
      json::Write(*s0),
      R"({"iss":"CoCo-Attestation-Service","nbf":1000,"exp":1300,)"
      R"("jwk":{"kty":"RSA"},"evaluation-reports":[{"policy-id":"default",)"
      R"("policy-hash":"ab","evaluation-result":"{\"allow\":true}"}],)"
      R"("tcb-status":{"sample.svn":"1"},)"
      R"("customized_claims":{"init_data":null,"runtime_data":null}})");
}

}  // namespace
}  // namespace vouchsafe::ear
