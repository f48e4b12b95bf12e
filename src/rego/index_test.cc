// Rule index, folding and caches: faster, and never another answer.

#include <gtest/gtest.h>

#include <thread>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

std::string Repeated(int count, const std::string& before,
                     const std::string& after) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += before + std::to_string(i) + after + "\n";
  }
  return out;
}

struct Row {
  const char* name;
  std::string policy;  // after "package p"
  bool indexed;
  std::vector<std::string> inputs;
};

std::vector<Row> Rows() {
  return {
      {"equality",
       Repeated(20, "x := 7 if input.role == \"r", "\""),
       true,
       {R"({"role": "r7"})", R"({"role": "none"})", "{}", R"({"role": 3})"}},
      {"values differ",
       "x := 1 if input.a == 1\nx := 2 if input.a == 2\n"
       "x := 3 if input.a == 1.0\nx := 4 if input.a == 4\n",
       true,
       {R"({"a": 2})", R"({"a": 1})", R"({"a": 1.0})", R"({"a": 5})"}},
      {"presence",
       "x := 1 if { input.t1; input.t1.a == 1 }\n"
       "x := 2 if { input.t2; input.t2.a == 1 }\n"
       "x := 3 if { input.t3; input.t3.a == 1 }\n"
       "x := 4 if { input.t4; input.t4.a == 1 }\n"
       "x := 4 if { input.t1; input.t1.a == 4 }\ndefault x := 9\n",
       true,
       {R"({"t2": {"a": 1}})", R"({"t1": {"a": 4}})", R"({"t5": 1})", "{}",
        R"({"t1": {"a": 1}, "t3": {"a": 1}})", R"([1])", "3",
        R"({"t4": {"a": 1}, "t1": {"a": 4}})"}},
      {"membership",
       Repeated(6, "x if input.a in {10, 20, ", "}"),
       true,
       {R"({"a": 10})", R"({"a": 3})", R"({"a": 9})", "{}"}},
      {"arguments",
       "x := f(input.a)\nf(\"a\") := 1\nf(\"b\") := 2\nf(\"c\") := 3\n"
       "f(\"d\") := 4\nf(v) := 5 if v == \"e\"\n",
       true,
       {R"({"a": "a"})", R"({"a": "d"})", R"({"a": "e"})", R"({"a": 1})"}},
      {"sets",
       Repeated(5, "x contains input.v if input.k == ", ""),
       true,
       {R"({"v": 1, "k": 3})", R"({"v": 1, "k": 9})"}},
      {"an error in what may apply",
       "x := 1 if { input.a == 1; 1 / input.z == 1 }\nx := 2 if input.a == 2\n"
       "x := 3 if input.a == 3\nx := 4 if input.a == 4\n",
       true,
       {R"({"a": 1, "z": 0})", R"({"a": 2, "z": 0})"}},
      {"else is tried in turn",
       "x := 1 if input.a == 1\nelse := 10 if input.b\n"
       "x := 10 if input.b == 2\nx := 10 if input.b == 3\n"
       "x := 10 if input.b == 4\nx := 10 if input.b == 5\n",
       true,
       {R"({"a": 1})", R"({"b": 3})", R"({"a": 2, "b": 2})"}},
      {"early end",
       Repeated(6, "x if input.a == ", ""),
       true,
       {R"({"a": 3})", R"({"a": 30})"}},
      {"few",
       "x := 1 if input.a == 1\nx := 2 if input.a == 2\n",
       false,
       {R"({"a": 1})"}},
      {"with",
       "x := v if v := y with input.a as 3\n" +
           Repeated(6, "y := 1 if input.a == ", ""),
       true,
       {R"({"a": 9})"}},
      {"folding",
       "x := [count([1, 2, 3]), upper(\"a\"), y, {1, 2} | {3}, z]\n"
       "y := [i | some i in [1, 2]]\nz := sprintf(\"%d\", [count(y)])\n",
       false,
       {"{}"}},
      {"folding is undone by with",
       "x := v if v := [y, z] with count as 7 with data.p.z as 4\ny := "
       "count([1])\n"
       "z := 5\n",
       false,
       {"{}"}},
      {"an error is not folded",
       "x := 1 if { input.a; to_number(\"q\") }\nelse := 2",
       false,
       {"{}", R"({"a": 1})"}},
  };
}

std::string Show(const Outcome& outcome) {
  if (outcome.error) return outcome.error->Text();
  std::string out;
  for (const Answer& answer : outcome.answers) {
    out += answer.Why() + ";" + json::Write(answer.value) + ";";
  }
  return out;
}

