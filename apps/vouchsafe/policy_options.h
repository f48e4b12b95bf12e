#pragma once

// Options that several subcommands of "vouchsafe policy" share.

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/command_line.h"
#include "policy_tools/loading.h"

namespace vouchsafe {

class PolicyOptions {
 public:
  // Policy files, the language version and how strictly it is held to.
  void DeclarePolicies(cli::Command& command);
  // And what the policy is asked about.
  void DeclareQuestion(cli::Command& command);
  // And how an evaluation is kept and repeated.
  void DeclareRecording(cli::Command& command);

  policy_tools::PolicySetup Setup() const;
  bool strict() const { return strict_; }
  // With --record: writes what Load answered with these answers. Nothing was
  // asked of a policy that was refused, and nothing is written then.
  Result<> Record(const policy_tools::Loaded& loaded,
                  const rego::HostAnswers& asked) const;

 private:
  policy_tools::PolicySetup setup_;
  std::optional<std::string> record_;
  bool v0_ = false;
  bool strict_ = false;
  bool undefined_on_error_ = false;
};

// "Error: ..." and 1; what `run` answers otherwise.
int ExitCode(const Result<int>& run);

// On stdout.
void Print(const std::string& text);

}  // namespace vouchsafe
