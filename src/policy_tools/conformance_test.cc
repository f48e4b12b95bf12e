#include "policy_tools/conformance.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::policy_tools {
namespace {

using vouchsafe::testing::TempDir;

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// One case in a file of the suite, run.
CaseResult RunOne(const std::string& file, const std::string& text) {
  const TempDir folder;
  const std::string path = folder.path() + "/" + file;
  const std::string parent = path.substr(0, path.rfind('/'));
  std::filesystem::create_directories(parent);
  WriteFile(path, text);
  const auto results = RunConformance({folder.path()}, {});
  EXPECT_TRUE(results) << (results ? "" : results.error().Text());
  if (!results || results->size() != 1) return {};
  return results->front();
}

std::string CaseWith(const std::string& module, const std::string& rest) {
  std::string out = "---\ncases:\n  - note: one\n    query: data.test.p = x\n";
  out += "    modules:\n      - |\n        package test\n\n";
  out += "        " + module + "\n";
  return out + rest;
}

struct Row {
  const char* name;
  const char* module;
  const char* rest;
  Verdict verdict;
  const char* got;  // part of it
};

TEST(Conformance, JudgesQueries) {
  const Row rows[] = {
      {"value", "p := 1", "    want_result: [{x: 1}]\n", Verdict::kPassed, ""},
      {"another value", "p := 1", "    want_result: [{x: 2}]\n",
       Verdict::kFailed, R"([{"x":1}])"},
      {"numbers by value", "p := 1.0", "    want_result: [{x: 1}]\n",
       Verdict::kPassed, ""},
      {"numbers exactly", "p := 2.00000000000000000001",
       "    want_result: [{x: 2}]\n", Verdict::kFailed, "2.0000000"},
      {"numbers keep their text in YAML", "p := input > 2",
       "    input: 2.00000000000000000001\n    want_result: [{x: true}]\n",
       Verdict::kPassed, ""},
      {"undefined", "p := 1 if false", "    want_result: []\n",
       Verdict::kPassed, ""},
      {"undefined is no answer", "p := 1 if false",
       "    want_result: [{x: 1}]\n", Verdict::kFailed, "[]"},
      {"an answer where undefined is wanted", "p := 1", "    want_result: []\n",
       Verdict::kFailed, "x"},
      {"sets are lists in order", "p := {2, 1}",
       "    want_result: [{x: [1, 2]}]\n", Verdict::kPassed, ""},
      {"lists keep their order", "p := [2, 1]",
       "    want_result: [{x: [1, 2]}]\n", Verdict::kFailed, "[2,1]"},
      {"sorted on request", "p := [2, 1]",
       "    sort_bindings: true\n    want_result: [{x: [1, 2]}]\n",
       Verdict::kPassed, ""},
      {"keys are text", "p := {1: 2}", "    want_result: [{x: {\"1\": 2}}]\n",
       Verdict::kPassed, ""},
      {"input as a term", "p := input.a",
       "    input_term: '{\"a\": {1, 2}}'\n    want_result: [{x: [1, 2]}]\n",
       Verdict::kPassed, ""},
      {"no input is undefined", "p := input", "    want_result: []\n",
       Verdict::kPassed, ""},
      {"data", "p := data.a.b",
       "    data: {a: {b: [1]}}\n    want_result: [{x: [1]}]\n",
       Verdict::kPassed, ""},
      {"sleep answers null", "p := test.sleep(\"1ms\")",
       "    want_result: [{x: null}]\n", Verdict::kPassed, ""},
      {"error is lenient by default", "p := 1 / 0", "    want_result: []\n",
       Verdict::kPassed, ""},
      {"strict error", "p := 1 / 0",
       "    strict_error: true\n    want_error_code: eval_builtin_error\n"
       "    want_error: \"div: divide by zero\"\n",
       Verdict::kPassed, ""},
      {"the whole text counts", "p := 1 / 0",
       "    strict_error: true\n"
       "    want_error: \"test-0.rego:3: eval_builtin_error: div\"\n",
       Verdict::kPassed, ""},
      {"another code", "p := 1 / 0",
       "    strict_error: true\n    want_error_code: eval_type_error\n",
       Verdict::kFailed, "eval_builtin_error"},
      {"another text", "p := 1 / 0",
       "    strict_error: true\n    want_error: \"rem\"\n", Verdict::kFailed,
       "div: divide by zero"},
      {"any error", "p := 1", "    want_error: \"\"\n", Verdict::kFailed,
       R"([{"x":1}])"},
      {"an error where a result is wanted", "p := 1 / 0",
       "    strict_error: true\n    want_result: []\n", Verdict::kFailed,
       "eval_builtin_error"},
      {"refused is no evaluation error", "p := y", "    want_error: \"\"\n",
       Verdict::kFailed, "rego_unsafe_var_error"},
      {"refused is no undefined", "p := y", "    want_result: []\n",
       Verdict::kFailed, "rego_unsafe_var_error"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const CaseResult result =
        RunOne("v1/things/a.yaml", CaseWith(row.module, row.rest));
    EXPECT_EQ(result.id, "v1/things/a.yaml#0");
    EXPECT_EQ(result.note, "one");
    EXPECT_EQ(result.category, "things");
    EXPECT_EQ(result.verdict, row.verdict) << result.got;
    EXPECT_NE(result.got.find(row.got), std::string::npos) << result.got;
  }
}

TEST(Conformance, ReadsVersionsByFolder) {
  const std::string v0 =
      CaseWith("p { true }", "    want_result: [{x: true}]\n");
  EXPECT_EQ(RunOne("v0/a/a.yaml", v0).verdict, Verdict::kPassed);
  EXPECT_EQ(RunOne("v1/a/a.yaml", v0).verdict, Verdict::kFailed);
}

TEST(Conformance, AnswersAreSets) {
  const std::string text =
      "cases:\n  - note: n\n    query: x = [1, 2, 1][_]\n"
      "    want_result: [{x: 2}, {x: 1}]\n";
  EXPECT_EQ(RunOne("v1/a/a.yaml", text).verdict, Verdict::kPassed);
  const std::string more =
      "cases:\n  - note: n\n    query: x = [1, 2, 1][_]\n"
      "    want_result: [{x: 2}, {x: 1}, {x: 3}]\n";
  EXPECT_EQ(RunOne("v1/a/a.yaml", more).verdict, Verdict::kFailed);
}

TEST(Conformance, JudgesRefusedModules) {
  const auto text = [](const std::string& modules, const std::string& rest) {
    return "cases:\n  - note: n\n    modules:\n" + modules + rest;
  };
  const std::string one =
      "      - |\n        package test\n\n        p if x == 2\n";
  const std::string two = one + "        q if y == 2\n";
  const std::string x =
      "    want_errors:\n      - {code: rego_unsafe_var_error, row: 3, col: 6, "
      "message: var x is unsafe}\n";
  const std::string file = "compile/v1/safety/a.yaml";
  EXPECT_EQ(RunOne(file, text(one, x + "    exhaustive: true\n")).verdict,
            Verdict::kPassed);
  EXPECT_EQ(RunOne(file, text(two, x)).verdict, Verdict::kPassed);
  EXPECT_EQ(RunOne(file, text(two, x + "    exhaustive: true\n")).verdict,
            Verdict::kFailed);
  const std::string elsewhere =
      "    want_errors:\n      - {code: rego_unsafe_var_error, row: 4, "
      "message: var x is unsafe}\n";
  EXPECT_EQ(RunOne(file, text(one, elsewhere)).verdict, Verdict::kFailed);
  const std::string fine =
      "      - |\n        package test\n\n        p := 1\n";
  EXPECT_EQ(RunOne(file, text(fine, "    want_errors: []\n")).verdict,
            Verdict::kFailed);
}

TEST(Conformance, JudgesWholePolicies) {
  const TempDir folder;
  WriteFile(folder.path() + "/p.rego",
            "package policy\n\nallow if input.a.b[1] == 7\n\nn := "
            "query_reference_value(\"id\")\n");
  const std::string head =
      R"({"cases": [{"name": "n", "policy": "p.rego", "input": {"a": {"b":
      [1, 2]}}, "input_patch": [{"op": "replace", "path": "/a/b/1", "value":
      7}], "host_functions": ["query_reference_value"], "reference_values":
      {"id": 5}, "expect": )";
  struct Expectation {
    const char* expect;
    Verdict verdict;
  };
  const Expectation rows[] = {
      {R"({"data.policy.allow": {"value": true}})", Verdict::kPassed},
      {R"({"data.policy.allow": {"value": false}})", Verdict::kFailed},
      {R"({"data.policy.allow": {"undefined": true}})", Verdict::kFailed},
      {R"({"data.policy.n": {"value": 5.0}})", Verdict::kPassed},
      {R"({"data.policy.x": {"absent": true}})", Verdict::kPassed},
      {R"({"data.policy.x": {"undefined": true}})", Verdict::kFailed},
      {R"({"data.policy.n": {"error": "eval_conflict_error"}})",
       Verdict::kFailed},
      {"{}", Verdict::kFailed},
  };
  for (const Expectation& row : rows) {
    SCOPED_TRACE(row.expect);
    WriteFile(folder.path() + "/cases.json", head + row.expect + "}]}");
    const auto results = RunConformance({folder.path()}, {});
    ASSERT_TRUE(results);
    ASSERT_EQ(results->size(), 1u);
    EXPECT_EQ(results->front().suite, "policies");
    EXPECT_EQ(results->front().verdict, row.verdict) << results->front().got;
  }
}

