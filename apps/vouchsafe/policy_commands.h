#pragma once

// Subcommands of "vouchsafe policy", one file each, declared on its group.

#include "apps/vouchsafe/commands.h"

namespace vouchsafe {

std::unique_ptr<Subcommand> DeclarePolicyEval(cli::Command& group);
std::unique_ptr<Subcommand> DeclarePolicyCheck(cli::Command& group);
std::unique_ptr<Subcommand> DeclarePolicyClaims(cli::Command& group);
std::unique_ptr<Subcommand> DeclarePolicyWhy(cli::Command& group);
std::unique_ptr<Subcommand> DeclarePolicyTest(cli::Command& group);
std::unique_ptr<Subcommand> DeclarePolicyBench(cli::Command& group);
std::unique_ptr<Subcommand> DeclarePolicyFmt(cli::Command& group);
std::unique_ptr<Subcommand> DeclarePolicyConformance(cli::Command& group);

}  // namespace vouchsafe
