// rego.metadata.chain and rego.metadata.rule: annotations and who sees them.

#include <gtest/gtest.h>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

std::string Answered(const std::vector<Source>& sources,
                     const std::string& path) {
  CompileOptions options;
  options.level = Level::kStrict;
  const CompileResult compiled =
      Compile(sources, Builtins::Standard(), options);
  if (!compiled.program) return compiled.diagnostics[0].Text();
  Request request;
  request.entries = {compiled.program->Find(path)};
  const Outcome outcome = Evaluate(*compiled.program, request);
  if (outcome.error) return outcome.error->Text();
  if (outcome.answers[0].state != State::kDefined) return "-";
  return json::Write(outcome.answers[0].value);
}

std::string Answered(const std::string& policy) {
  return Answered({{"t", policy}}, "data.p.x");
}

TEST(Metadata, ChainEndsAtTheRoot) {
  const std::vector<Source> sources = {
      {"root", "# METADATA\n# scope: subpackages\n# title: root\npackage a\n"},
      {"below",
       "# METADATA\n# title: below\n\n"
       "# METADATA\n# scope: subpackages\n# title: all below\npackage a.b\n"
       "import rego.v1\n"
       "# METADATA\n# scope: document\n# title: path\n\n"
       "# METADATA\n# title: far\n\n"
       "# METADATA\n# title: near\n"
       "x[\"y\"] := rego.metadata.chain()\n"}};
  EXPECT_EQ(
      Answered(sources, "data.a.b.x.y"),
      R"([{"annotations":{"scope":"rule","title":"near"},"path":["a","b","x","y"]},)"
      R"({"annotations":{"scope":"rule","title":"far"},"path":["a","b","x","y"]},)"
      R"({"annotations":{"scope":"document","title":"path"},"path":["a","b","x","y"]},)"
      R"({"annotations":{"scope":"package","title":"below"},"path":["a","b"]},)"
      R"({"annotations":{"scope":"subpackages","title":"all below"},"path":["a","b"]},)"
      R"({"annotations":{"scope":"subpackages","title":"root"},"path":["a"]}])");
}

TEST(Metadata, EachDefinitionHasItsOwn) {
  const std::string policy =
      "package p\n"
      "# METADATA\n# title: first\nr contains rego.metadata.rule().title\n"
      "# METADATA\n# title: second\nr contains rego.metadata.rule().title\n"
      "r contains rego.metadata.rule()\n"
      "# METADATA\n# title: function\nf(_) := rego.metadata.rule().title\n"
      "x := [r, f(1)]\n";
  EXPECT_EQ(Answered(policy), R"([["first","second",{}],"function"])");
}

TEST(Metadata, AnElseLinkHasNoneOfItsOwn) {
  EXPECT_EQ(Answered("package p\n# METADATA\n# title: t\n\n"
                     "# METADATA\n# scope: document\n# title: d\n"
                     "x := 1 if input.no\n"
                     "else := [rego.metadata.rule(), rego.metadata.chain()]\n"),
            R"([{},[{"path":["p","x"]},)"
            R"({"annotations":{"scope":"document","title":"d"},)"
            R"("path":["p","x"]}]])");
}

TEST(Metadata, Fields) {
  const std::string block =
      "package p\n"
      "# METADATA\n"
      "# title: yes\n"
      "# description: |\n"
      "#  two\n"
      "#  lines\n"
      "# entrypoint: true\n"
      "# organizations: [One, 2]\n"
      "# related_resources:\n"
      "# - https://a.example/\n"
      "# - {ref: https://b.example/, description: b}\n"
      "# authors:\n"
      "# - A  Name <mail@example.org>\n"
      "# - <only@example.org>\n"
      "# - {name: B}\n"
      "# schemas:\n"
      "# - input.a[\"b c\"]: schema.d\n"
      "# - data.e: {type: string}\n"
      "# custom: {k: [1, on]}\n"
      "# unknown: 1\n"
      "x := rego.metadata.chain()[1].annotations\n";
  EXPECT_EQ(
      Answered(block),
      R"({"authors":[{"email":"mail@example.org","name":"A Name"},)"
      R"({"email":"only@example.org"},{"name":"B"}],"custom":{"k":[1,"on"]},)"
      R"("description":"two\nlines\n","entrypoint":true,)"
      R"("organizations":["One","2"],"related_resources":)"
      R"([{"ref":"https://a.example/"},)"
      R"({"description":"b","ref":"https://b.example/"}],"schemas":)"
      R"([{"path":["input","a","b c"],"schema":["schema","d"]},)"
      R"({"definition":{"type":"string"},"path":["data","e"]}],)"
      R"("scope":"document","title":"yes"})");
}

