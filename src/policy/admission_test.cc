#include "policy/admission.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace vouchsafe::policy {
namespace {

constexpr ClaimSpec kSnpClaims[] = {
    {"measurement", "string", "Launch measurement"},
    {"tpm.pcr11", "string", "A register"},
};
constexpr std::string_view kNames[] = {"hardware", "executables"};

PolicyUse Use() {
  PolicyUse use;
  use.entry = "data.policy.trust_claims";
  use.member_rule = "trust_claims";
  use.member_names.assign(std::begin(kNames), std::end(kNames));
  use.claims = {{"snp", kSnpClaims}};
  use.nullable_function = "query_reference_value";
  return use;
}

Result<std::vector<rego::Diagnostic>> AdmitText(
    std::string text, PolicyCheck check = PolicyCheck::kWarn) {
  const auto builtins = rego::Builtins::WithHost(
      {{"query_reference_value", 1, rego::Purity::kStable, {}}});
  const rego::Source source{"p.rego", std::move(text)};
  rego::CompileOptions options;
  options.lint = LintTables(Use());
  const rego::CompileResult compiled =
      rego::Compile(source, *builtins, options);
  CheckLog log;
  return Admit(source, compiled, Use(), check, log);
}

TEST(Admit, TakesAGoodPolicyWithoutFindings) {
  const auto findings = AdmitText(
      "package policy\n"
      "trust_claims := {\"hardware\": hardware}\n"
      "default hardware := 97\n"
      "hardware := 2 if input.snp.measurement in "
      "query_reference_value(\"m\")\n");
  ASSERT_TRUE(findings.has_value()) << findings.error().Text();
  EXPECT_TRUE(findings->empty());
}

TEST(Admit, RefusesATextThatDoesNotCompile) {
  const auto findings = AdmitText("package policy\nx := {\n");
  ASSERT_FALSE(findings.has_value());
  EXPECT_EQ(findings.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(findings.error().check, nullptr);
  EXPECT_EQ(findings.error().message.substr(0, 30),
            "Failed to load policy: p.rego:");
}

TEST(Admit, RefusesAPolicyWithoutItsEntryRule) {
  for (const char* text :
       {"package policy\nallow := true\n",
        "package other\ntrust_claims := {\"hardware\": 2}\n"}) {
    const auto findings = AdmitText(text);
    ASSERT_FALSE(findings.has_value()) << text;
    EXPECT_EQ(findings.error().code, ErrorCode::kInvalidInput);
    ASSERT_NE(findings.error().check, nullptr);
    EXPECT_EQ(findings.error().check->id, "policy.admission.entry_rule");
    EXPECT_NE(findings.error().message.find("data.policy.trust_claims"),
              std::string::npos);
  }
}

TEST(Admit, RefusesAnUnknownTrustClaimWithTheNearestName) {
  const auto findings =
      AdmitText("package policy\ntrust_claims := {\"hardwear\": 2}\n");
  ASSERT_FALSE(findings.has_value());
  EXPECT_EQ(findings.error().code, ErrorCode::kInvalidInput);
  ASSERT_NE(findings.error().check, nullptr);
  EXPECT_EQ(findings.error().check->id, "policy.admission.member_names");
  EXPECT_NE(findings.error().message.find("`hardware`"), std::string::npos)
      << findings.error().message;
  EXPECT_NE(findings.error().message.find("p.rego:2:"), std::string::npos);
}

TEST(Admit, FindingsWarnOrRefuseAsTheOperatorSays) {
  const std::string text =
      "package policy\n"
      "trust_claims := {\"hardware\": hardware}\n"
      "default hardware := 97\n"
      "hardware := 2 if {\n"
      "\tinput.snp.mesurement == \"a\"\n"
      "\tinput.snp.measurement >= query_reference_value(\"m\")\n"
      "}\n";
  const auto findings = AdmitText(text);
  ASSERT_TRUE(findings.has_value()) << findings.error().Text();
  ASSERT_EQ(findings->size(), 2u);
  std::map<int, rego::Diagnostic> by_row;
  for (const rego::Diagnostic& finding : *findings) {
    by_row[finding.row] = finding;
  }
  EXPECT_EQ(by_row[5].code, "lint_unknown_claim");
  EXPECT_NE(by_row[5].message.find("input.snp.measurement"), std::string::npos);
  EXPECT_EQ(by_row[6].code, "lint_null_order");

  const auto refused = AdmitText(text, PolicyCheck::kReject);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  ASSERT_NE(refused.error().check, nullptr);
  EXPECT_EQ(refused.error().check->id, "policy.admission.no_findings");
}

TEST(Admit, SaysOnceWhatTheCompilerSaid) {
  const rego::Source source{"p.rego",
                            "package policy\ntrust_claims := {}\n"
                            "a if input.snp.mesurement\n"};
  rego::CompileResult compiled =
      rego::Compile(source, rego::Builtins::Standard(), {});
  compiled.diagnostics.clear();
  CheckLog log;
  const auto alone = Admit(source, compiled, Use(), PolicyCheck::kWarn, log);
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->size(), 1u);
  compiled.diagnostics.emplace_back();
  compiled.diagnostics.back().code = "lint_unknown_claim";
  compiled.diagnostics.back().file = "p.rego";
  compiled.diagnostics.back().row = 3;
  const auto both = Admit(source, compiled, Use(), PolicyCheck::kWarn, log);
  ASSERT_TRUE(both);
  ASSERT_EQ(both->size(), 1u);
  EXPECT_EQ((*both)[0].code, "lint_unknown_claim");
  compiled.diagnostics.back().row = 2;
  EXPECT_EQ(Admit(source, compiled, Use(), PolicyCheck::kWarn, log)->size(),
            2u);
}

TEST(LintTables, HaveEntriesAndClaimsByTee) {
  const rego::Lint tables = LintTables(Use());
  EXPECT_NE(std::find(tables.entries.begin(), tables.entries.end(),
                      "data.policy.trust_claims"),
            tables.entries.end());
  EXPECT_NE(std::find(tables.claims.begin(), tables.claims.end(),
                      "input.snp.measurement"),
            tables.claims.end());
  EXPECT_NE(std::find(tables.claim_prefixes.begin(),
                      tables.claim_prefixes.end(), "input.snp"),
            tables.claim_prefixes.end());
}

TEST(FindingFields, FitAHeader) {
  std::vector<rego::Diagnostic> findings(40);
  findings[0].code = "code";
  findings[0].message = "ö\r\nX: y " + std::string(500, 'a');
  const std::vector<std::string> fields = FindingFields(findings);
  ASSERT_EQ(fields.size(), 32u);
  EXPECT_EQ(fields[0].size(), 400u);
  EXPECT_EQ(fields[0].find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(fields[31], "40 findings in all");
  findings.resize(32);
  EXPECT_EQ(FindingFields(findings).size(), 32u);
  EXPECT_NE(FindingFields(findings)[31], "32 findings in all");
}

TEST(Lint, KnowsClaimsAboveAndBelow) {
  const auto findings = Lint({"p.rego",
                              "a if input.snp\nb if input.snp.tpm\n"
                              "c if input.snp.measurement.x\n"
                              "d if input.other.thing\n"
                              "e if input.report_data\n"},
                             Use());
  EXPECT_TRUE(findings.empty());
}

}  // namespace
}  // namespace vouchsafe::policy
