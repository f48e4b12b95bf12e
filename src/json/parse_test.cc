#include "json/parse.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "json/utf8.h"
#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::json {
namespace {

std::string ErrorOf(std::string_view text, const ParseOptions& options = {}) {
  const auto value = Parse(text, options);
  return value ? "parsed" : value.error().Text();
}

// Around every border of the fast ways: whole numbers, arrays of them, and
// strings looked at in words.
TEST(Parse, FastWaysGiveTheSameValues) {
  const struct {
    std::string text, want;
  } kCases[] = {
      {"[1,2,3]", "[1,2,3]"},
      {"[1,[2,3],4]", "[1,[2,3],4]"},
      {"[1,2,null,3]", "[1,2,null,3]"},
      {"[1,\"a\",2]", "[1,\"a\",2]"},
      {"[1,{\"a\":[5]},2]", "[1,{\"a\":[5]},2]"},
      {"[1,2.5,3]", "[1,2.5,3]"},
      {"[[],[1],[[2]]]", "[[],[1],[[2]]]"},
      {"[999999999999999999,-999999999999999999]",
       "[999999999999999999,-999999999999999999]"},
      {"[1000000000000000000,9223372036854775807,9223372036854775808]",
       "[1000000000000000000,9223372036854775807,9223372036854775808]"},
      {"[0,-0,-1,10,1e2,1E2]", "[0,-0,-1,10,1e2,1E2]"},
      {"{\"a\":1,\"b\":[1,2]}", "{\"a\":1,\"b\":[1,2]}"},
  };
  for (const auto& c : kCases) {
    const auto value = Parse(c.text);
    ASSERT_TRUE(value.has_value()) << c.text << value.error().Text();
    EXPECT_EQ(Write(*value), c.want);
  }
  for (size_t before = 0; before < 20; ++before) {
    for (const std::string special :
         {"\\n", "\\\"", "\u00e9", "\x7f", "\\\\"}) {
      const std::string text =
          "\"" + std::string(before, 'x') + special + "tail of words\"";
      const auto value = Parse(text);
      ASSERT_TRUE(value.has_value()) << text;
      EXPECT_EQ(Write(*value), text);
    }
    const std::string bad = "\"" + std::string(before, 'x') + "\x01 tail\"";
    EXPECT_NE(ErrorOf(bad).find("control character"), std::string::npos);
  }
}

TEST(Parse, ShortNumbersObeyTheirLimitToo) {
  ParseOptions options;
  options.max_number_digits = 3;
  EXPECT_EQ(ErrorOf("[123]", options), "parsed");
  EXPECT_NE(ErrorOf("[1234]", options).find("want 3 at most"),
            std::string::npos);
}

TEST(Parse, ErrorsSayWhereWantAndGot) {
  const struct {
    std::string text;
    std::string error;
  } kCases[] = {
      {"", "json 1:1: want a value, got the end of the text"},
      {" \n ", "json 2:2: want a value, got the end of the text"},
      {"{\n  \"a\": }", "json 2:8: want a value, got '}'"},
      {"[1,]", "json 1:4: want a value, got ']'"},
      {"[1 2]", "json 1:4: want ',' or ']', got '2'"},
      {"[01]", "json 1:3: want ',' or ']', got '1'"},
      {"{\"a\":1,}", "json 1:8: want a key, got '}'"},
      {"{1:2}", "json 1:2: want a key or '}', got '1'"},
      {"{\"a\" 1}", "json 1:6: want ':', got '1'"},
      {"{\"a\":1]", "json 1:7: want ',' or '}', got ']'"},
      {"1 2", "json 1:3: want the end of the text, got '2'"},
      {"[", "json 1:2: want a value, got the end of the text"},
      {"-", "json 1:2: want a digit, got the end of the text"},
      {"1.", "json 1:3: want a digit, got the end of the text"},
      {"1e+", "json 1:4: want a digit, got the end of the text"},
      {"+1", "json 1:1: want a value, got '+'"},
      {"nul", "json 1:1: want a value, got 'n'"},
      {"truE", "json 1:1: want a value, got 't'"},
      {"\"a", "json 1:3: want '\"', got the end of the text"},
      {"\"a\nb\"",
       "json 1:3: want an escape for a control character, got byte 0x0a"},
      {std::string("\"\0\"", 3),
       "json 1:2: want an escape for a control character, got byte 0x00"},
      {"\"\\x\"", "json 1:3: want an escape, got 'x'"},
      {"\"\\", "json 1:3: want an escape, got the end of the text"},
      {"\"\\u12g4\"", "json 1:6: want a hexadecimal digit, got 'g'"},
      {"\"\\uD800\"", "json 1:2: want a surrogate pair, got one half"},
      {"\"\\uDC00\"", "json 1:2: want a surrogate pair, got one half"},
      {"\"\\uD800\\u0041\"", "json 1:2: want a surrogate pair, got one half"},
      {"\"\\uD800\\n\"", "json 1:2: want a surrogate pair, got one half"},
      {"\"\xC0\xAF\"", "json 1:2: want UTF-8, got byte 0xc0"},
      {"\"\xE0\x80\xAF\"", "json 1:2: want UTF-8, got byte 0xe0"},
      {"\"\xED\xA0\x80\"", "json 1:2: want UTF-8, got byte 0xed"},
      {"\"\xF4\x90\x80\x80\"", "json 1:2: want UTF-8, got byte 0xf4"},
      {"\"\xE2\x82\"", "json 1:2: want UTF-8, got byte 0xe2"},
      {"{\"\xFF\":1}", "json 1:3: want UTF-8, got byte 0xff"},
      {"\xEF\xBB\xBF{}", "json 1:1: want a value, got a byte order mark"},
      {"{} // x", "json 1:4: want the end of the text, got '/'"},
      {std::string("1\0", 2),
       "json 1:2: want the end of the text, got byte 0x00"},
      {"\f1", "json 1:1: want a value, got byte 0x0c"},
      {"{\"a\":1,\n\"a\":2}", "json 2:1: the key \"a\" a second time"},
      {"{\"a\":{\"b\":1,\"\\u0062\":2}}",
       "json 1:13: the key \"b\" a second time"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrorOf(c.text), c.error) << c.text;
    const auto value = Parse(c.text);
    if (!value) {
      EXPECT_EQ(value.error().code, ErrorCode::kInvalidInput);
    }
  }
}

TEST(Parse, ReadsEveryKindOfValue) {
  const auto value = Parse(
      " { \"a\" : [ null , true , false , -1.5e+3 , \"\" ] , \"b\" : { } } ");
  ASSERT_TRUE(value) << value.error().Text();
  EXPECT_EQ(Write(*value), R"({"a":[null,true,false,-1.5e+3,""],"b":{}})");
}

TEST(Parse, UnescapesStrings) {
  const auto value =
      Parse(R"("plain \"\\\/\b\f\n\r\t \u0041\u00e9\u20AC\ud83d\uDE00 end")");
  ASSERT_TRUE(value) << value.error().Text();
  EXPECT_EQ(*value->if_string(),
            "plain \"\\/\b\f\n\r\t A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 end");
  EXPECT_EQ(Parse(R"("\u0000")")->if_string()->size(), 1u);
}

TEST(Parse, EqualKeysAreRefusedOrTheLastWins) {
  const ParseOptions last{.duplicates = DuplicateKeys::kLastWins};
  const auto value = Parse(R"({"a":1,"b":2,"a":[3]})", last);
  ASSERT_TRUE(value);
  EXPECT_EQ(Write(*value), R"({"a":[3],"b":2})");
}

TEST(Parse, DepthIsBoundedAndCostsNoStack) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(Parse(nested(kMaxDepth)));
  EXPECT_EQ(ErrorOf(nested(kMaxDepth + 1)),
            "json 1:129: nested deeper than 128 levels");
  EXPECT_EQ(ErrorOf(std::string(1000000, '[')),
            "json 1:129: nested deeper than 128 levels");
  // No option makes a Value deeper, for its copies recurse.
  EXPECT_FALSE(Parse(nested(kMaxDepth + 1), {.max_depth = 1000000}));
  EXPECT_FALSE(Parse("[[]]", {.max_depth = 1}));
  EXPECT_FALSE(Parse("[]", {.max_depth = 0}));
  EXPECT_TRUE(Parse("1", {.max_depth = 0}));
}

