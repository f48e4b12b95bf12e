// units.parse, units.parse_bytes: numbers with decimal and binary prefixes.

#include <algorithm>
#include <cstdlib>
#include <string>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

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

// A power of ten moves the point: exact.
Value Shifted(BuiltinCall& call, const std::string& number, int exponent) {
  const size_t e = number.find_first_of("eE");
  const int written =
      e == std::string::npos ? 0 : std::atoi(number.c_str() + e + 1);
  const Value exact =
      MakeNumber(call.arena, number.substr(0, e) + "e" +
                                 std::to_string(written + exponent));
  if (!exact.defined() || exact.is_int()) return exact;
  // The same number without an exponent, where that is the same.
  const Value plain = FromLongDouble(call.arena, AsLongDouble(exact));
  return plain.defined() && plain == exact ? plain : exact;
}

Value Scaled(BuiltinCall& call, const std::string& number, const Value& amount,
             const Prefix& prefix) {
  if (prefix.base == 10 && prefix.exponent != 0) {
    return Shifted(call, number, prefix.exponent);
  }
  Value factor = Value::Int(1);
  for (int i = 0; i < std::abs(prefix.exponent); ++i) {
    factor = Multiply(call.arena, factor, Value::Int(prefix.base));
  }
  return prefix.exponent < 0 ? Divide(call.arena, amount, factor)
                             : Multiply(call.arena, amount, factor);
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
    return call.Fail("unit " + unit + " not recognized");
  }
  const std::string number = Amount(text.substr(0, length));
  const size_t e = number.find_first_of("eE");
  if (e != std::string::npos && number.size() - e > 6) {
    return call.Fail("exponent too large");
  }
  const Value amount = MakeNumber(call.arena, number);
  if (!amount.defined()) {
    return call.Fail("could not parse " + what + " to a number");
  }
  const Value out = Scaled(call, number, amount, *prefix);
  if (!out.defined()) return call.Fail("exponent too large");
  return bytes ? Round(call.arena, out, Rounding::kTruncate) : out;
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
