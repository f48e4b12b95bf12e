#include "rvps/value.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::rvps {
namespace {

int64_t At(std::string_view text) { return *ParseRfc3339(text) / 1'000'000; }

TEST(TwelveMonthsLater, ClipsTheDayToTheMonth) {
  struct Case {
    const char* from;
    const char* want;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"2026-11-24T23:56:19Z", "2027-11-24T23:56:19Z"},
           {"2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z"},
           {"2027-02-28T12:00:01Z", "2028-02-28T12:00:01Z"},
           {"2026-12-31T23:59:59Z", "2027-12-31T23:59:59Z"}}) {
    EXPECT_EQ(TwelveMonthsLater(At(c.from)), At(c.want)) << c.from;
  }
}

TEST(ReferenceValue, IsWrittenInTrusteesForm) {
  const ReferenceValue value{"svn", At("2027-11-24T23:56:19Z"),
                             *json::Parse(R"(["1",2,0.10])")};
  const std::string want =
      R"({"version":"0.1.0","name":"svn","expiration":"2027-11-24T23:56:19Z",)"
      R"("value":["1",2,0.10]})";
  EXPECT_EQ(WriteReferenceValue(value), want);
  const auto read = ReadReferenceValue(want);
  ASSERT_TRUE(read.has_value()) << read.error().Text();
  EXPECT_EQ(read->name, "svn");
  EXPECT_EQ(read->expires_unix_s, value.expires_unix_s);
  EXPECT_EQ(read->value, value.value);
}

TEST(ReferenceValue, ReadsTheOlderHashList) {
  const auto read = ReadReferenceValue(
      R"({"name":"m","expiration":"2027-11-24T23:56:19Z",)"
      R"("hash-value":[{"alg":"sha384","value":"aa"},{"alg":"x","value":"b"}]})");
  ASSERT_TRUE(read.has_value()) << read.error().Text();
  EXPECT_EQ(json::Write(read->value), R"(["aa","b"])");
}

TEST(ReferenceValue, RefusesWhatIsNone) {
  for (const char* text :
       {"", "[]", "{}", R"({"name":"a"})",
        R"({"name":"a","expiration":"2027-11-24T23:56:19Z"})",
        R"({"name":"a","expiration":"soon","value":1})",
        R"({"name":"a","expiration":"2027-11-24T23:56:19+01:00","value":1})",
        R"({"name":"a","expiration":"2027-11-24T23:56:19.5Z","value":1})",
        R"({"name":1,"expiration":"2027-11-24T23:56:19Z","value":1})"}) {
    const auto read = ReadReferenceValue(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInternal);
    EXPECT_EQ(read.error().context.back(), "deserialize reference value");
  }
}

TEST(ReferenceValue, ExpiresWhenItIsLater) {
  const ReferenceValue value{"a", 100, 1};
  EXPECT_FALSE(value.ExpiredAt(100));
  EXPECT_TRUE(value.ExpiredAt(101));
}

}  // namespace
}  // namespace vouchsafe::rvps
