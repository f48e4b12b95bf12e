// The only file that knows spdlog.

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

#include "base/log.h"

namespace vouchsafe {
namespace {

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return spdlog::level::trace;
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

class StderrLogger final : public Logger {
 public:
  explicit StderrLogger(LogLevel level)
      : level_(level),
        logger_("vouchsafe",
                std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
                    std::getenv("NO_COLOR") != nullptr
                        ? spdlog::color_mode::never
                        : spdlog::color_mode::automatic)) {
    logger_.set_level(ToSpdlog(level));
    logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%f%z %^%l%$ %v");
    logger_.flush_on(spdlog::level::info);
  }

  bool Enabled(LogLevel level) const override { return level >= level_; }

  void Write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override {
    logger_.log(ToSpdlog(level), "{}", FormatLogLine(event, fields));
  }

 private:
  LogLevel level_;
  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<Logger> MakeStderrLogger(LogLevel level) {
  return std::make_unique<StderrLogger>(level);
}

}  // namespace vouchsafe
