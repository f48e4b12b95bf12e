#include "rego/builtins/civil_time.h"

namespace vouchsafe::rego {
namespace {

int64_t FloorDiv(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

void SetDate(CivilTime& time, int64_t days) {
  days += 719'468;
  const int64_t era = FloorDiv(days, 146'097);
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1'460 +
                               day_of_era / 36'524 - day_of_era / 146'096) /
                              365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  time.day = day_of_year - (153 * shifted + 2) / 5 + 1;
  time.month = shifted < 10 ? shifted + 3 : shifted - 9;
  time.year = year_of_era + era * 400 + (time.month <= 2 ? 1 : 0);
}

// Local seconds since 1970.
int64_t LocalSeconds(const CivilTime& time) {
  const int64_t months = time.month - 1;
  const int64_t year = time.year + FloorDiv(months, 12);
  const int64_t month = months - FloorDiv(months, 12) * 12 + 1;
  const int64_t days = DaysOf(year, month, 1) + time.day - 1;
  return days * 86'400 + time.hour * 3600 + time.minute * 60 + time.second;
}

}  // namespace

int64_t DaysOf(int64_t year, int64_t month, int64_t day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = FloorDiv(y, 400);
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year =
      (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

int64_t DaysInMonth(int64_t year, int64_t month) {
  return month == 12 ? 31 : DaysOf(year, month + 1, 1) - DaysOf(year, month, 1);
}

int64_t WeekdayOf(const CivilTime& time) {
  const int64_t days = DaysOf(time.year, time.month, time.day);
  return ((days + 4) % 7 + 7) % 7;
}

int64_t YearDayOf(const CivilTime& time) {
  return DaysOf(time.year, time.month, time.day) - DaysOf(time.year, 1, 1) + 1;
}

CivilTime FromNs(int64_t ns, const Zone& zone) {
  CivilTime out;
  const int64_t unix_s = FloorDiv(ns, kNsPerSecond);
  // Not by multiplying back: the least moment's second does not fit.
  out.nanosecond = (ns % kNsPerSecond + kNsPerSecond) % kNsPerSecond;
  const Zone::Period period = zone.At(unix_s);
  out.offset_s = period.offset_s;
  out.abbreviation = period.abbreviation;
  const int64_t local = unix_s + period.offset_s;
  const int64_t days = FloorDiv(local, 86'400);
  const int64_t rest = local - days * 86'400;
  SetDate(out, days);
  out.hour = rest / 3600;
  out.minute = rest / 60 % 60;
  out.second = rest % 60;
  return out;
}

std::optional<int64_t> ToNs(const CivilTime& time) {
  const int64_t seconds = LocalSeconds(time) - time.offset_s;
  int64_t ns = 0;
  // The least moment is a negative second with a positive fraction.
  if (seconds < 0 && time.nanosecond > 0) {
    if (__builtin_mul_overflow(seconds + 1, kNsPerSecond, &ns) ||
        __builtin_add_overflow(ns, time.nanosecond - kNsPerSecond, &ns)) {
      return std::nullopt;
    }
    return ns;
  }
  if (__builtin_mul_overflow(seconds, kNsPerSecond, &ns) ||
      __builtin_add_overflow(ns, time.nanosecond, &ns)) {
    return std::nullopt;
  }
  return ns;
}

// The offset at that local time taken for UTC, or what holds once that offset
// is taken off.
std::optional<int64_t> ToNs(CivilTime time, const Zone& zone) {
  const int64_t local = LocalSeconds(time);
  Zone::Period period = zone.At(local);
  const int64_t utc = local - period.offset_s;
  if (utc < period.begin_unix_s || utc >= period.end_unix_s) {
    period = zone.At(utc);
  }
  time.offset_s = period.offset_s;
  return ToNs(time);
}

}  // namespace vouchsafe::rego
