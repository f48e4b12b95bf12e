// vouchsafe policy bench: how long a policy takes.

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "json/write.h"
#include "policy_tools/measure.h"

namespace vouchsafe {
namespace {

class Bench final : public Subcommand {
 public:
  explicit Bench(cli::Command& group) {
    cli::Command& command =
        group.Subcommand("bench", "Measure compile, parse, evaluate and whole",
                         [this] { return ExitCode(Run()); });
    options_.DeclarePolicies(command);
    options_.DeclareQuestion(command);
    command
        .List("-e,--entry", &entries_, "PATH",
              "data.policy.allow; without: what the services ask for")
        .Option("--time-ms", &time_ms_, "N", "Spent on each figure")
        .Option("--threads", &threads_, "N",
                "Throughput is taken with 1 and with this many")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
    if (time_ms_ == 0 || time_ms_ > 60'000 || threads_ == 0 || threads_ > 256) {
      return Fail(ErrorCode::kInvalidInput,
                  "--time-ms: 1 to 60000; --threads: 1 to 256");
    }
    const policy_tools::PolicySetup setup = options_.Setup();
    const policy_tools::Loaded loaded = TRY(policy_tools::Load(setup));
    policy_tools::MeasureOptions options;
    options.entries = entries_;
    options.time = std::chrono::milliseconds(time_ms_);
    options.threads = static_cast<size_t>(threads_);
    const policy_tools::Measurements measured =
        TRY(policy_tools::Measure(setup, loaded, options));
    Print(json_ ? json::WritePretty(policy_tools::MeasureJson(measured)) + "\n"
                : policy_tools::MeasureText(measured));
    return cli::kOk;
  }

  PolicyOptions options_;
  std::vector<std::string> entries_;
  uint64_t time_ms_ = 500;
  uint64_t threads_ = 2;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyBench(cli::Command& group) {
  return std::make_unique<Bench>(group);
}

}  // namespace vouchsafe
