// vouchsafe policy why: which expression made an answer.

#include <cstdio>

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "json/write.h"
#include "policy_tools/explain.h"

namespace vouchsafe {
namespace {

class WhyPolicy final : public Subcommand {
 public:
  explicit WhyPolicy(cli::Command& group) {
    cli::Command& command =
        group.Subcommand("why", "Tell which expression made an answer",
                         [this] { return ExitCode(Run()); });
    options_.DeclarePolicies(command);
    options_.DeclareQuestion(command);
    command
        .List("-e,--entry", &entries_, "PATH",
              "data.policy.allow; without: what the services ask for")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
    const policy_tools::Loaded loaded =
        TRY(policy_tools::Load(options_.Setup()));
    const policy_tools::WhyAnswer answer =
        TRY(policy_tools::Explain(loaded, entries_));
    const std::string text =
        json_ ? json::WritePretty(policy_tools::WhyJson(answer)) + "\n"
              : policy_tools::WhyText(loaded, answer);
    std::fwrite(text.data(), 1, text.size(),
                answer.refused && !json_ ? stderr : stdout);
    return answer.refused || answer.failed ? cli::kFailed : cli::kOk;
  }

  PolicyOptions options_;
  std::vector<std::string> entries_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyWhy(cli::Command& group) {
  return std::make_unique<WhyPolicy>(group);
}

}  // namespace vouchsafe
