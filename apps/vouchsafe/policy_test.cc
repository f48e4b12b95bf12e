// vouchsafe policy test: the test_ rules of a policy.

#include <cstdio>

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "json/write.h"
#include "policy_tools/coverage_report.h"
#include "policy_tools/excerpt.h"
#include "policy_tools/run_tests.h"

namespace vouchsafe {
namespace {

class TestCommand final : public Subcommand {
 public:
  explicit TestCommand(cli::Command& group) {
    cli::Command& command =
        group.Subcommand("test", "Run the rules that begin with test_",
                         [this] { return ExitCode(Run()); });
    options_.DeclarePolicies(command);
    options_.DeclareQuestion(command);
    command
        .Option("-r,--run", &filter_, "TEXT",
                "Only tests whose path contains it")
        .Flag("-c,--coverage", &coverage_,
              "Also the lines of the policies that the tests reached")
        .Option("--threshold", &threshold_, "PERCENT",
                "Exit code 1 when fewer lines are covered")
        .Flag("--verbose,-v", &verbose_, "Every test, not only those amiss")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
    if (threshold_ > 100) {
      return Fail(ErrorCode::kInvalidInput,
                  "--threshold: want a percentage, 0 to 100, got " +
                      std::to_string(threshold_));
    }
    const policy_tools::Loaded loaded =
        TRY(policy_tools::Load(options_.Setup()));
    if (!loaded.compiled.program) {
      std::string text;
      for (const rego::Diagnostic& finding : loaded.compiled.diagnostics) {
        text += policy_tools::FindingText(loaded.sources, finding);
      }
      std::fputs(text.c_str(), stderr);
      return cli::kFailed;
    }
    rego::Coverage coverage(*loaded.compiled.program);
    const bool covering = coverage_ || threshold_ > 0;
    const std::vector<policy_tools::TestResult> results =
        policy_tools::RunTests(loaded, filter_, covering ? &coverage : nullptr);
    if (results.empty()) {
      return Fail(ErrorCode::kNotFound, "no test found");
    }
    const policy_tools::CoverageReport report =
        policy_tools::MakeCoverageReport(coverage);
    Print(json_ ? Json(results, covering ? &report : nullptr)
                : Text(results, covering ? &report : nullptr));
    return policy_tools::AllPassed(results) && report.reaches(threshold_)
               ? cli::kOk
               : cli::kFailed;
  }

  static std::string Json(const std::vector<policy_tools::TestResult>& results,
                          const policy_tools::CoverageReport* report) {
    json::Value out = policy_tools::TestJson(results);
    if (report != nullptr) {
      json::Object both;
      both.Set("tests", std::move(out));
      both.Set("coverage", policy_tools::CoverageJson(*report));
      out = std::move(both);
    }
    return json::WritePretty(out) + "\n";
  }

  std::string Text(const std::vector<policy_tools::TestResult>& results,
                   const policy_tools::CoverageReport* report) const {
    std::string out = policy_tools::TestText(
        results, verbose_ ? policy_tools::TestDetail::kEach
                          : policy_tools::TestDetail::kBrief);
    if (report != nullptr) out += policy_tools::CoverageText(*report);
    return out;
  }

  PolicyOptions options_;
  std::string filter_;
  bool coverage_ = false;
  uint64_t threshold_ = 0;
  bool verbose_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyTest(cli::Command& group) {
  return std::make_unique<TestCommand>(group);
}

}  // namespace vouchsafe
