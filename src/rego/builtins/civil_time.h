#pragma once

// Calendar dates and clocks (proleptic Gregorian), and their zones.

#include <cstdint>
#include <optional>
#include <string>

#include "rego/builtins/zone.h"

namespace vouchsafe::rego {

inline constexpr int64_t kNsPerSecond = 1'000'000'000;

struct CivilTime {
  int64_t year = 1;
  int64_t month = 1;  // 1 to 12; arithmetic may leave the range
  int64_t day = 1;
  int64_t hour = 0, minute = 0, second = 0, nanosecond = 0;
  int64_t offset_s = 0;      // east of UTC
  std::string abbreviation;  // "CET"; empty: none
};

// Days since 1970-01-01.
int64_t DaysOf(int64_t year, int64_t month, int64_t day);
int64_t DaysInMonth(int64_t year, int64_t month);
int64_t WeekdayOf(const CivilTime& time);  // 0: Sunday
int64_t YearDayOf(const CivilTime& time);  // from 1

// Nanoseconds since 1970 UTC, as `zone` shows them.
CivilTime FromNs(int64_t ns, const Zone& zone);
// Out-of-range fields carry over, as in Go's time.Date. nullopt beyond 64 bits.
std::optional<int64_t> ToNs(const CivilTime& time);
// The same, with the offset that `zone` has at that local time.
std::optional<int64_t> ToNs(CivilTime time, const Zone& zone);

}  // namespace vouchsafe::rego
