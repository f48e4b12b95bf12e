// Entries, host functions, explanations, documents and the cache.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

std::shared_ptr<const Program> Make(
    const std::string& text, const Builtins& builtins = Builtins::Standard()) {
  CompileResult compiled = Compile(Source{"policy.rego", text}, builtins);
  EXPECT_TRUE(compiled.program)
      << (compiled.diagnostics.empty() ? "" : compiled.diagnostics[0].Text());
  return compiled.program;
}

// Answers `{"svn": [1, 2]}[name]`, null otherwise; "down" fails.
Builtins CountingHost(std::atomic<int>* calls,
                      Purity purity = Purity::kStable) {
  HostFunction function;
  function.name = "lookup";
  function.purity = purity;
  function.call =
      [calls](HostCall&,
              std::span<const json::Value> args) -> Result<json::Value> {
    ++*calls;
    const std::string& name = *args[0].if_string();
    if (name == "down") return Fail(ErrorCode::kUnavailable, "no answer");
    if (name == "svn") return json::Value(json::Array{1, 2});
    return json::Value();
  };
  return *Builtins::WithHost({function});
}

Outcome Ask(const Program& program, std::vector<std::string> paths,
            const Document* input = nullptr, bool explain = false) {
  Request request;
  for (const std::string& path : paths) {
    request.entries.push_back(program.Find(path));
  }
  request.input = input;
  request.explain = explain;
  return Evaluate(program, request);
}

TEST(Api, StatesOfAnEntry) {
  const auto program =
      Make("package policy\na := 1\nb := 2 if false\nf(x) := x");
  const Outcome outcome = Ask(*program, {"data.policy.a", "data.policy.b",
                                         "data.policy.c", "data.policy.f"});
  ASSERT_FALSE(outcome.error);
  EXPECT_EQ(outcome.answers[0].state, State::kDefined);
  EXPECT_EQ(outcome.answers[1].state, State::kUndefined);
  EXPECT_EQ(outcome.answers[2].state, State::kAbsent);
  EXPECT_EQ(outcome.answers[3].state, State::kAbsent);
  EXPECT_EQ(program->Entries(),
            (std::vector<std::string>{"data.policy.a", "data.policy.b"}));
}

TEST(Api, WhereAValueComesFrom) {
  const auto program = Make(R"(package policy

default allow := false

allow if input.ok

level := 1 if input.none
else := 2
)");
  const Document input = *Document::FromJson(R"({"ok": true})");
  EXPECT_EQ(Ask(*program, {"data.policy.allow"}).answers[0].Why(),
            "data.policy.allow is false (default, line 3)");
  const Outcome outcome =
      Ask(*program, {"data.policy.allow", "data.policy.level"}, &input);
  EXPECT_EQ(outcome.answers[0].Why(), "data.policy.allow is true (line 5)");
  EXPECT_EQ(outcome.answers[1].Why(), "data.policy.level is 2 (else, line 8)");
}

TEST(Api, ExplainNamesTheFailingExpression) {
  const auto program = Make(R"(package policy
default allow := false
allow if {
  input.level
  input.level >= 3
}
allow if input.admin == true
)");
  const Document input = *Document::FromJson(R"({"level": 2})");
  const Outcome outcome = Ask(*program, {"data.policy.allow"}, &input, true);
  ASSERT_EQ(outcome.tried.size(), 2u);
  EXPECT_EQ(outcome.tried[0].rule, "data.policy.allow");
  EXPECT_EQ(outcome.tried[0].failed_text, "input.level >= 3");
  EXPECT_EQ(outcome.tried[0].failed_at.row, 5);
  EXPECT_EQ(outcome.tried[0].reason, "left 2, right 3");
  EXPECT_EQ(outcome.tried[1].failed_text, "input.admin == true");
  EXPECT_EQ(outcome.tried[1].reason,
            "is undefined: input has no key \"admin\"");
}

