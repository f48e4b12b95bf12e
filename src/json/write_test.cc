#include "json/write.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace vouchsafe::json {
namespace {

TEST(Write, CompactSortedAndPretty) {
  const auto value =
      Parse(R"({"b":[1,{"z":[],"a":{}}],"a":"x\u0001\u007f\/","B":1.50})");
  ASSERT_TRUE(value);
  EXPECT_EQ(Write(*value),
            "{\"b\":[1,{\"z\":[],\"a\":{}}],\"a\":\"x\\u0001\x7F/\","
            "\"B\":1.50}");
  EXPECT_EQ(WriteSorted(*value),
            "{\"B\":1.50,\"a\":\"x\\u0001\x7F/\","
            "\"b\":[1,{\"a\":{},\"z\":[]}]}");
  EXPECT_EQ(WritePretty(*value), R"({
  "b": [
    1,
    {
      "z": [],
      "a": {}
    }
  ],
  "a": "x\u0001)"
                                 "\x7F"
                                 R"(/",
  "B": 1.50
})");
}

TEST(Write, Scalars) {
  EXPECT_EQ(Write(nullptr), "null");
  EXPECT_EQ(Write(true), "true");
  EXPECT_EQ(Write(false), "false");
  EXPECT_EQ(Write(-7), "-7");
  EXPECT_EQ(Write(UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(Write(Decimal{"-0"}), "-0");
  EXPECT_EQ(WritePretty(Array()), "[]");
}

TEST(Quote, EscapesWhatMustBe) {
  EXPECT_EQ(Quote("\"\\\b\f\n\r\t\x1f \xC3\xA9"),
            "\"\\\"\\\\\\b\\f\\n\\r\\t\\u001f \xC3\xA9\"");
  EXPECT_EQ(Quote(""), "\"\"");
}

}  // namespace
}  // namespace vouchsafe::json
