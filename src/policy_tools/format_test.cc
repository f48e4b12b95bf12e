#include "policy_tools/format.h"

#include <gtest/gtest.h>

#include "config/source.h"
#include "policy_tools/files.h"
#include "policy_tools/judge.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::policy_tools {
namespace {

struct Row {
  const char* name;
  const char* before;  // below "package p\n\n"
  const char* after;
};

Result<std::string> Formatted(const std::string& text,
                              rego::Version version = rego::Version::kV1) {
  return FormatPolicy({"p.rego", text}, version);
}

void ExpectLayout(const Row& row, rego::Version version) {
  SCOPED_TRACE(row.name);
  const std::string head = "package p\n\n";
  const auto once = Formatted(head + row.before, version);
  ASSERT_TRUE(once) << once.error().Text();
  EXPECT_EQ(*once, head + row.after);
  const auto twice = Formatted(*once, version);
  ASSERT_TRUE(twice) << twice.error().Text();
  EXPECT_EQ(*twice, *once);
}

TEST(Format, LaysOutV1) {
  const Row rows[] = {
      {"spaces", "a:=1+2*3", "a := 1 + 2 * 3\n"},
      {"unary minus", "a := [-1,2 - 1,- x]\nx:=-1",
       "a := [-1, 2 - 1, -x]\nx := -1\n"},
      {"a default stands alone", "default a:=false\nb := 1\n",
       "default a := false\n\nb := 1\n"},
      {"one-line rules stay together", "a if input.x\na if input.y\n\nb := 1",
       "a if input.x\na if input.y\n\nb := 1\n"},
      {"empty lines",
       "\n\n\na := 1\n\n\n\nb if {\n\n  a\n\n\n  b2\n\n}\nb2 := 1",
       "a := 1\n\nb if {\n\ta\n\n\tb2\n}\n\nb2 := 1\n"},
      {"a body is line by line", "a if { x := 1; x == 1 }",
       "a if {\n\tx := 1\n\tx == 1\n}\n"},
      {"one expression after if", "a   if   input.x", "a if input.x\n"},
      {"else on the line of the brace",
       "a := 1 if {\ninput.x\n}\n\nelse := 2 if {\n input.y }\nelse := 3",
       "a := 1 if {\n\tinput.x\n} else := 2 if {\n\tinput.y\n} else := 3\n"},
      {"a comment before else",
       "a := 1 if {\ninput.x\n}\n\n# why\nelse := 2 if input.y",
       "a := 1 if {\n\tinput.x\n}\n\n# why\nelse := 2 if input.y\n"},
      {"a list on one line", "a := [ 1,2 , 3, ]", "a := [1, 2, 3]\n"},
      {"a broken list", "a := [1,\n 2, 3]", "a := [\n\t1,\n\t2, 3,\n]\n"},
      {"a broken object", "a := {\"x\":1,\n\"y\" : {}}",
       "a := {\n\t\"x\": 1,\n\t\"y\": {},\n}\n"},
      {"a broken list in a list", "a := [{\n\"x\":1}, {\n\"y\":2}]",
       "a := [{\n\t\"x\": 1,\n}, {\n\t\"y\": 2,\n}]\n"},
      {"broken arguments", "a := concat(\"/\",\n[\"x\",\"y\"])",
       "a := concat(\n\t\"/\",\n\t[\"x\", \"y\"],\n)\n"},
      {"empty ones", "a := [ ]\nb := { }\nc := set( )",
       "a := []\nb := {}\nc := set()\n"},
      {"parentheses", "a := ( 1+2 )*3", "a := (1 + 2) * 3\n"},
      {"references", "a := input[ \"x\" ].y[ 0 ]", "a := input[\"x\"].y[0]\n"},
      {"comprehensions", "a := [x|x:=input.l[_];x>1]\nb := {k:v|some k,v in a}",
       "a := [x | x := input.l[_]; x > 1]\nb := {k: v | some k, v in a}\n"},
      {"a broken comprehension", "a := {x |\n  x := input.l[_]\n  x > 1}",
       "a := {x |\n\tx := input.l[_]\n\tx > 1\n}\n"},
      {"every",
       "a if {\n every x in [1] { x>0 }\nevery y in [1] {\n y>0; y<2}\n}",
       "a if {\n\tevery x in [1] { x > 0 }\n\tevery y in [1] {\n\t\ty > "
       "0\n\t\ty < 2\n\t}\n}\n"},
      {"with",
       "a if {\n b with input as {\"x\":1}\n   with data.y as 2\n}\nb := 1",
       "a if {\n\tb with input as {\"x\": 1}\n\t\twith data.y as 2\n}\n\nb := "
       "1\n"},
      {"an operator at the line end", "a := 1 +\n2", "a := 1 +\n\t2\n"},
      {"an object is an expression",
       "a if {\n input.x\n {\"y\": 1} == input.z\n}",
       "a if {\n\tinput.x\n\t{\"y\": 1} == input.z\n}\n"},
      {"contains", "a  contains  x if some x in input.l",
       "a contains x if some x in input.l\n"},
      {"functions", "f( x,y ) := x+y if x>1", "f(x, y) := x + y if x > 1\n"},
      {"words as fields", "a := input.if.in.else", "a := input.if.in.else\n"},
      {"raw and template strings stay",
       "a := `x\n  y`\nb := $\"v{ input.x }w\"",
       "a := `x\n  y`\n\nb := $\"v{ input.x }w\"\n"},
      {"imports in order",
       "import rego.v1\nimport data.b\nimport data.a as z\n"
       "\nimport data.c\na := 1",
       "import data.a as z\nimport data.b\nimport rego.v1\n\nimport "
       "data.c\n\na := 1\n"},
  };
  for (const Row& row : rows) ExpectLayout(row, rego::Version::kV1);
}

TEST(Format, LaysOutV0) {
  const Row rows[] = {
      {"bodies", "a { x := 1; x == 1 } { input.x }",
       "a {\n\tx := 1\n\tx == 1\n} {\n\tinput.x\n}\n"},
      {"sets and else", "p[x] { x := 1 }\nq = 1 { input.x } else = 2 { true }",
       "p[x] {\n\tx := 1\n}\n\nq = 1 {\n\tinput.x\n} else = 2 {\n\ttrue\n}\n"},
      {"words as names", "in := 1\na { in == 1 }",
       "in := 1\n\na {\n\tin == 1\n}\n"},
  };
  for (const Row& row : rows) ExpectLayout(row, rego::Version::kV0);
}

TEST(Format, KeepsComments) {
  const Row rows[] = {
      {"above and behind", "# one\n#two\na := 1 # three\n# four\n",
       "# one\n#two\na := 1 # three\n# four\n"},
      {"apart", "# one\n\n# two\n\na := 1", "# one\n\n# two\n\na := 1\n"},
      {"in a body",
       "a if { # one\n# two\nx := 1 # three\n\n# four\nx == 1\n# five\n}",
       "a if { # one\n\t# two\n\tx := 1 # three\n\n\t# four\n\tx == 1\n\t# "
       "five\n}\n"},
      {"in a list", "a := [ # one\n1, # two\n# three\n2 # four\n# five\n]",
       "a := [ # one\n\t1, # two\n\t# three\n\t2, # four\n\t# five\n]\n"},
      {"that breaks a list", "a := [1, 2 # two\n]",
       "a := [\n\t1, 2, # two\n]\n"},
      {"in a comprehension", "a := [x | # one\nx := 1 # two\n]",
       "a := [x | # one\n\tx := 1 # two\n]\n"},
      {"after if", "a if { # one\n x := 1; x == 1 }",
       "a if { # one\n\tx := 1\n\tx == 1\n}\n"},
      {"an open end", "a := 1\n\n# end", "a := 1\n\n# end\n"},
      {"an empty list", "a := [\n# none\n]", "a := [\n\t# none\n]\n"},
      {"within an expression", "a := 1 + # one\n2", "a := 1 + # one\n\t2\n"},
  };
  for (const Row& row : rows) ExpectLayout(row, rego::Version::kV1);
}

TEST(Format, RefusesWhatDoesNotParse) {
  const auto result = Formatted("package p\n\na := ");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(result.error().message.find("p.rego:3"), std::string::npos);
}

// Words of comments, in order.
std::string CommentsOf(const std::string& text) {
  std::string out;
  for (size_t at = text.find('#'); at != text.npos; at = text.find('#', at)) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    line.erase(line.find_last_not_of(" \t\r") + 1);
    out += line + "\n";
    at = end;
  }
  return out;
}