TEST(Parse, SizeAndDigitsAreBounded) {
  const auto large = Parse("12345", {.max_size = 4});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(Parse("1234", {.max_size = 4}));
  EXPECT_TRUE(Parse(std::string(4096, '1')));
  EXPECT_FALSE(Parse(std::string(4097, '1')));
}

TEST(Parse, EveryTruncationOfAContainerIsRefused) {
  const std::string text =
      R"({"a":[1.5,-2e3,"x\u00e9\ud83d\ude00",true,null],"b":{"c":{}}})";
  ASSERT_TRUE(Parse(text));
  for (size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(Parse(text.substr(0, i))) << i;
  }
  EXPECT_FALSE(Parse(text + "}"));
  EXPECT_FALSE(Parse(text + std::string(1, '\0')));
}

TEST(Parse, WhatParsesAfterAFlippedByteWritesAndParsesAgain) {
  const std::string text =
      R"({"a":[1.5,-2e3,"x\u00e9",true,null],"b":{"c":{}},"d":"\n"})";
  for (size_t i = 0; i < text.size(); ++i) {
    for (int flip = 1; flip < 256; ++flip) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      const auto value = Parse(changed);
      if (!value) continue;
      const auto again = Parse(Write(*value));
      ASSERT_TRUE(again) << changed;
      ASSERT_EQ(*again, *value) << changed;
    }
  }
}

