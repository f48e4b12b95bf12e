// Explanations and coverage.

#include <gtest/gtest.h>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

Builtins Host() {
  HostFunction function;
  function.name = "ask";
  function.call = [](HostCall&,
                     std::span<const json::Value> args) -> Result<json::Value> {
    if (*args[0].if_string() == "svn") {
      return json::Value(json::Array{114, 116});
    }
    return json::Value();
  };
  return *Builtins::WithHost({function});
}

struct Row {
  const char* name;
  const char* policy;  // after "package p"
  const char* input;
  const char* want;
};

std::string Explain(const Row& row, const WhyOptions& options = {}) {
  const CompileResult compiled = Compile(
      Source{"p.rego", std::string("package p\n") + row.policy}, Host());
  EXPECT_TRUE(compiled.program) << row.name;
  if (!compiled.program) return "";
  const Document input = *Document::FromJson(row.input);
  Request request;
  request.input = &input;
  const Entry entry = compiled.program->Find("data.p.x");
  const Explanation why = Why(*compiled.program, request, entry, options);
  // Explaining changes nothing.
  request.entries = {entry};
  const Outcome plain = Evaluate(*compiled.program, request);
  EXPECT_EQ(plain.error.has_value(), why.outcome.error.has_value()) << row.name;
  return why.text;
}

TEST(Why, Text) {
  const Row rows[] = {
      {"default, and two definitions",
       "default x := 97\n"
       "x := 1 if {\n  input.sample\n  input.sample.ok\n}\n"
       "x := 2 if {\n  input.snp\n  input.snp.svn in ask(\"svn\")\n}\n",
       R"({"snp": {"svn": 115}})",
       R"(data.p.x = 97 (default, line 2)
  tried line 3: not applicable, input.sample is missing
  tried line 7: failed at line 9
    input.snp.svn in ask("svn")
    left 115, right [114, 116]
    ask("svn") gave [114, 116]
)"},
      {"nothing stored", "x if input.a == ask(\"none\")", R"({"a": 1})",
       R"(data.p.x is undefined
  tried line 2: failed at line 2
    input.a == ask("none")
    left 1, right null
    ask("none") gave null
)"},
      {"a key that is not there",
       "x if {\n  input.a == 1\n  input.b.c.d > 2\n}", R"({"a": 1, "b": {}})",
       R"(data.p.x is undefined
  tried line 2: failed at line 4
    input.b.c.d > 2
    input.b has no key "c"
)"},
      {"a key of a scalar", "x if {\n  input.a\n  input.a.b\n}", R"({"a": 1})",
       R"(data.p.x is undefined
  tried line 2: failed at line 4
    input.a.b
    input.a is a number, which has no parts
)"},
      {"else", "x := 1 if input.a\nelse := 2 if input.b\nelse := 3",
       R"({"a": false})",
       R"(data.p.x = 3 (else, line 4)
  tried line 2: failed at line 2
    input.a
    is false
  else line 3: not applicable, input.b is missing
  else line 4: succeeded
)"},
      {"under with",
       "x if {\n  input.b == 3 with input.b as 4\n    with input.c as 5\n}",
       "{}",
       R"(data.p.x is undefined
  tried line 2: failed at line 3
    input.b == 3 with input.b as 4 with input.c as 5
    left 4, right 3
)"},
      {"a rule under with",
       "x if data.p.y == 1 with input.b as 4\ny := input.b", "{}",
       R"(data.p.x is undefined
  tried line 2: failed at line 2
    data.p.y == 1 with input.b as 4
    left 4, right 1
    data.p.y = 4 (line 3)
      tried line 3: succeeded
)"},
      {"after with", "x if {\n  input.a with input.a as 1\n  input.b\n}", "{}",
       R"(data.p.x is undefined
  tried line 2: failed at line 4
    input.b
    input has no key "b"
)"},
      {"a rule referred to",
       "x if kernel\nkernel if {\n  some e in input.log\n  e.type == \"k\"\n"
       "  e.digest == \"good\"\n}",
       R"({"log": [{"type": "a"}, {"type": "k", "digest": "b"},
                   {"type": "k", "digest": "c"}]})",
       R"(data.p.x is undefined
  tried line 2: failed at line 2
    kernel
    data.p.kernel is undefined
    data.p.kernel is undefined
      tried line 3: failed at line 6
        e.digest == "good"
        left "b", right "good"
        tried 3 elements, 2 came this far
        with e = {"digest": "b", "type": "k"}
)"},
      {"negation: what holds",
       "x if not bad\nbad if {\n  some d in input.ds\n  d == \"evil\"\n}",
       R"({"ds": ["ok", "evil"]})",
       R"(data.p.x is undefined
  tried line 2: failed at line 2
    not bad
    what is negated holds
    data.p.bad = true (line 3)
      tried line 3: succeeded
        with d = "evil"
)"},
      {"every: the counterexample", "x if every d in input.ds { d.ok }",
       R"({"ds": [{"ok": true}, {"ok": false}]})",
       R"(data.p.x is undefined
  tried line 2: failed at line 2
    d.ok
    is false
    tried 2 elements, 1 came this far
    with d = {"ok": false}
)"},
      {"an empty collection", "x if {\n  input.ds\n  some d in input.ds\n}",
       R"({"ds": []})",
       R"(data.p.x is undefined
  tried line 2: failed at line 4
    some d in input.ds
    is empty
)"},
      {"a pattern", "x if [1, _, _] = input.a", R"({"a": [1, 2]})",
       R"(data.p.x is undefined
  tried line 2: failed at line 2
    [1, _, _] = input.a
    does not fit the pattern
    value [1, 2]
)"},
      {"a function", "x if f(input.a)\nf(v) if v > 3", R"({"a": 2})",
       R"(data.p.x is undefined
  tried line 2: failed at line 2
    f(input.a)
    data.p.f is undefined
    data.p.f(2) is undefined
      tried line 3: failed at line 3
        v > 3
        left 2, right 3
        with v = 2
)"},
      {"an error", "x if 1 / input.a == 1", R"({"a": 0})",
       R"(data.p.x failed: p.rego:2: eval_builtin_error: div: divide by zero
  tried line 2: failed
)"},
      {"absent", "y := 1", "{}", "data.p.x is not defined by the policy\n"},
      {"parts of a value",
       "x := {\"a\": a, \"b\": b}\ndefault a := 1\na := 2 if input.a\nb := 3",
       "{}",
       R"(data.p.x = {"a": 1, "b": 3} (line 2)
  tried line 2: succeeded
    data.p.a = 1 (default, line 3)
      tried line 4: not applicable, input.a is missing
)"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Explain(row), row.want);
  }
}