// A block is the lines right below its first one, from the first column on.
TEST(Metadata, WhereABlockEnds) {
  const std::string tail = "x := rego.metadata.rule()\n";
  EXPECT_EQ(
      Answered("package p\n# METADATA\n# title: a\n\n# title: b\n" + tail),
      R"({"scope":"rule","title":"a"})");
  EXPECT_EQ(
      Answered("package p\n# METADATA\n# title: a\n  # title: b\n" + tail),
      R"({"scope":"rule","title":"a"})");
  EXPECT_EQ(Answered("package p\ny := \"\n" + tail).substr(0, 2), "t:");
  EXPECT_EQ(Answered("package p\ny := `\n# METADATA\n# title: a\n`\n" + tail),
            "{}");
  EXPECT_EQ(
      Answered("package p\ny := $`\n# METADATA\n# title: {1}\n`\n" + tail),
      "{}");
  EXPECT_EQ(Answered("package p\n#METADATA\n#title: a\n" + tail),
            R"({"scope":"rule","title":"a"})");
}

struct Bad {
  const char* block;
  const char* message;
};

constexpr Bad kBad[] = {
    {"# METADATA\n", "2:1: rego_parse_error: expected METADATA block"},
    {"# METADATA\n# title: [\n", "2:1: rego_parse_error: yaml: "},
    {"# METADATA\n# 1\n", "not an object"},
    {"# METADATA\n# title: [a]\n", "title must be a string"},
    {"# METADATA\n# scope: module\n", "invalid annotation scope 'module'"},
    {"# METADATA\n# scope: package\n",
     "annotation scope 'package' must be applied to package"},
    {"# METADATA\n# scope: rule\n# entrypoint: true\n",
     "annotation entrypoint applied to non-document or package scope 'rule'"},
    {"# METADATA\n# entrypoint: 1\n", "entrypoint must be a boolean"},
    {"# METADATA\n# authors: a\n", "authors must be an array"},
    {"# METADATA\n# authors: ['']\n", "author is an empty string"},
    {"# METADATA\n# authors: [{}]\n",
     "'name' and/or 'email' values required in object"},
    {"# METADATA\n# related_resources: [{}]\n", "ref value required in object"},
    {"# METADATA\n# related_resources: ['']\n",
     "ref URL may not be empty string"},
    {"# METADATA\n# schemas: [1]\n", "invalid schema"},
    {"# METADATA\n# schemas: [{input: other.x}]\n", "invalid schema"},
    {"# METADATA\n# schemas: [{input.: schema.x}]\n",
     "invalid document reference"},
    {"# METADATA\n# custom: 1\n", "custom must be an object"},
    {"# METADATA\n# scope: document\n\n# METADATA\n# scope: document\n",
     "5:1: rego_type_error: document annotation redeclared"},
    {"# METADATA\n# title: a\nimport rego.v1\n", "invalid annotation scope ''"},
};

TEST(Metadata, FaultsRefuseOnlyWhoAsks) {
  for (const Bad& bad : kBad) {
    SCOPED_TRACE(bad.block);
    const std::string policy = std::string("package p\n") + bad.block;
    const std::string got = Answered(policy + "x := rego.metadata.rule()\n");
    EXPECT_NE(got.find(bad.message), std::string::npos) << got;
    EXPECT_EQ(Answered(policy + "x := 1\n"), "1");
    // At the lenient level: a warning, and as if the block were not there.
    const CompileResult compiled =
        Compile(Source{"t", policy + "x := rego.metadata.rule()\n"},
                Builtins::Standard());
    ASSERT_TRUE(compiled.program);
    ASSERT_FALSE(compiled.diagnostics.empty());
    EXPECT_EQ(compiled.diagnostics[0].severity, Severity::kWarning);
    Request request;
    request.entries = {compiled.program->Find("data.p.x")};
    EXPECT_EQ(
        json::Write(Evaluate(*compiled.program, request).answers.at(0).value),
        "{}");
  }
}

TEST(Metadata, WithCannotReplaceIt) {
  EXPECT_NE(Answered("package p\nx if y with rego.metadata.rule as 1\n"
                     "y := rego.metadata.rule()\n")
                .find("replacement of \"rego.metadata.rule\" invalid"),
            std::string::npos);
}

TEST(Metadata, AQueryHasNone) {
  const CompileResult compiled =
      Compile(Source{"t", "package p\n"}, Builtins::Standard());
  const QueryOutcome outcome =
      Query(*compiled.program, "x := rego.metadata.chain()", {});
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->message,
            "rego.metadata.chain: the rego.metadata.chain function must only "
            "be called within the scope of a rule");
}

// What an annotation can say is bounded as the source is.
TEST(Metadata, AliasesThatBlowUpAreRefused) {
  std::string block = "# METADATA\n# custom:\n#  a0: &a0 [x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    block += "#  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
             last + ", " + last + ", " + last + ", " + last + "]\n";
  }
  EXPECT_NE(Answered("package p\n" + block + "x := rego.metadata.rule()\n")
                .find("excessive aliasing"),
            std::string::npos);
}

}  // namespace
}  // namespace vouchsafe::rego
