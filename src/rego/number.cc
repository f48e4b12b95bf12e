#include "rego/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace vouchsafe::rego {
namespace {

// value = 0.DIGITS * 10^point, DIGITS without zeros at either end.
struct Decimal {
  bool negative = false;
  std::string digits;  // empty: zero
  int64_t point = 0;
  bool exponent_written = false;
};

constexpr int64_t kExponentCap = int64_t{1} << 40;

Decimal Decode(std::string_view text) {
  Decimal out;
  size_t i = 0;
  if (i < text.size() && text[i] == '-') {
    out.negative = true;
    ++i;
  }
  bool fraction = false;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      fraction = true;
      continue;
    }
    if (out.digits.empty() && text[i] == '0') {
      if (fraction) --out.point;
      continue;
    }
    out.digits.push_back(text[i]);
    if (!fraction) ++out.point;
  }
  if (i < text.size()) {
    out.exponent_written = true;
    ++i;
    bool down = false;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) {
      down = text[i++] == '-';
    }
    int64_t exponent = 0;
    for (; i < text.size(); ++i) {
      exponent = std::min(exponent * 10 + (text[i] - '0'), kExponentCap);
    }
    out.point += down ? -exponent : exponent;
  }
  while (!out.digits.empty() && out.digits.back() == '0') {
    out.digits.pop_back();
  }
  if (out.digits.empty()) out = Decimal();
  return out;
}

Decimal Decode(const Value& number) {
  return number.is_int() ? Decode(std::to_string(number.integer()))
                         : Decode(number.text());
}

int CompareDecimals(const Decimal& a, const Decimal& b) {
  const auto sign = [](const Decimal& d) {
    return d.digits.empty() ? 0 : d.negative ? -1 : 1;
  };
  if (sign(a) != sign(b)) return sign(a) < sign(b) ? -1 : 1;
  if (sign(a) == 0) return 0;
  int order = 0;
  if (a.point != b.point) {
    order = a.point < b.point ? -1 : 1;
  } else {
    const int text = a.digits.compare(b.digits);
    order = text < 0 ? -1 : text > 0;
  }
  return a.negative ? -order : order;
}

bool Integral(const Decimal& d) {
  return d.digits.empty() || d.point >= static_cast<int64_t>(d.digits.size());
}

std::string PlainDigits(const Decimal& d) {
  if (d.digits.empty()) return "0";
  std::string out = d.negative ? "-" : "";
  out += d.digits;
  out.append(static_cast<size_t>(d.point) - d.digits.size(), '0');
  return out;
}

std::optional<int64_t> SmallInteger(const Decimal& d) {
  if (!Integral(d) || d.point > 19) return std::nullopt;
  const std::string digits = PlainDigits(d);
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

Value FromDecimal(Arena& arena, const Decimal& d, std::string_view text) {
  if (const auto small = SmallInteger(d)) return Value::Int(*small);
  if (Integral(d) && !d.exponent_written) {
    return Value::DecimalText(arena.Copy(PlainDigits(d)));
  }
  return Value::DecimalText(arena.Copy(text));
}

}  // namespace

int CompareNumbers(const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) {
    return a.integer() < b.integer() ? -1 : a.integer() > b.integer();
  }
  if (!a.is_int() && !b.is_int() && a.text() == b.text()) return 0;
  return CompareDecimals(Decode(a), Decode(b));
}

bool IsJsonNumber(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t start = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i > start;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const size_t first = i;
  if (!digits()) return false;
  if (text[first] == '0' && i > first + 1) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

Value MakeNumber(Arena& arena, std::string_view text, size_t max_digits) {
  int64_t small = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, small);
  if (error == std::errc() && stop == end && IsJsonNumber(text)) {
    return Value::Int(small);
  }
  if (text.size() > max_digits + 16 || !IsJsonNumber(text)) return {};
  const Decimal d = Decode(text);
  const auto bound = static_cast<int64_t>(max_digits);
  if (d.point > bound || d.point < -bound || d.digits.size() > max_digits) {
    return {};
  }
  return FromDecimal(arena, d, text);
}

std::string NumberText(const Value& number) {
  return number.is_int() ? std::to_string(number.integer())
                         : std::string(number.text());
}

bool IsInteger(const Value& number) {
  return number.is_int() || Integral(Decode(number.text()));
}

std::optional<int64_t> AsInt64(const Value& number) {
  if (number.is_int()) return number.integer();
  return std::nullopt;  // MakeNumber made every int64 an int
}

long double AsLongDouble(const Value& number) {
  if (number.is_int()) return static_cast<long double>(number.integer());
  const std::string_view text = number.text();
  long double out = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc::result_out_of_range) {
    const bool tiny = Decode(text).point < 0;
    if (tiny) return 0;
    return text[0] == '-' ? -HUGE_VALL : HUGE_VALL;
  }
  return out;
}

double AsDouble(const Value& number) {
  if (number.is_int()) return static_cast<double>(number.integer());
  const std::string_view text = number.text();
  double out = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc::result_out_of_range) {
    if (Decode(text).point < 0) return 0;
    return text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
  }
  return out;
}

