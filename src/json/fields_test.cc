#include "json/fields.h"

#include <gtest/gtest.h>

#include <functional>

#include "json/parse.h"

namespace vouchsafe::json {
namespace {

class FieldsTest : public ::testing::Test {
 protected:
  Value value_ = *Parse(R"({"s":"text","b":true,"i":-5,"u":300,"d":1.5,
      "n":null,"a":[1,255],"bad":[1,256],"o":{"x":1},"b64":"AQI","hex":"0aff",
      "max":18446744073709551615})");
  Fields in_ = *Fields::Of(value_, "request");
};

TEST_F(FieldsTest, ReadsWhatIsThere) {
  EXPECT_EQ(*in_.String("s"), "text");
  EXPECT_EQ(*in_.Bool("b"), true);
  EXPECT_EQ(*in_.Int("i"), -5);
  EXPECT_EQ(*in_.Uint("u"), 300u);
  EXPECT_EQ(*in_.Uint("max"), UINT64_MAX);
  EXPECT_EQ((*in_.ArrayOf("a"))->size(), 2u);
  EXPECT_EQ(in_.ObjectOf("o")->path(), "request.o");
  EXPECT_EQ(*in_.Encoded("b64", Base64::kUrlNoPad), (Bytes{1, 2}));
  EXPECT_EQ(*in_.Hex("hex"), (Bytes{0x0a, 0xff}));
  EXPECT_EQ(*in_.ByteArray("a"), (Bytes{1, 255}));
  EXPECT_EQ(*in_.ByteArray("a", 2), (Bytes{1, 255}));
  EXPECT_TRUE((*in_.Any("n"))->is_null());
}

TEST_F(FieldsTest, OptionalTakesAbsentAndNull) {
  EXPECT_EQ(in_.Optional("none"), nullptr);
  EXPECT_EQ(in_.Optional("n"), nullptr);
  EXPECT_EQ(*in_.OptionalString("n"), std::nullopt);
  EXPECT_EQ(*in_.OptionalString("s"), "text");
  EXPECT_EQ(*in_.OptionalBool("none"), std::nullopt);
  EXPECT_EQ(*in_.OptionalBool("b"), true);
  EXPECT_EQ(*in_.OptionalUint("none"), std::nullopt);
  EXPECT_EQ(*in_.OptionalUint("u"), 300u);
  EXPECT_FALSE(in_.OptionalString("u"));
  EXPECT_FALSE(in_.OptionalBool("u"));
  EXPECT_FALSE(in_.OptionalUint("u", 255));
}

TEST_F(FieldsTest, ErrorsNameThePathWantAndGot) {
  const auto text = [](const auto& result) {
    EXPECT_FALSE(result);
    if (result) return std::string("no error");
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    return result.error().Text();
  };
  EXPECT_EQ(text(in_.String("none")),
            "request.none: want a string, got nothing");
  EXPECT_EQ(text(in_.String("n")), "request.n: want a string, got null");
  EXPECT_EQ(text(in_.Bool("s")), "request.s: want a boolean, got string");
  EXPECT_EQ(text(in_.Bool("none")),
            "request.none: want a boolean, got nothing");
  EXPECT_EQ(text(in_.Int("d")),
            "request.d: want an integer of 64 bits, got 1.5");
  EXPECT_EQ(text(in_.Int("s")), "request.s: want an integer, got string");
  EXPECT_EQ(text(in_.Int("none")),
            "request.none: want an integer, got nothing");
  EXPECT_EQ(text(in_.Uint("i", 7)),
            "request.i: want an integer from 0 to 7, got -5");
  EXPECT_EQ(text(in_.Uint("u", 255)),
            "request.u: want an integer from 0 to 255, got 300");
  EXPECT_EQ(text(in_.Uint("none", 1)),
            "request.none: want an integer from 0 to 1, got nothing");
  EXPECT_EQ(text(in_.ArrayOf("s")), "request.s: want an array, got string");
  EXPECT_EQ(text(in_.ArrayOf("none")),
            "request.none: want an array, got nothing");
  EXPECT_EQ(text(in_.ObjectOf("a")), "request.a: want an object, got array");
  EXPECT_EQ(text(in_.ObjectOf("none")),
            "request.none: want an object, got nothing");
  EXPECT_EQ(text(in_.Any("none")), "request.none: want a value, got nothing");
  EXPECT_EQ(text(in_.ByteArray("a", 3)),
            "request.a: want an array of 3 bytes, got 2");
  EXPECT_EQ(text(in_.ByteArray("s")),
            "request.s: want an array of bytes, got string");
  EXPECT_EQ(text(in_.ByteArray("bad")),
            "request.bad[1]: want an integer from 0 to 255, got 256");
  EXPECT_EQ(text(in_.Encoded("b64", Base64::kStandard)).substr(0, 12),
            "request.b64:");
  EXPECT_EQ(text(in_.Hex("s")).substr(0, 10), "request.s:");
  EXPECT_EQ(text(Fields::Of(Value(1), "root")),
            "root: want an object, got number");
}

TEST(Fields, AnEmptyPathAddsNoDot) {
  const Value value{Object()};
  const Fields in = *Fields::Of(value, "");
  EXPECT_EQ(in.PathOf("x"), "x");
}

}  // namespace
}  // namespace vouchsafe::json
