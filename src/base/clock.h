#pragma once

// Time is passed in, never reached for: services take a Clock, tests a
// ManualClock.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vouchsafe {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock, microseconds since 1970-01-01T00:00:00Z.
  virtual int64_t UnixMicros() const = 0;
  // Never goes back; for deadlines and durations only.
  virtual std::chrono::steady_clock::time_point Steady() const = 0;

  int64_t UnixSeconds() const { return UnixMicros() / 1'000'000; }
};

class SystemClock final : public Clock {
 public:
  int64_t UnixMicros() const override;
  std::chrono::steady_clock::time_point Steady() const override;
};

// Stands still until told otherwise. Not for concurrent Advance.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t unix_s) : unix_us_(unix_s * 1'000'000) {}
  int64_t UnixMicros() const override { return unix_us_; }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::time_point(
        std::chrono::microseconds(unix_us_));
  }
  void Advance(std::chrono::microseconds by) { unix_us_ += by.count(); }

 private:
  int64_t unix_us_;
};

// "2026-11-24T23:56:19Z", with microseconds when `micros` is not zero:
// "2026-11-24T23:56:19.000120Z".
std::string FormatRfc3339(int64_t unix_us);
// Any offset and fraction (RFC 3339 section 5.6); microseconds since 1970.
Result<int64_t> ParseRfc3339(std::string_view text);
// "Tue, 24 Nov 2026 23:56:19 GMT" (RFC 9110 section 5.6.7).
std::string FormatHttpDate(int64_t unix_s);
// That form only (IMF-fixdate); seconds since 1970. The day's name is not
// compared with the date.
Result<int64_t> ParseHttpDate(std::string_view text);

}  // namespace vouchsafe
