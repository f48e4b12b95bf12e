// Attacks that must end in a limit error, soon and without much memory.

#include <gtest/gtest.h>

#include "rego/measured.h"
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

constexpr double kMostMs = 100;
constexpr size_t kMostBytes = size_t{64} << 20;

// What an attack may have used when its limit ends it: 100 ms and 64 MiB
// beyond what the limits allow themselves. Steps are what an evaluation pays
// its time with: so many of them are a second.
void ExpectCheap(const testing::Cost& cost, const Limits& limits,
                 uint64_t steps) {
  const Limits standard;
  const double paid = static_cast<double>(standard.time.count()) *
                      static_cast<double>(steps) /
                      static_cast<double>(standard.steps);
  EXPECT_LE(cost.cpu_ms, (kMostMs + paid) * testing::kSlower);
  EXPECT_LE(cost.peak_bytes, kMostBytes + limits.memory_bytes);
}

// Runs what a limit ends that is not one of steps.
template <class Work>
void Cheap(const Work& work) {
  const testing::Meter meter;
  work();
  ExpectCheap(meter.Read(), Limits(), 0);
}

// Every row ends in the limit that it names, and has by then used little more
// than that limit allows.
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
       "limit_memory"},
      {"every address", "x := net.cidr_expand(\"::/0\")", "limit_memory"},
      {"walks in a loop",
       "x := count([1 | some v in input.xs; walk(input, [p, w]); w == v])",
       "limit_memory"},
      {"paths of a dense graph",
       std::string(kDense) + "x := count(graph.reachable_paths(g, [1]))",
       "limit_memory"},
      {"function without end", "f(n) := f(n + 1)\nx := f(1)",
       "rego_recursion_error"},
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
       "limit_memory"},
  };
  const Document input = *Document::FromJson(LargeInput());
  for (const Attack& attack : attacks) {
    SCOPED_TRACE(attack.name);
    Request request;  // slow machines still meet the other limits first
    request.input = &input;
    request.limits.time = std::chrono::seconds(60);
    const testing::Meter meter;
    const Outcome outcome = Decide(attack.policy, request);
    const testing::Cost cost = meter.Read();
    ASSERT_TRUE(outcome.error);
    const bool limit = attack.detail.starts_with("limit");
    EXPECT_EQ(limit ? outcome.error->detail : outcome.error->code,
              attack.detail)
        << outcome.error->Text();
    EXPECT_TRUE(outcome.answers.empty());
    EXPECT_LE(outcome.stats.arena_bytes, request.limits.memory_bytes);
    // One built-in may overrun by what it charges at once.
    EXPECT_LE(outcome.stats.steps, request.limits.steps + 10'000'000);
    ExpectCheap(cost, request.limits, outcome.stats.steps);
  }
}

// Time itself is the limit.
TEST(Limits, Time) {
  Request request;
  request.limits.time = std::chrono::milliseconds(30);
  const Document one = *Document::FromJson(R"({"n": 1})");
  request.input = &one;
  const std::string works[] = {
      "r := numbers.range(input.n, 100000)\n"
      "x := count([1 | some a in r; some b in r; a == b])",
      // Long built-ins look at the clock as well.
      "x := count([1 | some i in numbers.range(input.n, 100000)\n"
      "  count(sprintf(\"%100000d\", [i])) == 0])",
      "x := count([1 | some i in numbers.range(input.n, 100000)\n"
      "  count(numbers.range(i, 1000000)) == 0])",
      "x := count([1 | some i in numbers.range(input.n, 100000)\n"
      "  product([1e4000, i]) == 0])",
  };
  for (const std::string& work : works) {
    SCOPED_TRACE(work);
    const testing::Meter meter;
    const Outcome outcome = Decide(work, request);
    const testing::Cost cost = meter.Read();
    ASSERT_TRUE(outcome.error);
    const std::string& detail = outcome.error->detail;
    EXPECT_TRUE(detail == "limit_time" || detail == "limit_memory") << detail;
    EXPECT_LE(cost.cpu_ms, (kMostMs + 30) * testing::kSlower);
    EXPECT_LE(cost.peak_bytes, kMostBytes + request.limits.memory_bytes);
  }
}

