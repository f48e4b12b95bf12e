// Queries over a program, and documents in Rego syntax.

#include <gtest/gtest.h>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

std::string Show(const QueryOutcome& outcome) {
  if (!outcome.diagnostics.empty()) return outcome.diagnostics[0].Text();
  if (outcome.error) return outcome.error->Text();
  std::string out;
  for (const Bindings& solution : outcome.solutions) {
    out += out.empty() ? "{" : " {";
    for (const Binding& binding : solution) {
      out += (out.back() == '{' ? "" : ",") + binding.name + "=" +
             json::Write(binding.value);
    }
    out += "}";
  }
  return out;
}

constexpr const char* kPolicy = R"(package p
q := 1
r[x] := y if some x, y in {"a": 1, "b": 2}
s contains v if some v in [3, 4]
f(a) := a + 1
bad := 1 / 0
)";

struct Row {
  const char* query;
  const char* want;
};

TEST(Query, Solutions) {
  const CompileResult compiled =
      Compile(Source{"p.rego", kPolicy}, Builtins::Standard());
  ASSERT_TRUE(compiled.program);
  const Document input = *Document::FromJson(R"({"xs": [5, 6], "q": 1})");
  const Row rows[] = {
      {"data.p.q = x", "{x=1}"},
      {"data.p.q", "{}"},
      {"data.p.q == 2", ""},
      {"data.p.nothing = x", ""},
      {"data.p.r[k] = v", R"({k="a",v=1} {k="b",v=2})"},
      {"data.p.r[_] = v", "{v=1} {v=2}"},
      {"x := input.xs[i]; y := data.p.f(x)", "{i=0,x=5,y=6} {i=1,x=6,y=7}"},
      {"data.p.f(1, out)", "{out=2}"},
      {"some v in data.p.s; v > 3", "{v=4}"},
      {"x = {y | some y in data.p.s}", "{x=[3,4]}"},
      {"every z in data.p.s { z > 2 }; x = 1", "{x=1}"},
      {"not data.p.none; not [x | x := 1] == []", "{}"},
      {"x = 1\ny = 2", "{x=1,y=2}"},
      {"some x; x = 1", "{x=1}"},
      {"x = input.q with input.q as 7", "{x=7}"},
      {"data.p.bad", "p.rego:6: eval_builtin_error: div: divide by zero"},
      {"p = 3", "{p=3}"},  // a package's name is no rule of the query
      {"query = 3", "{query=3}"},
      {"input = {\"xs\": [z, 6], \"q\": w}", "{z=5,w=1}"},
      {"x", "query:1:1: rego_unsafe_var_error: var x is unsafe"},
      {"x = none(1)", "query:1:5: rego_type_error: undefined function none"},
      {"x = }", "query:1:5: rego_parse_error"},
      {"x = 1 }", "query:1:7: rego_parse_error"},
      {"", "query:1:1: rego_parse_error"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.query);
    Request request;
    request.input = &input;
    const std::string got = Show(Query(*compiled.program, row.query, request));
    if (std::string_view(row.want).starts_with("query:")) {
      EXPECT_TRUE(got.starts_with(row.want)) << got;
    } else {
      EXPECT_EQ(got, row.want);
    }
  }
  Request lenient;
  lenient.strict_errors = false;
  EXPECT_EQ(Show(Query(*compiled.program, "data.p.bad = x", lenient)), "");
}

TEST(Query, WithoutAProgram) {
  const CompileResult none =
      Compile(std::span<const Source>(), Builtins::Standard());
  ASSERT_TRUE(none.program);
  const Document data = *Document::FromJson(R"({"a": {"b": [1]}})");
  Request request;
  request.data = &data;
  EXPECT_EQ(Show(Query(*none.program, "data.a.b[i] = x", request)),
            "{i=0,x=1}");
  EXPECT_EQ(Show(Query(*none.program, "data = x", request)),
            R"({x={"a":{"b":[1]}}})");
}

TEST(Query, IsNoPartOfData) {
  const CompileResult compiled =
      Compile(Source{"", "package p\nq := 1"}, Builtins::Standard());
  EXPECT_EQ(Show(Query(*compiled.program, "data = x", {})),
            R"({x={"p":{"q":1}}})");
}

TEST(Query, LimitsHold) {
  const CompileResult none =
      Compile(std::span<const Source>(), Builtins::Standard());
  Request request;
  request.limits.steps = 1000;
  const QueryOutcome outcome =
      Query(*none.program, "some x in numbers.range(1, 100000)", request);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->detail, "limit_steps");
}

TEST(Query, TermsAsDocuments) {
  const CompileResult compiled =
      Compile(Source{"", "package p\nx if input.a == {1, 2}\ny := input[3]"},
              Builtins::Standard());
  const auto input = Document::FromTerm(R"({"a": {2, 1}, 3: null})");
  ASSERT_TRUE(input);
  Request request;
  request.input = &*input;
  EXPECT_EQ(
      Show(Query(*compiled.program, "data.p.x = x; data.p.y = y", request)),
      "{x=true,y=null}");
  for (const char* bad : {"", "x", "1; 2", "1 with input as 2", "[1", "f(1)",
                          "not 1", "{x | x := 1}"}) {
    SCOPED_TRACE(bad);
    EXPECT_FALSE(Document::FromTerm(bad));
  }
}

}  // namespace
}  // namespace vouchsafe::rego