TEST(Index, SameAnswers) {
  for (const Row& row : Rows()) {
    const Source source{"p", "package p\n" + row.policy};
    const CompileResult compiled = Compile(source, Builtins::Standard());
    ASSERT_TRUE(compiled.program) << row.name;
    EXPECT_EQ(compiled.program->DumpIr().find(" select ") != std::string::npos,
              row.indexed)
        << row.name << "\n"
        << compiled.program->DumpIr();
    ProgramCache cache(Builtins::Standard());
    for (const std::string& text : row.inputs) {
      SCOPED_TRACE(std::string(row.name) + " " + text);
      const Document input = *Document::FromJson(text);
      Request request;
      request.input = &input;
      request.entries = {compiled.program->Find("data.p.x")};
      for (const bool strict : {true, false}) {
        request.strict_errors = strict;
        request.index = true;
        const std::string indexed = Show(Evaluate(*compiled.program, request));
        request.index = false;
        EXPECT_EQ(Show(Evaluate(*compiled.program, request)), indexed);
        request.index = true;
        EXPECT_EQ(
            Show(Why(*compiled.program, request, request.entries[0]).outcome),
            indexed);
        EXPECT_EQ(Show(Evaluate(*cache.Get(source)->program, request)),
                  indexed);
      }
    }
  }
}

TEST(Index, ManyDefinitionsCostLikeOne) {
  std::string policy = "package p\ndefault x := 0\n";
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    policy += "x := " + n + " if input.role == \"role-" + n + "\"\n";
  }
  const CompileResult compiled =
      Compile(Source{"", policy}, Builtins::Standard());
  const Document input = *Document::FromJson(R"({"role": "role-777"})");
  Request request;
  request.input = &input;
  request.entries = {compiled.program->Find("data.p.x")};
  const Outcome outcome = Evaluate(*compiled.program, request);
  EXPECT_EQ(json::Write(outcome.answers[0].value), "777");
  // The frame has registers for all of them.
  EXPECT_LT(outcome.stats.steps, 300u);
  request.index = false;
  EXPECT_GT(Evaluate(*compiled.program, request).stats.steps, 2000u);
}

