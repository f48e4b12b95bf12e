#include <algorithm>

#include "policy_tools/judge.h"

namespace vouchsafe::policy_tools {
namespace {

std::optional<int64_t> NumberOf(const json::Value& want,
                                std::string_view name) {
  const json::Value* value = want.Find(name);
  return value ? value->int64() : std::nullopt;
}

bool Fits(const json::Value& want, const rego::Diagnostic& got) {
  const auto row = NumberOf(want, "row");
  const auto col = NumberOf(want, "col");
  const std::string module = TextOf(want, "module");
  return TextOf(want, "code") == got.code && (!row || *row == got.row) &&
         (!col || *col == got.col) && TextOf(want, "message") == got.message &&
         got.file == (module.empty() ? "test-0.rego" : module);
}

std::string TextOfAll(const std::vector<rego::Diagnostic>& findings) {
  std::string out;
  for (const rego::Diagnostic& finding : findings) {
    out += (out.empty() ? "" : "\n") + finding.Text();
  }
  return out.empty() ? "no error" : out;
}

rego::Version VersionOf(const json::Value& test) {
  const std::string version = TextOf(test, "rego_version");
  if (version == "v0") return rego::Version::kV0;
  if (version == "v0-compat-v1") return rego::Version::kV0CompatV1;
  return rego::Version::kV1;
}

}  // namespace

Judgement JudgeCompileCase(const json::Value& test) {
  rego::CompileOptions options;
  options.version = VersionOf(test);
  options.level = rego::Level::kStrict;
  options.strict_unused = FlagOf(test, "strict");
  options.experimental_keywords = FlagOf(test, "experimental_keywords");
  options.keep_print = FlagOf(test, "print_statements");
  const rego::CompileResult compiled =
      rego::Compile(ModulesOf(test), rego::Builtins::Standard(), options);
  std::vector<rego::Diagnostic> errors;
  for (const rego::Diagnostic& finding : compiled.diagnostics) {
    if (finding.severity == rego::Severity::kError) errors.push_back(finding);
  }
  const json::Array& wanted = *test.Find("want_errors")->if_array();
  const auto found = [&errors](const json::Value& want) {
    return std::any_of(
        errors.begin(), errors.end(),
        [&](const rego::Diagnostic& got) { return Fits(want, got); });
  };
  const auto expected = [&wanted](const rego::Diagnostic& got) {
    return std::any_of(
        wanted.begin(), wanted.end(),
        [&](const json::Value& want) { return Fits(want, got); });
  };
  const bool all = std::all_of(wanted.begin(), wanted.end(), found);
  const bool no_more = !FlagOf(test, "exhaustive") ||
                       std::all_of(errors.begin(), errors.end(), expected);
  if (all && no_more && !compiled.program) return Pass();
  return Miss(ShortJson(json::Array(wanted)), TextOfAll(errors));
}

}  // namespace vouchsafe::policy_tools