TEST(Why, ValuesAreShortenedOrHidden) {
  const Row row = {"", "x if input.a.secret == input.want",
                   R"({"a": {"secret": "abcdefghijklmnop", "n": [1, 2]},
                       "want": "something that is rather long"})",
                   ""};
  WhyOptions options;
  options.value_length = 10;
  EXPECT_NE(Explain(row, options).find("left \"abcdefghi..., right \"somethin"),
            std::string::npos)
      << Explain(row, options);
  options = {};
  options.redact = {"input.a"};
  EXPECT_NE(
      Explain(row, options).find("left <string, 16 bytes>, right \"something"),
      std::string::npos)
      << Explain(row, options);
  options = {};
  options.show_values = false;
  EXPECT_NE(Explain(row, options)
                .find("left <string, 16 bytes>, right <string, 29 bytes>"),
            std::string::npos);
  // Known wherever it turns up.
  options = {};
  options.redact = {"input.a.secret"};
  const Row moved = {"", "x if {\n  y := [input.a]\n  y == [1]\n}",
                     R"({"a": {"secret": "hidden text", "n": 1}})", ""};
  const std::string text = Explain(moved, options);
  EXPECT_EQ(text.find("hidden text"), std::string::npos) << text;
  EXPECT_NE(text.find("<string, 11 bytes>"), std::string::npos) << text;
}

TEST(Why, FromARecordingWithoutTheHost) {
  const char* policy =
      "package p\ndefault x := false\nx if input.a in ask(\"svn\")";
  const CompileResult with_host = Compile(Source{"p", policy}, Host());
  const Document input = *Document::FromJson(R"({"a": 1})");
  HostAnswers answers;
  Request request;
  request.input = &input;
  request.entries = {with_host.program->Find("data.p.x")};
  request.record = &answers;
  const Outcome live = Evaluate(*with_host.program, request);
  const Builtins silent = *Builtins::WithHost({{"ask", 1, {}, {}}});
  const CompileResult later = Compile(Source{"p", policy}, silent);
  request.record = nullptr;
  request.known = &answers;
  request.replay = true;
  const Explanation why =
      Why(*later.program, request, later.program->Find("data.p.x"));
  ASSERT_FALSE(why.outcome.error) << why.outcome.error->Text();
  EXPECT_EQ(why.outcome.answers[0].value, live.answers[0].value);
  EXPECT_NE(why.text.find("right [114, 116]"), std::string::npos) << why.text;
  EXPECT_EQ(json::Write(*why.tree.Find("state")), "\"defined\"");
}

