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
    options_.DeclareRecording(command);
    command
        .List("-e,--entry", &question_.entries, "PATH",
              "data.policy.allow; without: what the services ask for")
        .Option("--depth", &depth_, "N",
                "How deep into rules that are referred to")
        .Flag("--hide-values", &hide_values_,
              "Types and sizes in place of values")
        .List("--redact", &question_.options.redact, "PATH",
              "input.init_data: its type and size in place of its value")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
    const policy_tools::Loaded loaded =
        TRY(policy_tools::Load(options_.Setup()));
    const policy_tools::WhyAnswer answer =
        TRY(policy_tools::Explain(loaded, Question()));
    const std::string text =
        json_ ? json::WritePretty(policy_tools::WhyJson(answer)) + "\n"
              : policy_tools::WhyText(loaded, answer);
    std::fwrite(text.data(), 1, text.size(),
                answer.refused && !json_ ? stderr : stdout);
    TRY(options_.Record(loaded, answer.asked));
    return answer.refused || answer.failed ? cli::kFailed : cli::kOk;
  }

  policy_tools::WhyQuestion Question() const {
    policy_tools::WhyQuestion out = question_;
    out.options.depth = depth_;
    out.options.show_values = !hide_values_;
    return out;
  }

  PolicyOptions options_;
  policy_tools::WhyQuestion question_;
  uint64_t depth_ = rego::WhyOptions().depth;
  bool hide_values_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyWhy(cli::Command& group) {
  return std::make_unique<WhyPolicy>(group);
}

}  // namespace vouchsafe
