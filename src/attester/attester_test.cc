#include "attester/attester.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "json/write.h"

namespace vouchsafe::attester {
namespace {

TEST(AttesterTest, SampleEvidenceHoldsTheReportData) {
  const auto attester = MakeSampleAttester();
  EXPECT_EQ(attester->tee(), "sample");
  const auto evidence = attester->Evidence(AsBytes("challenge"));
  ASSERT_TRUE(evidence);
  EXPECT_EQ(json::Write(*evidence),
            R"({"svn":"1","report_data":"Y2hhbGxlbmdl"})");
}

TEST(AttesterTest, RecordedEvidenceIsSentAsItIs) {
  json::Object recorded;
  recorded.Set("attestation_report", 1);
  const auto attester = MakeRecordedAttester("snp", recorded);
  EXPECT_EQ(attester->tee(), "snp");
  const auto evidence = attester->Evidence(AsBytes("whatever"));
  ASSERT_TRUE(evidence);
  EXPECT_EQ(*evidence, json::Value(recorded));
}

}  // namespace
}  // namespace vouchsafe::attester
