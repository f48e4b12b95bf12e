// What the analysis finds, by table: the first step that finds something, with
// codes, texts and places.

#include <gtest/gtest.h>

#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

struct Case {
  const char* name;
  const char* policy;  // from line 2 on, after "package p"
  // "ROW:COL: CODE: MESSAGE", one a line, without "rego_" before the code.
  const char* want;
};

std::string FindingsOf(const std::string& text, const CompileOptions& options) {
  std::vector<HostFunction> host(1);
  host[0].name = "ask";
  const CompileResult compiled =
      Compile(Source{"t.rego", "package p\n" + text},
              *Builtins::WithHost(std::move(host)), options);
  std::string out;
  for (const Diagnostic& finding : compiled.diagnostics) {
    EXPECT_EQ(finding.file, "t.rego");
    std::string code = finding.code;
    if (code.starts_with("rego_")) code = code.substr(5);
    out += (out.empty() ? "" : "\n") + std::to_string(finding.row) + ":" +
           std::to_string(finding.col) + ": " + code + ": " + finding.message;
  }
  return out;
}

void Expect(std::span<const Case> cases, const CompileOptions& options) {
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(FindingsOf(test.policy, options), test.want) << test.policy;
  }
}

CompileOptions Strict() {
  CompileOptions options;
  options.level = Level::kStrict;
  return options;
}

const Case kNames[] = {
    {"nothing", "x := y if { y := 1 }", ""},
    {"imports of one name", "import data.a\nimport data.b as a\nx := a",
     "3:1: compile_error: import must not shadow import data.a"},
    {"a rule called input", "input := 1",
     "2:1: compile_error: rules must not shadow input (use a different rule "
     "name)"},
    {"an argument called data", "f(data) := 1",
     "2:3: compile_error: args must not shadow data (use a different variable "
     "name)"},
    {"a variable called input", "x if { input := 1; input == 1 }",
     "2:8: compile_error: variables must not shadow input (use a different "
     "variable name)"},
    {"assigned twice", "x if { y := 1; y := 2 }",
     "2:16: compile_error: var y assigned above"},
    {"declared twice", "x if { some y; some y; y = 1 }",
     "2:16: compile_error: var y declared above"},
    {"referenced above", "x if { y == 1; y := 2 }",
     "2:16: compile_error: var y referenced above"},
    {"an argument redeclared", "f(y) if { y := 1 }",
     "2:11: compile_error: arg y redeclared"},
    {"hidden in a closure is fine", "f(y) := [y | y := 1]", ""},
    {"assigned under not", "x if { not y := 1 }",
     "2:12: compile_error: cannot assign vars inside negated expression"},
    {"assigned to a call", "x if { count(input.y) := 1 }",
     "2:8: compile_error: cannot assign to call"},
    {"assigned to a reference", "x if { input.y := 1 }",
     "2:8: compile_error: cannot assign to ref"},
    {"declared, not used", "x if { some y; true }",
     "2:8: compile_error: declared var y unused"},
    {"every key not used", "x if { every k, v in [1] { v == 1 } }",
     "2:28: compile_error: declared var k unused"},
    {"used in a closure is used", "x if { some y; [1 | y = 1] }",
     "2:16: unsafe_var_error: var y is unsafe"},
    {"a function hidden", "f(1) := 2\nx if { f := 1; f(f) }",
     "3:16: compile_error: called function f shadowed"},
};

TEST(Analysis, Names) { Expect(kNames, Strict()); }

TEST(Analysis, Unused) {
  const Case cases[] = {
      {"import", "import data.a as b\nx := 1",
       "2:1: compile_error: import data.a as b unused"},
      {"import used in a call", "import data.a\nx := a.f(1)",
       "3:6: type_error: undefined function a.f"},
      {"argument", "f(y) := 1",
       "2:1: compile_error: unused argument y. (hint: use _ (wildcard "
       "variable) instead)"},
      {"argument used in an else", "f(y) := 1 if false else := y", ""},
      {"assigned", "x if { y := 1 }",
       "2:8: compile_error: assigned var y unused"},
      {"assigned, used in the head", "x := y if { y := 1 }", ""},
  };
  CompileOptions options = Strict();
  options.strict_unused = true;
  Expect(cases, options);
}