// Cancelled in the middle, not before it begins.
TEST(Limits, CancelledWhileItRuns) {
  std::stop_source stop;
  HostFunction cancel;
  cancel.name = "cancel";
  cancel.arity = 0;
  cancel.call = [&](HostCall&, std::span<const json::Value>) {
    stop.request_stop();
    return Result<json::Value>(json::Value(true));
  };
  const CompileResult compiled = Compile(
      Source{"t",
             "package p\nr := numbers.range(input.n, 100000)\n"
             "x := count([1 | cancel(); some a in r; some b in r; a == b])"},
      *Builtins::WithHost({cancel}));
  ASSERT_TRUE(compiled.program);
  const Document one = *Document::FromJson(R"({"n": 1})");
  Request request;
  request.input = &one;
  request.stop = stop.get_token();
  request.entries = {compiled.program->Find("data.p.x")};
  Cheap([&] {
    const Outcome outcome = Evaluate(*compiled.program, request);
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->detail, "cancelled");
    EXPECT_LT(outcome.stats.steps, 20'000u);
  });
}

TEST(Limits, LargeWidthIsGoMarker) {
  const Outcome outcome = Decide("x := sprintf(\"%1000000000d\", [1])");
  ASSERT_FALSE(outcome.error);
  EXPECT_EQ(*outcome.answers[0].value.if_string(), "%!(NOVERB)%!(EXTRA int=1)");
}

TEST(Limits, HugeNumbersAreRefused) {
  Cheap([] {
    EXPECT_FALSE(Document::FromJson("1e999999999"));
    EXPECT_FALSE(Document::FromJson("[" + std::string(5000, '9') + "]"));
    EXPECT_EQ(Decide("x := to_number(\"1e999999999\")").error->code,
              "eval_builtin_error");
    EXPECT_EQ(Decide("x := json.unmarshal(\"1e999999999\")").error->code,
              "eval_builtin_error");
    EXPECT_EQ(Decide("x := 1e999999999").error->code, "refused");
  });
}

