// Entries of one rule that are made of each other, and rules that are read by
// constant keys.

#include <gtest/gtest.h>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego {
namespace {

struct Case {
  const char* name;
  const char* policy;  // after "package p"
  const char* read;    // an expression; must read the same in every way
  const char* want;    // JSON; "-" undefined; otherwise an error's text
};

std::string Answered(const std::string& policy, const std::string& path,
                     Level level = Level::kStrict, bool why = false) {
  CompileOptions options;
  options.level = level;
  const CompileResult compiled =
      Compile(Source{"t", policy}, Builtins::Standard(), options);
  if (!compiled.program) return compiled.diagnostics[0].Text();
  Request request;
  request.entries = {compiled.program->Find(path)};
  const Outcome outcome =
      why ? Why(*compiled.program, request, request.entries[0]).outcome
          : Evaluate(*compiled.program, request);
  if (outcome.error) return outcome.error->Text();
  if (outcome.answers[0].state == State::kAbsent) return "absent";
  if (outcome.answers[0].state != State::kDefined) return "-";
  return json::Write(outcome.answers[0].value);
}

constexpr Case kParts[] = {
    {"entries of each other", "q.a := 2\nq.b := data.p.q.a + 1\n", "q.b", "3"},
    {"beside a variable key",
     "q[k] := 1 if some k in [\"c\", \"d\"]\nq.a := 2\n"
     "q.b := data.p.q.a + data.p.q.c\n",
     "q.b", "3"},
    {"keys of other kinds", "q[1] := 2\nq[2] := data.p.q[1] + 1\n", "q[2]",
     "3"},
    {"keys in quotes", "q[\"a b\"] := 2\nq.c := data.p.q[\"a b\"] + 1\n", "q.c",
     "3"},
    {"the whole as well",
     "q[k] := 1 if some k in [\"c\"]\nq.a := 2\nq.b := q.a + 1\n",
     "[q, q.b, q.c]", R"([{"a":2,"b":3,"c":1},3,1])"},
    {"deeper",
     "q[k].z := 1 if some k in [\"a\", \"c\"]\nq.a.x := 2\n"
     "q.a.y := data.p.q.a.x + data.p.q.c.z\n",
     "[q.a.y, q.a.z, q.a]", R"([3,1,{"x":2,"y":3,"z":1}])"},
    {"a value above", "q[k] := {\"x\": {\"y\": 5}} if some k in [\"a\"]\n",
     "q.a.x.y", "5"},
    {"nothing at the key", "q[k] := 1 if some k in [\"a\"]\n", "q.b", "-"},
    {"nothing below the value",
     "q[k] := v if {\n  some k in [\"a\"]\n  v := input.o\n}\n", "[1 | q.a.b]",
     "[]"},
    {"members", "q contains x if some x in [\"a\", 1]\n",
     "[q.a, q[1], [1 | q[2]]]", R"(["a",1,[]])"},
    {"members below a key",
     "q[k] contains x if {\n  some k in [\"a\", \"b\"]\n  some x in [k, "
     "1]\n}\n",
     "[q.a, q.b[1], [1 | q.a.c], [1 | q.c]]", R"([[1,"a"],1,[],[]])"},
    {"computed keys", "q[concat(\"\", [\"a\", k])] := k if some k in [\"b\"]\n",
     "q.ab", R"("b")"},
    {"else",
     "q[k] := 1 if some k in [\"c\"]\n"
     "q.a := 2 if false\nelse := 3\n",
     "[q.a, q]", R"([3,{"a":3,"c":1}])"},
    {"default",
     "q[k] := 1 if some k in [\"c\"]\n"
     "default q.a := 4\nq.a := 2 if false\n",
     "[q.a, q]", R"([4,{"a":4,"c":1}])"},
    {"two values",
     "q[k] := v if {\n  some k in [\"a\"]\n  some v in [1, 2]\n}\n", "q.a",
     "t:3: eval_conflict_error: object keys must be unique"},
    {"one value twice", "q[k] := 7 if some k in [\"a\"]\nq.a := 7\n", "q.a",
     "7"},
    {"two values at two places", "q[k] := 7 if some k in [\"a\"]\nq.a := 8\n",
     "q.a", "eval_conflict_error: object keys must be unique"},
    {"two values of a complete rule",
     "q[k] := 7 if some k in [\"c\"]\nq.a := v if some v in [1, 2]\n", "q.a",
     "eval_conflict_error: complete rules must not produce multiple outputs"},
    {"replaced", "q[k] := 7 if some k in [\"a\"]\n",
     "[v | v := q.a with data.p.q as {\"a\": 9}]", "[9]"},
    {"inside a comprehension", "q[k] := 7 if some k in [\"a\"]\n",
     "[v | v := data.p.q.a]", "[7]"},
};

TEST(Keyed, Parts) {
  for (const Case& one : kParts) {
    SCOPED_TRACE(one.name);
    const std::string policy = std::string("package p\n") + one.policy;
    for (const Level level : {Level::kStrict, Level::kLenient}) {
      for (const bool why : {false, true}) {
        const std::string got = Answered(policy + "x := " + one.read + "\n",
                                         "data.p.x", level, why);
        const std::string_view want = one.want;
        if (want.find("_error") == std::string_view::npos) {
          EXPECT_EQ(got, want);
        } else {
          EXPECT_NE(got.find(want.substr(want.find("eval"))), std::string::npos)
              << got;
        }
      }
    }
  }
}

// By a key that is known only later: the rule as a whole.
TEST(Keyed, OtherWaysToAskGiveTheSame) {
  const std::string policy =
      "package p\n"
      "q[k] := 1 if some k in [\"c\", \"d\"]\nq.a := 2 if false else := 5\n"
      "q[k].m := k if some k in [\"e\"]\n";
  for (const char* key : {"a", "c", "e", "none"}) {
    SCOPED_TRACE(key);
    const std::string name = key;
    const std::string by_constant =
        Answered(policy + "x := data.p.q." + name + "\n", "data.p.x");
    EXPECT_EQ(by_constant, Answered(policy + "x := v if {\n  some k in [\"" +
                                        name + "\"]\n  v := q[k]\n}\n",
                                    "data.p.x"));
    EXPECT_EQ(
        by_constant,
        Answered(policy + "x := [q, q." + name + "][1]\ny := q\n", "data.p.x"));
  }
  // The host, by the path of a definition.
  EXPECT_EQ(Answered(policy, "data.p.q.a"), "5");
  EXPECT_EQ(Answered("package p\nq[k] := 1 if some k in [\"a\"]\n"
                     "q.b.c := 2\nq.d.e := 3 if false\n",
                     "data.p.q.b"),
            R"({"c":2})");
  EXPECT_EQ(Answered("package p\nq[k] := 1 if some k in [\"a\"]\n"
                     "q.b.c := 2\nq.d.e := 3 if false\n",
                     "data.p.q.d"),
            "-");
  EXPECT_EQ(Answered("package p\nq[k].m := 1 if some k in [\"a\"]\n"
                     "q.a.n := 2\n",
                     "data.p.q.a.n"),
            "2");
}

// What is not asked for is not computed.
TEST(Keyed, OnlyWhatIsNeeded) {
  const std::string policy =
      "package p\n"
      "q[\"a\"] contains 1\nq[\"b\"] contains 1 / 0\n"
      "s contains \"a\"\ns contains to_number(\"x\") if input.never\n"
      "x := [q.a, s.a]\n";
  EXPECT_EQ(Answered(policy, "data.p.x"), R"([[1],"a"])");
  const std::string numbers =
      "package p\nq[1] := 1\nq[2] := 1 / input.zero\nq[3] := to_number(\"x\")\n"
      "x := q[1]\n";
  EXPECT_EQ(Answered(numbers, "data.p.x"), "1");
}

struct Refused {
  const char* policy;
  const char* message;  // empty: none
};

constexpr Refused kRecursion[] = {
    {"q.a := data.p.q.b\nq.b := data.p.q.a\n",
     "rule data.p.q.a is recursive: data.p.q.a -> data.p.q.b -> data.p.q.a"},
    {"q[k] := 1 if { k := data.p.q.a }\n",
     "rule data.p.q[k] is recursive: data.p.q[k] -> data.p.q[k]"},
    {"q[k] := 1 if some k in [\"c\"]\nq.a := data.p.q[input.k]\n",
     "rule data.p.q.a is recursive: data.p.q.a -> data.p.q.a"},
    {"q[k] := 1 if some k in [\"c\"]\nq.a := count(data.p.q)\n",
     "rule data.p.q.a is recursive: data.p.q.a -> data.p.q.a"},
    {"q[1] := data.p.q[1]\n",
     "rule data.p.q[1] is recursive: data.p.q[1] -> data.p.q[1]"},
    {"q[k] := data.p.q.a if some k in [\"a\"]\nq.a := 1\n",
     "rule data.p.q[k] is recursive: data.p.q[k] -> data.p.q[k]"},
    {"q[1] := data.p.q[2]\nq[2] := 3\nx := q\n", ""},
    {"q.a.x := 1\nq.a.y := data.p.q.a.x\nq[k].z := 1 if some k in [\"c\"]\n",
     ""},
};

TEST(Keyed, RecursionIsOfParts) {
  for (const Refused& one : kRecursion) {
    SCOPED_TRACE(one.policy);
    const std::string policy = std::string("package p\n") + one.policy;
    const std::string strict = Answered(policy, "data.p");
    const std::string lenient = Answered(policy, "data.p", Level::kLenient);
    if (*one.message == '\0') {
      EXPECT_EQ(strict.find("error"), std::string::npos) << strict;
      EXPECT_EQ(strict, lenient);
      continue;
    }
    EXPECT_NE(strict.find(one.message), std::string::npos) << strict;
    EXPECT_NE(lenient.find("rego_recursion_error"), std::string::npos)
        << lenient;
  }
}

// Many parts of many definitions are not planned each on its own.
TEST(Keyed, ManyPartsAreBounded) {
  std::string policy = "package p\n";
  for (int i = 0; i < 2000; ++i) {
    const std::string n = std::to_string(i);
    policy += "q[k] := 1 if { k := \"k" + n + "\" }\n";
    policy += "q.a" + n + " := 2\nr" + n + " := q.k" + n + "\n";
  }
  const CompileResult compiled =
      Compile(Source{"t", policy}, Builtins::Standard());
  ASSERT_TRUE(compiled.program);
  EXPECT_LT(compiled.program->MemoryBytes(), 64u << 20);
  EXPECT_EQ(Answered(policy, "data.p.r1999", Level::kLenient), "1");
  EXPECT_EQ(Answered(policy, "data.p.q.a1999", Level::kLenient), "2");
}

}  // namespace
}  // namespace vouchsafe::rego
