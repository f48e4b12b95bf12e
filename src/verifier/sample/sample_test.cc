#include "verifier/sample/sample.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "tests/support/shared_data.h"
#include "verifier/sample/checks.h"

namespace vouchsafe::sample {
namespace {

constexpr const char* kEvidence =
    R"({"svn":"1","report_data":"Y2hhbGxlbmdl","other":[1]})";

class SampleTest : public testing::Test {
 protected:
  Result<std::vector<TeeClaims>> Run(const Verifier& verifier,
                                     const std::string& evidence,
                                     const Expected& expected) {
    const Result<json::Value> value = json::Parse(evidence);
    EXPECT_TRUE(value.has_value());
    RequestContext context;
    context.clock = &clock_;
    return verifier.Evaluate(*value, expected, report_, context);
  }
  static Expected Want(std::string_view report_data) {
    Expected expected;
    expected.report_data = ToBytes(report_data);
    return expected;
  }

  ManualClock clock_{1'800'000'000};
  VerifyReport report_;
  SampleVerifier sample_;
  SampleDeviceVerifier device_;
};

TEST_F(SampleTest, GivesTrusteesClaims) {
  Expected expected = Want("challenge");
  expected.init_data_digest = Bytes{1, 2, 3};
  const auto claims = Run(sample_, kEvidence, expected);
  ASSERT_TRUE(claims.has_value()) << claims.error().Text();
  ASSERT_EQ(claims->size(), 1U);
  EXPECT_EQ((*claims)[0].tee_class, "cpu");
  const Result<json::Value> want = json::Parse(
      R"({"svn":"1","report_data":"Y2hhbGxlbmdl","launch_digest":"abcde",
          "platform_version":{"major":1,"minor":4},"debug":false,
          "init_data":"AQID"})");
  EXPECT_EQ(json::Value((*claims)[0].claims), *want);
}

TEST_F(SampleTest, DeviceGivesItsTwoClaims) {
  const auto claims = Run(device_, kEvidence, Want("challenge"));
  ASSERT_TRUE(claims.has_value()) << claims.error().Text();
  EXPECT_EQ((*claims)[0].tee_class, "gpu");
  const Result<json::Value> want =
      json::Parse(R"({"svn":"1","report_data":"Y2hhbGxlbmdl"})");
  EXPECT_EQ(json::Value((*claims)[0].claims), *want);
}

TEST_F(SampleTest, OtherReportDataIsRefused) {
  for (const char* other : {"", "challeng", "challenges", "Challenge"}) {
    for (const Verifier* verifier : {static_cast<const Verifier*>(&sample_),
                                     static_cast<const Verifier*>(&device_)}) {
      const auto claims = Run(*verifier, kEvidence, Want(other));
      ASSERT_FALSE(claims.has_value()) << other;
      EXPECT_EQ(claims.error().code, ErrorCode::kUntrusted);
      ASSERT_NE(claims.error().check, nullptr);
      EXPECT_EQ(claims.error().check->id, kReportData.id);
      EXPECT_EQ(claims.error().Text().find(
                    "Evidence's identity verification error.: REPORT_DATA is "
                    "different from that in Sample Quote"),
                0U);
    }
  }
}

TEST_F(SampleTest, WithoutExpectedReportDataAnythingGoes) {
  EXPECT_TRUE(Run(sample_, R"({"svn":"7"})", Expected()).has_value());
  EXPECT_TRUE(
      Run(device_, R"({"svn":"7","report_data":"!"})", Expected()).has_value());
}

TEST_F(SampleTest, BrokenEvidenceIsInvalidInput) {
  for (const char* broken :
       {"[]", "null", "{}", R"({"svn":1})", R"({"svn":"1","report_data":1})",
        R"({"svn":"1","report_data":null})"}) {
    const auto claims = Run(sample_, broken, Expected());
    ASSERT_FALSE(claims.has_value()) << broken;
    EXPECT_EQ(claims.error().code, ErrorCode::kInvalidInput) << broken;
  }
  const auto claims =
      Run(sample_, R"({"svn":"1","report_data":"?"})", Want("challenge"));
  ASSERT_FALSE(claims.has_value());
  EXPECT_EQ(claims.error().code, ErrorCode::kInvalidInput);
}

TEST_F(SampleTest, RecordedEvidenceGivesTheRecordedClaims) {
  SHARED_OR_SKIP(folder, "evidence/sample");
  const struct {
    const Verifier* verifier;
    const char* evidence;
    const char* claims;
  } cases[] = {
      {&sample_, "/sample-evidence.json", "/expected-claims-sample.json"},
      {&device_, "/sample-device-evidence.json",
       "/expected-claims-sample-device.json"}};
  for (const auto& c : cases) {
    const auto claims =
        Run(*c.verifier, vouchsafe::testing::ReadFile(folder + c.evidence),
            Want("challenge"));
    ASSERT_TRUE(claims.has_value()) << claims.error().Text();
    const auto want =
        json::Parse(vouchsafe::testing::ReadFile(folder + c.claims));
    ASSERT_TRUE(want.has_value());
    EXPECT_EQ(json::Value((*claims)[0].claims), *want) << c.evidence;
  }
}

TEST_F(SampleTest, EveryClaimIsSpecified) {
  Expected expected;
  expected.init_data_digest = Bytes{1};
  const auto claims = Run(sample_, kEvidence, expected);
  ASSERT_TRUE(claims.has_value());
  for (const json::Member& member : (*claims)[0].claims) {
    bool found = false;
    for (const ClaimSpec& spec : sample_.claim_specs()) {
      found = found || spec.path == member.name;
    }
    EXPECT_TRUE(found) << member.name;
  }
}

}  // namespace
}  // namespace vouchsafe::sample