class Trace final : public Handler {
 public:
  Result<> OnNull() override { return Add("null"); }
  Result<> OnBool(bool value) override { return Add(value ? "T" : "F"); }
  Result<> OnNumber(std::string_view text) override { return Add(text); }
  Result<> OnString(std::string_view text) override {
    if (text == "stop") return Fail(ErrorCode::kExhausted, "stopped");
    return Add(text);
  }
  Result<> OnArrayBegin() override { return Add("["); }
  Result<> OnArrayEnd() override { return Add("]"); }
  Result<> OnObjectBegin() override { return Add("{"); }
  Result<> OnKey(std::string_view key) override {
    return Add(std::string(key) + ":");
  }
  Result<> OnObjectEnd() override { return Add("}"); }
  std::string seen;

 private:
  Result<> Add(std::string_view event) {
    seen += std::string(event) + " ";
    return {};
  }
};

TEST(ParseEvents, GivesEventsAndDoesNotLookForEqualKeys) {
  Trace trace;
  EXPECT_TRUE(
      ParseEvents(R"({"\u0061":[1.0,"x"],"a":{},"b":null,"c":true})", trace));
  EXPECT_EQ(trace.seen, "{ a: [ 1.0 x ] a: { } b: null c: T } ");
}

TEST(ParseEvents, AHandlersErrorEndsTheParse) {
  Trace trace;
  const auto result = ParseEvents(R"([1,"stop",2])", trace);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kExhausted);
  EXPECT_EQ(trace.seen, "[ 1 ");
}

TEST(Utf8, Boundaries) {
  for (const char* good : {"", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
                           "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xEF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

// The files that RFC 8259 leaves to the parser: what ours does. Numbers of any
// size are kept as text; anything that is no well-formed Unicode is refused.
const std::map<std::string, bool>& OurChoices() {
  static const std::map<std::string, bool> choices = {
      {"i_number_double_huge_neg_exp.json", true},
      {"i_number_huge_exp.json", true},
      {"i_number_neg_int_huge_exp.json", true},
      {"i_number_pos_double_huge_exp.json", true},
      {"i_number_real_neg_overflow.json", true},
      {"i_number_real_pos_overflow.json", true},
      {"i_number_real_underflow.json", true},
      {"i_number_too_big_neg_int.json", true},
      {"i_number_too_big_pos_int.json", true},
      {"i_number_very_big_negative_int.json", true},
      {"i_object_key_lone_2nd_surrogate.json", false},
      {"i_string_1st_surrogate_but_2nd_missing.json", false},
      {"i_string_1st_valid_surrogate_2nd_invalid.json", false},
      {"i_string_UTF-16LE_with_BOM.json", false},
      {"i_string_UTF-8_invalid_sequence.json", false},
      {"i_string_UTF8_surrogate_U+D800.json", false},
      {"i_string_incomplete_surrogate_and_escape_valid.json", false},
      {"i_string_incomplete_surrogate_pair.json", false},
      {"i_string_incomplete_surrogates_escape_valid.json", false},
      {"i_string_invalid_lonely_surrogate.json", false},
      {"i_string_invalid_surrogate.json", false},
      {"i_string_invalid_utf-8.json", false},
      {"i_string_inverted_surrogates_U+1D11E.json", false},
      {"i_string_iso_latin_1.json", false},
      {"i_string_lone_second_surrogate.json", false},
      {"i_string_lone_utf8_continuation_byte.json", false},
      {"i_string_not_in_unicode_range.json", false},
      {"i_string_overlong_sequence_2_bytes.json", false},
      {"i_string_overlong_sequence_6_bytes.json", false},
      {"i_string_overlong_sequence_6_bytes_null.json", false},
      {"i_string_truncated-utf-8.json", false},
      {"i_string_utf16BE_no_BOM.json", false},
      {"i_string_utf16LE_no_BOM.json", false},
      {"i_structure_500_nested_arrays.json", false},
      {"i_structure_UTF-8_BOM_empty_object.json", false},
  };
  return choices;
}

TEST(Parse, JsonTestSuiteFileByFile) {
  SHARED_OR_SKIP(folder, "vectors/json-parsing");
  // Two y_ files hold equal keys, which RFC 8259 section 4 does not forbid.
  const ParseOptions options{.duplicates = DuplicateKeys::kLastWins};
  size_t judged = 0;
  for (const std::string& path : testing::FilesIn(folder)) {
    const std::string name = path.substr(path.rfind('/') + 1);
    if (!name.ends_with(".json")) continue;
    bool want = name.starts_with("y_");
    if (name.starts_with("i_")) {
      ASSERT_TRUE(OurChoices().contains(name)) << name;
      want = OurChoices().at(name);
    }
    const auto value = Parse(testing::ReadFile(path), options);
    EXPECT_EQ(value.has_value(), want)
        << name << ": " << (value ? "parsed" : value.error().Text());
    ++judged;
  }
  EXPECT_GE(judged, 318u);
  RecordProperty("files", static_cast<int>(judged));
}

}  // namespace
}  // namespace vouchsafe::json
