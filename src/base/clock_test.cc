#include "base/clock.h"

#include <gtest/gtest.h>

namespace vouchsafe {
namespace {

TEST(Clock, FormatsAndReadsBack) {
  const struct {
    int64_t unix_us;
    const char* text;
  } cases[] = {
      {0, "1970-01-01T00:00:00Z"},
      {1, "1970-01-01T00:00:00.000001Z"},
      {-1, "1969-12-31T23:59:59.999999Z"},
      {951'782'400'000'000, "2000-02-29T00:00:00Z"},
      {1'795'564'579'000'120, "2026-11-24T23:56:19.000120Z"},
      {253'402'300'799'000'000, "9999-12-31T23:59:59Z"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(FormatRfc3339(c.unix_us), c.text);
    EXPECT_EQ(ParseRfc3339(c.text).value(), c.unix_us) << c.text;
  }
}

// RFC 3339 section 5.8, and offsets and fractions of each length.
TEST(Clock, ReadsOffsetsAndFractions) {
  const struct {
    const char* text;
    const char* same_as;
  } cases[] = {
      {"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z"},
      {"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"},
      {"1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z"},
      {"1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"},
      {"2026-01-31t12:00:00z", "2026-01-31T12:00:00Z"},
      {"2026-01-31 12:00:00Z", "2026-01-31T12:00:00Z"},
      {"2026-01-31T12:00:00.1234567899Z", "2026-01-31T12:00:00.123456Z"},
      {"2026-01-31T12:00:00-00:00", "2026-01-31T12:00:00Z"},
      {"2026-01-01T00:00:00+23:59", "2025-12-31T00:01:00Z"},
  };
  for (const auto& c : cases) {
    const Result<int64_t> time = ParseRfc3339(c.text);
    ASSERT_TRUE(time) << c.text;
    EXPECT_EQ(FormatRfc3339(*time), c.same_as);
  }
}

TEST(Clock, RefusesWhatIsNoTime) {
  for (const char* text : {
           "",
           "2026",
           "2026-01-31",
           "2026-01-31T12:00:00",
           "2026-02-29T00:00:00Z",
           "2026-13-01T00:00:00Z",
           "2026-00-01T00:00:00Z",
           "2026-01-00T00:00:00Z",
           "2026-01-31T24:00:00Z",
           "2026-01-31T12:60:00Z",
           "2026-01-31T12:00:61Z",
           "2026-01-31T12:00:00.Z",
           "2026-01-31T12:00:00+0100",
           "2026-01-31T12:00:00+24:00",
           "2026-01-31T12:00:00+01:60",
           "2026-01-31T12:00:00Z ",
           " 2026-01-31T12:00:00Z",
           "2026-1-31T12:00:00Z",
           "+026-01-31T12:00:00Z",
           "2026-01-31X12:00:00Z",
       }) {
    const Result<int64_t> time = ParseRfc3339(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().code, ErrorCode::kInvalidInput);
  }
}

// RFC 9110 section 5.6.7.
TEST(Clock, HttpDate) {
  EXPECT_EQ(FormatHttpDate(784'111'777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(Clock, HttpDateReadsBack) {
  for (const int64_t time : {int64_t{0}, int64_t{784'111'777},
                             int64_t{951'782'400}, int64_t{4'102'444'799}}) {
    EXPECT_EQ(ParseHttpDate(FormatHttpDate(time)).value(), time);
  }
  for (const char* bad :
       {"", "0", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(ParseHttpDate(bad).error().code, ErrorCode::kInvalidInput) << bad;
  }
}

TEST(Clock, ManualStandsUntilMoved) {
  ManualClock clock(1000);
  const auto start = clock.Steady();
  EXPECT_EQ(clock.UnixSeconds(), 1000);
  clock.Advance(std::chrono::seconds(5));
  EXPECT_EQ(clock.UnixSeconds(), 1005);
  EXPECT_EQ(clock.Steady() - start, std::chrono::seconds(5));
}

TEST(Clock, SystemGoesForward) {
  const SystemClock clock;
  EXPECT_GT(clock.UnixSeconds(), 1'700'000'000);
  const auto first = clock.Steady();
  EXPECT_GE(clock.Steady(), first);
}

}  // namespace
}  // namespace vouchsafe
