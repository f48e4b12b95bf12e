// units.parse, units.parse_bytes: numbers with decimal and binary prefixes.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

constexpr int64_t kFractionDigits = 10;

struct Prefix {
  std::string_view name;
  int base;  // 10 or 2
  int exponent;
};

// Of the unit text: "m" is milli and "M" mega in units.parse only.
constexpr Prefix kUnits[] = {
    {"m", 10, -3}, {"", 10, 0},   {"k", 10, 3},  {"g", 10, 9},  {"t", 10, 12},
    {"p", 10, 15}, {"e", 10, 18}, {"ki", 2, 10}, {"mi", 2, 20}, {"gi", 2, 30},
    {"ti", 2, 40}, {"pi", 2, 50}, {"ei", 2, 60}};

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// The amount and the unit after it. A letter e followed by a digit (or a sign
// and a digit) continues the number.
size_t AmountLength(std::string_view text) {
  size_t at = 0;
  const auto digit = [&](size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  while (digit(at) || (at < text.size() && text[at] == '.')) ++at;
  if (at > 0 && at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    size_t after = at + 1;
    if (after < text.size() && (text[after] == '-' || text[after] == '+')) {
      ++after;
    }
    if (digit(after)) {
      while (digit(after)) ++after;
      at = after;
    }
  }
  return at;
}

// JSON form of ".5" or "5.": one point, digits on both sides.
std::string Amount(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    if (text[i] == '+' && i == 0) continue;
    if (text[i] == '.') {
      if (out.empty() || out == "-") out.push_back('0');
      if (!digit(i + 1)) continue;
    }
    out.push_back(text[i]);
  }
  const size_t first = out.starts_with("-") ? 1 : 0;
  while (out.size() > first + 1 && out[first] == '0' && out[first + 1] >= '0' &&
         out[first + 1] <= '9') {
    out.erase(first, 1);
  }
  return out;
}

// An amount in JSON form as an integer and a power of ten.
struct Decimal {
  BigInt digits;
  int64_t exponent = 0;
};

