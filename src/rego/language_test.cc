// What policies mean: a table of (policy, input, answer as JSON), and the exact
// errors.

#include <gtest/gtest.h>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

struct Case {
  const char* name;
  const char* policy;  // after "package p"; the answer is data.p.x
  const char* want;    // JSON; "-" undefined; otherwise an error code
};

Outcome Decide(const std::string& text, bool strict = true,
               const Limits& limits = {}) {
  const CompileResult compiled =
      Compile(Source{"test.rego", "package p\n" + text}, Builtins::Standard());
  Outcome bad;
  if (!compiled.program) {
    bad.error = EvalError{
        compiled.diagnostics[0].code, "", compiled.diagnostics[0].message, {}};
    return bad;
  }
  static const Document input = *Document::FromJson(R"({
    "user": "ann", "age": 7, "none": null, "flag": false,
    "xs": [1, 2, 3], "o": {"a": 1, "b": {"c": [10, 20]}},
    "users": [{"id": 1, "n": "x"}, {"id": 2, "n": "y"}]})");
  static const Document data =
      *Document::FromJson(R"({"base": {"k": "v", "2": "two"}})");
  Request request;
  request.input = &input;
  request.data = &data;
  request.entries = {compiled.program->Find("data.p.x")};
  request.strict_errors = strict;
  request.limits = limits;
  return Evaluate(*compiled.program, request);
}

std::string AnswerTo(const std::string& text, bool strict = true) {
  const Outcome outcome = Decide(text, strict);
  if (outcome.error) return outcome.error->code;
  const Answer& answer = outcome.answers[0];
  if (answer.state == State::kAbsent) return "absent";
  if (answer.state == State::kUndefined) return "-";
  return json::Write(answer.value);
}

