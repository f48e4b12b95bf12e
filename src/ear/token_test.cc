#include "ear/token.h"

#include <gtest/gtest.h>

#include <limits>

#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::ear {
namespace {

Submod MakeSubmod(std::string name, std::string_view claims) {
  Appraisal appraisal;
  appraisal.vector = *TrustVector::FromPolicy(*json::Parse(claims));
  appraisal.policy_id = "default";
  appraisal.policy_sha384 = "ab";
  return {std::move(name), std::move(appraisal)};
}

TEST(BuildClaims, HasEveryMemberOfTheFormat) {
  Submod cpu = MakeSubmod("cpu0", R"({"hardware":97})");
  cpu.appraisal.evidence.if_object()->Set("report_data", "00");
  cpu.appraisal.extensions.push_back({"ear.z", 1, 1});
  cpu.appraisal.extensions.push_back({"ear.a", 2, "x"});
  const auto claims = BuildClaims(
      {}, {MakeSubmod("gpu0", R"({"hardware":2})"), cpu}, 1000, "unique");
  ASSERT_TRUE(claims.has_value()) << claims.error().Text();
  EXPECT_EQ(
      json::Write(*claims),
      R"({"eat_profile":"tag:github.com,2024:confidential-containers/Trustee",)"
      R"("iat":1000,"ear.verifier-id":{"developer":)"
      R"("https://confidentialcontainers.org","build":)"
      R"("attestation-service 0.1.0"},"submods":{"cpu0":{"ear.status":)"
      R"("contraindicated","ear.trustworthiness-vector":{"hardware":97},)"
      R"("ear.appraisal-policy-id":"default",)"
      R"("ear.veraison.annotated-evidence":{"report_data":"00"},)"
      R"("ear.vouchsafe.policy-sha384":"ab","ear.a":"x","ear.z":1},)"
      R"("gpu0":{"ear.status":"affirming","ear.trustworthiness-vector":)"
      R"({"hardware":2},"ear.appraisal-policy-id":"default",)"
      R"("ear.veraison.annotated-evidence":{},)"
      R"("ear.vouchsafe.policy-sha384":"ab"}},"exp":1300,)"
      R"("iss":"CoCo-Attestation-Service","nbf":1000,"jti":"unique"})");
}

TEST(BuildClaims, RefusesWhatCannotBeAToken) {
  EXPECT_FALSE(BuildClaims({}, {}, 1000, "a").has_value());
  std::vector<Submod> one{MakeSubmod("cpu0", R"({"hardware":2})")};
  const auto late =
      BuildClaims({}, one, std::numeric_limits<int64_t>::max() - 10, "a");
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().message, "Token expiration overflow.");
}

TEST(CheckTokenOptions, NamesTheOption) {
  TokenOptions options;
  EXPECT_TRUE(CheckTokenOptions(options).has_value());
  options.build_name.clear();
  EXPECT_EQ(CheckTokenOptions(options).error().message,
            "attestation_token_broker.build_name: must not be empty");
  options = {};
  options.duration_min = 0;
  EXPECT_FALSE(CheckTokenOptions(options).has_value());
}

TEST(ExtensionsFromPolicy, TakesNamesKeysAndValues) {
  const auto extensions = ExtensionsFromPolicy(*json::Parse(
      R"([{"name":"a","key":-18,"value":{"x":1}},{"name":"b","key":2,"value":null}])"));
  ASSERT_TRUE(extensions.has_value());
  ASSERT_EQ(extensions->size(), 1u);
  EXPECT_EQ((*extensions)[0].name, "a");
  EXPECT_EQ((*extensions)[0].key, -18);
}

TEST(ExtensionsFromPolicy, RefusesOthers) {
  struct Case {
    const char* name;
    const char* answer;
  };
  for (
      const Case& c : std::initializer_list<Case>{
          {"object", "{}"},
          {"no name", R"([{"key":1,"value":1}])"},
          {"key a text", R"([{"name":"a","key":"1","value":1}])"},
          {"key too large", R"([{"name":"a","key":2147483648,"value":1}])"},
          {"no value", R"([{"name":"a","key":1}])"},
          {"name twice",
           R"([{"name":"a","key":1,"value":1},{"name":"a","key":2,"value":1}])"},
          {"key twice",
           R"([{"name":"a","key":1,"value":1},{"name":"b","key":1,"value":1}])"},
          {"a name of the token",
           R"([{"name":"ear.status","key":1,"value":"affirming"}])"}}) {
    SCOPED_TRACE(c.name);
    const auto extensions = ExtensionsFromPolicy(*json::Parse(c.answer));
    ASSERT_FALSE(extensions.has_value());
    EXPECT_EQ(extensions.error().code, ErrorCode::kInternal);
  }
}

}  // namespace
}  // namespace vouchsafe::ear
