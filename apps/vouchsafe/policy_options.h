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

  policy_tools::PolicySetup Setup() const;
  bool strict() const { return strict_; }

 private:
  policy_tools::PolicySetup setup_;
  bool v0_ = false;
  bool strict_ = false;
  bool undefined_on_error_ = false;
};

// "Error: ..." and 1; what `run` answers otherwise.
int ExitCode(const Result<int>& run);

// On stdout.
void Print(const std::string& text);

}  // namespace vouchsafe