TEST(Limits, DeepInputIsRefused) {
  EXPECT_TRUE(Document::FromJson(Repeat("[", 128) + Repeat("]", 128)));
  EXPECT_FALSE(Document::FromJson(Repeat("[", 129) + Repeat("]", 129)));
  const std::string deep = Repeat("[", 8'000'000);
  Cheap([&] { EXPECT_FALSE(Document::FromJson(deep)); });
  const std::string objects = Repeat("{\"a\":", 1'000'000);
  Cheap([&] { EXPECT_FALSE(Document::FromJson(objects)); });
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
    Cheap([&] { EXPECT_EQ(Decide(policy).error->code, "refused"); });
  }
  // Flat, however long, is no nesting.
  EXPECT_FALSE(Decide("x := count([" + Repeat("1, ", 10'000) + "])").error);
  EXPECT_FALSE(Decide("x := " + Repeat("- ", 200) + "1").error);
}

TEST(Limits, SourceSizeAndRules) {
  Cheap([] {
    EXPECT_EQ(Decide("x := 1" + std::string(2u << 20, ' ')).error->code,
              "refused");
    EXPECT_EQ(Decide(Repeat("\n", 20'001) + "x := 1").error->code, "refused");
  });
  CompileOptions options;
  options.limits.rules = 2;
  EXPECT_FALSE(Compile(Source{"", "package p\na := 1\nb := 1\nc := 1"},
                       Builtins::Standard(), options)
                   .program);
}

TEST(Limits, ProgramsAreBounded) {
  // One rule more than allowed, in a chain of 100,000.
  const std::string chain = ChainOfRules(100'000);
  Cheap([&] { EXPECT_EQ(Decide(chain).error->code, "refused"); });
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
      "package p\nx := [" + Repeat("y + 1, ", 40'000) + "1]";
  CompileResult late;
  Cheap([&] {
    late = Compile(Source{"", many}, Builtins::Standard(), options);
  });
  ASSERT_FALSE(late.program);
  EXPECT_EQ(late.diagnostics.back().code, "rego_compile_error");
  EXPECT_NE(late.diagnostics.back().message.find("longer than allowed"),
            std::string::npos);
}

TEST(Limits, DocumentsAreBounded) {
  const std::string large = "\"" + std::string(17u << 20, 'x') + "\"";
  Cheap([&] {
    const auto refused = Document::FromJson(large);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  });
}

TEST(Limits, RegexIsBounded) {
  const std::string patterns[] = {
      "\"((a{1000}){1000}){1000}\"", "\"(a{1000}){1000}\"",
      "concat(\"\", [\"a\" | some i in numbers.range(1, 11000)])",
      // Within the length, and too much for one program.
      "concat(\"|\", [sprintf(\"%d[a-z]{900}\", [i]) | "
      "some i in numbers.range(1, 100)])"};
  for (const std::string& pattern : patterns) {
    SCOPED_TRACE(pattern);
    Cheap([&] {
      const Outcome outcome =
          Decide("x := regex.match(" + pattern + ", \"a\")");
      ASSERT_TRUE(outcome.error);
      EXPECT_EQ(outcome.error->code, "eval_builtin_error");
    });
  }
}

// Patterns made while a policy runs: as many as it likes, and no more than 256
// of them are kept.
TEST(Limits, ManyPatternsAreNotKept) {
  const Document input = *Document::FromJson(R"({"n": 1})");
  Request request;
  request.input = &input;
  const testing::Meter meter;
  const Outcome outcome = Decide(
      "x := count([1 | some i in numbers.range(input.n, 3000)\n"
      "  regex.match(sprintf(\"^(a|b|%d)[a-z]{20}$\", [i]), \"c\")])",
      request);
  const testing::Cost cost = meter.Read();
  ASSERT_FALSE(outcome.error) << outcome.error->Text();
  EXPECT_EQ(*outcome.answers[0].value.int64(), 0);
  // 3,000 of them would be more than 20 MiB.
  EXPECT_LT(cost.peak_bytes, size_t{8} << 20);
}

// Small patterns whose automata grow with the text: what all of them hold is
// bounded as well.
TEST(Limits, AutomataAreBounded) {
  std::string text;
  uint32_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 1664525 + 1013904223;
    text.push_back("ab"[state >> 31]);
  }
  const Document input = *Document::FromJson("\"" + text + "\"");
  Request request;
  request.input = &input;
  request.limits.time = std::chrono::seconds(60);
  const testing::Meter meter;
  const Outcome outcome = Decide(
      "x := count([1 | some i in numbers.range(1, 250)\n"
      "  regex.match(sprintf(\"a[ab]{12}c{%d}\", [i + 1]), input)])",
      request);
  const testing::Cost cost = meter.Read();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->detail, "limit_steps");
  ExpectCheap(cost, Limits(), outcome.stats.steps);
  EXPECT_LT(cost.peak_bytes, size_t{64} << 20);
}

// A match cannot be stopped: one that could take too long is not begun.
TEST(Limits, LongMatchesEndInTime) {
  std::string text;
  for (int i = 0; i < 12'000'000; ++i) text.push_back("ab"[i % 7 == i % 3]);
  const Document input = *Document::FromJson("\"" + text + "\"");
  Request request;
  request.input = &input;
  for (const std::string pattern :
       {"(a|b)*a(a|b){11}c", "(x+x+)+y", "[ab]{500}c"}) {
    SCOPED_TRACE(pattern);
    const testing::Meter meter;
    const Outcome outcome =
        Decide("x := regex.match(\"" + pattern + "\", input)", request);
    ASSERT_TRUE(outcome.error);
    EXPECT_TRUE(outcome.error->detail.starts_with("limit_"));
    EXPECT_LE(meter.Read().cpu_ms, kMostMs * testing::kSlower);
  }
}

// Large programs, one after the other.
TEST(Limits, LargeProgramsArePaidFor) {
  const Document input = *Document::FromJson(R"({"n": 1})");
  Request request;
  request.input = &input;
  request.limits.time = std::chrono::seconds(60);
  request.limits.steps = 1'000'000;
  const testing::Meter meter;
  const Outcome outcome = Decide(
      "x := count([1 | some i in numbers.range(input.n, 100000)\n"
      "  regex.match(sprintf(\"%d[a-z]{900}\", [i]), \"a\")])",
      request);
  const testing::Cost cost = meter.Read();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->detail, "limit_steps");
  ExpectCheap(cost, Limits(), outcome.stats.steps);
  EXPECT_LT(cost.peak_bytes, size_t{64} << 20);
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
