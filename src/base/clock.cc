#include "base/clock.h"

#include <array>
#include <cstdio>

namespace vouchsafe {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

struct Civil {
  int year;
  unsigned month, day, hour, minute, second;
  unsigned weekday;  // 0 = Sunday
};

constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                              "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr",
                                                 "May", "Jun", "Jul", "Aug",
                                                 "Sep", "Oct", "Nov", "Dec"};

int64_t FloorDiv(int64_t a, int64_t b) {
  return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}

Civil ToCivil(int64_t unix_s) {
  const int64_t day_count = FloorDiv(unix_s, 86400);
  const auto in_day = static_cast<unsigned>(unix_s - day_count * 86400);
  const sys_days day{days{day_count}};
  const std::chrono::year_month_day date{day};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          in_day / 3600,
          in_day / 60 % 60,
          in_day % 60,
          std::chrono::weekday{day}.c_encoding()};
}

// Reads exactly `digits` decimal digits at `pos` and moves it on.
bool ReadDigits(std::string_view text, size_t& pos, size_t digits,
                unsigned& out) {
  if (text.size() - pos < digits) return false;
  out = 0;
  for (size_t i = 0; i < digits; ++i) {
    const char c = text[pos + i];
    if (c < '0' || c > '9') return false;
    out = out * 10 + static_cast<unsigned>(c - '0');
  }
  pos += digits;
  return true;
}

bool ReadChar(std::string_view text, size_t& pos, std::string_view any) {
  if (pos >= text.size() || any.find(text[pos]) == std::string_view::npos) {
    return false;
  }
  ++pos;
  return true;
}

tl::unexpected<Error> BadTime(std::string_view text) {
  return Fail(ErrorCode::kInvalidInput,
              "time: want RFC 3339 such as 2026-01-31T12:00:00Z, got \"" +
                  std::string(text.substr(0, 40)) + "\"");
}

// ".123456789" to microseconds, cutting what is finer.
bool ReadFraction(std::string_view text, size_t& pos, int64_t& micros) {
  micros = 0;
  if (pos >= text.size() || text[pos] != '.') return true;
  ++pos;
  const size_t start = pos;
  int64_t scale = 100'000;
  while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
    micros += (text[pos] - '0') * scale;
    scale /= 10;
    ++pos;
  }
  return pos > start;
}

bool ReadOffset(std::string_view text, size_t& pos, int64_t& offset_s) {
  offset_s = 0;
  if (ReadChar(text, pos, "Zz")) return true;
  if (pos >= text.size()) return false;
  const int64_t sign = text[pos] == '-' ? -1 : 1;
  unsigned hours = 0;
  unsigned minutes = 0;
  if (!ReadChar(text, pos, "+-") || !ReadDigits(text, pos, 2, hours) ||
      !ReadChar(text, pos, ":") || !ReadDigits(text, pos, 2, minutes) ||
      hours > 23 || minutes > 59) {
    return false;
  }
  offset_s = sign * static_cast<int64_t>(hours * 3600 + minutes * 60);
  return true;
}

}  // namespace

int64_t SystemClock::UnixMicros() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::chrono::steady_clock::time_point SystemClock::Steady() const {
  return std::chrono::steady_clock::now();
}

std::string FormatRfc3339(int64_t unix_us) {
  const int64_t unix_s = FloorDiv(unix_us, 1'000'000);
  const auto micros = static_cast<unsigned>(unix_us - unix_s * 1'000'000);
  const Civil t = ToCivil(unix_s);
  std::array<char, 64> out{};
  int size =
      std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02u:%02u:%02u",
                    t.year, t.month, t.day, t.hour, t.minute, t.second);
  std::string text(out.data(), static_cast<size_t>(size));
  if (micros != 0) {
    size = std::snprintf(out.data(), out.size(), ".%06u", micros);
    text.append(out.data(), static_cast<size_t>(size));
  }
  return text + "Z";
}

Result<int64_t> ParseRfc3339(std::string_view text) {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  int64_t micros = 0;
  int64_t offset_s = 0;
  size_t pos = 0;
  if (!ReadDigits(text, pos, 4, year) || !ReadChar(text, pos, "-") ||
      !ReadDigits(text, pos, 2, month) || !ReadChar(text, pos, "-") ||
      !ReadDigits(text, pos, 2, day) || !ReadChar(text, pos, "Tt ") ||
      !ReadDigits(text, pos, 2, hour) || !ReadChar(text, pos, ":") ||
      !ReadDigits(text, pos, 2, minute) || !ReadChar(text, pos, ":") ||
      !ReadDigits(text, pos, 2, second) || !ReadFraction(text, pos, micros) ||
      !ReadOffset(text, pos, offset_s) || pos != text.size() || hour > 23 ||
      minute > 59 || second > 60) {
    return BadTime(text);
  }
  const std::chrono::year_month_day date{
      std::chrono::year{static_cast<int>(year)}, std::chrono::month{month},
      std::chrono::day{day}};
  if (!date.ok()) return BadTime(text);
  const int64_t day_s = sys_days{date}.time_since_epoch().count() * 86400;
  const int64_t unix_s = day_s + hour * 3600 + minute * 60 + second - offset_s;
  return unix_s * 1'000'000 + micros;
}

std::string FormatHttpDate(int64_t unix_s) {
  const Civil t = ToCivil(unix_s);
  std::array<char, 64> out{};
  const int size = std::snprintf(out.data(), out.size(),
                                 "%s, %02u %s %04d %02u:%02u:%02u GMT",
                                 kDays[t.weekday], t.day, kMonths[t.month - 1],
                                 t.year, t.hour, t.minute, t.second);
  return {out.data(), static_cast<size_t>(size)};
}

Result<int64_t> ParseHttpDate(std::string_view text) {
  constexpr size_t kSize = 29;
  unsigned day = 0;
  unsigned month = 0;
  unsigned year = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  size_t pos = 5;
  bool good = text.size() == kSize && text.substr(3, 2) == ", " &&
              ReadDigits(text, pos, 2, day) && ReadChar(text, pos, " ");
  if (good) {
    while (month < 12 && text.substr(pos, 3) != kMonths[month]) ++month;
    pos += 3;
    good = month < 12 && ReadChar(text, pos, " ") &&
           ReadDigits(text, pos, 4, year) && ReadChar(text, pos, " ") &&
           ReadDigits(text, pos, 2, hour) && ReadChar(text, pos, ":") &&
           ReadDigits(text, pos, 2, minute) && ReadChar(text, pos, ":") &&
           ReadDigits(text, pos, 2, second) && text.substr(pos) == " GMT" &&
           hour < 24 && minute < 60 && second <= 60;
  }
  const std::chrono::year_month_day date{
      std::chrono::year{static_cast<int>(year)}, std::chrono::month{month + 1},
      std::chrono::day{day}};
  if (!good || !date.ok()) {
    return Fail(ErrorCode::kInvalidInput,
                "time: want the form of HTTP dates, got \"" +
                    std::string(text.substr(0, 40)) + "\"");
  }
  return sys_days{date}.time_since_epoch().count() * int64_t{86400} +
         hour * 3600 + minute * 60 + second;
}

}  // namespace vouchsafe