TEST(Why, LinesForARecord) {
  const CompileResult compiled = Compile(
      Source{"p.rego",
             "package p\ndefault x := 9\n"
             "x := 1 if input.tdx.ok\n"
             "x := 2 if input.sgx.ok\n"
             "x := 3 if {\n  input.snp\n  input.snp.svn in ask(\"svn\")\n}"},
      Host());
  const Document input = *Document::FromJson(R"({"snp": {"svn": 1}})");
  Request request;
  request.input = &input;
  const Explanation why =
      Why(*compiled.program, request, compiled.program->Find("data.p.x"));
  const std::vector<std::string> lines = WhyLines(why.tree, 8);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0],
            "p.rego:7: data.p.x: input.snp.svn in ask(\"svn\"): left 1, right "
            "[114, 116]; ask(\"svn\") gave [114, 116]");
  EXPECT_EQ(lines[1],
            "data.p.x: 2 definitions do not apply (input.sgx is missing)");
  EXPECT_EQ(WhyLines(why.tree, 1).size(), 1u);
}

TEST(Why, NamesFilesWhenThereAreSeveral) {
  const Source sources[] = {
      {"p.rego", "package p\ndefault x := 1\nx := 2 if data.lib.ok"},
      {"lib.rego", "package lib\nok if input.a"}};
  const CompileResult compiled = Compile(sources, Builtins::Standard());
  const Document input = *Document::FromJson(R"({"a": false})");
  Request request;
  request.input = &input;
  const Explanation why =
      Why(*compiled.program, request, compiled.program->Find("data.p.x"));
  EXPECT_EQ(why.text, R"(data.p.x = 1 (default, p.rego line 2)
  tried p.rego line 3: failed at line 3
    data.lib.ok
    data.lib.ok is undefined
    data.lib.ok is undefined
      tried lib.rego line 2: failed at line 2
        input.a
        is false
)");
}

TEST(Why, DepthIsBounded) {
  std::string policy = "package p\nx if r0\n";
  for (int i = 0; i < 20; ++i) {
    policy += "r" + std::to_string(i) + " if r" + std::to_string(i + 1) + "\n";
  }
  policy += "r20 if input.none\n";
  const CompileResult compiled = Compile(Source{"p", policy}, Host());
  WhyOptions options;
  options.depth = 2;
  const Explanation why = Why(*compiled.program, Request(),
                              compiled.program->Find("data.p.x"), options);
  EXPECT_NE(why.text.find("data.p.r1 "), std::string::npos) << why.text;
  EXPECT_EQ(why.text.find("data.p.r5 "), std::string::npos) << why.text;
}

TEST(Coverage, AnElseThatIsNotTriedIsNotReached) {
  const CompileResult compiled =
      Compile(Source{"p.rego",
                     "package p\nx := 1 if {\n  input.a\n} else := 2 if {\n"
                     "  input.b\n}\n"},
              Builtins::Standard());
  const Document input = *Document::FromJson(R"({"a": 1})");
  Coverage coverage(*compiled.program);
  Request request;
  request.input = &input;
  request.entries = {compiled.program->Find("data.p.x")};
  request.coverage = &coverage;
  ASSERT_FALSE(Evaluate(*compiled.program, request).error);
  EXPECT_EQ(json::Write(*coverage.ToJson().At("/files/p.rego")),
            R"({"covered":[2,3],"not_covered":[4,5]})");
}

TEST(Coverage, LinesAndExpressions) {
  const CompileResult compiled = Compile(Source{"p.rego",
                                                "package p\n"
                                                "x if {\n"         // 2
                                                "  input.a > 1\n"  // 3
                                                "  input.b\n"      // 4
                                                "  input.d\n"      // 5
                                                "}\n"
                                                "x if input.c\n"},
                                         Builtins::Standard());
  Coverage all(*compiled.program);
  for (const char* text : {R"({"a": 1})", R"({"a": 2, "b": false})"}) {
    const Document input = *Document::FromJson(text);
    Coverage one(*compiled.program);
    Request request;
    request.input = &input;
    request.entries = {compiled.program->Find("data.p.x")};
    request.coverage = &one;
    EXPECT_FALSE(Evaluate(*compiled.program, request).error);
    all.Merge(one);
  }
  std::vector<std::pair<std::string, uint64_t>> seen;
  for (const auto& expression : all.Expressions()) {
    if (expression.row == 3 || expression.row == 4) {
      seen.emplace_back(expression.text, expression.reached > 0);
    }
  }
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, uint64_t>>{
                      {"input.a > 1", 1}, {"input.b", 1}}));
  const json::Value report = all.ToJson();
  const json::Value& file = *report.Find("files")->Find("p.rego");
  EXPECT_EQ(json::Write(*file.Find("not_covered")), "[5]")
      << json::Write(report);
}

}  // namespace
}  // namespace vouchsafe::rego
