#include "rvps/message.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "json/write.h"

namespace vouchsafe::rvps {
namespace {

std::string Sample(std::string_view payload) {
  return R"({"version":"0.1.0","type":"sample","payload":")" +
         Base64Encode(AsBytes(payload)) + "\"}";
}

TEST(ParseMessage, ReadsTheEnvelopeOfEveryEra) {
  for (const char* text :
       {R"({"version":"0.1.0","type":"sample","payload":"e30="})",
        R"({"type":"sample","payload":"e30=","more":1})",
        R"({"type":"sample","provenance":"e30="})"}) {
    const auto message = ParseMessage(text);
    ASSERT_TRUE(message.has_value()) << text << message.error().Text();
    EXPECT_EQ(message->type, "sample");
    EXPECT_EQ(message->payload, "e30=");
  }
}

TEST(ParseMessage, RefusesOthersWithTheKnownText) {
  struct Case {
    const char* name;
    const char* text;
    const char* outermost;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"empty", "", "parse message"},
           {"not JSON", "{", "parse message"},
           {"array", "[]", "parse message"},
           {"no type", R"({"payload":""})", "parse message"},
           {"no payload", R"({"type":"sample"})", "parse message"},
           {"payload no text", R"({"type":"sample","payload":1})",
            "parse message"},
           {"both payloads",
            R"({"type":"sample","payload":"","provenance":""})",
            "parse message"},
           {"twice", R"({"type":"a","type":"b","payload":""})",
            "parse message"},
           {"version", R"({"version":"2","type":"sample","payload":""})",
            "Version unmatched! Need 0.1.0, given 2."}}) {
    SCOPED_TRACE(c.name);
    const auto message = ParseMessage(c.text);
    ASSERT_FALSE(message.has_value());
    EXPECT_EQ(message.error().code, ErrorCode::kInvalidInput);
    const Error& error = message.error();
    EXPECT_EQ(error.context.empty() ? error.message : error.context.back(),
              c.outermost);
  }
}

TEST(Extract, SampleGivesOneValueAMember) {
  const auto values = Extract(*ParseMessage(Sample(
      R"({"svn":["1"],"n":1.0,"big":123456789012345678901,"o":{"b":null}})")));
  ASSERT_TRUE(values.has_value()) << values.error().Text();
  ASSERT_EQ(values->size(), 4u);
  EXPECT_EQ(json::Write((*values)[0].value), R"(["1"])");
  EXPECT_EQ(json::Write((*values)[1].value), "1.0");
  EXPECT_EQ(json::Write((*values)[2].value), "123456789012345678901");
  EXPECT_EQ(json::Write((*values)[3].value), R"({"b":null})");
}

TEST(Extract, RefusesByName) {
  struct Case {
    const char* name;
    Message message;
    ErrorCode code;
    const char* outermost;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"unknown",
            {"nope", ""},
            ErrorCode::kInvalidInput,
            "Could not find extractor for nope"},
           {"not built",
            {"swid", ""},
            ErrorCode::kUnsupported,
            "Could not find extractor for swid: this extractor is not built"},
           {"base64",
            {"sample", "***"},
            ErrorCode::kInvalidInput,
            "base64 decode"},
           {"url alphabet",
            {"sample", "e30"},
            ErrorCode::kInvalidInput,
            "base64 decode"},
           {"not JSON",
            {"sample", "eA=="},
            ErrorCode::kInvalidInput,
            "deseralize sample provenance"},
           {"array",
            {"sample", "W10="},
            ErrorCode::kInvalidInput,
            "deseralize sample provenance"}}) {
    SCOPED_TRACE(c.name);
    const auto values = Extract(c.message);
    ASSERT_FALSE(values.has_value());
    EXPECT_EQ(values.error().code, c.code);
    const Error& error = values.error();
    EXPECT_EQ(error.context.empty() ? error.message : error.context.back(),
              c.outermost);
  }
}

}  // namespace
}  // namespace vouchsafe::rvps
