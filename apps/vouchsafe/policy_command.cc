// vouchsafe policy: the group, and what its subcommands keep.

#include <vector>

#include "apps/vouchsafe/commands.h"
#include "apps/vouchsafe/policy_commands.h"

namespace vouchsafe {
namespace {

class PolicyGroup final : public Subcommand {
 public:
  explicit PolicyGroup(cli::Command& root) {
    cli::Command& group = root.Subcommand(
        "policy", "Write, check, test and explain policies", nullptr);
    for (const auto declare :
         {DeclarePolicyEval, DeclarePolicyWhy, DeclarePolicyCheck,
          DeclarePolicyClaims, DeclarePolicyTest, DeclarePolicyBench,
          DeclarePolicyFmt, DeclarePolicyConformance}) {
      commands_.push_back(declare(group));
    }
  }

 private:
  std::vector<std::unique_ptr<Subcommand>> commands_;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicy(cli::Command& root) {
  return std::make_unique<PolicyGroup>(root);
}

}  // namespace vouchsafe