TEST(Fold, ConstantsAreComputedOnce) {
  const CompileResult compiled =
      Compile(Source{"",
                     "package p\nx := concat(\"/\", [\"a\", lower(\"B\")])\n"
                     "big := numbers.range(1, 100000)\nnow := time.now_ns()"},
              Builtins::Standard());
  const std::string code = compiled.program->DumpIr();
  EXPECT_NE(code.find("\"a/b\""), std::string::npos) << code;
  EXPECT_LT(compiled.program->MemoryBytes(), 100'000u);
  Request request;
  request.entries = {compiled.program->Find("data.p.now")};
  request.now_ns = 42;
  EXPECT_EQ(json::Write(Evaluate(*compiled.program, request).answers[0].value),
            "42");
}

// Many devices: each evaluation costs the same, and nothing is left behind.
TEST(Memory, TwoHundredAndFiftySixDevices) {
  std::string policy =
      "package p\ndefault hardware := 97\n"
      "trust_claims := {\"hardware\": hardware, \"configuration\": 36}\n";
  for (int i = 0; i < 12; ++i) {
    const std::string tee = "input.tee" + std::to_string(i);
    policy += "hardware := 2 if {\n  " + tee + "\n  " + tee +
              ".svn in {1, 2}\n" + "  some event in " + tee +
              ".log\n  event.ok\n}\n";
  }
  const CompileResult compiled =
      Compile(Source{"", policy}, Builtins::Standard());
  size_t arena = 0;
  uint64_t steps = 0;
  for (int i = 0; i < 256; ++i) {
    const Document input = *Document::FromJson(
        R"({"tee7": {"svn": 2, "log": [{"ok": false}, {"ok": true}]}})");
    Request request;
    request.input = &input;
    request.entries = {compiled.program->Find("data.p.trust_claims")};
    const Outcome outcome = Evaluate(*compiled.program, request);
    ASSERT_FALSE(outcome.error);
    EXPECT_EQ(json::Write(outcome.answers[0].value),
              R"({"configuration":36,"hardware":2})");
    if (i == 0) {
      arena = outcome.stats.arena_bytes;
      steps = outcome.stats.steps;
    }
    EXPECT_EQ(outcome.stats.steps, steps);
    EXPECT_LE(outcome.stats.arena_bytes, std::max<size_t>(arena, 32 * 1024));
  }
}

// In one document: cost grows with the devices, not with their square.
TEST(Memory, ADocumentOfManyDevices) {
  const CompileResult compiled =
      Compile(Source{"",
                     "package p\ndefault allow := false\n"
                     "allow if {\n  some name, device in input.submods\n"
                     "  device.status == \"affirming\"\n"
                     "  regex.match(sprintf(\"^%s/.*$\", [name]), data.path)\n"
                     "  not bad\n}\n"
                     "bad if {\n  some device in input.submods\n"
                     "  device.status == \"contraindicated\"\n}\n"},
              Builtins::Standard());
  const auto steps_of = [&](int devices) {
    std::string text = "{\"submods\": {";
    for (int i = 0; i < devices; ++i) {
      text += std::string(i ? "," : "") + "\"gpu" + std::to_string(i) +
              "\": {\"status\": \"affirming\"}";
    }
    const Document input = *Document::FromJson(text + "}}");
    const Document data = *Document::FromJson(R"({"path": "none/a/b"})");
    Request request;
    request.input = &input;
    request.data = &data;
    request.entries = {compiled.program->Find("data.p.allow")};
    const Outcome outcome = Evaluate(*compiled.program, request);
    EXPECT_FALSE(outcome.error);
    EXPECT_EQ(json::Write(outcome.answers.at(0).value), "false");
    return outcome.stats.steps;
  };
  EXPECT_LT(steps_of(256), 40 * steps_of(8));
}

TEST(Threads, EightOnOneProgram) {
  const CompileResult compiled = Compile(
      Source{"", "package p\n" + Repeated(20, "x := 1 if input.a == ", "") +
                     "y := {k: v | some k, v in input.m}\n"
                     "z := f(input.a) if not input.none\nf(n) := n + 1\n"},
      Builtins::Standard());
  const Document input = *Document::FromJson(R"({"a": 3, "m": {"b": [1, 2]}})");
  std::vector<std::thread> threads;
  std::vector<int> good(8);
  for (size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        Request request;
        request.input = &input;
        for (const char* path : {"data.p.x", "data.p.y", "data.p.z"}) {
          request.entries.push_back(compiled.program->Find(path));
        }
        const Outcome outcome =
            i % 10 == 0
                ? Why(*compiled.program, request, request.entries[0]).outcome
                : Evaluate(*compiled.program, request);
        good[t] += !outcome.error &&
                   json::Write(outcome.answers[0].value) == "1" &&
                   json::Write(outcome.answers[1].value) == R"({"b":[1,2]})" &&
                   json::Write(outcome.answers[2].value) == "4";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, std::vector<int>(8, 100));
}

// The fast reader and the strict one agree; FromValue goes through neither.
TEST(Documents, EveryFormReadsTheSame) {
  const CompileResult compiled =
      Compile(Source{"", "package p\nx := input"}, Builtins::Standard());
  const char* texts[] = {
      "null",
      "0",
      "-0",
      "-12",
      "123456789012345678901234567890",
      "1.50",
      "1e3",
      "\"\"",
      R"("a\"\\\/\b\f\n\r\tz")",
      R"("\u0041\u00e9\ud83d\ude00")",
      "\"\xc3\xa9\xf0\x9f\x98\x80 and long enough for eight\"",
      R"({"b": 1, "a": {"c": [], "d": {}}, "": [null, true, false]})",
      " [ 1 , 2 ] ",
      R"({"a": 1, "b": 2, "a": 3})",
      R"({"k9":1,"k8":2,"k7":3,"k6":4,"k5":5,"k4":6,"k3":7,"k2":8,"k1":9,"k0":0})"};
  for (const char* text : texts) {
    SCOPED_TRACE(text);
    json::ParseOptions options = Document::DefaultParseOptions();
    const auto parsed = json::Parse(text, options);
    ASSERT_TRUE(parsed);
    const Document by_value = *Document::FromValue(*parsed);
    const Document by_text = *Document::FromJson(text);
    EXPECT_EQ(by_text.bytes(), std::string_view(text).size());
    std::string seen[2];
    for (int i = 0; i < 2; ++i) {
      Request request;
      request.input = i ? &by_text : &by_value;
      request.entries = {compiled.program->Find("data.p.x")};
      seen[i] =
          json::Write(Evaluate(*compiled.program, request).answers[0].value);
    }
    EXPECT_EQ(seen[0], seen[1]);
  }
  const char* bad[] = {"",
                       " ",
                       "01",
                       "1.",
                       "-",
                       "+1",
                       "1e",
                       "tru",
                       "[1,]",
                       "[1 2]",
                       "{\"a\"}",
                       "{\"a\":}",
                       "{a:1}",
                       "\"\x01\"",
                       "\"\xff\"",
                       "\"abc",
                       "\"\\x\"",
                       "\"\\u12\"",
                       "\"\\ud800\"",
                       "[1]]",
                       "[",
                       "\xef\xbb\xbf{}",
                       "1\v",
                       "\"\\",
                       "{\"a\":1,}",
                       "nullx",
                       "[\"\\u00zz\"]"};
  for (const char* text : bad) {
    EXPECT_FALSE(Document::FromJson(text)) << text;
  }
  EXPECT_FALSE(Document::FromJson(std::string_view("[1]\0", 4)));
  EXPECT_FALSE(Document::FromJson(std::string_view("\"a\0b\"", 5)));
}

}  // namespace
}  // namespace vouchsafe::rego
