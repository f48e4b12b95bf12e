// ParseTime: reads what a layout describes, with Go's tolerances and words.

#include <span>

#include "rego/builtins/time_layout.h"

namespace vouchsafe::rego {
namespace {

using Part = LayoutPart;

// As Go's package time quotes: every byte beyond ASCII as \x.
std::string Quote(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x80 || code < 0x20) {
      out += "\\x";
      out.push_back(kHex[code >> 4]);
      out.push_back(kHex[code & 15]);
      continue;
    }
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

class TimeReader {
 public:
  TimeReader(std::string_view layout, std::string_view text)
      : whole_layout_(layout), whole_(text), text_(text) {}

  bool Read() {
    std::string_view layout = whole_layout_;
    for (;;) {
      const LayoutToken token = NextLayoutToken(layout);
      if (token.text.empty()) break;
      layout.remove_prefix(token.text.size());
      if (token.part == Part::kText) {
        if (!Skip(token.text)) return Cannot(text_, token.text);
        continue;
      }
      const std::string_view before = text_;
      range_ = {};
      const bool read = ReadPart(token, layout);
      if (!range_.empty())
        return Bad(": " + std::string(range_) + " out of range");
      if (!read) return Cannot(before, token.text);
    }
    if (!text_.empty()) return Bad(": extra text: " + Quote(text_));
    return Finish();
  }

  CivilTime time;
  std::string why;

 private:
  bool Bad(const std::string& message) {
    why = "parsing time " + Quote(whole_) + message;
    return false;
  }
  bool Cannot(std::string_view text, std::string_view part) {
    return Bad(" as " + Quote(whole_layout_) + ": cannot parse " + Quote(text) +
               " as " + Quote(part));
  }

  bool Digit(size_t at) const {
    return at < text_.size() && text_[at] >= '0' && text_[at] <= '9';
  }
  bool Point(size_t at) const {
    return at < text_.size() && (text_[at] == '.' || text_[at] == ',');
  }

  // A run of blanks stands for any number of them.
  bool Skip(std::string_view prefix) {
    while (!prefix.empty()) {
      if (prefix[0] == ' ') {
        if (!text_.empty() && text_[0] != ' ') return false;
        while (prefix.starts_with(" ")) prefix.remove_prefix(1);
        while (text_.starts_with(" ")) text_.remove_prefix(1);
        continue;
      }
      if (text_.empty() || text_[0] != prefix[0]) return false;
      prefix.remove_prefix(1);
      text_.remove_prefix(1);
    }
    return true;
  }

  // `least` to `most` digits.
  bool Number(size_t least, size_t most, int64_t* out) {
    size_t count = 0;
    int64_t value = 0;
    while (count < most && Digit(count)) {
      value = value * 10 + (text_[count++] - '0');
    }
    if (count < least) return false;
    text_.remove_prefix(count);
    *out = value;
    return true;
  }
  // One or two digits, or just two; outside low..high is "out of range".
  bool Field(bool two, int64_t low, int64_t high, std::string_view name,
             int64_t* out) {
    if (!Number(two ? 2 : 1, 2, out)) return false;
    if (*out < low || *out > high) range_ = name;
    return true;
  }
  bool Name(std::span<const std::string_view> names, size_t length,
            int64_t* out) {
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string_view name = names[i].substr(0, length);
      if (text_.size() < name.size()) continue;
      bool same = true;
      for (size_t k = 0; k < name.size(); ++k) {
        same = same && (text_[k] | 0x20) == (name[k] | 0x20);
      }
      if (!same) continue;
      text_.remove_prefix(name.size());
      *out = static_cast<int64_t>(i);
      return true;
    }
    return false;
  }

  // A separator and `digits` of them; more than nine are cut.
  bool Fraction(size_t digits) {
    int64_t unit = kNsPerSecond / 10;
    time.nanosecond = 0;
    for (size_t i = 1; i <= digits; ++i) {
      if (!Digit(i)) return false;
      time.nanosecond += unit * (text_[i] - '0');
      unit /= 10;
    }
    text_.remove_prefix(digits + 1);
    return true;
  }
  size_t DigitsAfterPoint() const {
    size_t count = 0;
    while (Digit(count + 1)) ++count;
    return count;
  }

