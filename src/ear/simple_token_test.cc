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
  claims.reports = {{"default", "ab"}};
  claims.tcb_status.Set("sample.svn", "1");
  claims.tcb_status.Set("init_data", "");
  claims.runtime_data = *json::Parse(R"({"n":1})");
  const auto built = BuildSimpleClaims({}, claims, 1000, "abcdefghij");
  ASSERT_TRUE(built.has_value());
  EXPECT_EQ(
      json::Write(*built),
      R"({"iss":"CoCo-Attestation-Service","iat":1000,"jti":"abcdefghij",)"
      R"("nbf":1000,"exp":1300,"tee":"sample","evaluation-reports":)"
      R"([{"policy-id":"default","policy-hash":"ab"}],"tcb-status":)"
      R"("{\"init_data\":\"\",\"sample.svn\":\"1\"}","customized_claims":)"
      R"({"init_data":null,"runtime_data":{"n":1}}})");
  EXPECT_FALSE(
      BuildSimpleClaims({}, claims, std::numeric_limits<int64_t>::max(), "a"));
}

}  // namespace
}  // namespace vouchsafe::ear
