// vouchsafe policy fmt: policies in the usual layout.

#include <cstdio>

#include "apps/vouchsafe/policy_commands.h"
#include "apps/vouchsafe/policy_options.h"
#include "policy_tools/files.h"
#include "policy_tools/format.h"

namespace vouchsafe {
namespace {

class Fmt final : public Subcommand {
 public:
  explicit Fmt(cli::Command& group) {
    group
        .Subcommand("fmt", "Print policies in the usual layout",
                    [this] { return ExitCode(Run()); })
        .OptionalArguments("policies", &paths_,
                           "Policy files, folders of them, or - for stdin")
        .Flag("--v0", &v0_, "Read them with the rules of Rego v0")
        .Flag("--check", &check_,
              "Only name the files that it would change; exit code 1 if any")
        .Flag("--diff", &diff_, "Print what it would change")
        .Flag("-w,--write", &write_, "Change the files");
  }

 private:
  Result<int> Run() const {
    if (write_ && (check_ || diff_)) {
      return Fail(ErrorCode::kInvalidInput,
                  "--write goes with neither --check nor --diff");
    }
    bool changed = false;
    int code = cli::kOk;
    for (const rego::Source& source : TRY(policy_tools::LoadSources(paths_))) {
      const auto text = policy_tools::FormatPolicy(
          source, v0_ ? rego::Version::kV0 : rego::Version::kV1);
      if (!text) {
        code = cli::Report(text.error());
        continue;
      }
      TRY(Show(source, *text));
      changed = changed || *text != source.text;
    }
    return check_ && changed ? cli::kFailed : code;
  }

  Result<> Show(const rego::Source& source, const std::string& text) const {
    if (check_ && text != source.text) Print(source.name + "\n");
    if (diff_) {
      Print(policy_tools::UnifiedDiff(source.name, source.text, text));
    }
    if (check_ || diff_) return {};
    const bool is_file = source.name != policy_tools::kStandardInputName;
    if (!write_ || !is_file) {
      Print(text);
      return {};
    }
    if (text == source.text) return {};
    return policy_tools::ReplaceFile(source.name, text);
  }

  std::vector<std::string> paths_;
  bool v0_ = false;
  bool check_ = false;
  bool diff_ = false;
  bool write_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> DeclarePolicyFmt(cli::Command& group) {
  return std::make_unique<Fmt>(group);
}

}  // namespace vouchsafe
