#include "policy/admission.h"

#include <algorithm>

#include "policy/checks.h"
#include "policy/nearest.h"
#include "policy/text_scan.h"
#include "verifier/core/tee.h"

namespace vouchsafe::policy {
namespace {

constexpr std::string_view kUnknownClaim = "policy_unknown_claim";
constexpr size_t kMostFields = 32;
constexpr size_t kFieldLength = 400;

rego::Diagnostic Finding(const rego::Source& source, const Seen& seen,
                         std::string code, std::string message) {
  return {rego::Severity::kWarning,
          std::move(code),
          std::move(message),
          {},
          source.name,
          seen.row,
          seen.col};
}

std::string WithNearest(std::string message, std::string_view name,
                        std::span<const std::string_view> candidates) {
  const std::string_view nearest = Nearest(name, candidates);
  if (!nearest.empty()) {
    message += "; did you mean `" + std::string(nearest) + "`?";
  }
  return message;
}

const TeeClaimSpecs* FindSpecs(const PolicyUse& use, std::string_view tee) {
  for (const TeeClaimSpecs& specs : use.claims) {
    if (specs.tee == tee) return &specs;
  }
  return nullptr;
}

// A claim of that path, one above it, or one below it.
bool Emits(const TeeClaimSpecs& specs, std::string_view path) {
  const auto covers = [](std::string_view a, std::string_view b) {
    return b.substr(0, a.size()) == a &&
           (b.size() == a.size() || b[a.size()] == '.');
  };
  return std::any_of(
      specs.claims.begin(), specs.claims.end(), [&](const ClaimSpec& claim) {
        return covers(claim.path, path) || covers(path, claim.path);
      });
}

void LintClaims(const rego::Source& source, const PolicyUse& use,
                std::vector<rego::Diagnostic>& out) {
  if (use.claims.empty()) return;
  for (const Seen& seen : InputPaths(source.text)) {
    const size_t dot = seen.text.find('.');
    const std::string_view path = seen.text;
    const TeeClaimSpecs* specs = FindSpecs(use, path.substr(0, dot));
    if (specs == nullptr || dot == std::string::npos) continue;
    const std::string_view claim = path.substr(dot + 1);
    if (Emits(*specs, claim)) continue;
    std::vector<std::string_view> names;
    for (const ClaimSpec& spec : specs->claims) names.push_back(spec.path);
    out.push_back(Finding(
        source, seen, std::string(kUnknownClaim),
        WithNearest("no verifier gives input." + seen.text, claim, names)));
  }
}

void LintOrderings(const rego::Source& source, const PolicyUse& use,
                   std::vector<rego::Diagnostic>& out) {
  if (use.nullable_function.empty()) return;
  for (const Seen& seen : OrderedCalls(source.text, use.nullable_function)) {
    out.push_back(Finding(source, seen, "policy_null_ordering",
                          "`" + seen.text + "` with " + use.nullable_function +
                              ": null, the answer when nothing is stored, "
                              "sorts below every other value"));
  }
}

// The first name that nobody knows.
std::optional<rego::Diagnostic> UnknownMember(const rego::Source& source,
                                              const PolicyUse& use) {
  if (use.member_rule.empty()) return std::nullopt;
  for (const Seen& seen : DefinedMembers(source.text, use.member_rule)) {
    if (std::find(use.member_names.begin(), use.member_names.end(),
                  seen.text) != use.member_names.end()) {
      continue;
    }
    return Finding(
        source, seen, "policy_unknown_member",
        WithNearest(use.member_rule + ": `" + seen.text + "` is not known",
                    seen.text, use.member_names));
  }
  return std::nullopt;
}

std::string FirstError(const rego::CompileResult& compiled) {
  for (const rego::Diagnostic& diagnostic : compiled.diagnostics) {
    if (diagnostic.severity == rego::Severity::kError) {
      return diagnostic.Text();
    }
  }
  return "it does not compile";
}

// The compiler's own word for the same fault there.
bool IsSaid(const rego::Diagnostic& finding,
            const std::vector<rego::Diagnostic>& said) {
  const std::string_view code =
      finding.code == kUnknownClaim ? "lint_unknown_claim" : "lint_null_order";
  return std::any_of(said.begin(), said.end(),
                     [&](const rego::Diagnostic& other) {
                       return other.file == finding.file &&
                              other.row == finding.row && other.code == code;
                     });
}

// The check's refusal with the sentence that helps.
Result<> Require(CheckLog& log, const Check& check, bool holds,
                 const std::string& sentence) {
  Result<> result = log.Require(check, holds, CheckValue::OfText(sentence));
  if (result) return result;
  Error error = std::move(result).error();
  error.message = sentence;
  return tl::unexpected(std::move(error));
}

}  // namespace

rego::Lint LintTables(const PolicyUse& use) {
  rego::Lint out;
  out.entries = use.optional_entries;
  out.entries.push_back(use.entry);
  for (const TeeClaimSpecs& specs : use.claims) {
    const std::string prefix = "input." + std::string(specs.tee);
    out.claim_prefixes.push_back(prefix);
    for (const ClaimSpec& claim : specs.claims) {
      out.claims.push_back(prefix + "." + std::string(claim.path));
    }
  }
  return out;
}

std::vector<std::string> FindingFields(
    std::span<const rego::Diagnostic> findings) {
  std::vector<std::string> out;
  for (const rego::Diagnostic& finding : findings) {
    if (out.size() + 1 == kMostFields && findings.size() > kMostFields) {
      out.push_back(std::to_string(findings.size()) + " findings in all");
      break;
    }
    std::string text = finding.Text().substr(0, kFieldLength);
    for (char& c : text) {
      if (c < 0x20 || c > 0x7e) c = '?';
    }
    out.push_back(std::move(text));
  }
  return out;
}

std::vector<rego::Diagnostic> Lint(const rego::Source& source,
                                   const PolicyUse& use) {
  std::vector<rego::Diagnostic> out;
  LintClaims(source, use, out);
  LintOrderings(source, use, out);
  return out;
}

Result<std::vector<rego::Diagnostic>> Admit(const rego::Source& source,
                                            const rego::CompileResult& compiled,
                                            const PolicyUse& use,
                                            PolicyCheck check, CheckLog& log) {
  if (compiled.program == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "Failed to load policy: " + FirstError(compiled));
  }
  const bool has_entry = !compiled.program->Find(use.entry).absent();
  TRY(Require(log, kEntryRule, has_entry,
              source.name + ": does not define " + use.entry));
  const std::optional<rego::Diagnostic> unknown = UnknownMember(source, use);
  TRY(Require(log, kMemberNames, !unknown.has_value(),
              unknown ? unknown->Text() : std::string()));
  std::vector<rego::Diagnostic> findings = compiled.diagnostics;
  for (rego::Diagnostic& finding : Lint(source, use)) {
    if (!IsSaid(finding, compiled.diagnostics)) {
      findings.push_back(std::move(finding));
    }
  }
  TRY(Require(log, kNoFindings, check == PolicyCheck::kWarn || findings.empty(),
              findings.empty() ? std::string() : findings.front().Text()));
  return findings;
}

}  // namespace vouchsafe::policy
