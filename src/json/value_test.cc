#include "json/value.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "json/parse.h"

namespace vouchsafe::json {
namespace {

Value P(std::string_view text) {
  auto value = Parse(text);
  EXPECT_TRUE(value) << text << ": " << value.error().Text();
  return value ? *value : Value();
}

TEST(Value, IntegersKeepOneForm) {
  EXPECT_EQ(Value(uint64_t{5}).type(), Value::Type::kInt);
  EXPECT_EQ(Value(uint64_t{5}), Value(5));
  EXPECT_EQ(Value(UINT64_MAX).type(), Value::Type::kUint);
  EXPECT_EQ(Value(UINT64_MAX).uint64(), UINT64_MAX);
  EXPECT_EQ(Value(UINT64_MAX).int64(), std::nullopt);
  EXPECT_EQ(Value(-1).uint64(), std::nullopt);
  EXPECT_EQ(Value(INT64_MIN).int64(), INT64_MIN);
  EXPECT_EQ(Value(Decimal{"1.0"}).int64(), std::nullopt);
  EXPECT_EQ(Value("1").int64(), std::nullopt);
}

TEST(Value, NumberTextIsTheTextRead) {
  for (const char* text :
       {"0", "-0", "-0.0", "1.50", "1e9", "1E+9", "9223372036854775807",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "1e999999999999999999999"}) {
    EXPECT_EQ(P(text).number_text(), text);
    EXPECT_TRUE(P(text).is_number());
  }
  EXPECT_EQ(Value("x").number_text(), "");
}

TEST(Value, TypesOfNumbers) {
  EXPECT_EQ(P("-0").type(), Value::Type::kDecimal);
  EXPECT_EQ(P("0").type(), Value::Type::kInt);
  EXPECT_EQ(P("9223372036854775808").type(), Value::Type::kUint);
  EXPECT_EQ(P("18446744073709551616").type(), Value::Type::kDecimal);
  EXPECT_EQ(P("-9223372036854775809").type(), Value::Type::kDecimal);
  EXPECT_EQ(P("1.0").type(), Value::Type::kDecimal);
}

TEST(Value, EqualityIgnoresOrderOfMembersOnly) {
  EXPECT_EQ(P(R"({"a":1,"b":[true,null]})"), P(R"({"b":[true,null],"a":1})"));
  EXPECT_FALSE(P("[1,2]") == P("[2,1]"));
  EXPECT_FALSE(P(R"({"a":1})") == P(R"({"a":1,"b":2})"));
  EXPECT_FALSE(P(R"({"a":1})") == P(R"({"b":1})"));
  EXPECT_FALSE(P("1") == P("1.0"));
  EXPECT_FALSE(P("1") == P("true"));
}

TEST(Value, PointerLeadsToValues) {  // RFC 6901 section 5
  const Value v = P(R"({"foo":["bar","baz"],"":0,"a/b":1,"m~n":8,"~1":9})");
  EXPECT_EQ(v.At(""), &v);
  EXPECT_EQ(*v.At("/foo/0"), Value("bar"));
  EXPECT_EQ(*v.At("/"), Value(0));
  EXPECT_EQ(*v.At("/a~1b"), Value(1));
  EXPECT_EQ(*v.At("/m~0n"), Value(8));
  EXPECT_EQ(*v.At("/~01"), Value(9));
  for (const char* nowhere :
       {"foo", "/foo/2", "/foo/01", "/foo/-", "/foo/0/x", "/m~n", "/m~",
        "/foo/", "/foo/18446744073709551616", "/none/none"}) {
    EXPECT_EQ(v.At(nowhere), nullptr) << nowhere;
  }
}

TEST(Object, KeepsOrderReplacesInPlaceAndErases) {
  Object object;
  object.Set("b", 1);
  object.Set("a", 2);
  object.Set("b", 3);
  ASSERT_EQ(object.size(), 2u);
  EXPECT_EQ(object.begin()->name, "b");
  EXPECT_EQ(*object.Find("b"), Value(3));
  EXPECT_TRUE(object.Erase("b"));
  EXPECT_FALSE(object.Erase("b"));
  EXPECT_EQ(object.Find("b"), nullptr);
  EXPECT_EQ(object.begin()->name, "a");
}

TEST(Object, LookupHoldsAcrossTheIndexAtEverySize) {
  Object object;
  for (int i = 0; i < 300; ++i) {
    const std::string name = std::to_string(i * 7919 % 1000);
    EXPECT_EQ(object.Find(name), nullptr);
    object.Set(name, i);
    for (int j = 0; j <= i; ++j) {
      const Value* found = object.Find(std::to_string(j * 7919 % 1000));
      ASSERT_NE(found, nullptr);
      ASSERT_EQ(*found, Value(j));
    }
  }
  const Object copy = object;
  EXPECT_EQ(copy, object);
  for (int i = 0; i < 290; ++i) {
    ASSERT_TRUE(object.Erase(std::to_string(i * 7919 % 1000)));
  }
  EXPECT_EQ(*object.Find(std::to_string(295 * 7919 % 1000)), Value(295));
  EXPECT_EQ(object.size(), 10u);
}

TEST(Object, AddedMembersAreFoundAcrossTheIndexToo) {
  Object object;
  object.Reserve(200);
  for (int i = 0; i < 200; ++i) object.Add(std::to_string(i), i);
  EXPECT_EQ(object.size(), 200u);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(*object.Find(std::to_string(i)), Value(i));
  }
  EXPECT_EQ(object.Find("200"), nullptr);
  object.Set("7", "again");
  EXPECT_EQ(object.size(), 200u);
}

TEST(Object, AddingANameTwiceIsCaughtOutsideRelease) {
  Object object;
  object.Add("a", 1);
  EXPECT_DEBUG_DEATH(object.Add("a", 2), "IndexOf");
}

TEST(Object, ManyMembersTakeNoQuadraticTime) {
  std::string text = "{";
  for (int i = 0; i < 200000; ++i) {
    text += "\"" + std::to_string(i) + "\":0,";
  }
  text.back() = '}';
  EXPECT_EQ(P(text).if_object()->size(), 200000u);
}

TEST(Value, TypeNames) {
  EXPECT_EQ(TypeName(nullptr), "null");
  EXPECT_EQ(TypeName(true), "boolean");
  EXPECT_EQ(TypeName(1), "number");
  EXPECT_EQ(TypeName(Decimal{"1.5"}), "number");
  EXPECT_EQ(TypeName("x"), "string");
  EXPECT_EQ(TypeName(Array()), "array");
  EXPECT_EQ(TypeName(Object()), "object");
}

}  // namespace
}  // namespace vouchsafe::json
