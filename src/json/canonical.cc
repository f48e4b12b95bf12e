// RFC 8785, the JSON Canonicalization Scheme.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "json/utf8.h"
#include "json/write.h"

namespace vouchsafe::json {
namespace {

// Ranks the bytes of UTF-8 as UTF-16 code units order them: the code points of
// surrogate pairs (lead bytes F0 and up) come before U+E000 to U+FFFF (EE, EF).
// Where two valid texts first differ both bytes lead, or both continue.
int Utf16Rank(char c) {
  const int byte = static_cast<unsigned char>(c);
  if (byte >= 0xF0) return byte - 2;
  if (byte >= 0xEE) return byte + 5;
  return byte;
}

bool BeforeInUtf16(const Member* a, const Member* b) {
  return std::lexicographical_compare(
      a->name.begin(), a->name.end(), b->name.begin(), b->name.end(),
      [](char x, char y) { return Utf16Rank(x) < Utf16Rank(y); });
}

// Whether a number that from_chars calls out of range is too small (and so
// rounds to zero) rather than too large: by the power of ten of its first
// digit that is not zero.
bool IsTiny(std::string_view text) {
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  const size_t first = mantissa.find_first_of("123456789");
  if (first == mantissa.npos) return true;
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  const auto power = static_cast<int64_t>(point) - static_cast<int64_t>(first);
  if (e == text.size()) return power <= 0;
  std::string_view exponent = text.substr(e + 1);
  if (exponent[0] == '+') exponent.remove_prefix(1);
  int64_t value = 0;
  const auto parsed = std::from_chars(exponent.data(),
                                      exponent.data() + exponent.size(), value);
  if (parsed.ec != std::errc()) return exponent[0] == '-';
  return value < -power;
}

Result<double> NearestDouble(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && std::isfinite(value)) {
    return value;
  }
  if (error == std::errc::result_out_of_range && IsTiny(text)) return 0.0;
  return Fail(ErrorCode::kInvalidInput,
              "json: the number " + text.substr(0, 40) +
                  " has no finite double, so no canonical form");
}

// ECMA-262, Number::toString with radix 10, from the shortest digits that give
// the same double back.
std::string EcmaScriptText(double value) {
  if (value == 0) return "0";  // -0 too
  if (value < 0) return "-" + EcmaScriptText(-value);
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                 value, std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer.data(),
                              static_cast<size_t>(end - buffer.data()));
  const size_t e = text.find('e');
  std::string digits(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end,
                  exponent);
  const int count = static_cast<int>(digits.size());  // "k" there
  const int point = exponent + 1;                     // "n" there
  if (count <= point && point <= 21) {
    return digits.append(static_cast<size_t>(point - count), '0');
  }
  if (0 < point && point <= 21) {
    return digits.insert(static_cast<size_t>(point), 1, '.');
  }
  if (-6 < point && point <= 0) {
    return "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  }
  if (count > 1) digits.insert(1, 1, '.');
  return digits + (exponent < 0 ? "e-" : "e+") +
         std::to_string(std::abs(exponent));
}

Result<> AppendText(std::string_view text, std::string& out) {
  if (!IsUtf8(text)) {
    return Fail(ErrorCode::kInvalidInput,
                "json: a string that is not UTF-8 has no canonical form");
  }
  out += Quote(text);
  return {};
}

Result<> Append(const Value& value, std::string& out);

Result<> AppendArray(const Array& array, std::string& out) {
  out.push_back('[');
  for (size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out.push_back(',');
    TRY(Append(array[i], out));
  }
  out.push_back(']');
  return {};
}

Result<> AppendObject(const Object& object, std::string& out) {
  std::vector<const Member*> members;
  for (const Member& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(), BeforeInUtf16);
  out.push_back('{');
  for (size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out.push_back(',');
    TRY(AppendText(members[i]->name, out));
    out.push_back(':');
    TRY(Append(members[i]->value, out));
  }
  out.push_back('}');
  return {};
}

Result<> Append(const Value& value, std::string& out) {
  if (const std::string* text = value.if_string()) {
    return AppendText(*text, out);
  }
  if (const Array* array = value.if_array()) return AppendArray(*array, out);
  if (const Object* object = value.if_object()) {
    return AppendObject(*object, out);
  }
  if (value.is_number()) {
    const double number = TRY(NearestDouble(value.number_text()));
    out += EcmaScriptText(number);
  } else {
    out += Write(value);
  }
  return {};
}

}  // namespace

Result<std::string> Canonical(const Value& value) {
  std::string out;
  TRY(Append(value, out));
  return out;
}

}  // namespace vouchsafe::json