TEST(Conformance, MissesFilesOfTheIndex) {
  const TempDir folder;
  const std::string text = CaseWith("p := 1", "    want_result: [{x: 1}]\n");
  std::filesystem::create_directories(folder.path() + "/v1/a");
  WriteFile(folder.path() + "/v1/a/a.yaml", text);
  const std::string digest = HexEncode(crypto::Sha256(AsBytes(text)));
  const auto index = [&](const std::string& name, const std::string& sha256) {
    WriteFile(folder.path() + "/index.json", R"([{"file": ")" + name +
                                                 R"(", "sha256": ")" + sha256 +
                                                 R"(", "cases": ["one"]}])");
    const auto results = RunConformance({folder.path()}, {});
    size_t failed = 0;
    for (const CaseResult& result : *results) {
      failed += result.verdict == Verdict::kFailed ? 1 : 0;
    }
    return failed;
  };
  EXPECT_EQ(index("v1/a/a.yaml", digest), 0u);
  EXPECT_EQ(index("v1/a/a.yaml", std::string(64, '0')), 1u);
  EXPECT_EQ(index("v1/a/b.yaml", digest), 1u);
}

TEST(Conformance, FailsWhatItCannotRead) {
  EXPECT_EQ(RunOne("v1/a/a.yaml", "cases: {").verdict, Verdict::kFailed);
  EXPECT_EQ(RunOne("v1/a/a.yaml", "other: 1\n").verdict, Verdict::kFailed);
  EXPECT_EQ(RunOne("v1/a/cases.json", "[]").verdict, Verdict::kFailed);
  const TempDir empty;
  EXPECT_FALSE(RunConformance({empty.path()}, {}));
  EXPECT_FALSE(RunConformance({empty.path() + "/none"}, {}));
}