const Case kLanguage[] = {
    {"constant", "x := 1", "1"},
    {"equals in the head", "x = 1", "1"},
    {"body", "x if input.user == \"ann\"", "true"},
    {"at least null",
     "x := [input.age >= null, null >= input.none, "
     "[1 | null >= input.age], [1 | input.missing >= null]]",
     "[true,true,[],[]]"},
    {"at least null in a body", "x if {\n  input.flag >= null\n}", "true"},
    {"subset of nothing", "x := object.subset([1, 2], [])", "true"},
    {"undefined", "x if input.user == \"bob\"", "-"},
    {"absent", "y := 1", "absent"},
    {"default", "default x := 3\nx := 4 if input.age > 9", "3"},
    {"default of a function", "default f(_) := 1\nf(2) := 5\nx := f(3)", "1"},
    {"else", "x := 1 if input.age > 9\nelse := 2 if input.age > 6\nelse := 3",
     "2"},
    {"else without body", "x := 1 if false\nelse := 3", "3"},
    {"two definitions that agree", "x := 1 if true\nx := 1 if input.age", "1"},
    {"missing is not unequal", "x if input.missing != 1", "-"},
    {"null succeeds", "x if input.none == null", "true"},
    {"null sorts lowest", "x if 4 >= null", "true"},
    {"nothing is in null", "x := y if { y := 1 in null }", "false"},
    {"member", "x if 2 in input.xs", "true"},
    {"member by value of an object", "x if 1 in input.o", "true"},
    {"pair member", "x if \"a\", 1 in input.o", "true"},
    {"not", "x if not input.missing", "true"},
    {"not false", "x if not input.flag", "true"},
    {"not of a call on nothing", "x if not startswith(input.missing, \"a\")",
     "true"},
    {"iteration", "x contains v if v := input.xs[_]", "[1,2,3]"},
    {"key and value", "x contains [k, v] if some k, v in input.o.b.c",
     "[[0,10],[1,20]]"},
    {"some with a pattern",
     "x contains n if some {\"id\": 2, \"n\": n} in "
     "input.users",
     "[\"y\"]"},
    {"unbound key", "x contains k if input.o[k] == 1", "[\"a\"]"},
    {"every", "x if every v in input.xs { v > 0 }", "true"},
    {"every fails", "x if every v in input.xs { v > 1 }", "-"},
    {"every of nothing there", "x if every v in input.missing { v }", "-"},
    {"array comprehension", "x := [v * 2 | some v in input.xs]", "[2,4,6]"},
    {"set comprehension", "x := count({v % 2 | some v in input.xs})", "2"},
    {"object comprehension", "x := {k: v | some v, k in input.xs}",
     R"({"1":0,"2":1,"3":2})"},
    {"comprehension sees outside",
     "x := [v | some v in input.xs; v > y] if "
     "{ y := 1 }",
     "[2,3]"},
    {"partial object", "x[k] := v if some k, v in input.xs",
     R"({"0":1,"1":2,"2":3})"},
    {"object by dots", "x.a := 1\nx.b := 2", R"({"a":1,"b":2})"},
    {"deep head", "x.a[k].b := v if some k, v in input.xs",
     R"({"a":{"0":{"b":1},"1":{"b":2},"2":{"b":3}}})"},
    {"function", "f(a, b) := a + b\nx := f(1, 2)", "3"},
    {"function by pattern", "f([a, 2]) := a\nx := f([1, 2])", "1"},
    {"function without match", "f(1) := 2\nx := f(3)", "-"},
    {"output argument", "x := y if { plus(1, 2, y) }", "3"},
    {"unification", "x := [a, b] if { [a, 2] = [1, b] }", "[1,2]"},
    {"repeated variable", "x if { [a, a] = [1, 2] }", "-"},
    {"later binds earlier", "x := y if { y == z; z = 3; y = 3 }", "3"},
    {"with input",
     "y := input.user\nx := v if { v := y with input.user as \"bob\" }",
     "\"bob\""},
    {"with keeps the rest",
     "y := [input.user, input.age]\nx := v if v := y with "
     "input.user as 1",
     "[1,7]"},
    {"with data", "x := v if v := data.base.k with data.base.k as 1", "1"},
    {"with a function", "f(_) := 9\nx := v if v := count([1]) with count as f",
     "9"},
    {"with a rule", "y := 1\nz := y\nx := v if v := z with data.p.y as 2", "2"},
    {"base data", "x := data.base.k", "\"v\""},
    {"base data by number", "x := data.base[2]", "\"two\""},
    {"package", "y := 1\nx := object.keys(data.q)", "-"},
    {"key known late",
     "y := 4\nx := data.p[k] if { k := concat(\"\", "
     "[\"y\"]) }",
     "4"},
    {"template", "x := $\"a{1 + 1}b{input.missing}\"", "\"a2b<undefined>\""},
    {"template with `with`",
     "y := input.user\nx := $\"<{y with input.user as \"b\"}>\"", "\"<b>\""},
    {"templates nest", "x := $\"a{$\"b{[1]}\"}{{}}\"", "\"ab[1]{}\""},
    {"template of a set", "x := $\"{{1, 2}}\"", "\"{1, 2}\""},
    {"raw template", "x := $`\\{a} {1}\\n`", R"("{a} 1\\n")"},
    {"template as an argument",
     "f($\"{u}-{input.age}\") := u if u = \"ann\"\nx := f(\"ann-7\")",
     "\"ann\""},
    {"computed argument",
     "f(input.age, b) := b\nx := [f(7, 1), f(input.age, 2)]", "[1,2]"},
    {"computed argument and else",
     "f(input.age) := 1 if false else := 2\nx := f(7)", "2"},
    {"if with a value that starts with a brace", "x if {\"a\": 1}[\"a\"] == 1",
     "true"},
    {"if with a set is a block", "x if { false }", "-"},
    {"not with a body",
     "import future.keywords.not\nx if not { some v in input.xs; v > 9 }",
     "true"},
    {"deeper than one key",
     "y[k][l] := v if { some k in [\"a\"]; some l, v in [7, 8] }\n"
     "x := y.a[1]",
     "8"},
    {"sets under a key",
     "y[k] contains v if some k, v in {\"a\": 1, \"b\": 2}\nx := y.b", "[2]"},
    {"a rule written as a call", "f() := 3\nx := f() + data.p.f", "6"},
    {"two rules on a line", "y := 1 x := y", "1"},
    {"function without value or body", "f(1)\nx := f(1)", "true"},
    {"set operations", "x := ({1, 2} | {3}) - ({1} & {1, 4})", "[2,3]"},
    {"imports",
     "import rego.v1\nimport future.keywords.in\nimport input.user "
     "as u\nx := u",
     "\"ann\""},
    {"keyword as a field", "if.contains := 1\nx := data.p.if.contains", "1"},
    {"print is dropped", "x if { print(input.missing); true }", "true"},
    {"line ends in brackets", "x := [\n1,\n2,\n]", "[1,2]"},
    {"raw string", "x := `a\\n`", "\"a\\\\n\""},
};