Decimal DecimalOf(const std::string& number) {
  const size_t e = std::min(number.find_first_of("eE"), number.size());
  std::string digits = number.substr(0, e);
  Decimal out;
  if (e < number.size()) out.exponent = std::atoi(number.c_str() + e + 1);
  const size_t point = digits.find('.');
  if (point != std::string::npos) {
    out.exponent -= static_cast<int64_t>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  out.digits = BigInt::FromDigits(digits);
  return out;
}

BigInt PowerOfTen(int64_t exponent) {
  return BigInt::FromDigits("1" +
                            std::string(static_cast<size_t>(exponent), '0'));
}

// `scaled` tenths of thousands of millions, as a plain decimal.
Value Fraction(BuiltinCall& call, const BigInt& scaled) {
  std::string digits = scaled.Digits();
  if (scaled.negative()) digits.erase(0, 1);
  constexpr auto kPlaces = static_cast<size_t>(kFractionDigits);
  if (digits.size() <= kPlaces)
    digits.insert(0, kPlaces + 1 - digits.size(), '0');
  digits.insert(digits.size() - kPlaces, ".");
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return MakeNumber(call.arena, (scaled.negative() ? "-" : "") + digits);
}

// units.parse: exact, and cut to ten digits after the point (half away from
// zero). A milli is the double nearest to 0.001.
Value Exact(BuiltinCall& call, const std::string& number,
            const Prefix& prefix) {
  const Decimal amount = DecimalOf(number);
  BigInt numerator = amount.digits, denominator(1);
  if (prefix.exponent < 0) {
    numerator = numerator * BigInt(1'152'921'504'606'847);
    denominator = BigInt(1).ShiftLeft(60);
  } else if (prefix.base == 10) {
    numerator = numerator * PowerOfTen(prefix.exponent);
  } else {
    numerator = numerator.ShiftLeft(static_cast<size_t>(prefix.exponent));
  }
  if (amount.exponent >= 0) {
    numerator = numerator * PowerOfTen(amount.exponent);
  } else {
    denominator = denominator * PowerOfTen(-amount.exponent);
  }
  BigInt whole, rest;
  BigInt::DivMod(numerator, denominator, &whole, &rest);
  if (rest.zero()) return whole.ToValue(call.arena);
  BigInt scaled, remainder;
  BigInt::DivMod(numerator * PowerOfTen(kFractionDigits), denominator, &scaled,
                 &remainder);
  const BigInt twice = remainder + remainder;
  const BigInt size = twice.negative() ? twice.Negated() : twice;
  if (!(size - denominator).negative()) {
    scaled = scaled + BigInt(numerator.negative() ? -1 : 1);
  }
  return Fraction(call, scaled);
}

// units.parse_bytes: with 64 bits of mantissa, and cut to an integer.
Value Rounded(BuiltinCall& call, const Value& amount, const Prefix& prefix) {
  long double factor = 1;
  for (int i = 0; i < prefix.exponent; ++i) {
    factor *= static_cast<long double>(prefix.base);
  }
  int exponent = 0;
  const long double total = AsLongDouble(amount) * factor;
  if (!std::isfinite(total)) return {};
  const long double mantissa = std::frexp(std::fabs(total), &exponent);
  // 64 bits before the point.
  const auto bits = static_cast<uint64_t>(std::ldexp(mantissa, 64));
  BigInt whole = BigInt::FromDigits(std::to_string(bits));
  whole =
      exponent >= 64
          ? whole.ShiftLeft(static_cast<size_t>(exponent - 64))
          : whole.ShiftRight(static_cast<size_t>(std::min(64 - exponent, 64)));
  return (total < 0 ? whole.Negated() : whole).ToValue(call.arena);
}

Value ParseUnits(BuiltinCall& call, std::span<const Value> args, bool bytes) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  call.budget.Bytes(args[0].size());
  std::string text(args[0].text());
  text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
  const std::string what = bytes ? "byte amount" : "amount";
  if (text.find(' ') != std::string::npos) {
    return call.Fail("spaces not allowed in resource strings");
  }
  const size_t length = AmountLength(text);
  std::string unit = text.substr(length);
  if (length == 0) return call.Fail("no " + what + " provided");
  const Prefix* prefix = nullptr;
  const Prefix mega = {"m", 10, 6};
  std::string name = Lower(unit);
  if (bytes && name.ends_with("b")) name.pop_back();
  if (name == "m" && (bytes || unit == "M")) {
    prefix = &mega;
  } else {
    for (const Prefix& known : kUnits) {
      if (known.name == name) prefix = &known;
    }
  }
  if (prefix == nullptr) {
    return call.Fail((bytes ? "byte unit " + Lower(unit) : "unit " + unit) +
                     " not recognized");
  }
  const std::string number = Amount(text.substr(0, length));
  const size_t e = number.find_first_of("eE");
  if (e != std::string::npos && number.size() - e > 6) {
    return call.Fail("exponent too large");
  }
  const Value amount = MakeNumber(call.arena, number);
  if (!amount.defined()) {
    return call.Fail(IsJsonNumber(number)
                         ? "exponent too large"
                         : "could not parse " + what + " to a number");
  }
  if (!amount.is_int()) call.budget.Bytes(size_t{amount.size()} * 64 + 8192);
  const Value out =
      bytes ? Rounded(call, amount, *prefix) : Exact(call, number, *prefix);
  return out.defined() ? out : call.Fail("exponent too large");
}

Value Parse(BuiltinCall& call, std::span<const Value> args) {
  return ParseUnits(call, args, false);
}
Value ParseBytes(BuiltinCall& call, std::span<const Value> args) {
  return ParseUnits(call, args, true);
}

}  // namespace

void RegisterUnits(BuiltinTable& table) {
  table.Offer("units.parse", Parse);
  table.Offer("units.parse_bytes", ParseBytes);
}

}  // namespace vouchsafe::rego
