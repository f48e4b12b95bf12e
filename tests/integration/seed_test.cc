// The example request of the product's documentation, through the REST front:
// real evidence of a Milan processor with its certificates, so nothing is
// fetched.

#include <gtest/gtest.h>

#include "as/rest.h"
#include "base/encoding.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"
#include "tests/integration/secrecy.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::integration {
namespace {

constexpr const char* kMeasurement =
    "a1f3930413247bb38cfc171579ea3c12d5fe4901f0c792f63fd75d98f1ef827c"
    "23500644e0e692e6be917f9050d3d38c";

class SeedRequest : public ::testing::Test {
 protected:
  // Neither evidence nor tokens are written down.
  void TearDown() override {
    EXPECT_GT(confidential_.Count("evidence"), 0u);
    AddSigningKeys(deployment_, confidential_);
    ExpectNothingWrittenDown(
        deployment_, fake::RouterFetcher(deployment_.router()), confidential_);
  }
  http::Response Send(std::string method, const std::string& target,
                      std::string_view body = "") {
    http::Request request;
    request.method = std::move(method);
    request.target = target;
    request.headers.Add("Content-Type", "application/json");
    request.body = ToBytes(body);
    const auto sent = json::Parse(body);
    if (sent) AddMembers(*sent, confidential_);
    http::Response response = router_.Handle(request, deployment_.Context());
    if (target == "/attestation" && response.status == 200) {
      confidential_.AddToken("token", response.body);
    }
    if (response.status >= 400) {
      ExpectHoldsNothing(response.body, confidential_);
    }
    return response;
  }
  static std::string Seed() {
    return vouchsafe::testing::ReadFile(std::string(VOUCHSAFE_SOURCE_DIR) +
                                        "/tests/data/seed/snp-request.json");
  }

  Deployment deployment_;
  Confidential confidential_;
  http::Router router_ = as::MakeRestRouter(
      {}, {&deployment_.attestation(), &deployment_.decision_sink(),
           &deployment_.logger()});
};

TEST_F(SeedRequest, GivesATokenWithTheMeasurement) {
  const http::Response response = Send("POST", "/attestation", Seed());
  ASSERT_EQ(response.status, 200) << response.body;

  const http::Response jwks = Send("GET", "/.well-known/jwks.json");
  ASSERT_EQ(jwks.status, 200);
  const auto keys = jose::JwkSet::Parse(jwks.body);
  ASSERT_TRUE(keys) << keys.error().Text();
  token::TokenVerifierConfig trust;
  trust.trusted_keys = keys->keys();
  const auto verifier =
      token::TokenVerifier::Create(trust, nullptr, deployment_.Context());
  ASSERT_TRUE(verifier) << verifier.error().Text();
  CheckLog log;
  const auto token =
      (*verifier)->Verify(response.body, log, deployment_.Context());
  ASSERT_TRUE(token) << token.error().Text();

  const json::Value* snp =
      token->claims().At("/submods/cpu0/ear.veraison.annotated-evidence/snp");
  ASSERT_NE(snp, nullptr) << json::Write(token->claims());
  const json::Value* measurement = snp->Find("measurement");
  ASSERT_NE(measurement, nullptr) << json::Write(*snp);
  EXPECT_EQ(*measurement, json::Value(kMeasurement));
}

TEST_F(SeedRequest, OneByteOfTheMeasurementBreaksTheSignature) {
  const auto body = json::Parse(Seed());
  ASSERT_TRUE(body);
  const auto in = json::Fields::Of(*body, "request");
  ASSERT_TRUE(in);
  const auto evidence = Base64UrlDecode(*in->String("evidence"));
  ASSERT_TRUE(evidence) << evidence.error().Text();
  std::string text = ToText(*evidence);
  const std::string_view before = R"("measurement":[161,)";
  const size_t at = text.find(before);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, before.size(), R"("measurement":[160,)");

  json::Object altered = *body->if_object();
  altered.Set("evidence", Base64UrlEncode(AsBytes(text)));
  const http::Response response =
      Send("POST", "/attestation", json::Write(std::move(altered)));
  EXPECT_EQ(response.status, 422) << response.body;
  const auto problem = json::Parse(response.body);
  ASSERT_TRUE(problem) << response.body;
  const json::Value* code = problem->Find("code");
  ASSERT_NE(code, nullptr) << response.body;
  EXPECT_EQ(*code, json::Value("snp.report.signature"));
}

}  // namespace
}  // namespace vouchsafe::integration