const Case kNumbers[] = {
    {"big", "x := 9223372036854775807 + 1", "9223372036854775808"},
    {"multiply", "x := 123456789012345678901234567890 * 10",
     "1234567890123456789012345678900"},
    {"divide exactly", "x := 6 / 3", "2"},
    {"divide", "x := 1 / 3", "0.33333333333333333334"},
    {"fractions", "x if 0.1 + 0.2 == 0.3", "true"},
    {"tiny difference", "x if 2.00000000000000000001 > 2", "true"},
    {"beyond doubles", "x if 1e500 > 1e499", "true"},
    {"one number", "x := count({7.10, 71e-1})", "1"},
    {"integral", "x := 2.0", "2"},
    {"exponent", "x := 1e6 * 2", "2000000"},
    {"remainder", "x := -7 % 3", "-1"},
    {"least by minus one", "x := -9223372036854775808 % -1", "0"},
    {"least divided", "x := -9223372036854775808 / -1", "9223372036854775808"},
    {"round", "x := [round(2.5), round(-2.5), floor(-2.5), ceil(2.1)]",
     "[3,-3,-3,3]"},
    {"too large in text", "x := 1e999999999", "rego_parse_error"},
    {"leading zero", "x := 01", "rego_parse_error"},
};

const Case kErrors[] = {
    {"conflict", "x := 1 if true\nx := 2 if true", "eval_conflict_error"},
    {"conflict of one body", "x := v if some v in input.xs",
     "eval_conflict_error"},
    {"function conflict", "f(_) := 1\nf(2) := 3\nx := f(2)",
     "eval_conflict_error"},
    {"key conflict", "x := {1: v | some v in input.xs}", "eval_conflict_error"},
    {"conflict is not swallowed",
     "y := v if some v in input.xs\n"
     "default x := 1\nx := 2 if not y",
     "eval_conflict_error"},
    {"type", "x := count(1)", "eval_type_error"},
    {"zero", "x := 1 / 0", "eval_builtin_error"},
    {"not offered", "x := http.send({})", "eval_builtin_error"},
    {"unknown function", "x := nothing.like_it(1)", "rego_type_error"},
    {"unknown and not reached", "x := 2 if false\nx := 1\ny := none(1)", "1"},
    {"arity", "f(a) := a\nx := f(1, 2, 3)", "rego_type_error"},
    {"set and value", "x contains 1\nx := 2", "rego_type_error"},
    {"value and set", "x := 2\nx contains 1", "rego_type_error"},
    {"function and value", "x := 2\nx(a) := 1", "rego_type_error"},
    {"two arities", "f(a) := 1\nf(a, b, c, d, e, g, h, i, j) := j\nx := f(1)",
     "rego_type_error"},
    {"default of another arity",
     "f(a) := 1 if false\ndefault f(_, _) := 1\n"
     "x := f(1)",
     "rego_type_error"},
    {"default of a function and a value", "default x(_) := 1\nx := 2 if false",
     "rego_type_error"},
    {"recursion", "y := x\nx := y", "rego_recursion_error"},
    {"recursion by key", "x := data.p[k] if { k := concat(\"\", [\"x\"]) }",
     "rego_recursion_error"},
    {"unsafe", "x if y == 1", "rego_unsafe_var_error"},
    {"unsafe elsewhere", "x := 1\nz if y == 1", "rego_unsafe_var_error"},
    {"unsafe under not", "x if not input.xs[i] == 1", "rego_unsafe_var_error"},
    {"template in a keyed rule",
     "y[k] := k if some k in [\"a\", \"b\"]\nx := $\"{y[k]}\" if some k in "
     "[\"a\"]\nz := 1",
     "\"a\""},
    {"default with a reference", "default x := input.a", "rego_parse_error"},
    {"default with a call", "default x := 1 + 1", "rego_parse_error"},
    {"default with repeated arguments", "default f(a, a) := 1",
     "rego_parse_error"},
    {"default of a comprehension", "default x := [1 | true]", "[1]"},
    {"negation in a template", "x := $\"{not true}\"", "rego_parse_error"},
    {"assignment in a template", "x := $\"{y := 1}\"", "rego_parse_error"},
    {"import that ends in a keyword", "import data.if\nx := 1",
     "rego_parse_error"},
    {"part of a rule replaced", "y := {}\nx if { true with data.p.y.z as 1 }",
     "rego_compile_error"},
    {"experimental word", "import future.keywords.and\nx := 1",
     "rego_parse_error"},
    {"old style", "x { true }", "rego_parse_error"},
    {"old set", "x[1]", "rego_parse_error"},
    {"empty body", "x if {}", "rego_parse_error"},
    {"keyword as a name", "x := if", "rego_parse_error"},
    {"two on a line", "x if { true true }", "rego_parse_error"},
    {"unclosed", "x := [1", "rego_parse_error"},
    {"future", "import future.keywords.none\nx := 1", "rego_parse_error"},
    {"import root", "import nowhere.x\nx := 1", "rego_parse_error"},
};

