#include "rego/builtins/time_layout.h"

#include <span>
#include <utility>

namespace vouchsafe::rego {
namespace {

constexpr std::string_view kMonths[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kDays[] = {"Sunday",    "Monday",   "Tuesday",
                                      "Wednesday", "Thursday", "Friday",
                                      "Saturday"};

// Days since 1970-01-01 of a day of the proleptic Gregorian calendar.
int64_t DaysOf(int64_t year, int64_t month, int64_t day) {
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year =
      (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

void SetDate(CivilTime& time, int64_t days) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
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

int64_t FloorDiv(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

enum class Part {
  kText,
  kYear4,
  kYear2,
  kMonthLong,
  kMonthShort,
  kMonth2,
  kMonth1,
  kDayLong,
  kDayShort,
  kDay2,
  kDay1,
  kDayBlank,
  kYearDay,
  kHour24,
  kHour12Two,
  kHour12,
  kMinute2,
  kMinute1,
  kSecond2,
  kSecond1,
  kUpper,
  kLower,
  kZoneName,
  kZone,
  kFraction
};

struct Token {
  std::string_view text;
  Part part;
};

// Longest first where one starts another.
constexpr Token kTokens[] = {
    {"January", Part::kMonthLong}, {"Jan", Part::kMonthShort},
    {"Monday", Part::kDayLong},    {"Mon", Part::kDayShort},
    {"MST", Part::kZoneName},      {"2006", Part::kYear4},
    {"__2", Part::kYearDay},       {"002", Part::kYearDay},
    {"01", Part::kMonth2},         {"02", Part::kDay2},
    {"03", Part::kHour12Two},      {"04", Part::kMinute2},
    {"05", Part::kSecond2},        {"06", Part::kYear2},
    {"15", Part::kHour24},         {"PM", Part::kUpper},
    {"pm", Part::kLower},          {"Z07:00:00", Part::kZone},
    {"Z070000", Part::kZone},      {"Z07:00", Part::kZone},
    {"Z0700", Part::kZone},        {"Z07", Part::kZone},
    {"-07:00:00", Part::kZone},    {"-070000", Part::kZone},
    {"-07:00", Part::kZone},       {"-0700", Part::kZone},
    {"-07", Part::kZone},          {"_2", Part::kDayBlank},
    {"1", Part::kMonth1},          {"2", Part::kDay1},
    {"3", Part::kHour12},          {"4", Part::kMinute1},
    {"5", Part::kSecond1}};

// The next part of a layout; text is what stands for itself.
Token NextToken(std::string_view layout) {
  const auto at = [&](size_t from) -> Token {
    const std::string_view rest = layout.substr(from);
    // "_2006" is a blank and a year.
    if (rest.starts_with("_2006")) return {rest.substr(0, 1), Part::kText};
    if (rest.size() > 1 && (rest[0] == '.' || rest[0] == ',') &&
        (rest[1] == '0' || rest[1] == '9')) {
      size_t end = 2;
      while (end < rest.size() && rest[end] == rest[1]) ++end;
      const bool digit =
          end < rest.size() && rest[end] >= '0' && rest[end] <= '9';
      if (!digit) return {rest.substr(0, end), Part::kFraction};
    }
    for (const Token& token : kTokens) {
      if (!rest.starts_with(token.text)) continue;
      return {rest.substr(0, token.text.size()), token.part};
    }
    return {{}, Part::kText};
  };
  for (size_t i = 0; i < layout.size(); ++i) {
    const Token token = at(i);
    if (token.part == Part::kText) continue;
    if (i == 0) return token;
    return {layout.substr(0, i), Part::kText};
  }
  return {layout, Part::kText};
}

std::string Padded(int64_t value, size_t width, char fill = '0') {
  std::string digits = std::to_string(value < 0 ? -value : value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), fill);
  return (value < 0 ? "-" : "") + digits;
}

int64_t WeekdayOf(const CivilTime& time) {
  const int64_t days = DaysOf(time.year, time.month, time.day);
  return ((days + 4) % 7 + 7) % 7;
}

std::string ZoneText(std::string_view token, int64_t offset) {
  if (token[0] == 'Z' && offset == 0) return "Z";
  const int64_t size = offset < 0 ? -offset : offset;
  const bool colon = token.find(':') != std::string_view::npos;
  std::string out = offset < 0 ? "-" : "+";
  out += Padded(size / 3600, 2);
  if (token.size() > 3) {
    out += (colon ? ":" : "") + Padded(size / 60 % 60, 2);
  }
  if (token.size() > 6) out += (colon ? ":" : "") + Padded(size % 60, 2);
  return out;
}

std::string FractionText(std::string_view token, int64_t nanosecond) {
  std::string digits = Padded(nanosecond, 9);
  digits.resize(std::min<size_t>(token.size() - 1, 9));
  if (token[1] == '9') {
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) return "";
  }
  return token[0] + digits;
}

std::string PartText(const Token& token, const CivilTime& time) {
  const int64_t hour12 = time.hour % 12 == 0 ? 12 : time.hour % 12;
  const auto month = kMonths[static_cast<size_t>(time.month - 1)];
  const auto day = kDays[static_cast<size_t>(WeekdayOf(time))];
  switch (token.part) {
    case Part::kText:
      return std::string(token.text);
    case Part::kYear4:
      return Padded(time.year, 4);
    case Part::kYear2:
      return Padded(time.year % 100, 2);
    case Part::kMonthLong:
      return std::string(month);
    case Part::kMonthShort:
      return std::string(month.substr(0, 3));
    case Part::kMonth2:
      return Padded(time.month, 2);
    case Part::kMonth1:
      return Padded(time.month, 1);
    case Part::kDayLong:
      return std::string(day);
    case Part::kDayShort:
      return std::string(day.substr(0, 3));
    case Part::kDay2:
      return Padded(time.day, 2);
    case Part::kDay1:
      return Padded(time.day, 1);
    case Part::kDayBlank:
      return Padded(time.day, 2, ' ');
    case Part::kYearDay:
      return Padded(
          DaysOf(time.year, time.month, time.day) - DaysOf(time.year, 1, 1) + 1,
          3, token.text[0] == '_' ? ' ' : '0');
    case Part::kHour24:
      return Padded(time.hour, 2);
    case Part::kHour12Two:
      return Padded(hour12, 2);
    case Part::kHour12:
      return Padded(hour12, 1);
    case Part::kMinute2:
      return Padded(time.minute, 2);
    case Part::kMinute1:
      return Padded(time.minute, 1);
    case Part::kSecond2:
      return Padded(time.second, 2);
    case Part::kSecond1:
      return Padded(time.second, 1);
    case Part::kUpper:
      return time.hour >= 12 ? "PM" : "AM";
    case Part::kLower:
      return time.hour >= 12 ? "pm" : "am";
    case Part::kZoneName:
      return time.offset_s == 0 ? "UTC" : ZoneText("-0700", time.offset_s);
    case Part::kZone:
      return ZoneText(token.text, time.offset_s);
    case Part::kFraction:
      return FractionText(token.text, time.nanosecond);
  }
  return {};
}

// Reads what a layout describes.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  bool Read(std::string_view layout) {
    Part last = Part::kText;
    while (!layout.empty()) {
      const Token token = NextToken(layout);
      layout.remove_prefix(token.text.size());
      if (!ReadPart(token)) return false;
      last = token.part;
      // Go accepts a fraction after the seconds though the layout has none.
      const bool seconds = last == Part::kSecond2 || last == Part::kSecond1;
      const bool next_is_fraction =
          !layout.empty() && NextToken(layout).part == Part::kFraction;
      if (seconds && !next_is_fraction && text_.size() > 1 &&
          (text_[0] == '.' || text_[0] == ',') && Digit(1)) {
        ReadFraction();
      }
    }
    if (!text_.empty()) return false;
    if (afternoon_ && time.hour < 12) time.hour += 12;
    if (morning_ && time.hour == 12) time.hour = 0;
    if (!seen_date_) time.year = 0;
    return time.day >= 1 && time.day <= DaysInMonth(time.year, time.month);
  }

  CivilTime time;

 private:
  bool Digit(size_t at) const {
    return at < text_.size() && text_[at] >= '0' && text_[at] <= '9';
  }
  bool Number(size_t least, size_t most, int64_t low, int64_t high,
              int64_t* out) {
    size_t count = 0;
    int64_t value = 0;
    while (count < most && Digit(count)) {
      value = value * 10 + (text_[count++] - '0');
    }
    if (count < least || value < low || value > high) return false;
    text_.remove_prefix(count);
    *out = value;
    return true;
  }
  bool Name(std::span<const std::string_view> names, size_t length,
            int64_t* out) {
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string_view name = names[i].substr(0, length);
      if (!text_.starts_with(name)) continue;
      text_.remove_prefix(name.size());
      *out = static_cast<int64_t>(i);
      return true;
    }
    return false;
  }
  void ReadFraction() {
    text_.remove_prefix(1);
    int64_t unit = kNsPerSecond / 10;
    while (Digit(0)) {
      time.nanosecond += unit * (text_[0] - '0');
      unit /= 10;
      text_.remove_prefix(1);
    }
  }
  bool ReadZone(std::string_view token) {
    if (token[0] == 'Z' && text_.starts_with("Z")) {
      text_.remove_prefix(1);
      return true;
    }
    if (text_.empty() || (text_[0] != '+' && text_[0] != '-')) return false;
    const int64_t sign = text_[0] == '-' ? -1 : 1;
    text_.remove_prefix(1);
    int64_t part[3] = {};
    const size_t parts = token.size() > 6 ? 3 : token.size() > 3 ? 2 : 1;
    for (size_t i = 0; i < parts; ++i) {
      if (i > 0 && token.find(':') != std::string_view::npos) {
        if (!text_.starts_with(":")) return false;
        text_.remove_prefix(1);
      }
      if (!Number(2, 2, 0, i == 0 ? 24 : 59, &part[i])) return false;
    }
    time.offset_s = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
  }