TEST(Analysis, With) {
  const Case cases[] = {
      {"part of a rule", "y := {}\nx if { true with data.p.y.z as 1 }",
       "3:18: compile_error: with keyword cannot partially replace virtual "
       "document(s)"},
      {"a whole rule", "y := 1\nx if { true with data.p.y as 1 }", ""},
      {"a relation", "x if { true with walk as 1 }",
       "2:18: compile_error: with keyword replacing built-in function: target "
       "must not be a relation"},
      {"an internal function", "x if { true with internal.member_2 as 1 }",
       "2:18: compile_error: with keyword replacing built-in function: "
       "replacement of internal function \"internal.member_2\" invalid"},
      {"a void function", "x if { true with print as 1 }",
       "2:18: compile_error: with keyword replacing built-in function: target "
       "must not be a void function"},
      {"nothing known", "x if { true with nothing.here as 1 }",
       "2:18: type_error: with keyword target must reference existing input, "
       "data, or a function"},
      {"another number of arguments",
       "f(a, b) := 1\nx if { count([]) with count as f }",
       "3:23: type_error: count: arity mismatch"},
  };
  Expect(cases, Strict());
}

TEST(Analysis, Rules) {
  const Case cases[] = {
      {"several defaults", "default x := 1\ndefault x := 2",
       "1:1: type_error: multiple default rules data.p.x found at t.rego:2, "
       "t.rego:3"},
      {"value and set", "x := 1\nx contains 1 if true",
       "2:1: type_error: conflicting rules data.p.x found"},
      {"two arities", "f(a) := a\nf(a, b) := b",
       "2:1: type_error: conflicting rules data.p.f found"},
      {"a path inside a value", "x := {}\nx.y := 1",
       "2:1: type_error: rule data.p.x conflicts with [data.p.x.y]"},
      {"a path beside computed ones", "x[k] := 1 if { k := \"a\" }\nx.y := 1",
       ""},
      {"unknown function", "x := nothing.f(1)",
       "2:6: type_error: undefined function nothing.f"},
      {"arity of a function", "f(a) := a\nx := f(1, 2, 3)",
       "3:6: type_error: function data.p.f has arity 1, got 3 arguments"},
      {"arity of a built-in", "x := count()",
       "2:6: type_error: count: arity mismatch"},
      {"print has no value", "x := y if { y := print(1) }",
       "2:18: type_error: print(1) used as value"},
      {"deprecated", "x if any([true])",
       "2:6: type_error: deprecated built-in function calls in expression: "
       "any"},
  };
  Expect(cases, Strict());
}

TEST(Analysis, Safety) {
  const Case cases[] = {
      {"body", "x if {\n  y == 1\n}", "3:3: unsafe_var_error: var y is unsafe"},
      {"head", "x := y if true", "2:6: unsafe_var_error: var y is unsafe"},
      {"negation", "x if not y == 1", "2:6: unsafe_var_error: var y is unsafe"},
      {"nested call", "x if count(upper(y)) > 1",
       "2:12: unsafe_var_error: var y is unsafe"},
      {"closure", "x := [1 | z > y]",
       "2:11: unsafe_var_error: var z is unsafe\n"
       "2:11: unsafe_var_error: var y is unsafe"},
      {"only a wildcard", "x if _ == 1",
       "2:6: unsafe_var_error: expression is unsafe"},
      {"template string", "x := $\"{y}\"",
       "2:9: compile_error: var y is undeclared"},
      {"iteration in a template string", "x := $\"{input[i]}\"",
       "2:9: compile_error: var i is undeclared"},
      {"print is dropped", "x if { print(y); true }", ""},
      {"recursion", "x := y\ny := x",
       "2:1: recursion_error: rule data.p.x is recursive: data.p.x -> "
       "data.p.y -> data.p.x\n"
       "3:1: recursion_error: rule data.p.y is recursive: data.p.y -> "
       "data.p.x -> data.p.y"},
      {"recursion through the package", "x := data.p",
       "2:1: recursion_error: rule data.p.x is recursive: data.p.x -> "
       "data.p.x"},
      {"recursion of a function", "f(a) := f(a)",
       "2:1: recursion_error: rule data.p.f is recursive: data.p.f -> "
       "data.p.f"},
      {"a key known later, elsewhere",
       "x := data[k].y if { k := input.k }\nz := 1", ""},
  };
  Expect(cases, Strict());
  CompileOptions options = Strict();
  options.keep_print = true;
  EXPECT_EQ(FindingsOf("x if { print(y); true }", options),
            "2:14: compile_error: var y is undeclared");
}