void Check(std::span<const Case> cases) {
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_EQ(AnswerTo(test.policy), test.want) << test.policy;
  }
}

TEST(Language, Meaning) { Check(kLanguage); }
TEST(Language, Numbers) { Check(kNumbers); }
TEST(Language, Errors) { Check(kErrors); }

TEST(Language, LenientErrorsAreUndefined) {
  EXPECT_EQ(AnswerTo("x := 1 / 0", false), "-");
  EXPECT_EQ(AnswerTo("default x := 7\nx := count(1)", false), "7");
  // Conflicts and what is not offered are never swallowed.
  EXPECT_EQ(AnswerTo("x := v if some v in input.xs", false),
            "eval_conflict_error");
  EXPECT_EQ(AnswerTo("x if not http.send({})", false), "eval_builtin_error");
}

TEST(Language, ErrorsHaveTextAndPlace) {
  const Outcome outcome = Decide("\ny := 0\nx := 4 / y");
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->Text(),
            "test.rego:4: eval_builtin_error: div: divide by zero");
  EXPECT_EQ(Decide("x := plus(\"a\", 1)").error->message,
            "plus: operand 1 must be number but got string");
}

const Case kBuiltins[] = {
    {"count", "x := [count(\"\xc3\xa4\"), count({1}), count({})]", "[1,1,0]"},
    {"sums", "x := [sum([1, 2]), product([]), max([1, \"a\"])]", "[3,1,\"a\"]"},
    {"sort", "x := sort({\"b\", 1, null})", "[null,1,\"b\"]"},
    {"arrays", "x := array.slice(array.concat([1], [2, 3]), 1, 9)", "[2,3]"},
    {"text",
     "x := [upper(\"a\xc3\xa4\"), trim(\" a \", \" \"), substring("
     "\"abc\", 1, -1), indexof(\"abc\", \"c\")]",
     "[\"A\xc3\x84\",\"a\",\"bc\",2]"},
    {"split", "x := split(\"a/b\", \"/\")", "[\"a\",\"b\"]"},
    {"replace", "x := replace(\"aa\", \"a\", \"bc\")", "\"bcbc\""},
    {"format_int", "x := format_int(255, 16)", "\"ff\""},
    {"sprintf",
     "x := sprintf(\"%s %v %d %5.2f|%-3d|%x %T %d\", [\"a\", {1}, "
     "3, 1.5, 7, 255, 1.5, \"z\"])",
     "\"a {1} 3  1.50|7  |ff float64 %!d(string=z)\""},
    {"sprintf missing", "x := sprintf(\"%v %v\", [1])", "\"1 %!v(MISSING)\""},
    {"sprintf extra", "x := sprintf(\"a\", [1])", "\"a%!(EXTRA int=1)\""},
    {"regex",
     "x := [regex.match(\"^a+$\", \"aaa\"), regex.is_valid(\"(\"), "
     "regex.split(\"-\", \"a-b\"), regex.replace(\"ab\", \"(a)b\", "
     "\"$1$1\"), regex.find_n(\"a\", \"aaa\", 2)]",
     "[true,false,[\"a\",\"b\"],\"aa\",[\"a\",\"a\"]]"},
    {"objects",
     "x := [object.get({\"a\": {\"b\": 1}}, [\"a\", \"b\"], 0), "
     "object.union({\"a\": {\"b\": 1}}, {\"a\": {\"c\": 2}})]",
     R"([1,{"a":{"b":1,"c":2}}])"},
    {"json",
     "x := [json.marshal({\"a\": \"<\"}), json.unmarshal(\"[1e2]\"), "
     "json.is_valid(\"[\")]",
     R"(["{\"a\":\"\\u003c\"}",[100],false])"},
    {"filter", "x := json.filter({\"a\": {\"b\": 1, \"c\": 2}}, [\"a/b\"])",
     R"({"a":{"b":1}})"},
    {"base64", "x := base64.decode(base64.encode(\"hi\"))", "\"hi\""},
    {"hash", "x := substring(crypto.sha256(\"\"), 0, 8)", "\"e3b0c442\""},
    {"bits", "x := [bits.lsh(1, 70), bits.and(-1, 255), bits.negate(0)]",
     "[1180591620717411303424,255,-1]"},
    {"ranges", "x := [numbers.range(3, 1), numbers.range_step(0, 5, 2)]",
     "[[3,2,1],[0,2,4]]"},
    {"time",
     "x := [time.format(0), time.parse_rfc3339_ns("
     "\"1970-01-01T00:00:01+00:00\"), time.date(86400000000000), "
     "time.weekday(0), time.parse_duration_ns(\"1h2m\")]",
     R"(["1970-01-01T00:00:00Z",1000000000,[1970,1,2],"Thursday",3720000000000])"},
    {"least moment", "x := time.add_date(-9223372036854775808, 0, 0, -1)",
     "eval_builtin_error"},
    {"zones that there are not", "x := time.date([0, \"Nowhere/City\"])",
     "eval_builtin_error"},
    {"units",
     "x := [units.parse(\"500m\"), units.parse(\"0.0005K\"), "
     "units.parse_bytes(\"1.1KiB\")]",
     "[0.5,0.5,1126]"},
    {"walk", "x := {path | walk({\"a\": [1]}, [path, 1])}", "[[\"a\",0]]"},
    {"types", "x := [type_name(set()), is_set({1}), to_number(\"1.50\")]",
     "[\"set\",true,1.50]"},
};

