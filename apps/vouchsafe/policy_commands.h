#pragma once

// Subcommands of "vouchsafe policy", one file each, declared on its group.

#include "apps/vouchsafe/commands.h"

namespace vouchsafe {

std::unique_ptr<Subcommand> DeclarePolicyConformance(cli::Command& group);

}  // namespace vouchsafe