TEST(Analysis, Types) {
  const Case cases[] = {
      {"an argument", "x := count(1)",
       "2:6: type_error: count: invalid argument(s)"},
      {"an element", "x := concat(\",\", [\"a\", 1])",
       "2:6: type_error: concat: invalid argument(s)"},
      {"null compares with all", "x if 4 >= null", ""},
      {"equality", "x if 1 == \"a\"", "2:6: type_error: match error"},
      {"unification", "x if { [a, 1] = [2, \"b\"]; a }",
       "2:8: type_error: match error"},
      {"two demands", "x if { input.y == 1; input.y == \"a\" }", ""},
      {"of a rule", "x := 1\ny := upper(x)",
       "3:6: type_error: upper: invalid argument(s)"},
      {"of a rule with two definitions",
       "x := 1 if input.a\nx := \"b\" if input.b\ny := upper(x)", ""},
      {"of a function", "f(a) := a + 1\nx := f(\"a\")",
       "3:6: type_error: data.p.f: invalid argument(s)"},
      {"of the host", "x := upper(ask(1))", ""},
      {"key of a number", "x := 1\ny := x.z",
       "3:6: type_error: undefined ref: data.p.x.z"},
      {"index past the end", "x if { y := [1, 2]; y[5] }",
       "2:21: type_error: undefined ref: y[5]"},
      {"key that is not there", "x if { y := {\"a\": 1}; y.b }",
       "2:23: type_error: undefined ref: y.b"},
      {"a function without arguments", "f(a) := a\nx := f",
       "3:6: type_error: undefined ref: data.p.f"},
      {"iteration", "x if { some y in [1, 2]; y == \"a\" }",
       "2:26: type_error: match error"},
      {"comprehension", "x := upper([y | y := \"a\"][0])", ""},
      {"comprehension of numbers", "x := upper([y | y := 1][0])",
       "2:6: type_error: upper: invalid argument(s)"},
      {"set of sets", "x := {1} | {2}", ""},
      {"number and set", "x := 1 - {2}", ""},
      {"string and number", "x := \"a\" + 1",
       "2:6: type_error: plus: invalid argument(s)"},
  };
  Expect(cases, Strict());
}

TEST(Analysis, DetailsSayWhatWasFound) {
  const CompileResult compiled =
      Compile(Source{"t", "package p\nx := concat(1, [])"},
              Builtins::Standard(), Strict());
  ASSERT_EQ(compiled.diagnostics.size(), 1u);
  const std::vector<std::string> want = {
      "have: (number, array)",
      "want: (string, any<array[string], set[string]>)"};
  EXPECT_EQ(compiled.diagnostics[0].details, want);
}

// Everything but unbound variables is only a fault where it is reached.
TEST(Analysis, LenientLevelWarns) {
  for (const std::string text :
       {"y := count(1)", "y := none(1)", "y := y", "f(a) := a\ny := f(1, 2, 3)",
        "y if { true with data.p.x.z as 1 }", "y if { z := 1; z := 1 }"}) {
    SCOPED_TRACE(text);
    const Source source{"t", "package p\nx := 1\n" + text};
    const CompileResult compiled = Compile(source, Builtins::Standard());
    ASSERT_TRUE(compiled.program);
    ASSERT_FALSE(compiled.diagnostics.empty());
    EXPECT_EQ(compiled.diagnostics[0].severity, Severity::kWarning);
    Request request;
    request.entries = {compiled.program->Find("data.p.x")};
    const Outcome outcome = Evaluate(*compiled.program, request);
    EXPECT_FALSE(outcome.error);
  }
}

TEST(Analysis, LinesOfSeveralRulesNameTheRule) {
  EXPECT_EQ(FindingsOf("a.b if { x == 2 } c if true", Strict()),
            "2:10: unsafe_var_error: var x is unsafe in rule a.b");
  EXPECT_EQ(FindingsOf("a if { x == 2 } a if true", Strict()),
            "2:8: unsafe_var_error: var x is unsafe");
}

