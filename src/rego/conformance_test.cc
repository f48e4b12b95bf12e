// The policies that Trustee ships, tests with or documents, run unchanged: each
// case gives a policy, its documents, and what must come out.

#include <gtest/gtest.h>

#include "json/fields.h"
#include "json/write.h"
#include "rego/rego.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::rego {
namespace {

using vouchsafe::testing::FilesIn;
using vouchsafe::testing::ReadFile;

json::Value ParseJson(const std::string& text) {
  json::ParseOptions options;
  options.duplicates = json::DuplicateKeys::kLastWins;
  auto value = json::Parse(text, options);
  EXPECT_TRUE(value) << (value ? "" : value.error().Text());
  return value ? *value : json::Value();
}

// "replace" operations only.
void Patch(json::Value& document, const json::Value& patch) {
  for (const json::Value& step : *patch.if_array()) {
    const std::string path = *step.Find("path")->if_string();
    json::Value* at = &document;
    for (size_t begin = 1; begin <= path.size();) {
      const size_t end = std::min(path.find('/', begin), path.size());
      const std::string key = path.substr(begin, end - begin);
      if (at->if_array()) {
        at = &(*at->if_array())[std::stoul(key)];
      } else {
        at = at->if_object()->Find(key);
      }
      ASSERT_NE(at, nullptr) << path;
      begin = end + 1;
    }
    *at = *step.Find("value");
  }
}

Builtins HostOf(const json::Value& test) {
  std::vector<HostFunction> functions;
  const json::Value stored = test.Find("reference_values")
                                 ? *test.Find("reference_values")
                                 : json::Value(json::Object());
  for (const json::Value& name : *test.Find("host_functions")->if_array()) {
    HostFunction function;
    function.name = *name.if_string();
    function.call =
        [stored](HostCall&,
                 std::span<const json::Value> args) -> Result<json::Value> {
      const json::Value* found = stored.Find(*args[0].if_string());
      return found ? *found : json::Value();
    };
    functions.push_back(std::move(function));
  }
  return *Builtins::WithHost(std::move(functions));
}

// Equal by value: numbers by their text as written.
void Judge(const json::Value& want, const Outcome& outcome, size_t entry) {
  if (const json::Value* code = want.Find("error")) {
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, *code->if_string());
    return;
  }
  ASSERT_FALSE(outcome.error) << outcome.error->Text();
  const Answer& answer = outcome.answers[entry];
  if (want.Find("absent")) {
    EXPECT_EQ(answer.state, State::kAbsent);
  } else if (want.Find("undefined")) {
    EXPECT_EQ(answer.state, State::kUndefined);
  } else {
    ASSERT_EQ(answer.state, State::kDefined);
    EXPECT_EQ(answer.value, *want.Find("value"))
        << json::Write(answer.value) << "\nwant "
        << json::Write(*want.Find("value"));
  }
}

TEST(TrusteePolicies, Cases) {
  SHARED_OR_SKIP(folder, "conformance/trustee-policies");
  const json::Value all = ParseJson(ReadFile(folder + "/cases.json"));
  size_t count = 0;
  for (const json::Value& test : *all.Find("cases")->if_array()) {
    SCOPED_TRACE(*test.Find("name")->if_string());
    ++count;
    json::Value input;
    const json::Value* inline_input = test.Find("input");
    const json::Value* file = test.Find("input_file");
    if (inline_input) input = *inline_input;
    if (file) input = ParseJson(ReadFile(folder + "/" + *file->if_string()));
    if (test.Find("input_patch")) Patch(input, *test.Find("input_patch"));
    const Source source = {
        "", ReadFile(folder + "/" + *test.Find("policy")->if_string())};
    const CompileResult compiled = Compile(source, HostOf(test));
    ASSERT_TRUE(compiled.program)
        << (compiled.diagnostics.empty() ? "" : compiled.diagnostics[0].Text());
    Request request;
    auto input_document = Document::FromValue(input);
    ASSERT_TRUE(input_document);
    if (inline_input || file) request.input = &*input_document;
    auto data_document = Document::FromValue(
        test.Find("data") ? *test.Find("data") : json::Value(json::Object()));
    ASSERT_TRUE(data_document);
    request.data = &*data_document;
    const json::Object& expect = *test.Find("expect")->if_object();
    for (const json::Member& member : expect) {
      request.entries.push_back(compiled.program->Find(member.name));
    }
    // Together, and each alone.
    const Outcome together = Evaluate(*compiled.program, request);
    size_t entry = 0;
    for (const json::Member& member : expect) {
      SCOPED_TRACE(member.name);
      if (expect.size() > 1) Judge(member.value, together, entry);
      Request alone = request;
      alone.entries = {request.entries[entry++]};
      Judge(member.value, Evaluate(*compiled.program, alone), 0);
      alone.explain = true;
      Judge(member.value, Evaluate(*compiled.program, alone), 0);
    }
  }
  EXPECT_EQ(count, 98u);
}

void ExpectCompiles(const std::string& folder) {
  std::vector<HostFunction> functions(1);
  functions[0].name = "query_reference_value";
  const Builtins builtins = *Builtins::WithHost(std::move(functions));
  for (const std::string& path : FilesIn(folder)) {
    if (!path.ends_with(".rego")) continue;
    SCOPED_TRACE(path);
    CompileOptions options;
    options.level = Level::kStrict;
    const CompileResult compiled =
        Compile({path, ReadFile(path)}, builtins, options);
    EXPECT_TRUE(compiled.program);
    for (const Diagnostic& finding : compiled.diagnostics) {
      if (finding.code.starts_with("lint_")) continue;  // some have these
      ADD_FAILURE() << finding.Text();
    }
  }
}

TEST(TrusteePolicies, EveryFileCompilesWithoutFindings) {
  for (const std::string below :
       {"agent", "inline", "files/attestation-service/src/ear_token",
        "files/attestation-service/tests/policy",
        "files/attestation-service/tests/coco-as/policy",
        "files/attestation-service/tests/coco-as/policy/opa",
        "files/kbs/sample_policies", "files/deps/policy-engine/test_data",
        "files/deps/verifier/test_data/cca/conf",
        "files/guest-components/attestation-agent/kbs_protocol/test"}) {
    SHARED_OR_SKIP(folder, "conformance/trustee-policies/" + below);
    ExpectCompiles(folder);
  }
}

}  // namespace
}  // namespace vouchsafe::rego
