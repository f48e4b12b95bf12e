#pragma once

// Civil times (proleptic Gregorian) and Go's layouts: a layout is how the
// moment Mon Jan 2 15:04:05 MST 2006 would be written.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vouchsafe::rego {

inline constexpr int64_t kNsPerSecond = 1'000'000'000;

struct CivilTime {
  int64_t year = 1;
  int64_t month = 1;
  int64_t day = 1;
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t nanosecond = 0;
  int64_t offset_s = 0;  // east of UTC
};

CivilTime FromNs(int64_t ns);  // UTC
// Months and days out of range carry over. nullopt beyond 64 bits.
std::optional<int64_t> ToNs(const CivilTime& time);
int64_t DaysInMonth(int64_t year, int64_t month);
std::string WeekdayName(const CivilTime& time);

// "RFC1123" and its like, else the layout itself.
std::string NamedLayout(std::string_view layout);
std::string FormatTime(std::string_view layout, const CivilTime& time);
std::optional<CivilTime> ParseTime(std::string_view layout,
                                   std::string_view text, std::string* why);

}  // namespace vouchsafe::rego
