// Simple tokens through the whole service (as.md section 13).

#include <gtest/gtest.h>

#include "as/test_service.h"

namespace vouchsafe::as {
namespace {

AsConfig Simple() {
  AsConfig config;
  config.token_form = ear::TokenForm::kSimple;
  return config;
}

TEST(SimpleToken, IsIssuedWhenEveryPolicyAllows) {
  TestService service(Simple());
  const json::Value claims = service.Claims({{SampleRequest()}, {"default"}});
  ASSERT_TRUE(claims.is_object()) << json::Write(claims);
  EXPECT_EQ(*claims.Find("tee")->if_string(), "sample");
  EXPECT_EQ(claims.Find("jti")->if_string()->size(), 10u);
  EXPECT_EQ(*claims.At("/evaluation-reports/0/policy-id")->if_string(),
            "default");
  const auto status = json::Parse(*claims.Find("tcb-status")->if_string());
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(*status,
            *json::Parse(R"({"init_data":"","report_data":"Y2hhbGxlbmdl",)"
                         R"("sample.debug":false,)"
                         R"("sample.launch_digest":"abcde",)"
                         R"("sample.platform_version.major":1,)"
                         R"("sample.platform_version.minor":4,)"
                         R"("sample.svn":"1"})"))
      << json::Write(*status);
}

TEST(SimpleToken, TheDefaultPolicyComparesWithReferenceValues) {
  struct Case {
    const char* values;
    bool allowed;
  };
  for (const Case& c :
       std::initializer_list<Case>{{R"({"sample.svn":["1","2"]})", true},
                                   {R"({"sample.svn":"1"})", true},
                                   {R"({"sample.svn":[]})", true},
                                   {R"({"other":["x"]})", true},
                                   {R"({"sample.svn":["2"]})", false},
                                   {R"({"sample.svn":"2"})", false}}) {
    SCOPED_TRACE(c.values);
    TestService service(Simple());
    service.Register(c.values);
    DecisionRecord record;
    const auto token =
        service->Evaluate({{SampleRequest()}, {}}, record, service.Context());
    EXPECT_EQ(token.has_value(), c.allowed)
        << (token ? "" : token.error().Text());
  }
}

TEST(SimpleToken, OnePolicyThatDoesNotAllowRefuses) {
  TestService service(Simple());
  ASSERT_TRUE(service.SetPolicy(
      "old", "package policy\nallow { input[\"sample.svn\"] == \"2\" }\n"))
      << "policies of that age are read";
  DecisionRecord record;
  const auto token = service->Evaluate({{SampleRequest()}, {"default", "old"}},
                                       record, service.Context());
  ASSERT_FALSE(token.has_value());
  EXPECT_EQ(token.error().code, ErrorCode::kDenied);
  EXPECT_EQ(token.error().message, "Reject by policy old");
  ASSERT_NE(token.error().check, nullptr);
  EXPECT_EQ(token.error().check->id, "as.simple.policy_allows");
  EXPECT_EQ(record.policies.size(), 2u);
}

TEST(SimpleToken, PoliciesStandApartFromTheOthers) {
  TestService service(Simple());
  const auto list = service->ListPolicies(service.Context());
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ((*list)[0].id, "default");
  const auto store = service.stores().Open("attestation_service_policy");
  EXPECT_TRUE((*store)->Get("simple/default.rego")->has_value());
}

TEST(SimpleToken, OlderReadersGetTheirMembers) {
  for (const auto members :
       {ear::SimpleMembers::kS1, ear::SimpleMembers::kS0}) {
    AsConfig config = Simple();
    config.simple_members = members;
    TestService service(config);
    service.Register(R"({"sample.svn":["1"],"elsewhere":["x"]})");
    DecisionRecord record;
    const auto token =
        service->Evaluate({{SampleRequest()}, {}}, record, service.Context());
    ASSERT_TRUE(token.has_value()) << token.error().Text();
    const auto jws = jose::UnverifiedJws::Parse(*token);
    EXPECT_EQ(jws->header().Find("jwk"), nullptr);
    const json::Value claims = *jose::UnverifiedClaims(*jws);
    EXPECT_EQ(*claims.At("/jwk/kty")->if_string(), "RSA");
    EXPECT_EQ(*claims.At("/tcb-status")->Find("sample.svn")->if_string(), "1");
    const json::Value* result =
        claims.At("/evaluation-reports/0/evaluation-result");
    const json::Value* reference = claims.Find("reference-data");
    if (members == ear::SimpleMembers::kS0) {
      ASSERT_NE(result, nullptr);
      EXPECT_EQ(*result->if_string(), R"({"allow":true})");
      EXPECT_EQ(reference, nullptr);
    } else {
      EXPECT_EQ(result, nullptr);
      ASSERT_NE(reference, nullptr);
      EXPECT_EQ(json::Write(*reference), R"({"sample.svn":["1"]})")
          << "names of claims alone";
    }
  }
}

TEST(SimpleToken, HoldsOneDevice) {
  TestService service(Simple());
  DecisionRecord record;
  const auto token = service->Evaluate({{SampleRequest(), SampleRequest()}, {}},
                                       record, service.Context());
  ASSERT_FALSE(token.has_value());
  EXPECT_EQ(token.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace vouchsafe::as
