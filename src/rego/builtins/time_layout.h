#pragma once

// Go's layouts: a layout is how the moment Mon Jan 2 15:04:05 MST 2006 would be
// written.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "rego/builtins/civil_time.h"

namespace vouchsafe::rego {

inline constexpr std::array<std::string_view, 12> kMonthNames = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::array<std::string_view, 7> kDayNames = {
    "Sunday",   "Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday"};

enum class LayoutPart {
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
  kYearDay3,
  kYearDayBlank,
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
  kZone,       // Z07:00 and -0700 in their forms
  kFraction0,  // .000: as many digits
  kFraction9   // .999: without zeros at the end
};

struct LayoutToken {
  std::string_view text;
  LayoutPart part = LayoutPart::kText;
};

// The first part of a layout; kText is what stands for itself, up to the next
// part.
LayoutToken NextLayoutToken(std::string_view layout);

// "RFC1123" and its like, else the layout itself.
std::string NamedLayout(std::string_view layout);
std::string FormatTime(std::string_view layout, const CivilTime& time);
// With its offset; an unknown abbreviation counts as UTC. `why` in Go's words.
std::optional<CivilTime> ParseTime(std::string_view layout,
                                   std::string_view text, std::string* why);

}  // namespace vouchsafe::rego