TEST(Language, BuiltIns) { Check(kBuiltins); }

TEST(Language, ExperimentalWords) {
  const Case cases[] = {
      {"and", "x if input.a == 1 and input.b == 2", "true"},
      {"or", "x if input.a == 9 or input.b == 2", "true"},
      {"and binds closer", "x if input.b == 2 or input.a == 9 and false",
       "true"},
      {"parentheses group", "x if (input.b == 2 or true) and false", "-"},
      {"not binds closest", "x if not input.c and input.a == 1", "true"},
      {"operands are scopes",
       "x if { { y := 1; y > 0 } and { y := 2; y > 1 } }", "true"},
      {"one solution is enough",
       "x := [1 | { some y in [1, 2]; y > 0 } and true]", "[1]"},
      {"a set in an operand", "x if { {1} == {1} and true }", "true"},
      {"`with` covers all",
       "x if input.a == 5 and input.b == 6 with input as "
       "{\"a\": 5, \"b\": 6}",
       "true"},
  };
  const Document input = *Document::FromJson(R"({"a": 1, "b": 2})");
  CompileOptions options;
  options.experimental_keywords = true;
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const CompileResult compiled =
        Compile(Source{"t",
                       "package p\nimport future.keywords.and\n"
                       "import future.keywords.or\n" +
                           std::string(test.policy)},
                Builtins::Standard(), options);
    ASSERT_TRUE(compiled.program) << compiled.diagnostics[0].Text();
    Request request;
    request.input = &input;
    request.entries = {compiled.program->Find("data.p.x")};
    const Outcome outcome = Evaluate(*compiled.program, request);
    ASSERT_FALSE(outcome.error);
    const Answer& answer = outcome.answers[0];
    EXPECT_EQ(answer.defined() ? json::Write(answer.value) : "-", test.want);
  }
}

