// vouchsafe policy check: what the compiler and the services say.

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "as/core.h"
#include "json/parse.h"
#include "json/write.h"
#include "policy_tools/check_policy.h"
#include "policy_tools/files.h"
#include "verifier/registry/registry.h"

namespace vouchsafe {
namespace {

std::vector<policy_tools::ServiceUse> Services() {
  const auto claims = registry::AllClaimSpecs();
  policy::PolicyUse resource;
  resource.entry = "data.policy.allow";
  return {
      {"attestation", as::AttestationPolicyUse({claims.begin(), claims.end()})},
      {"resource", resource}};
}

class CheckCommand final : public Subcommand {
 public:
  explicit CheckCommand(cli::Command& group) {
    cli::Command& command =
        group.Subcommand("check", "Say what is wrong with a policy",
                         [this] { return ExitCode(Run()); });
    options_.DeclarePolicies(command);
    command
        .Option("--for", &service_, "SERVICE",
                "attestation or resource; without, what its rules say")
        .Option("--reference-values", &reference_values_, "PATH",
                "Stored values by id: say which of those needed are missing")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
    const policy_tools::PolicySetup setup = options_.Setup();
    const std::vector<policy_tools::ServiceUse> services = Services();
    const policy_tools::ServiceUse* service = nullptr;
    for (const policy_tools::ServiceUse& one : services) {
      if (service_ && one.name == *service_) service = &one;
    }
    if (service_ && service == nullptr) {
      return Fail(ErrorCode::kInvalidInput,
                  "--for: want attestation or resource, got " + *service_);
    }
    json::Value stored;
    if (reference_values_) {
      const std::string text =
          TRY(policy_tools::ReadWholeFile(*reference_values_));
      stored = TRY_CONTEXT(json::Parse(text), *reference_values_);
    }
    const policy_tools::PolicyReport report = policy_tools::CheckPolicy(
        TRY(policy_tools::LoadSources(setup.policies)), setup.version, services,
        service, reference_values_ ? &stored : nullptr);
    const policy::PolicyCheck check = options_.strict()
                                          ? policy::PolicyCheck::kReject
                                          : policy::PolicyCheck::kWarn;
    Print(json_
              ? json::WritePretty(policy_tools::CheckJson(report, check)) + "\n"
              : policy_tools::CheckText(report, check));
    return report.passes(check) ? cli::kOk : cli::kFailed;
  }

  PolicyOptions options_;
  std::optional<std::string> service_;
  std::optional<std::string> reference_values_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyCheck(cli::Command& group) {
  return std::make_unique<CheckCommand>(group);
}

}  // namespace vouchsafe
