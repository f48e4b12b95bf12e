#include "rego/value.h"

#include <gtest/gtest.h>

#include "rego/number.h"
#include "rego/print.h"

namespace vouchsafe::rego {
namespace {

TEST(Value, TotalOrder) {
  Arena arena;
  const Value one = Value::Int(1), two = Value::Int(2);
  // Each less than the next.
  const std::vector<Value> ordered = {
      Value::Null(),
      Value::Bool(false),
      Value::Bool(true),
      MakeNumber(arena, "-1e4000"),
      MakeNumber(arena, "-1e-4000"),
      Value::Int(0),
      MakeNumber(arena, "1e-4000"),
      one,
      MakeNumber(arena, "1.00000000000000000001"),
      two,
      MakeNumber(arena, "9223372036854775808"),
      MakeNumber(arena, "1e4000"),
      Value::Text(""),
      Value::Text("a"),
      Value::Text("ab"),
      Value::Text("\xc3\xa4"),
      Value::EmptyArray(),
      MakeArray(arena, std::vector<Value>{one}),
      MakeArray(arena, std::vector<Value>{one, one}),
      MakeArray(arena, std::vector<Value>{two}),
      Value::EmptyObject(),
      MakeObject(arena, {{one, one}}),
      MakeObject(arena, {{one, two}}),
      MakeObject(arena, {{two, one}}),
      Value::EmptySet(),
      MakeSet(arena, {one, two}),
      MakeSet(arena, {two}),
  };
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (size_t j = 0; j < ordered.size(); ++j) {
      const int want = i < j ? -1 : i > j;
      EXPECT_EQ(Compare(ordered[i], ordered[j]), want)
          << RegoText(ordered[i]) << " and " << RegoText(ordered[j]);
    }
    EXPECT_EQ(HashOf(ordered[i]), HashOf(CopyInto(arena, ordered[i])));
  }
}

TEST(Value, CollectionsAreSortedAndUnique) {
  Arena arena;
  const Value set =
      MakeSet(arena, {Value::Int(2), Value::Int(1), MakeNumber(arena, "2.0")});
  EXPECT_EQ(RegoText(set), "{1, 2}");
  EXPECT_TRUE(set.Get(Value::Int(2)).defined());
  EXPECT_FALSE(set.Get(Value::Int(3)).defined());
  const std::vector<Pair> pairs = {{Value::Text("b"), Value::Int(1)},
                                   {Value::Text("a"), Value::Int(2)},
                                   {Value::Text("b"), Value::Int(3)}};
  EXPECT_EQ(RegoText(MakeObject(arena, pairs)), "{\"a\": 2, \"b\": 3}");
  EXPECT_FALSE(MakeObject(arena, pairs, Duplicate::kReject).defined());
}

// At any size, and among keys that begin alike.
TEST(Value, ObjectsFindEachKeyAndNoOther) {
  Arena arena;
  for (const size_t count : {0, 1, 7, 8, 9, 63, 64, 65, 1000}) {
    std::vector<Pair> pairs;
    const auto name = [&](size_t i) {
      return MakeText(arena, "a-long-common-start-" + std::to_string(i * 2));
    };
    for (size_t i = count; i-- > 0;) {
      pairs.push_back({name(i), Value::Int(static_cast<int64_t>(i))});
      pairs.push_back({Value::Int(static_cast<int64_t>(i * 2)), Value::Null()});
    }
    const Value object = MakeObject(arena, pairs);
    EXPECT_EQ(object.size(), 2 * count);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(object.Get(name(i)), Value::Int(static_cast<int64_t>(i)));
      EXPECT_EQ(object.Get(Value::Int(static_cast<int64_t>(i * 2))),
                Value::Null());
      EXPECT_FALSE(
          object.Get(Value::Int(static_cast<int64_t>(i * 2 + 1))).defined());
      EXPECT_FALSE(object
                       .Get(MakeText(arena, "a-long-common-start-" +
                                                std::to_string(i * 2 + 1)))
                       .defined());
    }
    EXPECT_FALSE(object.Get("a-long-common-start-").defined());
    EXPECT_FALSE(object.Get("").defined());
    EXPECT_FALSE(object.Get(Value::Null()).defined());
  }
}

TEST(Value, DepthIsBounded) {
  Arena arena;
  Value value = Value::Int(1);
  EXPECT_THROW(
      {
        for (int i = 0; i < 1000; ++i) {
          value = MakeArray(arena, std::vector<Value>{value});
        }
      },
      Halt);
}