// Section 9: base data, or what replaces it, and rules at one place.
TEST(Language, BaseDataAndRulesMerge) {
  const std::vector<Source> modules = {
      {"a", "package a.b\nc := 1\no := {\"r\": 1}"},
      {"q",
       "package q\nx := data.a\ny := v if v := data.a with data.a.b as 3\n"
       "z := v if v := data.a with data.a.d as 4"}};
  const CompileResult compiled = Compile(modules, Builtins::Standard());
  ASSERT_TRUE(compiled.program);
  const auto answer = [&](const std::string& data, const char* entry,
                          BaseAtRule base = BaseAtRule::kRefuse) {
    const Document document = *Document::FromJson(data);
    Request request;
    request.data = &document;
    request.base_at_rule = base;
    request.entries = {compiled.program->Find(entry)};
    const Outcome outcome = Evaluate(*compiled.program, request);
    return outcome.error ? outcome.error->code
                         : json::Write(outcome.answers[0].value);
  };
  EXPECT_EQ(answer(R"({"a": {"e": 2}})", "data.q.x"),
            R"({"b":{"c":1,"o":{"r":1}},"e":2})");
  EXPECT_EQ(answer(R"({"a": {"b": 5}})", "data.q.x"), "eval_with_merge_error");
  EXPECT_EQ(answer("{}", "data.q.y"), R"({"b":3})");
  EXPECT_EQ(answer("{}", "data.q.z"), R"({"b":{"c":1,"o":{"r":1}},"d":4})");
  EXPECT_EQ(answer(R"({"a": {"b": {"c": 7}}})", "data.q.x"),
            "eval_conflict_error");
  EXPECT_EQ(answer(R"({"a": {"b": {"c": 7}}})", "data.q.x", BaseAtRule::kShow),
            R"({"b":{"c":7,"o":{"r":1}}})");
  EXPECT_EQ(
      answer(R"({"a": {"b": {"o": {"d": 7}}}})", "data.q.x", BaseAtRule::kShow),
      R"({"b":{"c":1,"o":{"d":7,"r":1}}})");
  EXPECT_EQ(
      answer(R"({"a": {"b": {"c": 7}}})", "data.a.b.c", BaseAtRule::kShow),
      "1");
}

}  // namespace
}  // namespace vouchsafe::rego