  bool ReadPart(const Token& token) {
    int64_t value = 0;
    switch (token.part) {
      case Part::kText:
        if (!text_.starts_with(token.text)) return false;
        text_.remove_prefix(token.text.size());
        return true;
      case Part::kYear4:
        seen_date_ = true;
        return Number(4, 4, 0, 9999, &time.year);
      case Part::kYear2:
        seen_date_ = true;
        if (!Number(2, 2, 0, 99, &value)) return false;
        time.year = value + (value >= 69 ? 1900 : 2000);
        return true;
      case Part::kMonthLong:
      case Part::kMonthShort:
        if (!Name(kMonths, token.part == Part::kMonthShort ? 3 : 16, &value)) {
          return false;
        }
        time.month = value + 1;
        return true;
      case Part::kMonth2:
        return Number(2, 2, 1, 12, &time.month);
      case Part::kMonth1:
        return Number(1, 2, 1, 12, &time.month);
      case Part::kDayLong:
      case Part::kDayShort:
        return Name(kDays, token.part == Part::kDayShort ? 3 : 16, &value);
      case Part::kDayBlank:
        if (text_.starts_with(" ")) text_.remove_prefix(1);
        return Number(1, 2, 1, 31, &time.day);
      case Part::kDay2:
        return Number(2, 2, 1, 31, &time.day);
      case Part::kDay1:
        return Number(1, 2, 1, 31, &time.day);
      case Part::kYearDay:
        while (text_.starts_with(" ")) text_.remove_prefix(1);
        if (!Number(1, 3, 1, 366, &value)) return false;
        SetDate(time, DaysOf(time.year, 1, 1) + value - 1);
        return true;
      case Part::kHour24:
        return Number(2, 2, 0, 23, &time.hour);
      case Part::kHour12Two:
        return Number(2, 2, 0, 12, &time.hour);
      case Part::kHour12:
        return Number(1, 2, 0, 12, &time.hour);
      case Part::kMinute2:
        return Number(2, 2, 0, 59, &time.minute);
      case Part::kMinute1:
        return Number(1, 2, 0, 59, &time.minute);
      case Part::kSecond2:
        return Number(2, 2, 0, 59, &time.second);
      case Part::kSecond1:
        return Number(1, 2, 0, 59, &time.second);
      case Part::kUpper:
      case Part::kLower:
        return ReadHalf(token.part == Part::kUpper);
      case Part::kZoneName:
        for (const std::string_view name : {"UTC", "GMT", "Z"}) {
          if (!text_.starts_with(name)) continue;
          text_.remove_prefix(name.size());
          return true;
        }
        // Go reads an unknown abbreviation as offset zero.
        while (!text_.empty() && text_[0] >= 'A' && text_[0] <= 'Z') {
          text_.remove_prefix(1);
          value = 1;
        }
        return value == 1;
      case Part::kZone:
        return ReadZone(token.text);
      case Part::kFraction:
        if (text_.empty() || text_[0] != token.text[0] || !Digit(1)) {
          return token.text[1] == '9';
        }
        ReadFraction();
        return true;
    }
    return false;
  }

