#include "rego/builtins/go_float.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace vouchsafe::rego {
namespace {

std::string Chars(double value, std::chars_format format, int precision) {
  std::string out(static_cast<size_t>(precision < 0 ? 512 : precision + 512),
                  '\0');
  char* const end = out.data() + out.size();
  const auto made =
      precision < 0 ? std::to_chars(out.data(), end, value, format)
                    : std::to_chars(out.data(), end, value, format, precision);
  out.resize(static_cast<size_t>(made.ptr - out.data()));
  return out;
}

// Exponent of a scientific form "d.ddde+XX".
int ExponentOf(const std::string& scientific) {
  int out = 0;
  size_t at = scientific.find('e') + 1;
  const bool negative = scientific[at] == '-';
  if (scientific[at] == '+' || negative) ++at;
  std::from_chars(scientific.data() + at, scientific.data() + scientific.size(),
                  out);
  return negative ? -out : out;
}

// Exponents above precision, or below -4, are written; zeros at the end of a
// fraction are not.
std::string General(double value, int precision) {
  const bool shortest = precision < 0;
  if (precision == 0) precision = 1;
  std::string scientific = Chars(value, std::chars_format::scientific,
                                 shortest ? -1 : precision - 1);
  const int exponent = ExponentOf(scientific);
  const size_t mark = scientific.find('e');
  std::string mantissa = scientific.substr(0, mark);
  if (mantissa.find('.') != std::string::npos) {
    while (mantissa.back() == '0') mantissa.pop_back();
    if (mantissa.back() == '.') mantissa.pop_back();
  }
  const int digits = static_cast<int>(mantissa.size()) -
                     (mantissa.find('.') == std::string::npos ? 0 : 1);
  int most = precision;
  if (most > digits && digits >= exponent + 1) most = digits;
  if (shortest) most = 6;
  if (exponent < -4 || exponent >= most) {
    return mantissa + scientific.substr(mark);
  }
  const int places = std::max(digits - 1 - exponent, 0);
  return Chars(value, std::chars_format::fixed, places);
}

// 0x1.8p+01
std::string Hex(double value, int precision) {
  std::string out = Chars(value, std::chars_format::hex, precision);
  const size_t sign = out.find('p') + 1;
  if (out.size() == sign + 2) out.insert(sign + 1, "0");
  return "0x" + out;
}

// 4503599627370496p-52
std::string Binary(double value) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  int exponent = static_cast<int>(bits >> 52 & 0x7ff);
  if (exponent == 0) {
    exponent = 1;
  } else {
    mantissa |= uint64_t{1} << 52;
  }
  exponent -= 1075;
  return std::to_string(mantissa) + (exponent < 0 ? "p" : "p+") +
         std::to_string(exponent);
}

}  // namespace

std::string FormatFloat(double value, char verb, int precision) {
  value = std::fabs(value);
  precision = std::min(precision, kMaxFloatDigits);
  std::string out;
  switch (verb | 0x20) {
    case 'e':
      out = Chars(value, std::chars_format::scientific, precision);
      break;
    case 'f':
      out = Chars(value, std::chars_format::fixed, precision);
      break;
    case 'x':
      out = Hex(value, precision);
      break;
    case 'b':
      out = Binary(value);
      break;
    default:
      out = General(value, precision);
  }
  if (verb >= 'A' && verb <= 'Z') {
    for (char& c : out) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    }
  }
  return out;
}

}  // namespace vouchsafe::rego