TEST(Api, StableHostCallsAreAskedOnce) {
  std::atomic<int> calls = 0;
  const std::string text = R"(package policy
a := lookup("svn")
b if 2 in lookup("svn")
c := lookup("none")
)";
  const auto program = Make(text, CountingHost(&calls));
  const Outcome outcome = Ask(*program, {"data.policy.a", "data.policy.b"});
  ASSERT_FALSE(outcome.error) << outcome.error->Text();
  EXPECT_EQ(json::Write(outcome.answers[0].value), "[1,2]");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(outcome.stats.host_calls, 1u);
  EXPECT_TRUE(Ask(*program, {"data.policy.c"}).answers[0].value.is_null());
  calls = 0;
  const auto every_time = Make(text, CountingHost(&calls, Purity::kVolatile));
  Ask(*every_time, {"data.policy.a", "data.policy.b"});
  EXPECT_EQ(calls, 2);
}

TEST(Api, AHostFailureEndsTheEvaluation) {
  std::atomic<int> calls = 0;
  const auto program = Make(R"(package policy
default allow := true
allow := false if not lookup("down")
)",
                            CountingHost(&calls));
  Request request;
  request.entries = {program->Find("data.policy.allow")};
  request.strict_errors = false;
  const Outcome outcome = Evaluate(*program, request);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, "eval_host_error");
  EXPECT_EQ(outcome.error->ToError().code, ErrorCode::kUnavailable);
  EXPECT_EQ(outcome.error->location.row, 3);
}

TEST(Api, BlocksBehindAFailedTestAskNothing) {
  std::atomic<int> calls = 0;
  const auto program = Make(R"(package policy
allow if {
  input.snp
  input.snp.svn in lookup("svn")
})",
                            CountingHost(&calls));
  Ask(*program, {"data.policy.allow"});
  EXPECT_EQ(calls, 0);
}

TEST(Api, HostCallConstants) {
  std::atomic<int> calls = 0;
  const auto program = Make(R"(package policy
a := lookup("b")
c := lookup("a")
)",
                            CountingHost(&calls));
  EXPECT_EQ(program->HostCallConstants("lookup"),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(program->HostCallsOpen("lookup"));
  const auto open =
      Make("package policy\na := lookup(input.x)", CountingHost(&calls));
  EXPECT_TRUE(open->HostCallsOpen("lookup"));
}

TEST(Api, HostOfTheRequest) {
  const Builtins builtins = *Builtins::WithHost({{"ask", 1, {}, {}}});
  const auto program = Make("package p\nx := ask(1)", builtins);
  Request request;
  request.entries = {program->Find("data.p.x")};
  EXPECT_EQ(Evaluate(*program, request).error->code, "eval_host_error");
  request.host = [](HostCall& call,
                    std::span<const json::Value>) -> Result<json::Value> {
    return json::Value(call.function);
  };
  EXPECT_EQ(*Evaluate(*program, request).answers[0].value.if_string(), "ask");
  request.limits.host_calls = 0;
  EXPECT_EQ(Evaluate(*program, request).error->detail, "limit_host_calls");
  EXPECT_FALSE(Builtins::WithHost({{"a", 1, {}, {}}, {"a", 1, {}, {}}}));
}

TEST(Api, HostFunctionsCanBeReplaced) {
  std::atomic<int> calls = 0;
  const auto program =
      Make("package p\nx := v if v := lookup(\"svn\") with lookup as 5",
           CountingHost(&calls));
  EXPECT_EQ(*Ask(*program, {"data.p.x"}).answers[0].value.int64(), 5);
  EXPECT_EQ(calls, 0);
}

TEST(Api, DataDoesNotOverrideARule) {
  const auto program = Make("package policy\nallow := false");
  const Document data = *Document::FromJson(R"({"policy": {"allow": true}})");
  Request request;
  request.data = &data;
  request.entries = {program->Find("data.policy.allow")};
  const Outcome outcome = Evaluate(*program, request);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, "eval_conflict_error");
}

TEST(Api, Documents) {
  EXPECT_TRUE(Document::FromJson(R"({"a": 1, "a": 2})"));
  json::ParseOptions options = Document::DefaultParseOptions();
  options.duplicates = json::DuplicateKeys::kReject;
  EXPECT_FALSE(Document::FromJson(R"({"a": 1, "a": 2})", options));
  EXPECT_FALSE(Document::FromJson("{} x"));
  EXPECT_FALSE(Document::FromJson("\"\xff\""));
  // Values come out as they went in, keys in order.
  const std::string text = R"({"b":[1.50,"x\n"],"a":{"c":null}})";
  const Document input = *Document::FromJson(text);
  const auto program = Make("package p\nx := input");
  EXPECT_EQ(json::Write(Ask(*program, {"data.p.x"}, &input).answers[0].value),
            R"({"a":{"c":null},"b":[1.50,"x\n"]})");
}

