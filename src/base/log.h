#pragma once

// A log line is an event with fields. Levels: error = an operator must act;
// warn = unsafe or degraded, works; info = what was asked and decided, one line
// a request; debug = for developers. Never a secret, token, cookie or evidence.

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vouchsafe {

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError, kOff };

struct LogField {
  std::string_view name;
  std::string value;
};

// Thread-safe. `event` is a short fixed sentence, fields carry what varies.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual bool Enabled(LogLevel level) const = 0;
  virtual void Write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) = 0;

  void Error(std::string_view event, std::initializer_list<LogField> f = {}) {
    if (Enabled(LogLevel::kError)) Write(LogLevel::kError, event, f);
  }
  void Warn(std::string_view event, std::initializer_list<LogField> f = {}) {
    if (Enabled(LogLevel::kWarn)) Write(LogLevel::kWarn, event, f);
  }
  void Info(std::string_view event, std::initializer_list<LogField> f = {}) {
    if (Enabled(LogLevel::kInfo)) Write(LogLevel::kInfo, event, f);
  }
  void Debug(std::string_view event, std::initializer_list<LogField> f = {}) {
    if (Enabled(LogLevel::kDebug)) Write(LogLevel::kDebug, event, f);
  }
};

// Drops everything.
class NullLogger final : public Logger {
 public:
  bool Enabled(LogLevel) const override { return false; }
  void Write(LogLevel, std::string_view,
             std::initializer_list<LogField>) override {}
};

// One line: `event name="value" ...`, values escaped so that a line stays one
// line whatever bytes are in them.
std::string FormatLogLine(std::string_view event,
                          std::initializer_list<LogField> fields);

// "info", "warn", ... or the env-filter form of RUST_LOG
// ("warn,kbs=debug"): the bare level if there is one, else the most talkative.
Result<LogLevel> ParseLogFilter(std::string_view text);

// Lines on standard error with time and level; colours only on a terminal and
// without NO_COLOR.
std::unique_ptr<Logger> MakeStderrLogger(LogLevel level);

}  // namespace vouchsafe
