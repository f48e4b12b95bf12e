// vouchsafe policy eval: entries or a query, answered.

#include <cstdio>

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "json/write.h"
#include "policy_tools/eval.h"

namespace vouchsafe {
namespace {

class Eval final : public Subcommand {
 public:
  explicit Eval(cli::Command& group) {
    cli::Command& command =
        group.Subcommand("eval", "Answer an entry or a query",
                         [this] { return ExitCode(Run()); });
    options_.DeclarePolicies(command);
    options_.DeclareQuestion(command);
    options_.DeclareRecording(command);
    command
        .Option("-q,--query", &question_.query, "QUERY",
                "Expressions over data and input: \"data.policy.allow = x\"")
        .List("-e,--entry", &question_.entries, "PATH",
              "data.policy.allow; without: what the services ask for")
        .Flag("--fail", &fail_,
              "Exit code 1 when an answer is undefined or false")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
    const policy_tools::Loaded loaded =
        TRY(policy_tools::Load(options_.Setup()));
    const policy_tools::EvalAnswer answer =
        TRY(policy_tools::Eval(loaded, question_));
    const std::string text =
        json_ ? json::WritePretty(policy_tools::EvalJson(answer)) + "\n"
              : policy_tools::EvalText(loaded, answer);
    std::fwrite(text.data(), 1, text.size(),
                answer.ok() || json_ ? stdout : stderr);
    TRY(options_.Record(loaded, answer.asked));
    if (!answer.ok()) return cli::kFailed;
    return fail_ && !answer.holds() ? cli::kFailed : cli::kOk;
  }

  PolicyOptions options_;
  policy_tools::EvalQuestion question_;
  bool fail_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyEval(cli::Command& group) {
  return std::make_unique<Eval>(group);
}

}  // namespace vouchsafe
