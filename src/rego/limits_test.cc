// Attacks that must end in a limit error, soon and without much memory.

#include <gtest/gtest.h>

#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

struct Attack {
  const char* name;
  std::string policy;
  std::string detail;
};

std::string Repeat(const std::string& text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

std::string DoublingRules() {
  std::string out = "a0 := input.a0\n";
  for (int i = 1; i < 40; ++i) {
    const std::string last = "a" + std::to_string(i - 1);
    out += "a" + std::to_string(i) + " := concat(\"\", [" + last + ", " + last +
           "])\n";
  }
  return out + "x := count(a39)\n";
}

std::string ChainOfRules(size_t length) {
  std::string out;
  for (size_t i = 0; i < length; ++i) {
    out += "a" + std::to_string(i) + " := a" + std::to_string(i + 1) + "\n";
  }
  return out + "a" + std::to_string(length) + " := input.n\nx := a0\n";
}

Outcome Decide(const std::string& policy, const Request& base = {},
               std::vector<Diagnostic>* findings = nullptr) {
  const CompileResult compiled =
      Compile(Source{"t", "package p\n" + policy}, Builtins::Standard());
  if (findings) *findings = compiled.diagnostics;
  Outcome bad;
  if (!compiled.program) {
    bad.error =
        EvalError{"refused", "refused", compiled.diagnostics[0].message, {}};
    return bad;
  }
  Request request = base;
  request.entries = {compiled.program->Find("data.p.x")};
  return Evaluate(*compiled.program, request);
}

std::string LargeInput() {
  std::string out = "{\"a0\": \"xxxxxxxxxxxxxxxx\", \"n\": 1, \"xs\": [";
  for (int i = 0; i < 20'000; ++i) {
    out += std::string(i ? "," : "") + "{\"v\": [" + std::to_string(i) + "]}";
  }
  return out + "]}";
}

constexpr const char* kDense =
    "g := {i: [j | some j in numbers.range(1, 30)] | "
    "some i in numbers.range(1, 30)}\n";

// Every row ends in the limit that it names ("" : in any error but ours), and
// has by then used little more than that limit allows.
TEST(Limits, Attacks) {
  const Attack attacks[] = {
      {"cross product",
       "r := numbers.range(input.n, 100000)\n"
       "x := count([1 | some a in r; some b in r; a == b])",
       "limit_steps"},
      {"huge range", "x := count(numbers.range(1, 1000000000))",
       "limit_memory"},
      {"cross product of huge ranges",
       "x if {\n  some a in numbers.range(1, 1000000000)\n"
       "  some b in numbers.range(1, 1000000000)\n  a == b + 1\n}",
       "limit_memory"},
      {"doubling text", DoublingRules(), "limit_memory"},
      {"chain of rules", ChainOfRules(2000), "limit_depth"},
      {"shift", "x := bits.lsh(1, 1000000000)", "limit_number"},
      {"large product", "x := product([1e4000, 1e4000])", "limit_number"},
      {"nested comprehensions",
       "x := [[a | some a in input.xs; a == b] | some b in input.xs]",
       "limit_steps"},
      {"nested comprehensions that keep all",
       "x := [[a | some a in input.xs] | some b in input.xs]", "limit_memory"},
      {"growing union",
       "o := {sprintf(\"%d\", [i]): i | some i in numbers.range(input.n, "
       "2000)}\n"
       "x := object.union_n([o | some i in numbers.range(1, 20000)])",
       ""},
      {"every address", "x := net.cidr_expand(\"::/0\")", ""},
      {"walks in a loop",
       "x := count([1 | some v in input.xs; walk(input, [p, w]); w == v])", ""},
      {"paths of a dense graph",
       std::string(kDense) + "x := count(graph.reachable_paths(g, [1]))", ""},
      {"function without end", "f(n) := f(n + 1)\nx := f(1)", ""},
      {"recursion known only later",
       "x if {\n  some name in [\"x\"]\n  data.p[name]\n}",
       "rego_recursion_error"},
      {"result",
       "x := [numbers.range(1, 10000) | some i in "
       "numbers.range(1, 100)]",
       "limit_result"},
      {"replacements in two loops",
       "y := count(input.xs)\n"
       "x := count([1 | some v in input.xs; some w in input.xs\n"
       "  y == 1 with input.z as [v, w]])",
       ""},
  };
  const Document input = *Document::FromJson(LargeInput());
  for (const Attack& attack : attacks) {
    SCOPED_TRACE(attack.name);
    Request request;  // slow machines still meet the other limits first
    request.input = &input;
    request.limits.time = std::chrono::seconds(60);
    const Outcome outcome = Decide(attack.policy, request);
    ASSERT_TRUE(outcome.error);
    if (attack.detail.empty()) {
      EXPECT_NE(outcome.error->code, "eval_internal_error");
    } else if (attack.detail.starts_with("limit")) {
      EXPECT_EQ(outcome.error->detail, attack.detail) << outcome.error->Text();
    } else {
      EXPECT_EQ(outcome.error->code, attack.detail) << outcome.error->Text();
    }
    EXPECT_TRUE(outcome.answers.empty());
    EXPECT_LE(outcome.stats.arena_bytes, request.limits.memory_bytes);
    // One built-in may overrun by what it charges at once.
    EXPECT_LE(outcome.stats.steps, request.limits.steps + 10'000'000);
  }
}

TEST(Limits, LargeWidthIsGoMarker) {
  const Outcome outcome = Decide("x := sprintf(\"%1000000000d\", [1])");
  ASSERT_FALSE(outcome.error);
  EXPECT_EQ(*outcome.answers[0].value.if_string(), "%!(NOVERB)%!(EXTRA int=1)");
}

TEST(Limits, HugeNumbersAreRefused) {
  EXPECT_FALSE(Document::FromJson("1e999999999"));
  EXPECT_FALSE(Document::FromJson("[" + std::string(5000, '9') + "]"));
  EXPECT_EQ(Decide("x := to_number(\"1e999999999\")").error->code,
            "eval_builtin_error");
}

TEST(Limits, DeepInputIsRefused) {
  EXPECT_TRUE(Document::FromJson(Repeat("[", 100) + Repeat("]", 100)));
  EXPECT_FALSE(Document::FromJson(Repeat("[", 200) + Repeat("]", 200)));
}

TEST(Limits, DeepSourceIsRefused) {
  const size_t deep = 100'000;
  const std::string policies[] = {
      "x := " + Repeat("[", deep) + Repeat("]", deep),
      "x := " + Repeat("(", deep) + "1" + Repeat(")", deep),
      "x := " + Repeat("{1:", deep) + "1" + Repeat("}", deep),
      "x := " + Repeat("{1|x := ", deep),
      "x if " + Repeat("not ", deep) + "true",
      "x := " + Repeat("count(", deep) + "1" + Repeat(")", deep),
      "x := 1" + Repeat(" + 1", deep),
      "x := y" + Repeat("[y", deep),
      "x := " + Repeat("$\"{", deep),
      "x" + Repeat(".a", deep) + " := 1",
      "x if " + Repeat("every a in b { ", deep),
  };
  for (const std::string& policy : policies) {
    SCOPED_TRACE(policy.substr(0, 40));
    EXPECT_EQ(Decide(policy).error->code, "refused");
  }
  // Flat, however long, is no nesting.
  EXPECT_FALSE(Decide("x := count([" + Repeat("1, ", 10'000) + "])").error);
  EXPECT_FALSE(Decide("x := " + Repeat("- ", 200) + "1").error);
}

TEST(Limits, SourceSizeAndRules) {
  EXPECT_EQ(Decide("x := 1" + std::string(2u << 20, ' ')).error->code,
            "refused");
  EXPECT_EQ(Decide(Repeat("\n", 20'001) + "x := 1").error->code, "refused");
  CompileOptions options;
  options.limits.rules = 2;
  EXPECT_FALSE(Compile(Source{"", "package p\na := 1\nb := 1\nc := 1"},
                       Builtins::Standard(), options)
                   .program);
}

TEST(Limits, ProgramsAreBounded) {
  // One rule more than allowed, in a chain of 100,000.
  EXPECT_EQ(Decide(ChainOfRules(100'000)).error->code, "refused");
  CompileOptions options;
  options.limits.expressions = 3;
  const std::string four =
      "package p\nx if { input.a; input.b; input.c; input.d }";
  EXPECT_FALSE(
      Compile(Source{"", four}, Builtins::Standard(), options).program);
  options.limits.expressions = 1000;
  EXPECT_TRUE(Compile(Source{"", four}, Builtins::Standard(), options).program);
  options = {};
  options.limits.compile_time = std::chrono::milliseconds(0);
  const std::string many =
      "package p\nx := [" + Repeat("y + 1, ", 100'000) + "1]";
  const CompileResult late =
      Compile(Source{"", many}, Builtins::Standard(), options);
  ASSERT_FALSE(late.program);
  EXPECT_EQ(late.diagnostics.back().code, "rego_compile_error");
  EXPECT_NE(late.diagnostics.back().message.find("longer than allowed"),
            std::string::npos);
}

TEST(Limits, DocumentsAreBounded) {
  const std::string large = "\"" + std::string(17u << 20, 'x') + "\"";
  const auto refused = Document::FromJson(large);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
}

TEST(Limits, RegexIsBounded) {
  const Outcome outcome =
      Decide("x := regex.match(\"((a{1000}){1000}){1000}\", \"a\")");
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, "eval_builtin_error");
  EXPECT_EQ(Decide("x := regex.match(concat(\"\", [\"a\" | some i in "
                   "numbers.range(1, 11000)]), \"a\")")
                .error->code,
            "eval_builtin_error");
}

TEST(Limits, EachHasItsName) {
  const std::string loop =
      "x := count([1 | some i in numbers.range(1, 100000)])";
  Request request;
  request.limits.steps = 1000;
  EXPECT_EQ(Decide(loop, request).error->detail, "limit_steps");
  request = {};
  request.limits.time = std::chrono::milliseconds(0);
  EXPECT_EQ(Decide(loop, request).error->detail, "limit_time");
  EXPECT_EQ(Decide(loop, request).error->ToError().code, ErrorCode::kDeadline);
  request = {};
  request.limits.memory_bytes = 100'000;
  EXPECT_EQ(Decide(loop, request).error->detail, "limit_memory");
  request = {};
  request.limits.call_depth = 3;
  const Document one = *Document::FromJson(R"({"n": 1})");
  request.input = &one;
  EXPECT_EQ(Decide(ChainOfRules(5), request).error->detail, "limit_depth");
  request = {};
  request.limits.result_bytes = 10;
  EXPECT_EQ(Decide("x := \"more than ten bytes\"", request).error->detail,
            "limit_result");
  request = {};
  request.limits.input_bytes = 5;
  request.input = &one;
  EXPECT_EQ(Decide("x := 1", request).error->detail, "limit_input");
  request.input = nullptr;
  request.data = &one;
  EXPECT_EQ(Decide("x := 1", request).error->detail, "limit_input");
  std::stop_source stop;
  stop.request_stop();
  request = {};
  request.stop = stop.get_token();
  EXPECT_EQ(Decide(loop, request).error->detail, "cancelled");
  EXPECT_EQ(Decide(loop, request).error->code, "eval_cancel_error");
}

// A default or `not` never turns a limit into an answer.
TEST(Limits, AreNeverSwallowed) {
  const std::string work =
      "y if count([1 | some i in numbers.range(1, 100000)]) == 1\n";
  Request request;
  request.limits.steps = 1000;
  EXPECT_TRUE(
      Decide(work + "default x := true\nx := false if y", request).error);
  EXPECT_TRUE(Decide(work + "x if not y", request).error);
}

TEST(Limits, AProgramStaysUsable) {
  const CompileResult compiled =
      Compile(Source{"", "package p\nx := count(numbers.range(1, input.n))"},
              Builtins::Standard());
  const Document many = *Document::FromJson(R"({"n": 1000000000})");
  const Document few = *Document::FromJson(R"({"n": 3})");
  Request request;
  request.entries = {compiled.program->Find("data.p.x")};
  request.input = &many;
  EXPECT_TRUE(Evaluate(*compiled.program, request).error);
  request.input = &few;
  EXPECT_EQ(*Evaluate(*compiled.program, request).answers[0].value.int64(), 3);
}

}  // namespace
}  // namespace vouchsafe::rego
