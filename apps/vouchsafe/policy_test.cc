// vouchsafe policy test: the test_ rules of a policy.

#include <cstdio>

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "json/write.h"
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
        .Flag("--verbose,-v", &verbose_, "Every test, not only those amiss")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
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
    const std::vector<policy_tools::TestResult> results =
        policy_tools::RunTests(loaded, filter_);
    if (results.empty()) {
      return Fail(ErrorCode::kNotFound, "no test found");
    }
    Print(json_ ? json::WritePretty(policy_tools::TestJson(results)) + "\n"
                : policy_tools::TestText(
                      results, verbose_ ? policy_tools::TestDetail::kEach
                                        : policy_tools::TestDetail::kBrief));
    return policy_tools::AllPassed(results) ? cli::kOk : cli::kFailed;
  }

  PolicyOptions options_;
  std::string filter_;
  bool verbose_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyTest(cli::Command& group) {
  return std::make_unique<TestCommand>(group);
}

}  // namespace vouchsafe