  bool ReadSecond(bool two, std::string_view layout_rest) {
    if (!Field(two, 0, 59, "second", &time.second)) return false;
    if (!range_.empty() || !Point(0) || !Digit(1)) return true;
    // A fraction though the layout has none.
    const Part next = NextLayoutToken(layout_rest).part;
    if (next == Part::kFraction0 || next == Part::kFraction9) return true;
    return Fraction(DigitsAfterPoint());
  }

  bool ReadZone(std::string_view token) {
    if (token[0] == 'Z' && text_.starts_with("Z")) {
      text_.remove_prefix(1);
      SetUtc();
      return true;
    }
    const bool colon = token.find(':') != std::string_view::npos;
    const size_t parts = token.size() > 6 ? 3 : token.size() > 3 ? 2 : 1;
    const size_t size = 1 + 2 * parts + (colon ? parts - 1 : 0);
    if (text_.size() < size) return false;
    const char sign = text_[0];
    text_.remove_prefix(1);
    int64_t part[3] = {};
    constexpr std::string_view kNames[] = {"time zone offset hour",
                                           "time zone offset minute",
                                           "time zone offset second"};
    for (size_t i = 0; i < parts; ++i) {
      if (i > 0 && colon) {
        if (!text_.starts_with(":")) return false;
        text_.remove_prefix(1);
      }
      if (!Number(2, 2, &part[i])) return false;
      if (part[i] > (i == 0 ? 24 : 60)) range_ = kNames[i];
    }
    if (sign != '+' && sign != '-') return false;
    const int64_t offset = part[0] * 3600 + part[1] * 60 + part[2];
    time.offset_s = sign == '-' ? -offset : offset;
    time.abbreviation.clear();
    return true;
  }

  void SetUtc() {
    time.offset_s = 0;
    time.abbreviation = "UTC";
  }

  // "+03" after GMT, or alone; its length, 0 when there is none.
  static size_t SignedOffset(std::string_view text) {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return 0;
    size_t end = 1;
    int64_t hours = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
      hours = hours * 10 + (text[end++] - '0');
      if (hours > 23) return 0;
    }
    return end > 1 ? end : 0;
  }

  // The length of a zone abbreviation; 0 when it is none.
  static size_t ZoneNameLength(std::string_view text) {
    if (text.size() < 3) return 0;
    const std::string_view four = text.substr(0, 4);
    if (four == "ChST" || four == "MeST") return 4;
    if (text.starts_with("GMT")) return 3 + SignedOffset(text.substr(3));
    if (text[0] == '+' || text[0] == '-') return SignedOffset(text);
    size_t upper = 0;
    while (upper < 6 && upper < text.size() && text[upper] >= 'A' &&
           text[upper] <= 'Z') {
      ++upper;
    }
    if (upper == 3) return 3;
    if (upper == 4) return text[3] == 'T' || four == "WITA" ? 4 : 0;
    return upper == 5 && text[4] == 'T' ? 5 : 0;
  }

  bool ReadZoneName() {
    if (text_.starts_with("UTC")) {
      text_.remove_prefix(3);
      SetUtc();
      return true;
    }
    const size_t length = ZoneNameLength(text_);
    if (length == 0) return false;
    time.abbreviation = std::string(text_.substr(0, length));
    time.offset_s = 0;
    text_.remove_prefix(length);
    return true;
  }

  bool ReadHalf(bool upper) {
    const std::string_view two = text_.substr(0, 2);
    if (two != (upper ? "PM" : "pm") && two != (upper ? "AM" : "am")) {
      return false;
    }
    afternoon_ = two[0] == 'P' || two[0] == 'p';
    morning_ = !afternoon_;
    text_.remove_prefix(2);
    return true;
  }

