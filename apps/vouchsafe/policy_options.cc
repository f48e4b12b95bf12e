#include "apps/vouchsafe/policy_options.h"

#include <cstdio>

#include "json/write.h"
#include "policy_tools/files.h"

namespace vouchsafe {

void PolicyOptions::DeclarePolicies(cli::Command& command) {
  command
      .OptionalArguments("policies", &setup_.policies,
                         "Policy files, folders of them, or - for stdin")
      .Flag("--v0", &v0_, "Read them with the rules of Rego v0")
      .Flag("--strict", &strict_,
            "Whatever the analysis finds refuses the policy");
}

void PolicyOptions::DeclareQuestion(cli::Command& command) {
  command
      .Option("-i,--input", &setup_.input, "PATH",
              "The input document, JSON or YAML; - for stdin")
      .List("-d,--data", &setup_.data, "PATH",
            "Documents below data, merged; may be repeated")
      .Option("--reference-values", &setup_.reference_values, "PATH",
              "What query_reference_value answers: an object of values by id")
      .Flag("--undefined-on-error", &undefined_on_error_,
            "A built-in function that fails is undefined (OPA's way), not an "
            "error (the services' way)");
}

void PolicyOptions::DeclareRecording(cli::Command& command) {
  command
      .Option("--record", &record_, "PATH",
              "Write what repeats this evaluation: the reference values "
              "answered, the time, digests of policy and documents")
      .Option("--replay", &setup_.replay, "PATH",
              "Repeat the evaluation recorded there, with nothing asked");
}

Result<> PolicyOptions::Record(const policy_tools::Loaded& loaded,
                               const rego::HostAnswers& asked) const {
  if (!record_ || !loaded.compiled.program) return {};
  std::fflush(stdout);  // which may be what it goes to
  policy_tools::Recording recording = loaded.question;
  recording.answers = asked;
  return policy_tools::ReplaceFile(
      *record_, json::WritePretty(policy_tools::ToJson(recording)) + "\n");
}

policy_tools::PolicySetup PolicyOptions::Setup() const {
  policy_tools::PolicySetup out = setup_;
  if (v0_) out.version = rego::Version::kV0;
  if (strict_) out.level = rego::Level::kStrict;
  out.strict_errors = !undefined_on_error_;
  return out;
}

int ExitCode(const Result<int>& run) {
  return run ? *run : cli::Report(run.error());
}

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace vouchsafe