TEST(Analysis, Lint) {
  const Case cases[] = {
      {"default allow", "default allow := true",
       "2:1: lint_default_allow: what no rule decides is allowed: let the "
       "default be false"},
      {"order with an answer", "x if { input.v >= ask(\"v\") }",
       "2:8: lint_null_order: this holds when the host has no value: null "
       "sorts below every number and string; compare with null first"},
      {"order with an answer that was kept",
       "x if { input.a; v := ask(\"v\"); v < input.v }",
       "2:32: lint_null_order: this holds when the host has no value: null "
       "sorts below every number and string; compare with null first"},
      {"the safe order", "x if { input.v <= ask(\"v\") }", ""},
      {"asked too early", "x if { ask(\"v\") == 1; input.snp }",
       "2:8: lint_early_host_call: the host is asked before the input is "
       "looked at: test first which platform this is for"},
      {"asked after the test", "x if { input.snp; ask(\"v\") == input.v }", ""},
      {"asked within the comparison", "x if input.v in ask(\"v\")", ""},
      {"any not", "x if not bad\nbad if { input.s != \"ok\" }",
       "3:10: lint_not_unequal: when input.s is missing this is undefined, not "
       "true, and `not bad` (line 2) holds"},
      {"any not, of what is there",
       "x if not bad\nbad if { some s in input.s; s != \"ok\" }", ""},
      {"unequal where nobody negates", "x if { input.s != \"ok\" }", ""},
  };
  Expect(cases, {});
}

TEST(Analysis, RulesNobodyAsksFor) {
  CompileOptions options;
  options.lint.entries = {"data.p.allow"};
  EXPECT_EQ(FindingsOf("allow if helper\nhelper if true\nalow if true\n"
                       "f(a) := a",
                       options),
            "4:1: lint_never_asked: data.p.alow is never asked for; "
            "data.p.allow is\n"
            "5:1: lint_never_asked: data.p.f is never asked for");
  options.lint.entries = {"data.p"};
  EXPECT_EQ(FindingsOf("alow if true", options), "");
}

TEST(Analysis, ClaimsThatDoNotExist) {
  CompileOptions options;
  options.lint.claim_prefixes = {"input.snp"};
  options.lint.claims = {"input.snp.measurement", "input.snp.tcb.microcode"};
  const Case cases[] = {
      {"known", "x if { input.snp.measurement; input.snp.tcb.microcode }", ""},
      {"above and below", "x if { input.snp.tcb; input.snp.measurement.x }",
       ""},
      {"elsewhere", "x if { input.tdx.anything; input.snp }", ""},
      {"misspelt", "x if { input.snp.measurment }",
       "2:8: lint_unknown_claim: input.snp.measurment is no claim that exists, "
       "the nearest is input.snp.measurement"},
      {"through a variable", "x if { s := input.snp; s.tcb.microcod == 1 }",
       "2:24: lint_unknown_claim: input.snp.tcb.microcod is no claim that "
       "exists, the nearest is input.snp.tcb.microcode"},
      {"through an import", "import input.snp as s\nx if { s.nothing }",
       "3:8: lint_unknown_claim: input.snp.nothing is no claim that exists, "
       "the nearest is input.snp.measurement"},
      {"a key known later", "x if { some k; input.snp[k] == 1 }", ""},
  };
  Expect(cases, options);
}

TEST(Analysis, Versions) {
  const auto first = [](Version version, const std::string& text) {
    CompileOptions options = Strict();
    options.version = version;
    return FindingsOf(text, options);
  };
  EXPECT_EQ(first(Version::kV0, "x { true }\nany([true])"),
            "3:1: parse_error: rule name conflicts with built-in function");
  EXPECT_EQ(first(Version::kV0, "x { any([true]) }"), "");
  EXPECT_EQ(first(Version::kV0CompatV1, "import rego.v1\nx if { true }"), "");
  EXPECT_EQ(first(Version::kV0CompatV1, "x { true }"),
            "2:1: parse_error: `if` keyword is required before rule body");
  EXPECT_EQ(first(Version::kV0CompatV1, "import future.keywords.if\nx if true"),
            "");
  EXPECT_EQ(first(Version::kV0, "x(y) if {\n  y == 1\n}"),
            "3:3: unsafe_var_error: var y is unsafe in rule if");
}

}  // namespace
}  // namespace vouchsafe::rego