Value FromLongDouble(Arena& arena, long double value) {
  if (!std::isfinite(value)) return {};
  char buffer[64];
  // Without an exponent a large integer would be written with all its digits,
  // not with the few that tell it from the next.
  const bool large = std::fabs(value) >= 0x1p63L;
  const auto [end, error] =
      large ? std::to_chars(buffer, buffer + sizeof buffer, value,
                            std::chars_format::scientific)
            : std::to_chars(buffer, buffer + sizeof buffer, value);
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const Decimal d = Decode(text);
  if (Integral(d)) return MakeNumber(arena, PlainDigits(d));
  return MakeNumber(arena, text);
}

BigInt BigInt::Of(const Value& number) {
  if (number.is_int()) return BigInt(number.integer());
  return FromDigits(PlainDigits(Decode(number.text())));
}

Value BigInt::ToValue(Arena& arena) const {
  // 3.32 bits to a digit.
  if (BitLength() > kMaxNumberDigits * 10 / 3) {
    ThrowLimit("limit_number", "a number has more than 4096 digits");
  }
  const Value out = MakeNumber(arena, Digits());
  if (!out.defined()) {
    ThrowLimit("limit_number", "a number has more than 4096 digits");
  }
  return out;
}

namespace {
// Throws rather than give a wrong number.
Value Finite(const Value& value) {
  if (!value.defined()) {
    ThrowLimit("limit_number", "a number is too large");
  }
  return value;
}
// The same for what may come out too small: zero only of zero.
Value Product(Arena& arena, const Value& a, const Value& b, long double value) {
  if (value == 0 && !IsZero(a) && !IsZero(b)) {
    ThrowLimit("limit_number", "a number is too small");
  }
  return Finite(FromLongDouble(arena, value));
}
}  // namespace

Value Add(Arena& arena, const Value& a, const Value& b) {
  int64_t sum = 0;
  if (a.is_int() && b.is_int() &&
      !__builtin_add_overflow(a.integer(), b.integer(), &sum)) {
    return Value::Int(sum);
  }
  if (IsInteger(a) && IsInteger(b)) {
    return (BigInt::Of(a) + BigInt::Of(b)).ToValue(arena);
  }
  return Finite(FromLongDouble(arena, AsLongDouble(a) + AsLongDouble(b)));
}

Value Subtract(Arena& arena, const Value& a, const Value& b) {
  int64_t difference = 0;
  if (a.is_int() && b.is_int() &&
      !__builtin_sub_overflow(a.integer(), b.integer(), &difference)) {
    return Value::Int(difference);
  }
  if (IsInteger(a) && IsInteger(b)) {
    return (BigInt::Of(a) - BigInt::Of(b)).ToValue(arena);
  }
  return Finite(FromLongDouble(arena, AsLongDouble(a) - AsLongDouble(b)));
}

Value Multiply(Arena& arena, const Value& a, const Value& b) {
  int64_t product = 0;
  if (a.is_int() && b.is_int() &&
      !__builtin_mul_overflow(a.integer(), b.integer(), &product)) {
    return Value::Int(product);
  }
  if (IsInteger(a) && IsInteger(b)) {
    return (BigInt::Of(a) * BigInt::Of(b)).ToValue(arena);
  }
  return Product(arena, a, b, AsLongDouble(a) * AsLongDouble(b));
}

Value Divide(Arena& arena, const Value& a, const Value& b) {
  if (a.is_int() && b.is_int() && b.integer() != -1) {
    if (a.integer() % b.integer() == 0) {
      return Value::Int(a.integer() / b.integer());
    }
  } else if (IsInteger(a) && IsInteger(b)) {
    BigInt quotient, remainder;
    BigInt::DivMod(BigInt::Of(a), BigInt::Of(b), &quotient, &remainder);
    if (remainder.zero()) return quotient.ToValue(arena);
  }
  return Product(arena, a, b, AsLongDouble(a) / AsLongDouble(b));
}

Value Negate(Arena& arena, const Value& a) {
  if (a.is_int()) return Subtract(arena, Value::Int(0), a);
  const std::string_view text = a.text();
  if (text[0] == '-') return MakeNumber(arena, text.substr(1));
  return MakeNumber(arena, "-" + std::string(text));
}

bool IsZero(const Value& number) {
  return number.is_int() && number.integer() == 0;
}

bool IsNegative(const Value& number) {
  return number.is_int() ? number.integer() < 0 : number.text()[0] == '-';
}

Value Round(Arena& arena, const Value& number, Rounding rounding) {
  if (number.is_int()) return number;
  const Decimal d = Decode(number.text());
  if (Integral(d)) return MakeNumber(arena, PlainDigits(d));
  Decimal whole = d;
  whole.exponent_written = false;
  if (d.point <= 0) {
    whole = Decimal();
  } else {
    whole.digits.resize(static_cast<size_t>(d.point));
  }
  bool away = false;
  switch (rounding) {
    case Rounding::kFloor:
      away = d.negative;
      break;
    case Rounding::kCeil:
      away = !d.negative;
      break;
    case Rounding::kHalfAway:
      away = d.point >= 0 && d.digits[static_cast<size_t>(d.point)] >= '5';
      break;
    case Rounding::kTruncate:
      break;
  }
  BigInt out = BigInt::FromDigits(PlainDigits(whole));
  if (away) out = out + BigInt(d.negative ? -1 : 1);
  return out.ToValue(arena);
}

}  // namespace vouchsafe::rego
