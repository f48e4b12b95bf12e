// vouchsafe policy conformance: the cases of OPA and of whole policies.

#include <cstdio>

#include "apps/vouchsafe/policy_commands.h"
#include "json/write.h"
#include "policy_tools/conformance.h"

namespace vouchsafe {
namespace {

class Conformance final : public Subcommand {
 public:
  explicit Conformance(cli::Command& group) {
    group
        .Subcommand("conformance", "Judge the engine by OPA's cases",
                    [this] {
                      const Result<int> code = Run();
                      return code ? *code : cli::Report(code.error());
                    })
        .OptionalArguments("paths", &paths_,
                           "Folders or files of cases (*.yaml, cases.json)")
        .Option("--filter", &options_.filter, "TEXT",
                "Only cases whose id or note contains it")
        .Flag("--verbose,-v", &verbose_,
              "What failures wanted and got, and what was skipped")
        .Flag("--json", &json_, "The report as JSON");
  }

 private:
  Result<int> Run() const {
    if (paths_.empty()) {
      return Fail(ErrorCode::kInvalidInput, "name a folder of cases");
    }
    const std::vector<policy_tools::CaseResult> results =
        TRY(policy_tools::RunConformance(paths_, options_));
    const std::string text =
        json_ ? json::WritePretty(policy_tools::ConformanceJson(results)) + "\n"
              : policy_tools::ConformanceText(
                    results, verbose_ ? policy_tools::Detail::kFull
                                      : policy_tools::Detail::kBrief);
    std::fwrite(text.data(), 1, text.size(), stdout);
    for (const policy_tools::CaseResult& result : results) {
      if (result.verdict == policy_tools::Verdict::kFailed) return cli::kFailed;
    }
    return cli::kOk;
  }

  std::vector<std::string> paths_;
  policy_tools::ConformanceOptions options_;
  bool verbose_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyConformance(cli::Command& group) {
  return std::make_unique<Conformance>(group);
}

}  // namespace vouchsafe
