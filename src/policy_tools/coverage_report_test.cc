#include "policy_tools/coverage_report.h"

#include "json/write.h"
#include "policy_tools/run_tests.h"
#include "policy_tools/test_fixture.h"

namespace vouchsafe::policy_tools {
namespace {

constexpr const char* kCovered = R"(package policy

default allow := false

allow if {
	input.a == 1
	input.b == 2
	input.c == 3
}

level := 1 if {
	input.d
} else := 2 if {
	input.e
}
)";

class CoverageReports : public Tools {
 protected:
  CoverageReport Of(const std::string& tests, const std::string& filter = "") {
    PolicySetup setup;
    setup.policies = {
        Write("p.rego", kCovered),
        Write("t.rego", "package t\n\nimport data.policy\n\n" + tests)};
    const Loaded loaded = LoadOf(setup);
    rego::Coverage coverage(*loaded.compiled.program);
    results_ = RunTests(loaded, filter, &coverage);
    CoverageReport out = MakeCoverageReport(coverage);
    for (FileCoverage& file : out.files) {
      file.file = file.file.substr(folder_.path().size() + 1);
    }
    return out;
  }
  std::vector<TestResult> results_;
};

TEST_F(CoverageReports, ListLinesByFile) {
  const CoverageReport report =
      Of("test_a if not policy.allow with input as {\"a\": 2}\n\n"
         "test_b if policy.level == 1 with input as {\"d\": true}\n");
  EXPECT_TRUE(AllPassed(results_));
  ASSERT_EQ(report.files.size(), 2u);
  EXPECT_EQ(report.files[0].file, "p.rego");
  EXPECT_EQ(report.files[0].covered, (std::vector<int>{3, 5, 6, 11, 12}));
  EXPECT_EQ(report.files[0].not_covered, (std::vector<int>{7, 8, 13, 14}));
  EXPECT_EQ(report.files[1].file, "t.rego");
  EXPECT_EQ(report.files[1].covered, (std::vector<int>{5, 7}));
  EXPECT_EQ(CoverageText(report),
            "p.rego: 55.56% (5 of 9 lines), not covered: 7-8, 13-14\n"
            "t.rego: 100% (2 of 2 lines)\n"
            "COVERAGE: 63.64% (7 of 11 lines)\n");
  EXPECT_EQ(
      json::Write(CoverageJson(report)),
      R"({"files":{"p.rego":{"covered":[{"start":{"row":3},"end":{"row":3}},)"
      R"({"start":{"row":5},"end":{"row":6}},)"
      R"({"start":{"row":11},"end":{"row":12}}],)"
      R"("not_covered":[{"start":{"row":7},"end":{"row":8}},)"
      R"({"start":{"row":13},"end":{"row":14}}],)"
      R"("covered_lines":5,"not_covered_lines":4,"coverage":55.56},)"
      R"("t.rego":{"covered":[{"start":{"row":5},"end":{"row":5}},)"
      R"({"start":{"row":7},"end":{"row":7}}],)"
      R"("covered_lines":2,"not_covered_lines":0,"coverage":100}},)"
      R"("covered_lines":7,"not_covered_lines":4,"coverage":63.64})");
}

TEST_F(CoverageReports, CountWhatFailingTestsReachOnce) {
  // The explanation of the failure is no second run.
  const CoverageReport report =
      Of("test_a if policy.allow with input as {\"a\": 1, \"b\": 3}\n", "t.");
  EXPECT_FALSE(AllPassed(results_));
  EXPECT_NE(results_[0].detail.find("left 3, right 2"), std::string::npos)
      << results_[0].detail;
  EXPECT_EQ(report.files[0].covered, (std::vector<int>{3, 5, 6, 7}));
}

TEST_F(CoverageReports, NothingIsCoveredByNoTest) {
  const CoverageReport report = Of("test_a := true\n", "none");
  EXPECT_TRUE(results_.empty());
  EXPECT_EQ(report.covered, 0u);
  EXPECT_FALSE(report.reaches(1));
  EXPECT_TRUE(report.reaches(0));
}

TEST(CoverageReport, ReachesAPercentageExactly) {
  CoverageReport report;
  EXPECT_TRUE(report.reaches(100));
  report.covered = 99'999;
  report.not_covered = 1;
  EXPECT_FALSE(report.reaches(100));
  EXPECT_TRUE(report.reaches(99));
  report = {{}, 3, 1};
  EXPECT_TRUE(report.reaches(75));
  EXPECT_FALSE(report.reaches(76));
}

TEST(CoverageReport, WritesPercentagesShort) {
  const struct {
    size_t covered, not_covered;
    const char* want;
  } cases[] = {{0, 0, "100"},   {3, 1, "75"},       {1, 2, "33.33"},
               {2, 1, "66.67"}, {101, 899, "10.1"}, {201, 9799, "2.01"}};
  for (const auto& c : cases) {
    const CoverageReport report{{}, c.covered, c.not_covered};
    EXPECT_EQ(json::Write(*CoverageJson(report).Find("coverage")), c.want);
  }
}

}  // namespace
}  // namespace vouchsafe::policy_tools
