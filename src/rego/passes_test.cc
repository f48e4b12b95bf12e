// Each pass by its dump: tokens, tree, resolved and ordered tree, code.

#include <gtest/gtest.h>

#include "rego/lexer.h"
#include "rego/parser.h"
#include "rego/resolve.h"
#include "rego/safety.h"
#include "rego/tree.h"

namespace vouchsafe::rego {
namespace {

TEST(Passes, Tokens) {
  EXPECT_EQ(DumpTokens(Lex("a.b # c\n:= \"x\\\"\" 1e3", Limits())),
            "name a 1:1\nsymbol . 1:2\nname b 1:3\nsymbol := 2:1\n"
            "string x\\\" 2:4\nnumber 1e3 2:10\nend  2:13\n");
  EXPECT_EQ(DumpTokens(Lex("$\"a{ {1} }b\"", Limits())),
            "template $\" 1:1\ntemplate-text a 1:3\nsymbol { 1:4\n"
            "symbol { 1:6\nnumber 1 1:7\nsymbol } 1:8\nsymbol } 1:10\n"
            "template-text b 1:11\ntemplate-end \" 1:12\nend  1:13\n");
}

struct Row {
  const char* source;
  const char* dump;
};

std::string Tree(const std::string& text) {
  const Source source{"", "package p\n" + text};
  const Parsed parsed = Parse(source, Version::kV1, Limits());
  if (parsed.error) return parsed.error->message;
  return Dump(*parsed.module).substr(10);  // without "package p\n"
}

TEST(Passes, Trees) {
  const Row rows[] = {
      {"x := 1 + 2 * 3", "(rule x := (call plus 1 (call mul 2 3)))\n"},
      {"x := 1 - 2 - 3", "(rule x := (call minus (call minus 1 2) 3))\n"},
      {"x if a == 1 | b", "(rule x {(call equal a (call or 1 b))})\n"},
      {"x if a in b == c",
       "(rule x {(call internal.member_2 a (call equal b c))})\n"},
      {"x if { a, b in c }", "(rule x {(call internal.member_3 a b c)})\n"},
      {"x := {a | b}", "(rule x := (set-of a {b}))\n"},
      {"x := {(a | b)}", "(rule x := (set (call or a b)))\n"},
      {"x := [a | b; c]", "(rule x := (array-of a {b; c}))\n"},
      {"x := {a: 1, \"b\": {}}", "(rule x := (object a 1 \"b\" (object)))\n"},
      {"x := set()", "(rule x := (set))\n"},
      {"x contains a if b", "(set x contains a {b})\n"},
      {"x[a] := b", "(object (ref x a) := b)\n"},
      {"x.y := b", "(rule (ref x \"y\") := b)\n"},
      {"f(a, [b]) := c", "(function f ( a (array b) ) := c)\n"},
      {"default x := 1", "(default x := 1)\n"},
      {"x := 1 if a else := 2 if { b }", "(rule x := 1 {a} else := 2 {b})\n"},
      {"x if { a } { b }", "(rule x {a})\n(rule x {b})\n"},
      {"x if not a.b[c]", "(rule x {(not {(ref a \"b\" c)})})\n"},
      {"x if some a, b in c", "(rule x {(some-in a b c)})\n"},
      {"x if every a in b { c }", "(rule x {(every _ a b {c})})\n"},
      {"x if a with input.b as 1", "(rule x {(with a (ref input \"b\") 1)})\n"},
      {"x if f(a)[0].b", "(rule x {(ref (call f a) 0 \"b\")})\n"},
      {"x if {\n a\n [b]\n}", "(rule x {a; (array b)})\n"},
      {"x := -1 - -a", "(rule x := (call minus -1 (call minus 0 a)))\n"},
      {"import data.a.b as c\nx := c", "import data a b as c\n(rule x := c)\n"},
  };
  for (const Row& row : rows) EXPECT_EQ(Tree(row.source), row.dump);
}

TEST(Passes, ResolutionAndOrder) {
  const Source source{"", R"(package p
import data.q.r as s
a := 1
b := [c, s.t] if { c > d; c = a; d = input.ds[_] }
)"};
  std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(Parse(source, Version::kV1, Limits()).module);
  Findings findings;
  const rego::Tree tree = BuildTree(modules, &findings);
  Resolve(modules, tree, {});
  CompileClock clock{std::chrono::milliseconds(1000)};
  OrderBodies(modules, {}, &clock, &findings);
  EXPECT_TRUE(findings.at(Step::kSafety).empty());
  EXPECT_EQ(Dump(*modules[0]),
            "package p\nimport data q r as s\n(rule a := 1)\n"
            "(rule b := (array c#0 (ref data \"q\" \"r\" \"t\")) "
            "{(= c#0 (ref data \"p\" \"a\")); "
            "(= d#1 (ref input \"ds\" _#2)); (call gt c#0 d#1)})\n");
}

TEST(Passes, Code) {
  const CompileResult compiled = Compile(
      Source{"", "package p\nx if input.xs[_] == 1"}, Builtins::Standard());
  EXPECT_EQ(compiled.program->DumpIr(),
            "data\n"
            "  0 builder-new r0 r0 r0 -> 0 #2\n"
            "  1 call r1 () -> 3 data.p\n"
            "  2 builder-put r0 \"p\" r1 -> 0\n"
            "  3 builder-base r0 r0 r0 -> 0\n"
            "  4 builder-done r1 r0 r0 -> 0\n"
            "  5 return r0 r1 r0 -> 0\n"
            "data.p\n"
            "  0 builder-new r0 r0 r0 -> 0 #2\n"
            "  1 call r1 () -> 3 data.p.x\n"
            "  2 builder-put r0 \"x\" r1 -> 0\n"
            "  3 builder-base r0 r0 r0 -> 0 #1\n"
            "  4 builder-done r1 r0 r0 -> 0\n"
            "  5 return r0 r1 r0 -> 0\n"
            "data.p.x\n"
            "  0 move r0 <undefined> r0 -> 0\n"
            "  1 try r0 r0 r0 -> 0\n"
            "  2 input r1 r0 r0 -> 9\n"
            "  3 index r2 r1 \"xs\" -> 9\n"
            "  4 iterate r3 r2 r0 -> 9\n"
            "  5 next r3 r2 4 -> 9\n"
            "  6 equal r0 r5 1 -> 5\n"
            "  7 set-once r0 true 0 -> 0\n"
            "  8 jump r0 r0 r0 -> 9\n"
            "  9 return r0 r0 r0 -> 0\n");
}

TEST(Passes, CompileTimeIsBounded) {
  std::string text = "package p\nx if {\n";
  for (int i = 0; i < 3000; ++i) {
    text += "a" + std::to_string(i) + " = a" + std::to_string(i + 1) + "\n";
  }
  text += "a3000 = 1\n}\n";
  CompileOptions options;
  options.limits.compile_time = std::chrono::milliseconds(50);
  const auto start = std::chrono::steady_clock::now();
  const CompileResult compiled =
      Compile(Source{"", text}, Builtins::Standard(), options);
  EXPECT_FALSE(compiled.program);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace vouchsafe::rego
