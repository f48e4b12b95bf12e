// Host functions: purity, answers known ahead, recording, time and calls.

#include <gtest/gtest.h>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

Builtins Doubling(int* calls, Purity purity) {
  HostFunction function;
  function.name = "twice";
  function.purity = purity;
  function.call =
      [calls](HostCall&,
              std::span<const json::Value> args) -> Result<json::Value> {
    ++*calls;
    const auto number = args[0].int64();
    if (!number) return Fail(ErrorCode::kInvalidInput, "want a number");
    return json::Value(*number * 2);
  };
  return *Builtins::WithHost({function});
}

Outcome Ask(const Program& program, Request request = {}) {
  request.entries = {program.Find("data.p.x")};
  return Evaluate(program, request);
}

TEST(Host, PureCallsOnConstantsAreMadeOnce) {
  int calls = 0;
  const CompileResult compiled =
      Compile(Source{"", "package p\nx := twice(3) + twice(twice(1))"},
              Doubling(&calls, Purity::kPure));
  EXPECT_EQ(calls, 3);
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = Ask(*compiled.program);
    EXPECT_EQ(json::Write(outcome.answers[0].value), "10");
    EXPECT_EQ(outcome.stats.host_calls, 0u);
  }
  EXPECT_EQ(calls, 3);
  EXPECT_TRUE(compiled.program->HostCallConstants("twice").empty());
}

TEST(Host, APureCallThatFailsFailsWhenReached) {
  int calls = 0;
  const CompileResult compiled = Compile(
      Source{"", "package p\nx := 1 if { input.a; twice(\"no\") }\nelse := 2"},
      Doubling(&calls, Purity::kPure));
  EXPECT_EQ(json::Write(Ask(*compiled.program).answers[0].value), "2");
  const Document input = *Document::FromJson(R"({"a": true})");
  Request request;
  request.input = &input;
  EXPECT_EQ(Ask(*compiled.program, request).error->code, "eval_host_error");
}

TEST(Host, APureCallCanBeReplaced) {
  int calls = 0;
  const CompileResult compiled = Compile(
      Source{"", "package p\ny := twice(3)\nx := v if v := y with twice as 7"},
      Doubling(&calls, Purity::kPure));
  EXPECT_EQ(json::Write(Ask(*compiled.program).answers[0].value), "7");
}

TEST(Host, AnswersKnownAhead) {
  int calls = 0;
  const CompileResult compiled =
      Compile(Source{"", "package p\nx := [twice(1), twice(2), twice(1)]"},
              Doubling(&calls, Purity::kStable));
  HostAnswers known;
  known.Add({"twice", {json::Value(1)}, json::Value(100)});
  Request request;
  request.known = &known;
  const Outcome outcome = Ask(*compiled.program, request);
  EXPECT_EQ(json::Write(outcome.answers[0].value), "[100,4,100]");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(outcome.stats.host_calls, 1u);
}

TEST(Host, KnownAnswersOfSetsCopiesAndReplacements) {
  int calls = 0;
  const CompileResult compiled = Compile(
      Source{"", "package p\nx := [twice({1, 2}), twice([1, 2]), twice(3)]"},
      Doubling(&calls, Purity::kStable));
  HostAnswers known;
  // JSON has one form for a set and its array.
  known.Add({"twice", {*json::Parse("[1,2]")}, json::Value("both")});
  known.Add({"twice", {json::Value(3)}, json::Value("old")});
  known.Add({"other", {json::Value(3)}, json::Value("not asked")});
  HostAnswers copy = known;
  copy.Add({"twice", {json::Value(3)}, *json::Parse(R"({"new": [1]})")});
  Request request;
  request.replay = true;
  request.known = &copy;
  EXPECT_EQ(json::Write(Ask(*compiled.program, request).answers[0].value),
            R"(["both","both",{"new":[1]}])");
  request.known = &known;
  EXPECT_EQ(json::Write(Ask(*compiled.program, request).answers[0].value),
            R"(["both","both","old"])");
  known = std::move(copy);
  EXPECT_EQ(json::Write(Ask(*compiled.program, request).answers[0].value),
            R"(["both","both",{"new":[1]}])");
  EXPECT_EQ(calls, 0);
}

TEST(Host, RecordAndReplay) {
  int calls = 0;
  const CompileResult compiled =
      Compile(Source{"", "package p\nx := [twice(1), twice(2)]"},
              Doubling(&calls, Purity::kVolatile));
  HostAnswers record;
  Request request;
  request.record = &record;
  const Outcome live = Ask(*compiled.program, request);
  EXPECT_EQ(record.list().size(), 2u);
  const std::string text = json::Write(record.ToJson());
  EXPECT_EQ(text, R"([{"function":"twice","arguments":[1],"answer":2},)"
                  R"({"function":"twice","arguments":[2],"answer":4}])");
  const HostAnswers read = *HostAnswers::FromJson(*json::Parse(text));
  request = {};
  request.known = &read;
  request.replay = true;
  calls = 0;
  EXPECT_EQ(Ask(*compiled.program, request).answers[0].value,
            live.answers[0].value);
  EXPECT_EQ(calls, 0);
  const HostAnswers none;
  request.known = &none;
  const Outcome lacking = Ask(*compiled.program, request);
  EXPECT_EQ(lacking.error->code, "eval_host_error");
  EXPECT_EQ(lacking.error->message,
            "twice: the recording has no answer for the arguments [1]");
  for (const char* bad :
       {"{}", "[1]", R"([{"function": 1}])",
        R"([{"function": "f", "arguments": 1, "answer": 1}])"}) {
    EXPECT_FALSE(HostAnswers::FromJson(*json::Parse(bad))) << bad;
  }
}

TEST(Host, CallsAndTimeAreBounded) {
  int calls = 0;
  const CompileResult compiled = Compile(
      Source{"", "package p\nx := [twice(i) | some i in numbers.range(1, 50)]"},
      Doubling(&calls, Purity::kStable));
  Request request;
  request.limits.host_calls = 10;
  EXPECT_EQ(Ask(*compiled.program, request).error->detail, "limit_host_calls");
  EXPECT_EQ(calls, 10);
  request = {};
  request.limits.host_time = std::chrono::milliseconds(0);
  EXPECT_EQ(Ask(*compiled.program, request).error->detail, "limit_host_time");
}

TEST(Host, TimeOfTheHostIsNotThePolicys) {
  HostFunction slow;
  slow.name = "slow";
  slow.arity = 0;
  slow.purity = Purity::kVolatile;
  slow.call = [](HostCall&,
                 std::span<const json::Value>) -> Result<json::Value> {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
    while (std::chrono::steady_clock::now() < end) {
    }
    return json::Value(1);
  };
  const CompileResult compiled =
      Compile(Source{"",
                     "package p\nx := count([i | some i in "
                     "numbers.range(1, 3000); i > 0]) + slow()"},
              *Builtins::WithHost({slow}));
  Request request;
  request.limits.time = std::chrono::milliseconds(250);
  const Outcome outcome = Ask(*compiled.program, request);
  EXPECT_FALSE(outcome.error) << outcome.error->Text();
  EXPECT_GE(outcome.stats.host_time, std::chrono::milliseconds(300));
}

}  // namespace
}  // namespace vouchsafe::rego