  bool ReadPart(const LayoutToken& token, std::string_view layout_rest) {
    int64_t value = 0;
    switch (token.part) {
      case Part::kText:
        return Skip(token.text);
      case Part::kYear4:
        return Number(4, 4, &time.year);
      case Part::kYear2:
        if (!Number(2, 2, &value)) return false;
        time.year = value + (value >= 69 ? 1900 : 2000);
        return true;
      case Part::kMonthLong:
      case Part::kMonthShort:
        if (!Name(kMonthNames, token.part == Part::kMonthShort ? 3 : 16,
                  &value)) {
          return false;
        }
        month_ = value + 1;
        return true;
      case Part::kMonth2:
      case Part::kMonth1:
        return Field(token.part == Part::kMonth2, 1, 12, "month", &month_);
      case Part::kDayLong:
      case Part::kDayShort:
        return Name(kDayNames, token.part == Part::kDayShort ? 3 : 16, &value);
      case Part::kDayBlank:
        if (text_.starts_with(" ")) text_.remove_prefix(1);
        return Number(1, 2, &day_);
      case Part::kDay2:
        return Number(2, 2, &day_);
      case Part::kDay1:
        return Number(1, 2, &day_);
      case Part::kYearDayBlank:
        for (int i = 0; i < 2 && text_.starts_with(" "); ++i) {
          text_.remove_prefix(1);
        }
        return Number(1, 3, &year_day_);
      case Part::kYearDay3:
        return Number(3, 3, &year_day_);
      case Part::kHour24:
        return Field(false, 0, 23, "hour", &time.hour);
      case Part::kHour12Two:
      case Part::kHour12:
        return Field(token.part == Part::kHour12Two, 0, 12, "hour", &time.hour);
      case Part::kMinute2:
      case Part::kMinute1:
        return Field(token.part == Part::kMinute2, 0, 59, "minute",
                     &time.minute);
      case Part::kSecond2:
      case Part::kSecond1:
        return ReadSecond(token.part == Part::kSecond2, layout_rest);
      case Part::kUpper:
      case Part::kLower:
        return ReadHalf(token.part == Part::kUpper);
      case Part::kZoneName:
        return ReadZoneName();
      case Part::kZone:
        return ReadZone(token.text);
      case Part::kFraction0:
        return Point(0) && Fraction(token.text.size() - 1);
      case Part::kFraction9:
        return !Point(0) || !Digit(1) || Fraction(DigitsAfterPoint());
    }
    return false;
  }

  bool Finish() {
    if (afternoon_ && time.hour < 12) time.hour += 12;
    if (morning_ && time.hour == 12) time.hour = 0;
    if (year_day_ >= 0) {
      const int64_t days =
          DaysOf(time.year + 1, 1, 1) - DaysOf(time.year, 1, 1);
      if (year_day_ < 1 || year_day_ > days) {
        return Bad(": day-of-year out of range");
      }
      int64_t month = 1, day = year_day_;
      while (day > DaysInMonth(time.year, month)) {
        day -= DaysInMonth(time.year, month++);
      }
      if (month_ >= 0 && month_ != month) {
        return Bad(": day-of-year does not match month");
      }
      if (day_ >= 0 && day_ != day) {
        return Bad(": day-of-year does not match day");
      }
      month_ = month;
      day_ = day;
    }
    time.month = month_ < 0 ? 1 : month_;
    time.day = day_ < 0 ? 1 : day_;
    if (time.day < 1 || time.day > DaysInMonth(time.year, time.month)) {
      return Bad(": day out of range");
    }
    return true;
  }

  std::string_view whole_layout_, whole_, text_;
  std::string_view range_;  // the part that is out of range
  int64_t month_ = -1, day_ = -1, year_day_ = -1;
  bool afternoon_ = false, morning_ = false;
};

}  // namespace

std::optional<CivilTime> ParseTime(std::string_view layout,
                                   std::string_view text, std::string* why) {
  TimeReader reader(layout, text);
  reader.time.year = 0;
  if (reader.Read()) return reader.time;
  *why = reader.why;
  return std::nullopt;
}

}  // namespace vouchsafe::rego