// FormatPolicy itself compares the trees.
void ExpectStable(const rego::Source& source, rego::Version version,
                  size_t* formatted) {
  SCOPED_TRACE(source.name);
  const auto once = FormatPolicy(source, version);
  if (!once) {
    EXPECT_EQ(once.error().code, ErrorCode::kInvalidInput)
        << once.error().Text();
    return;
  }
  ++*formatted;
  const auto twice = FormatPolicy({source.name, *once}, version);
  ASSERT_TRUE(twice) << twice.error().Text();
  EXPECT_EQ(*twice, *once);
  // Raw strings may hold the sign too; lists may gain none.
  EXPECT_EQ(CommentsOf(*once), CommentsOf(source.text));
}

TEST(Format, IsStableOnThePoliciesOfOthers) {
  SHARED_OR_SKIP(folder, "conformance/trustee-policies");
  size_t formatted = 0;
  const auto files = FilesBelow(folder, ".rego");
  ASSERT_TRUE(files);
  for (const std::string& path : *files) {
    ExpectStable({path, *ReadWholeFile(path)}, rego::Version::kV1, &formatted);
  }
  EXPECT_EQ(formatted, 42u);
}

TEST(Format, IsStableOnTheCasesOfOthers) {
  SHARED_OR_SKIP(folder, "conformance/rego");
  size_t formatted = 0;
  const auto files = FilesBelow(folder, ".yaml");
  ASSERT_TRUE(files);
  for (const std::string& path : *files) {
    const auto source =
        config::ParseSource(*ReadWholeFile(path), config::Format::kYaml, path);
    ASSERT_TRUE(source) << source.error().Text();
    const bool v0 = path.find("/v0/") != path.npos;
    for (const json::Value& test : *source->value.Find("cases")->if_array()) {
      for (rego::Source& module : ModulesOf(test)) {
        module.name = path + " " + module.name;
        ExpectStable(module, v0 ? rego::Version::kV0 : rego::Version::kV1,
                     &formatted);
      }
    }
  }
  EXPECT_GT(formatted, 4'000u);
}

TEST(UnifiedDiff, ShowsChangesWithThreeLinesAround) {
  EXPECT_EQ(UnifiedDiff("f", "a\n", "a\n"), "");
  EXPECT_EQ(UnifiedDiff("f", "a\nb\nc\nd\ne\nf\ng\nh\ni\n",
                        "a\nb\nc\nd\nE\nf\ng\nh\ni\n"),
            "--- f\n+++ f\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n");
  EXPECT_EQ(UnifiedDiff("f", "", "a\n"), "--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(UnifiedDiff("f", "a\nb\n", "b\nc\n"),
            "--- f\n+++ f\n@@ -1,2 +1,2 @@\n-a\n b\n+c\n");
}

}  // namespace
}  // namespace vouchsafe::policy_tools
