#include "checks/check_log.h"

#include <gtest/gtest.h>

namespace vouchsafe {
namespace {

constexpr Check kData{"sample.report.data", "The report data match",
                      "Sample, DATA", "Ask again."};
constexpr Check kTag{
    "sample.jwe.tag", "The tag is right",       "Sample, TAG",
    "Encrypt again.", ErrorCode::kInvalidInput, Disclosure::kGroup};

TEST(Check, DiscloseIdOrGroup) {
  EXPECT_EQ(CheckGroup(kData), "sample.report");
  EXPECT_EQ(ClientCode(kData), "sample.report.data");
  EXPECT_EQ(ClientCode(kTag), "sample.jwe");
  EXPECT_EQ(CheckGroup(Check{"plain", "", "", ""}), "plain");
}

TEST(CheckLog, FailureNamesCheckWantAndGot) {
  CheckLog log;
  const Result<> result = log.RequireEqual(kData, Bytes{0xab}, Bytes{0xcd, 1});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(result.error().check, &kData);
  EXPECT_EQ(result.error().message,
            "sample.report.data: not so: The report data match; want ab, got "
            "cd01");
  ASSERT_TRUE(log.failure().has_value());
  EXPECT_EQ(log.failure()->outcome, CheckOutcome::kFailed);
  EXPECT_EQ(log.failure()->want.Text(), "ab");
}

TEST(CheckLog, EachRequireJudges) {
  CheckLog log;
  EXPECT_TRUE(log.Require(kData, true));
  EXPECT_FALSE(log.Require(kTag, false, CheckValue::OfNumber(3)));
  EXPECT_TRUE(log.RequireEqual(kData, "a", "a"));
  EXPECT_FALSE(log.RequireEqual(kData, "a", "b"));
  EXPECT_TRUE(log.RequireEqual(kData, uint64_t{3}, uint64_t{3}));
  EXPECT_FALSE(log.RequireEqual(kData, uint64_t{3}, uint64_t{4}));
  EXPECT_TRUE(log.RequireAtLeast(kData, 3, 3));
  const Result<> low = log.RequireAtLeast(kData, 3, 2);
  ASSERT_FALSE(low);
  EXPECT_NE(low.error().message.find("want at least 3, got 2"),
            std::string::npos);
  EXPECT_EQ(log.RequireSome(kData, std::optional<int>(5)).value(), 5);
  EXPECT_EQ(log.RequireSome(kTag, std::optional<int>()).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(log.entries().size(), 10u);
}

TEST(CheckLog, RequireOkKeepsTheInnerMessageInFull) {
  CheckLog log;
  EXPECT_EQ(log.RequireOk(kData, Result<int>(5)).value(), 5);
  const std::string reason(200, 'x');
  const Result<int> failed =
      log.RequireOk(kData, Result<int>(Fail(ErrorCode::kInternal, reason)));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kUntrusted);
  EXPECT_EQ(failed.error().check, &kData);
  EXPECT_NE(failed.error().message.find(reason), std::string::npos);
}

TEST(CheckLog, SkipsAndNotesNeverFail) {
  CheckLog log;
  log.Skip(kData, "none given");
  log.Note(kData, 7);
  ASSERT_EQ(log.entries().size(), 2u);
  EXPECT_EQ(log.entries()[0].outcome, CheckOutcome::kSkipped);
  EXPECT_EQ(log.entries()[0].detail, "none given");
  EXPECT_EQ(log.entries()[1].got.Text(), "7");
  EXPECT_FALSE(log.failure().has_value());
  EXPECT_EQ(CheckOutcomeName(CheckOutcome::kNoted), "noted");
}

TEST(CheckLog, LongValuesAreCutAndSaySo) {
  EXPECT_EQ(CheckValue::OfBytes(Bytes(64, 1)).Text().size(), 128u);
  const std::string text = CheckValue::OfBytes(Bytes(65, 1)).Text();
  EXPECT_TRUE(text.ends_with("01... (65 bytes)")) << text;
  EXPECT_EQ(CheckValue::OfText("short").Text(), "short");
  EXPECT_FALSE(CheckValue().present());
  EXPECT_EQ(CheckValue().Text(), "");
}

TEST(CheckLog, IsBoundedAndKeepsTheFailure) {
  CheckLog log;
  for (size_t i = 0; i < CheckLog::kMaxEntries + 10; ++i) log.Note(kData, i);
  EXPECT_EQ(log.entries().size(), CheckLog::kMaxEntries);
  EXPECT_TRUE(log.truncated());
  EXPECT_FALSE(log.Require(kTag, false));
  EXPECT_EQ(log.entries().size(), CheckLog::kMaxEntries);
  ASSERT_TRUE(log.failure().has_value());
  EXPECT_EQ(log.failure()->check, &kTag);
}

TEST(CheckLog, KeepsValuesOfEveryKindApart) {
  CheckLog log;
  EXPECT_TRUE(log.RequireEqual(kTag, "same", "same"));
  EXPECT_FALSE(log.RequireEqual(kTag, uint64_t{7}, uint64_t{1'000'000}));
  EXPECT_FALSE(log.RequireEqual(kTag, Bytes(70, 1), Bytes(2, 0xab)));
  EXPECT_TRUE(log.Require(kTag, true));
  CheckLog all;
  all.Note(kData, CheckValue::OfText(""));
  all.Append(log);
  const std::vector<CheckEntry> entries = all.entries();
  ASSERT_EQ(entries.size(), 5u);
  EXPECT_TRUE(entries[0].got.present());
  EXPECT_EQ(entries[0].got.Text(), "");
  EXPECT_EQ(entries[1].want.Text(), "same");
  EXPECT_EQ(entries[1].got.Text(), "same");
  EXPECT_EQ(entries[2].want.Text(), "7");
  EXPECT_EQ(entries[2].got.Text(), "1000000");
  EXPECT_TRUE(entries[3].want.Text().ends_with("01... (70 bytes)"));
  EXPECT_EQ(entries[3].got.Text(), "abab");
  EXPECT_FALSE(entries[4].want.present());
  EXPECT_FALSE(entries[4].got.present());
}

TEST(CheckLog, AppendsAnotherUnit) {
  CheckLog device;
  EXPECT_FALSE(device.Require(kTag, false));
  CheckLog all;
  all.Note(kData, 1);
  all.Append(device);
  EXPECT_EQ(all.entries().size(), 2u);
  EXPECT_EQ(all.failure()->check, &kTag);
}

#ifdef VOUCHSAFE_WAIVABLE
int observed = 0;

class Waive {
 public:
  explicit Waive(std::string_view id) {
    observed = 0;
    WaiveCheckForTests(id);
    ObserveCheckFailuresForTests([](const Check&) { ++observed; });
  }
  ~Waive() {
    WaiveCheckForTests("");
    ObserveCheckFailuresForTests(nullptr);
  }
};

TEST(CheckLogWaiver, PassesTheWaivedCheckOnlyAndStillReportsIt) {
  const Waive waive("sample.report.data");
  CheckLog log;
  EXPECT_TRUE(log.Require(kData, false));
  EXPECT_TRUE(log.RequireEqual(kData, "a", "b"));
  EXPECT_TRUE(log.RequireAtLeast(kData, 2, 1));
  EXPECT_EQ(observed, 3);
  EXPECT_FALSE(log.Require(kTag, false));
  EXPECT_EQ(observed, 4);
}

TEST(CheckLogWaiver, ValuesCannotBeWaived) {
  const Waive waive("sample.report.data");
  CheckLog log;
  EXPECT_FALSE(log.RequireSome(kData, std::optional<int>()));
  EXPECT_FALSE(
      log.RequireOk(kData, Result<int>(Fail(ErrorCode::kInternal, "no"))));
  EXPECT_EQ(observed, 2);
}
#endif

}  // namespace
}  // namespace vouchsafe
