// vouchsafe policy claims: what verifiers tell about a platform, that is, the
// paths below input that an attestation policy can read.

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "json/write.h"
#include "verifier/registry/registry.h"

namespace vouchsafe {
namespace {

class Claims final : public Subcommand {
 public:
  explicit Claims(cli::Command& group) {
    group
        .Subcommand("claims", "List the claims of each TEE",
                    [this] { return ExitCode(Run()); })
        .OptionalArgument("tee", &tee_, "Only of this one: snp")
        .Flag("--json", &json_, "As JSON");
  }

 private:
  Result<int> Run() const {
    std::string text;
    json::Array list;
    for (const TeeClaimSpecs& specs : registry::AllClaimSpecs()) {
      if (tee_ && specs.tee != *tee_) continue;
      for (const ClaimSpec& claim : specs.claims) {
        const std::string path =
            "input." + std::string(specs.tee) + "." + std::string(claim.path);
        text += path + "  (" + std::string(claim.type) + ")\n    " +
                std::string(claim.sentence) + "\n";
        json::Object one;
        one.Set("path", path);
        one.Set("type", claim.type);
        one.Set("sentence", claim.sentence);
        list.push_back(std::move(one));
      }
    }
    if (list.empty()) {
      return Fail(ErrorCode::kNotFound,
                  "no verifier for the TEE \"" + tee_.value_or("") + "\"");
    }
    Print(json_ ? json::WritePretty(std::move(list)) + "\n" : text);
    return cli::kOk;
  }

  std::optional<std::string> tee_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyClaims(cli::Command& group) {
  return std::make_unique<Claims>(group);
}

}  // namespace vouchsafe