TEST(Api, Digest) {
  const std::string text = "package p\nx := 1";
  EXPECT_EQ(HexEncode(Make(text)->SourceSha384()),
            HexEncode(crypto::Sha384(AsBytes(text))));
}

TEST(Api, StrictLevelRefuses) {
  CompileOptions options;
  options.level = Level::kStrict;
  for (const std::string text :
       {"x if y == 1", "x := none(1)", "x := x",
        "default x := 1\ndefault x := 2", "f(a) := a\nx := f(1, 2, 3)"}) {
    SCOPED_TRACE(text);
    const Source source{"t", "package p\n" + text};
    const CompileResult strict = Compile(source, Builtins::Standard(), options);
    EXPECT_FALSE(strict.program);
    ASSERT_FALSE(strict.diagnostics.empty());
    EXPECT_GE(strict.diagnostics[0].row, 1);
    EXPECT_TRUE(Compile(source, Builtins::Standard()).program);
  }
}

TEST(Api, SyntaxErrorsHaveAPlace) {
  const auto found = CheckSyntax({"a.rego", "package p\n\nx := [1,, 2]"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].Text(),
            "a.rego:3:9: rego_parse_error: unexpected \",\", expected a value");
  EXPECT_TRUE(CheckSyntax({"a.rego", "package p"}).empty());
  EXPECT_FALSE(CheckSyntax({"a.rego", ""}).empty());
  EXPECT_FALSE(CheckSyntax({"a.rego", "package p\nx := \"\xff\""}).empty());
}

TEST(Api, OldSyntax) {
  CompileOptions options;
  options.version = Version::kV0;
  const CompileResult compiled =
      Compile(Source{"", "package p\nx { input.a }\ny[v] { v := [1, 2][_] }"},
              Builtins::Standard(), options);
  ASSERT_TRUE(compiled.program);
  const Document input = *Document::FromJson(R"({"a": 1})");
  const Outcome outcome =
      Ask(*compiled.program, {"data.p.x", "data.p.y"}, &input);
  EXPECT_EQ(json::Write(outcome.answers[0].value), "true");
  EXPECT_EQ(json::Write(outcome.answers[1].value), "[1,2]");
}

TEST(Api, CacheCompilesOnce) {
  ProgramCache cache(Builtins::Standard());
  const Source source{"", "package p\nx := 1"};
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto compiled = cache.Get(source);
      if (compiled->program && !Ask(*compiled->program, {"data.p.x"}).error) {
        ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
  EXPECT_EQ(cache.compiled(), 1u);
  CompileOptions strict;
  strict.level = Level::kStrict;
  cache.Get(source, strict);
  EXPECT_EQ(cache.compiled(), 2u);
  EXPECT_FALSE(cache.Get({"", "nonsense"})->program);
  cache.Get({"", "nonsense"});
  EXPECT_EQ(cache.compiled(), 3u);
}

TEST(Api, CacheIsBounded) {
  ProgramCache cache(Builtins::Standard(), 20'000);
  for (int i = 0; i < 50; ++i) {
    cache.Get({"", "package p\nx := " + std::to_string(i)});
  }
  EXPECT_LE(cache.bytes(), 20'000u);
  const uint64_t before = cache.compiled();
  cache.Get({"", "package p\nx := 49"});
  EXPECT_EQ(cache.compiled(), before);
  cache.Get({"", "package p\nx := 0"});
  EXPECT_EQ(cache.compiled(), before + 1);
}

TEST(Api, OneProgramManyThreads) {
  const auto program = Make(
      "package p\nx := sum([v | some v in input.xs; regex.match(`^[0-9]+$`, "
      "sprintf(\"%d\", [v]))])");
  const Document input = *Document::FromJson(R"({"xs": [1, 2, 3]})");
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) {
        const Outcome outcome = Ask(*program, {"data.p.x"}, &input);
        if (!outcome.error && *outcome.answers[0].value.int64() == 6) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 800);
}

}  // namespace
}  // namespace vouchsafe::rego
