// Loading, excerpts, eval, check, test and measure.

#include <gtest/gtest.h>

#include <filesystem>

#include "json/write.h"
#include "policy_tools/check_policy.h"
#include "policy_tools/eval.h"
#include "policy_tools/excerpt.h"
#include "policy_tools/files.h"
#include "policy_tools/measure.h"
#include "policy_tools/run_tests.h"
#include "policy_tools/test_fixture.h"

namespace vouchsafe::policy_tools {
namespace {

TEST_F(Tools, EvaluatesTheServicesEntries) {
  const Loaded loaded = LoadOf(Allowing());
  const auto answer = Eval(loaded, {});
  ASSERT_TRUE(answer) << answer.error().Text();
  EXPECT_TRUE(answer->ok());
  EXPECT_TRUE(answer->holds());
  EXPECT_EQ(EvalText(loaded, *answer), "data.policy.allow = true\n");
  EXPECT_EQ(json::Write(*EvalJson(*answer).Find("reference_values")),
            R"({"users":["ada"]})");
}

TEST_F(Tools, FalseAndUndefinedDoNotHold) {
  PolicySetup setup = Allowing();
  setup.reference_values.reset();
  const Loaded loaded = LoadOf(setup);
  EXPECT_FALSE(Eval(loaded, {})->holds());
  EXPECT_TRUE(Eval(loaded, {})->ok());
  const auto absent = Eval(loaded, {std::nullopt, {"data.policy.other"}});
  EXPECT_FALSE(absent->holds());
  EXPECT_EQ(EvalText(loaded, *absent),
            "data.policy.other is not defined by the policy\n");
  const auto undefined = Eval(loaded, {"input.none", {}});
  EXPECT_FALSE(undefined->holds());
  EXPECT_EQ(EvalText(loaded, *undefined), "undefined\n");
}

TEST_F(Tools, EvaluatesQueries) {
  const Loaded loaded = LoadOf(Allowing());
  const auto answer = Eval(loaded, {"x = [1, 2][_]; data.policy.allow", {}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(EvalText(loaded, *answer), "x = 1\nx = 2\n");
  EXPECT_EQ(json::Write(*EvalJson(*answer).Find("solutions")),
            R"([{"x":1},{"x":2}])");
  const auto broken = Eval(loaded, {"x = ", {}});
  ASSERT_TRUE(broken);
  EXPECT_FALSE(broken->ok());
  EXPECT_NE(EvalText(loaded, *broken).find("rego_parse_error"),
            std::string::npos);
}

TEST_F(Tools, EntriesMustBeNamedWhereNoServiceAsks) {
  PolicySetup setup;
  setup.policies = {Write("p.rego", "package other\n\na := 1\n")};
  const Loaded loaded = LoadOf(setup);
  EXPECT_FALSE(Eval(loaded, {}));
  EXPECT_TRUE(Eval(loaded, {std::nullopt, {"data.other.a"}})->holds());
}

TEST_F(Tools, FailingBuiltinsAreErrorsUnlessAskedOtherwise) {
  PolicySetup setup;
  setup.policies = {
      Write("p.rego", "package policy\n\nallow if 1 / input.n == 1\n")};
  setup.input = Write("i.yaml", "n: 0\n");
  const Loaded strict = LoadOf(setup);
  const auto error = Eval(strict, {});
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->ok());
  EXPECT_EQ(EvalText(strict, *error),
            "error: " + setup.policies[0] +
                ":3:10: eval_builtin_error: div: divide by zero\n"
                "    3 | allow if 1 / input.n == 1\n"
                "      |          ^\n");
  setup.strict_errors = false;
  EXPECT_TRUE(Eval(LoadOf(setup), {})->ok());
}

TEST_F(Tools, ShowsTheLineOfAFault) {
  PolicySetup setup;
  setup.level = rego::Level::kStrict;
  setup.policies = {
      Write("p.rego", "package policy\n\nallow if {\n\tinput.ö == x\n}\n")};
  const Loaded loaded = LoadOf(setup);
  EXPECT_EQ(loaded.compiled.program, nullptr);
  const std::vector<rego::Source> sources = {{"f", "first\n\tsecond ö here\n"}};
  EXPECT_EQ(Excerpt(sources, {"f", 2, 12}),
            "    2 | \tsecond ö here\n      | \t         ^\n");
  EXPECT_EQ(Excerpt(sources, {"f", 1, 0}), "    1 | first\n      | ^\n");
  EXPECT_EQ(Excerpt(sources, {"f", 9, 1}), "");
  EXPECT_EQ(Excerpt(sources, {"g", 1, 1}), "");
}

TEST_F(Tools, RefusesWhatItCannotLoad) {
  const PolicySetup good = Allowing();
  struct Case {
    const char* name;
    PolicySetup setup;
  };
  PolicySetup none, missing = good, bad_input = good, bad_data = good,
                    conflict = good, bad_values = good, twice = good;
  missing.policies = {folder_.path() + "/none.rego"};
  bad_input.input = Write("bad.json", "{");
  bad_data.data = {Write("list.json", "[]")};
  conflict.data.push_back(Write("more.json", R"({"plugin": "x"})"));
  bad_values.reference_values = Write("list.json", "[]");
  twice.input = "-";
  twice.data = {"-"};
  const Case cases[] = {
      {"no policy", none},         {"no file", missing},
      {"broken input", bad_input}, {"data no object", bad_data},
      {"two values", conflict},    {"values no object", bad_values},
      {"stdin twice", twice}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    EXPECT_FALSE(Load(one.setup));
  }
}

TEST_F(Tools, MergesData) {
  PolicySetup setup = Allowing();
  setup.data = {Write("a.json", R"({"a": {"x": 1}})"),
                Write("b.yaml", "a:\n  y: 2\n")};
  const auto answer = Eval(LoadOf(setup), {"data.a = v", {}});
  EXPECT_EQ(json::Write(answer->solutions[0][0].value), R"({"x":1,"y":2})");
}

TEST_F(Tools, ReadsFolders) {
  std::filesystem::create_directories(folder_.path() + "/sub");
  PolicySetup setup;
  setup.policies = {folder_.path()};
  Write("a.rego", "package policy\n\nallow if data.lib.yes\n");
  Write("sub/b.rego", "package lib\n\nyes := true\n");
  Write("sub/c.txt", "no policy");
  EXPECT_TRUE(Eval(LoadOf(setup), {})->holds());
}

TEST_F(Tools, ReplacesFilesAndKeepsTheirMode) {
  namespace fs = std::filesystem;
  const std::string path = Write("p.rego", "old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(ReplaceFile(path, "new"));
  EXPECT_EQ(*ReadWholeFile(path), "new");
  EXPECT_EQ(fs::status(path).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(FilesBelow(folder_.path(), "")->size(), 1u);
  EXPECT_FALSE(ReplaceFile(folder_.path() + "/none/p.rego", "new"));
}

// --- check

constexpr ClaimSpec kClaims[] = {{"measurement", "string", "m"},
                                 {"reported_svn", "number", "s"}};

std::vector<ServiceUse> Services() {
  policy::PolicyUse attestation;
  attestation.entry = "data.policy.trust_claims";
  attestation.optional_entries = {"data.policy.extensions"};
  attestation.member_rule = "trust_claims";
  attestation.member_names = {"hardware", "executables"};
  attestation.claims = {{"snp", kClaims}};
  attestation.nullable_function = std::string(kReferenceValueFunction);
  policy::PolicyUse resource;
  resource.entry = "data.policy.allow";
  return {{"attestation", attestation}, {"resource", resource}};
}

PolicyReport Check(const std::string& text, const ServiceUse* service = nullptr,
                   const json::Value* stored = nullptr) {
  return CheckPolicy({{"p.rego", text}}, rego::Version::kV1, Services(),
                     service, stored);
}

constexpr const char* kAttestation = R"(package policy

default hardware := 97

trust_claims := {"hardware": hardware}

hardware := 2 if {
	input.snp.measurement in query_reference_value("digest")
	input.snp.reported_svn in query_reference_value(sprintf("%v", [input.snp.measurement]))
}
)";

TEST_F(Tools, CheckFindsNothingInAGoodPolicy) {
  const json::Value stored = json::Object();
  const PolicyReport report = Check(kAttestation, nullptr, &stored);
  EXPECT_TRUE(report.passes(policy::PolicyCheck::kReject));
  EXPECT_EQ(CheckText(report, policy::PolicyCheck::kReject),
            "reference values that it asks for:\n"
            "  digest  (not stored)\n"
            "  and others, whose ids it computes\n"
            "answers data.policy.trust_claims\n"
            "ok: attestation policy\n");
  EXPECT_EQ(json::Write(CheckJson(report, policy::PolicyCheck::kReject)),
            R"({"ok":true,"service":"attestation","findings":[],)"
            R"("entries":["data.policy.trust_claims"],)"
            R"("reference_values":["digest"],"computed_ids":true,)"
            R"("missing":["digest"]})");
}

TEST_F(Tools, CheckKnowsWhatTheServicesRefuse) {
  const std::vector<ServiceUse> services = Services();
  struct Case {
    const char* name;
    const char* text;
    const ServiceUse* service;
    const char* refusal;
  };
  const Case cases[] = {
      {"no entry", "package policy\n\nallow := true\n", &services[0],
       "p.rego: does not define data.policy.trust_claims"},
      {"another package", "package other\n\nallow := true\n", &services[1],
       "no file is of package policy, which the service asks"},
      {"unknown trust claim",
       "package policy\n\ntrust_claims := {\"hardwear\": 2}\n", nullptr,
       "did you mean `hardware`?"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const PolicyReport report = Check(one.text, one.service);
    EXPECT_FALSE(report.passes(policy::PolicyCheck::kWarn));
    EXPECT_NE(report.refusal.find(one.refusal), std::string::npos)
        << report.refusal;
  }
}

TEST_F(Tools, CheckNamesTheNearestClaim) {
  std::string text = kAttestation;
  text.replace(text.find("measurement"), 11, "mesurement");
  const PolicyReport report = Check(text);
  EXPECT_TRUE(report.passes(policy::PolicyCheck::kWarn));
  EXPECT_FALSE(report.passes(policy::PolicyCheck::kReject));
  const std::string shown = CheckText(report, policy::PolicyCheck::kWarn);
  EXPECT_NE(shown.find("warning: p.rego:8:"), std::string::npos) << shown;
  EXPECT_NE(shown.find("input.snp.measurement\n"), std::string::npos) << shown;
}

TEST_F(Tools, CheckReportsWhatTheLanguageRefuses) {
  const PolicyReport report =
      Check("package policy\n\nallow if {\n\tx > y\n}\n");
  EXPECT_FALSE(report.passes(policy::PolicyCheck::kWarn));
  EXPECT_NE(CheckText(report, policy::PolicyCheck::kWarn)
                .find("    4 | \tx > y\n      | \t^\n"),
            std::string::npos);
}

// --- test

TEST_F(Tools, RunsTests) {
  PolicySetup setup = Allowing();
  setup.policies.push_back(Write("policy_test.rego", R"(package policy_test

import data.policy

test_allowed if policy.allow with input.user as "ada"

test_mocked if policy.allow with query_reference_value as ["bob"] with input.user as "bob"

test_refused if policy.allow with input.user as "eve"

test_error if 1 / 0 == 1

test_cases[name] := ok if {
	some name, want in {"one": 1, "two": 2}
	ok := want == 1
}

todo_test_later if false
)"));
  const Loaded loaded = LoadOf(setup);
  const auto results = RunTests(loaded, "");
  ASSERT_EQ(results.size(), 6u);
  std::map<std::string, TestVerdict> verdicts;
  for (const TestResult& result : results) {
    verdicts[result.path] = result.verdict;
  }
  const std::string head = "data.policy_test.";
  EXPECT_EQ(verdicts[head + "test_allowed"], TestVerdict::kPass);
  EXPECT_EQ(verdicts[head + "test_mocked"], TestVerdict::kPass);
  EXPECT_EQ(verdicts[head + "test_refused"], TestVerdict::kFail);
  EXPECT_EQ(verdicts[head + "test_error"], TestVerdict::kError);
  EXPECT_EQ(verdicts[head + "test_cases"], TestVerdict::kFail);
  EXPECT_EQ(verdicts[head + "todo_test_later"], TestVerdict::kSkipped);
  EXPECT_FALSE(AllPassed(results));
  const std::string text = TestText(results, TestDetail::kBrief);
  EXPECT_NE(text.find("two is false"), std::string::npos) << text;
  EXPECT_NE(text.find("div: divide by zero"), std::string::npos) << text;
  EXPECT_EQ(text.find("test_allowed"), std::string::npos) << text;
  EXPECT_TRUE(
      text.ends_with("PASS: 2/6\nFAIL: 2/6\nERROR: 1/6\nSKIPPED: 1/6\n"))
      << text;
  EXPECT_NE(TestText(results, TestDetail::kEach).find("test_allowed: PASS ("),
            std::string::npos);
  EXPECT_EQ(TestJson(results).if_array()->size(), 6u);
  EXPECT_TRUE(AllPassed(RunTests(loaded, "test_allowed")));
}

// --- measure

TEST_F(Tools, Measures) {
  const PolicySetup setup = Allowing();
  MeasureOptions options;
  options.time = std::chrono::milliseconds(2);
  const auto measured = Measure(setup, LoadOf(setup), options);
  ASSERT_TRUE(measured) << measured.error().Text();
  std::string names;
  for (const Figure& figure : measured->figures) {
    names += figure.name + ";";
    EXPECT_GT(figure.runs, 0u);
    EXPECT_GE(figure.p99, figure.median);
  }
  EXPECT_EQ(names, "compile;parse input;evaluate;whole;");
  ASSERT_EQ(measured->throughput.size(), 2u);
  EXPECT_EQ(measured->throughput[1].threads, 2u);
  EXPECT_GT(measured->throughput[1].per_second, 0);
  EXPECT_EQ(measured->input_bytes, 15u);
  EXPECT_NE(MeasureText(*measured).find("evaluate"), std::string::npos);
  EXPECT_EQ(MeasureJson(*measured).Find("host_calls")->int64(), 1);
}

TEST_F(Tools, MeasuresNoFailure) {
  PolicySetup setup = Allowing();
  setup.policies = {Write("bad.rego", "package policy\n\nallow if 1 / 0 == 1")};
  EXPECT_FALSE(Measure(setup, LoadOf(setup), {}));
}

}  // namespace
}  // namespace vouchsafe::policy_tools
