#pragma once

// Subcommands of vouchsafe, one file each. Each declares its options on the
// root and keeps its values itself.

#include <memory>

#include "apps/cli/command_line.h"

namespace vouchsafe {

// What a subcommand keeps between declaring and running.
class Subcommand {
 public:
  virtual ~Subcommand() = default;
};

std::unique_ptr<Subcommand> DeclareChecks(cli::Command& root);
std::unique_ptr<Subcommand> DeclarePolicy(cli::Command& root);
std::unique_ptr<Subcommand> DeclareWhy(cli::Command& root);

}  // namespace vouchsafe
