#include "base/log.h"

#include <gtest/gtest.h>

namespace vouchsafe {
namespace {

TEST(Log, ALineStaysOneLine) {
  EXPECT_EQ(FormatLogLine("started", {}), "started");
  EXPECT_EQ(FormatLogLine("request", {{"path", "/kbs/v0/auth"}, {"ms", "3"}}),
            "request path=\"/kbs/v0/auth\" ms=\"3\"");
  EXPECT_EQ(FormatLogLine("x", {{"v", "a\nb\r\t\"c\"\\\x1b[31m\x7f"}}),
            "x v=\"a\\nb\\x0d\\x09\\\"c\\\"\\\\\\x1b[31m\\x7f\"");
  EXPECT_EQ(FormatLogLine("x", {{"v", std::string("\0", 1)}}), "x v=\"\\x00\"");
  EXPECT_EQ(FormatLogLine("x", {{"v", "gr\xc3\xbc\xc3\x9f"}}),
            "x v=\"gr\xc3\xbc\xc3\x9f\"");
}

TEST(Log, ReadsLevelsAndFilters) {
  const struct {
    const char* text;
    LogLevel want;
  } cases[] = {
      {"", LogLevel::kInfo},
      {"trace", LogLevel::kTrace},
      {"DEBUG", LogLevel::kDebug},
      {"info", LogLevel::kInfo},
      {"warn", LogLevel::kWarn},
      {"warning", LogLevel::kWarn},
      {"error", LogLevel::kError},
      {"off", LogLevel::kOff},
      {"warn,kbs=debug", LogLevel::kWarn},
      {"kbs=debug,warn", LogLevel::kWarn},
      {"kbs=warn,verifier=debug,x=error", LogLevel::kDebug},
      {"info,", LogLevel::kInfo},
  };
  for (const auto& c : cases) {
    const Result<LogLevel> level = ParseLogFilter(c.text);
    ASSERT_TRUE(level) << c.text;
    EXPECT_EQ(*level, c.want) << c.text;
  }
  for (const char* text : {"loud", "kbs", "kbs=loud", "info debug", "kbs="}) {
    EXPECT_EQ(ParseLogFilter(text).error().code, ErrorCode::kInvalidInput)
        << text;
  }
}

TEST(Log, StderrLoggerHonoursItsLevel) {
  const auto logger = MakeStderrLogger(LogLevel::kWarn);
  EXPECT_FALSE(logger->Enabled(LogLevel::kInfo));
  EXPECT_TRUE(logger->Enabled(LogLevel::kWarn));
  testing::internal::CaptureStderr();
  logger->Info("quiet");
  logger->Warn("loud {}", {{"what", "{}"}});  // braces are text, not a format
  logger->Error("louder");
  const std::string out = testing::internal::GetCapturedStderr();
  EXPECT_EQ(out.find("quiet"), std::string::npos);
  EXPECT_NE(out.find("loud {} what=\"{}\""), std::string::npos) << out;
  EXPECT_NE(out.find("louder"), std::string::npos);
}

TEST(Log, OffIsOff) {
  const auto logger = MakeStderrLogger(LogLevel::kOff);
  EXPECT_FALSE(logger->Enabled(LogLevel::kError));
}

}  // namespace
}  // namespace vouchsafe