TEST(Value, Json) {
  Arena arena;
  const Value object =
      MakeObject(arena, {{MakeArray(arena, std::vector<Value>{Value::Int(1)}),
                          MakeSet(arena, {Value::Text("<")})}});
  EXPECT_EQ(JsonText(object), R"({"[1]":["<"]})");
  EXPECT_EQ(JsonText(object, JsonEscapes::kGo), R"({"[1]":["\u003c"]})");
}

struct Sum {
  const char* a;
  const char* b;
  const char* sum;
  const char* product;
};

TEST(Number, Arithmetic) {
  const Sum rows[] = {
      {"9223372036854775807", "9223372036854775807", "18446744073709551614",
       "85070591730234615847396907784232501249"},
      {"-9223372036854775808", "-1", "-9223372036854775809",
       "9223372036854775808"},
      {"0.1", "0.2", "0.3", "0.020000000000000000001"},
      {"1.1", "1.1", "2.2", "1.21"},
      {"1e20", "1", "100000000000000000001", "100000000000000000000"},
      {"0.5", "0.5", "1", "0.25"},
      {"123456789012345678901234567890", "-123456789012345678901234567890", "0",
       "-15241578753238836750495351562536198787501905199875019052100"},
  };
  for (const Sum& row : rows) {
    Arena arena;
    const Value a = MakeNumber(arena, row.a), b = MakeNumber(arena, row.b);
    EXPECT_EQ(NumberText(Add(arena, a, b)), row.sum);
    EXPECT_EQ(NumberText(Multiply(arena, a, b)), row.product);
    if (!IsInteger(a)) continue;
    EXPECT_EQ(Compare(Subtract(arena, Add(arena, a, b), b), a), 0);
  }
}

// (a / b) * b + a % b == a for integers of many sizes.
TEST(Number, DivisionProperty) {
  uint64_t state = 1;
  const auto next = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state >> 33);
  };
  for (int i = 0; i < 500; ++i) {
    std::string a, b;
    for (uint32_t n = 1 + next() % 60; n > 0; --n) a += char('0' + next() % 10);
    for (uint32_t n = 1 + next() % 30; n > 0; --n) b += char('1' + next() % 9);
    if (next() % 2) a = "-" + a;
    if (next() % 2) b = "-" + b;
    const BigInt x = BigInt::FromDigits(a), y = BigInt::FromDigits(b);
    BigInt quotient, remainder;
    BigInt::DivMod(x, y, &quotient, &remainder);
    EXPECT_EQ((quotient * y + remainder).Digits(), x.Digits());
    EXPECT_EQ(x.ShiftLeft(37).ShiftRight(37).Digits(), x.Digits());
    const BigInt both = BigInt::Bitwise(BigInt::Bits::kAnd, x, y);
    const BigInt either = BigInt::Bitwise(BigInt::Bits::kOr, x, y);
    EXPECT_EQ((both + either).Digits(), (x + y).Digits());
  }
}

TEST(Number, Text) {
  Arena arena;
  EXPECT_EQ(NumberText(MakeNumber(arena, "1.0")), "1");
  EXPECT_EQ(NumberText(MakeNumber(arena, "2e308")), "2e308");
  EXPECT_EQ(NumberText(MakeNumber(arena, "-0")), "0");
  for (const char* bad : {"", "-", "01", "1.", ".5", "1e", "+1", "1x", "0x1",
                          "1e5000", "1e-5000", "nan"}) {
    EXPECT_FALSE(MakeNumber(arena, bad).defined()) << bad;
  }
}

TEST(Number, Rounding) {
  Arena arena;
  const auto round = [&](const char* text, Rounding rounding) {
    return NumberText(Round(arena, MakeNumber(arena, text), rounding));
  };
  EXPECT_EQ(round("2.5", Rounding::kHalfAway), "3");
  EXPECT_EQ(round("-2.5", Rounding::kHalfAway), "-3");
  EXPECT_EQ(round("0.05", Rounding::kHalfAway), "0");
  EXPECT_EQ(round("-0.5", Rounding::kFloor), "-1");
  EXPECT_EQ(round("-0.5", Rounding::kCeil), "0");
  EXPECT_EQ(round("99999999999999999999.5", Rounding::kHalfAway),
            "100000000000000000000");
}

}  // namespace
}  // namespace vouchsafe::rego