TEST(Conformance, SkipsOnlyWhatMayBeSkipped) {
  const CaseResult skipped =
      RunOne("v1/graphql/a.yaml", CaseWith("p := 1", "    want_result: []\n"));
  EXPECT_EQ(skipped.verdict, Verdict::kSkipped);
  EXPECT_NE(skipped.got, "");
  for (const char* id : {"v1/strings/a.yaml#0", "v1/walkbuiltin/a.yaml#0",
                         "v0/every/a.yaml#0", "compile/v1/safety/a.yaml#0"}) {
    EXPECT_EQ(SkipReason(id, "note"), "") << id;
  }
}

TEST(Conformance, ReportsCountsAndFailures) {
  std::vector<CaseResult> results(3);
  results[0] = {"v1/a/x.yaml#0", "first",          "v1", "a",
                Tier::kLanguage, Verdict::kPassed, "",   ""};
  results[1] = {"v1/a/x.yaml#1", "second",         "v1",  "a",
                Tier::kLanguage, Verdict::kFailed, "one", "two"};
  results[2] = {
      "v0/graphql/x.yaml#0", "third", "v0",         "graphql", Tier::kOut,
      Verdict::kSkipped,     "",      "not offered"};
  const std::string brief = ConformanceText(results, Detail::kBrief);
  EXPECT_TRUE(brief.ends_with("\n1 passed, 1 failed, 1 skipped\n")) << brief;
  EXPECT_NE(brief.find("v1/a/x.yaml#1  second"), std::string::npos);
  EXPECT_EQ(brief.find("not offered"), std::string::npos);
  const std::string full = ConformanceText(results, Detail::kFull);
  EXPECT_NE(full.find("not offered"), std::string::npos);
  EXPECT_NE(full.find("wanted\n      one\n    got\n      two\n"),
            std::string::npos);
  const json::Value report = ConformanceJson(results);
  EXPECT_EQ(json::Write(*report.Find("failures")),
            R"([{"id":"v1/a/x.yaml#1","note":"second","suite":"v1",)"
            R"("category":"a","tier":"language","wanted":"one",)"
            R"("got":"two"}])");
  EXPECT_EQ(report.Find("passed")->int64(), 1);
  EXPECT_EQ(report.Find("categories")->if_array()->size(), 2u);
}

// The cases of others, where they are: nothing that must pass may fail.
TEST(Conformance, PassesTheCasesOfOthers) {
  SHARED_OR_SKIP(policies, "conformance/trustee-policies");
  const auto results = RunConformance({policies}, {});
  ASSERT_TRUE(results) << results.error().Text();
  EXPECT_GE(results->size(), 98u);
  for (const CaseResult& result : *results) {
    EXPECT_EQ(result.verdict, Verdict::kPassed)
        << result.note << "\nwant " << result.wanted << "\ngot " << result.got;
  }
}

}  // namespace
}  // namespace vouchsafe::policy_tools
