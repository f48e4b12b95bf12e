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
  std::string out = "a0 := \"xxxxxxxxxxxxxxxx\"\n";
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
  return out + "a" + std::to_string(length) + " := 1\nx := a0\n";
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

TEST(Limits, Attacks) {
  const Attack attacks[] = {
      {"cross product",
       "r := numbers.range(1, 100000)\n"
       "x := count([1 | some a in r; some b in r; a == b])",
       "limit_steps"},
      {"huge range", "x := count(numbers.range(1, 1000000000))",
       "limit_memory"},
      {"doubling text", DoublingRules(), "limit_memory"},
      {"chain of rules", ChainOfRules(2000), "limit_depth"},
      {"shift", "x := bits.lsh(1, 1000000000)", "limit_number"},
      {"large product", "x := product([1e4000, 1e4000])", "limit_number"},
      {"nested comprehensions",
       "r := numbers.range(1, 3000)\n"
       "x := [[[c | some c in r] | some b in r] | some a in r]",
       ""},
      {"growing union",
       "o := {sprintf(\"%d\", [i]): i | some i in numbers.range(1, 2000)}\n"
       "x := object.union_n([o | some i in numbers.range(1, 20000)])",
       ""},
      {"function without end", "f(n) := f(n + 1)\nx := f(1)", ""},
      {"result",
       "x := [numbers.range(1, 10000) | some i in "
       "numbers.range(1, 100)]",
       "limit_result"},
  };
  for (const Attack& attack : attacks) {
    SCOPED_TRACE(attack.name);
    Request request;  // slow machines still meet the other limits first
    request.limits.time = std::chrono::seconds(60);
    const Outcome outcome = Decide(attack.policy, request);
    ASSERT_TRUE(outcome.error);
    if (attack.detail.empty()) {
      EXPECT_NE(outcome.error->code, "eval_internal_error");
    } else {
      EXPECT_EQ(outcome.error->detail, attack.detail) << outcome.error->Text();
    }
    EXPECT_TRUE(outcome.answers.empty());
    EXPECT_LE(outcome.stats.arena_bytes, size_t{65} << 20);
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
  EXPECT_EQ(Decide(ChainOfRules(5), request).error->detail, "limit_depth");
  request = {};
  request.limits.result_bytes = 10;
  EXPECT_EQ(Decide("x := \"more than ten bytes\"", request).error->detail,
            "limit_result");
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