  bool ReadHalf(bool upper) {
    if (text_.starts_with(upper ? "PM" : "pm")) {
      afternoon_ = true;
    } else if (text_.starts_with(upper ? "AM" : "am")) {
      morning_ = true;
    } else {
      return false;
    }
    text_.remove_prefix(2);
    return true;
  }

  std::string_view text_;
  bool afternoon_ = false, morning_ = false, seen_date_ = false;
};

}  // namespace

CivilTime FromNs(int64_t ns) {
  CivilTime out;
  const int64_t seconds = FloorDiv(ns, kNsPerSecond);
  const int64_t days = FloorDiv(seconds, 86'400);
  const int64_t rest = seconds - days * 86'400;
  SetDate(out, days);
  out.hour = rest / 3600;
  out.minute = rest / 60 % 60;
  out.second = rest % 60;
  out.nanosecond = ns % kNsPerSecond;
  if (out.nanosecond < 0) out.nanosecond += kNsPerSecond;
  return out;
}

std::optional<int64_t> ToNs(const CivilTime& time) {
  const int64_t months = time.month - 1;
  const int64_t year = time.year + FloorDiv(months, 12);
  const int64_t month = months - FloorDiv(months, 12) * 12 + 1;
  const int64_t days = DaysOf(year, month, 1) + time.day - 1;
  const int64_t seconds = days * 86'400 + time.hour * 3600 + time.minute * 60 +
                          time.second - time.offset_s;
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

int64_t DaysInMonth(int64_t year, int64_t month) {
  return month == 12 ? 31 : DaysOf(year, month + 1, 1) - DaysOf(year, month, 1);
}

std::string WeekdayName(const CivilTime& time) {
  return std::string(kDays[static_cast<size_t>(WeekdayOf(time))]);
}

std::string NamedLayout(std::string_view layout) {
  constexpr std::pair<std::string_view, std::string_view> kNamed[] = {
      {"ANSIC", "Mon Jan _2 15:04:05 2006"},
      {"UnixDate", "Mon Jan _2 15:04:05 MST 2006"},
      {"RubyDate", "Mon Jan 02 15:04:05 -0700 2006"},
      {"RFC822", "02 Jan 06 15:04 MST"},
      {"RFC822Z", "02 Jan 06 15:04 -0700"},
      {"RFC850", "Monday, 02-Jan-06 15:04:05 MST"},
      {"RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"},
      {"RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"},
      {"RFC3339", "2006-01-02T15:04:05Z07:00"},
      {"RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"}};
  for (const auto& [name, text] : kNamed) {
    if (name == layout) return std::string(text);
  }
  return std::string(layout);
}

std::string FormatTime(std::string_view layout, const CivilTime& time) {
  std::string out;
  while (!layout.empty()) {
    const Token token = NextToken(layout);
    out += PartText(token, time);
    layout.remove_prefix(token.text.size());
  }
  return out;
}

std::optional<CivilTime> ParseTime(std::string_view layout,
                                   std::string_view text, std::string* why) {
  TimeReader reader(text);
  if (reader.Read(layout)) return reader.time;
  *why = "parsing time \"" + std::string(text) + "\" as \"" +
         std::string(layout) + "\": cannot parse it";
  return std::nullopt;
}

}  // namespace vouchsafe::rego
