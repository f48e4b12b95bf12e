#include "rego/builtins/time_layout.h"

#include <algorithm>
#include <utility>

namespace vouchsafe::rego {
namespace {

using Part = LayoutPart;

// Longest first where one starts another.
constexpr LayoutToken kTokens[] = {
    {"January", Part::kMonthLong}, {"Jan", Part::kMonthShort},
    {"Monday", Part::kDayLong},    {"Mon", Part::kDayShort},
    {"MST", Part::kZoneName},      {"2006", Part::kYear4},
    {"__2", Part::kYearDayBlank},  {"002", Part::kYearDay3},
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

bool Digit(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

// The part that begins exactly here; empty when none does.
LayoutToken TokenAt(std::string_view rest) {
  if (rest.size() > 1 && (rest[0] == '.' || rest[0] == ',') &&
      (rest[1] == '0' || rest[1] == '9')) {
    size_t end = 2;
    while (end < rest.size() && rest[end] == rest[1]) ++end;
    if (!Digit(rest, end)) {
      return {rest.substr(0, end),
              rest[1] == '0' ? Part::kFraction0 : Part::kFraction9};
    }
  }
  // "_2006" is a blank line and a year.
  if (rest.starts_with("_2006")) return {};
  for (const LayoutToken& token : kTokens) {
    if (!rest.starts_with(token.text)) continue;
    // "Janitor" is a word.
    if ((token.part == Part::kMonthShort || token.part == Part::kDayShort) &&
        rest.size() > 3 && rest[3] >= 'a' && rest[3] <= 'z') {
      return {};
    }
    return {rest.substr(0, token.text.size()), token.part};
  }
  return {};
}

std::string Padded(int64_t value, size_t width, char fill = '0') {
  std::string digits = std::to_string(value < 0 ? -value : value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), fill);
  return (value < 0 ? "-" : "") + digits;
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

std::string FractionText(const LayoutToken& token, int64_t nanosecond) {
  std::string digits = Padded(nanosecond, 9);
  digits.resize(std::min<size_t>(token.text.size() - 1, 9));
  if (token.part == Part::kFraction9) {
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) return "";
  }
  return token.text[0] + digits;
}

std::string PartText(const LayoutToken& token, const CivilTime& time) {
  const int64_t hour12 = time.hour % 12 == 0 ? 12 : time.hour % 12;
  const auto month = kMonthNames[static_cast<size_t>(time.month - 1)];
  const auto day = kDayNames[static_cast<size_t>(WeekdayOf(time))];
  switch (token.part) {
    case Part::kText:
      return std::string(token.text);
    case Part::kYear4:
      return Padded(time.year, 4);
    case Part::kYear2:
      return Padded(std::max<int64_t>(time.year, 0) % 100, 2);
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
    case Part::kYearDay3:
      return Padded(YearDayOf(time), 3);
    case Part::kYearDayBlank:
      return Padded(YearDayOf(time), 3, ' ');
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
      return time.abbreviation.empty() ? ZoneText("-0700", time.offset_s)
                                       : time.abbreviation;
    case Part::kZone:
      return ZoneText(token.text, time.offset_s);
    case Part::kFraction0:
    case Part::kFraction9:
      return FractionText(token, time.nanosecond);
  }
  return {};
}

}  // namespace

LayoutToken NextLayoutToken(std::string_view layout) {
  for (size_t i = 0; i < layout.size(); ++i) {
    const LayoutToken token = TokenAt(layout.substr(i));
    if (token.text.empty()) continue;
    if (i == 0) return token;
    return {layout.substr(0, i), Part::kText};
  }
  return {layout, Part::kText};
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
    const LayoutToken token = NextLayoutToken(layout);
    out += PartText(token, time);
    layout.remove_prefix(token.text.size());
  }
  return out;
}

}  // namespace vouchsafe::rego
