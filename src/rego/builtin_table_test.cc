// The declared names and types.

#include "rego/builtin_table.h"

#include <gtest/gtest.h>

#include <set>

#include "json/parse.h"
#include "rego/builtin_types.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::rego {
namespace {

const Builtin& Find(std::string_view name) {
  const int index = StandardBuiltins().Find(name);
  EXPECT_GE(index, 0) << name;
  return StandardBuiltins().at(static_cast<size_t>(std::max(index, 0)));
}

TEST(BuiltinTable, TypesAreReadAndWritten) {
  struct Case {
    const char* name;
    const char* args;
    const char* result;
  };
  constexpr Case kCases[] = {
      {"concat", "(string, any<array[string], set[string]>)", "string"},
      {"time.date", "(any<number, array<number, string>>)",
       "array<number, number, number>"},
      {"json.patch", "(any, array[object<op: string, path: any>[any: any]])",
       "any"},
      {"walk", "(any)", "array<array[any], any>"},
      {"opa.runtime", "()", "object[string: any]"},
  };
  for (const Case& one : kCases) {
    const Signature& signature = Find(one.name).signature;
    EXPECT_EQ(ArgsText(signature), one.args);
    EXPECT_EQ(TypeText(signature.result), one.result);
  }
  EXPECT_TRUE(Find("print").signature.variadic);
  EXPECT_EQ(Find("print").arity, kAnyArity);
  EXPECT_FALSE(Find("print").signature.has_result);
}

TEST(BuiltinTable, Notes) {
  EXPECT_TRUE(Find("walk").relation);
  EXPECT_TRUE(Find("re_match").deprecated);
  EXPECT_TRUE(Find("time.now_ns").varying);
  EXPECT_TRUE(Find("plus").infix);
  EXPECT_EQ(Find("http.send").function, nullptr);
  EXPECT_EQ(StandardBuiltins().Find("no.such"), -1);
}

TEST(BuiltinTable, TypesOverlap) {
  const auto type = [](const char* text) {
    return ParseSignature(std::string("f() ") + text).result;
  };
  struct Case {
    const char* a;
    const char* b;
    bool overlap;
  };
  constexpr Case kCases[] = {
      {"any", "string", true},
      {"number", "string", false},
      {"any<number, string>", "any<string, null>", true},
      {"array[string]", "array<string, number>", false},
      {"array[string]", "array", true},
      {"array<string>", "array<string, string>", false},
      {"set[string]", "set[number]", true},
      {"object<op: string>", "object<op: number>", false},
      {"object<op: string>[any: any]", "object[string: any]", true},
      {"object<op: string>", "object[number: any]", false},
  };
  for (const Case& one : kCases) {
    // The table's texts live as long as the program, these as long as the line.
    EXPECT_EQ(MayOverlap(type(one.a), type(one.b)), one.overlap)
        << one.a << " " << one.b;
    EXPECT_EQ(MayOverlap(type(one.b), type(one.a)), one.overlap);
  }
  EXPECT_EQ(KindsOf(type("any<number, set>")),
            KindBit(Kind::kNumber) | KindBit(Kind::kSet));
}

TEST(BuiltinTable, TypeOfValues) {
  EXPECT_EQ(TypeText(TypeOf(Value::Int(1))), "number");
  EXPECT_EQ(TypeText(TypeOf(Value::Null())), "null");
  Arena arena;
  const std::vector<Value> items = {Value::Int(1), Value::Text("a")};
  EXPECT_EQ(TypeText(TypeOf(MakeArray(arena, items))), "array<number, string>");
}

// Every name of the language's own list, with as many arguments.
TEST(BuiltinTable, NamesOfTheCapabilities) {
  SHARED_OR_SKIP(path, "conformance/rego/reference/opa-capabilities.json");
  const auto list = json::Parse(vouchsafe::testing::ReadFile(path));
  ASSERT_TRUE(list);
  std::set<std::string, std::less<>> seen;
  for (const json::Value& one : *list->Find("builtins")->if_array()) {
    const std::string name = *one.Find("name")->if_string();
    seen.insert(name);
    const json::Value* args = one.Find("decl")->Find("args");
    const size_t arity = args ? args->if_array()->size() : 0;
    EXPECT_EQ(Find(name).signature.args.size(), arity) << name;
  }
  EXPECT_EQ(StandardBuiltins().size(), seen.size());
}

}  // namespace
}  // namespace vouchsafe::rego
