#include "rego/builtins/format_spec.h"

#include <cmath>

#include "rego/builtins/go_float.h"
#include "rego/builtins/go_text.h"

namespace vouchsafe::rego {
namespace {

// The types that Go would see.
enum class GoType { kInt, kBig, kFloat, kString };

bool PlainDigits(std::string_view text) {
  return text.find_first_not_of("-0123456789") == std::string_view::npos;
}

GoType TypeFor(const Value& value) {
  if (!value.is_number()) return GoType::kString;
  if (value.is_int()) return GoType::kInt;
  if (PlainDigits(value.text())) return GoType::kBig;
  return std::isfinite(AsDouble(value)) ? GoType::kFloat : GoType::kString;
}

std::string_view TypeName(GoType type) {
  constexpr std::string_view kNames[] = {"int", "*big.Int", "float64",
                                         "string"};
  return kNames[static_cast<size_t>(type)];
}

// Base of an integer verb; 0 for others.
unsigned BaseOf(char verb) {
  switch (verb) {
    case 'd':
    case 'v':
      return 10;
    case 'b':
      return 2;
    case 'o':
    case 'O':
      return 8;
    case 'x':
    case 'X':
      return 16;
    default:
      return 0;
  }
}

void Upper(std::string& text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
}

std::string_view Sign(const FormatSpec& spec, bool negative) {
  return negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
}

std::string_view FirstPoints(std::string_view text, size_t count) {
  size_t end = 0;
  for (; count > 0 && end < text.size(); --count) {
    end += CodePointLength(text, end);
  }
  return text.substr(0, end);
}

// With "#": a decimal point always, and the zeros of %g stay.
std::string Sharpened(std::string number, char verb, int precision) {
  const bool general = (verb | 0x20) == 'g' || verb == 'v';
  int digits = general ? (precision < 0 ? 6 : precision) : 0;
  const size_t mark = std::min(
      number.find_first_of((verb | 0x20) == 'x' ? "pP" : "eE"), number.size());
  const std::string tail = number.substr(mark);
  number.resize(mark);
  bool nonzero = false;
  for (const char c : number) {
    if (c == '.') continue;
    nonzero = nonzero || c != '0';
    if (nonzero) --digits;
  }
  if (number.find('.') == std::string::npos) {
    if (number == "0") --digits;
    number.push_back('.');
  }
  if (digits > 0) number.append(static_cast<size_t>(digits), '0');
  return number + tail;
}

bool CanBackquote(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    const uint32_t point = DecodePoint(text, at, &length);
    if ((point == 0xfffd && length == 1) || point == 0xfeff || point == '`' ||
        point == 0x7f || (point < 0x20 && point != '\t')) {
      return false;
    }
    at += length;
  }
  return true;
}

}  // namespace

void FormatWriter::Put(std::string_view text) {
  call_.budget.Bytes(text.size());
  call_.arena.Need(out.size() + text.size());
  out += text;
}

// Zeros only on the left.
void FormatWriter::Fill(const FormatSpec& spec, size_t count) {
  call_.budget.Bytes(count);
  call_.arena.Need(out.size() + count);
  out.append(count, spec.zero && !spec.minus ? '0' : ' ');
}

void FormatWriter::Pad(const FormatSpec& spec, std::string_view text) {
  const size_t size = CountCodePoints(text);
  const size_t fill =
      spec.has_width && spec.width > size ? spec.width - size : 0;
  if (!spec.minus) Fill(spec, fill);
  Put(text);
  if (spec.minus) Fill(spec, fill);
}

void FormatWriter::PutTyped(const FormatSpec& spec, const Value& value) {
  Put(TypeName(TypeFor(value)));
  Put("=");
  PutArg("v", spec, value);
}

void FormatWriter::Bad(std::string_view verb, const FormatSpec& spec,
                       const Value& value) {
  Put("%!");
  Put(verb);
  Put("(");
  PutTyped(spec, value);
  Put(")");
}

void FormatWriter::PutArg(std::string_view verb, FormatSpec spec,
                          const Value& value) {
  const char c = verb.size() == 1 ? verb[0] : '\0';
  const GoType type = TypeFor(value);
  if (c == 'T') {
    return PutText('s', verb, spec, value, TypeName(type));
  }
  switch (type) {
    case GoType::kInt:
      return PutInt(c, verb, spec, value);
    case GoType::kBig:
      return PutBig(c, verb, spec, value);
    case GoType::kFloat:
      return PutFloat(c, verb, spec, value);
    case GoType::kString:
      break;
  }
  if (value.is_string()) return PutText(c, verb, spec, value, value.text());
  const std::string text =
      value.is_number() ? NumberText(value) : RegoText(value);
  PutText(c, verb, spec, value, text);
}

void FormatWriter::PutInt(char verb, std::string_view name, FormatSpec spec,
                          const Value& value) {
  if (verb == 'v') {  // Go syntax and field names: nothing for integers
    spec.sharp = false;
    spec.plus = false;
  }
  if (BaseOf(verb) != 0) return PutDigits(verb, spec, value.integer());
  if (verb == 'c' || verb == 'q' || verb == 'U') {
    return PutPoint(verb, spec, value.integer());
  }
  Bad(name, spec, value);
}

void FormatWriter::PutDigits(char verb, FormatSpec spec, int64_t value) {
  const unsigned base = BaseOf(verb);
  const bool negative = value < 0;
  if (spec.has_precision && spec.precision == 0 && value == 0) {
    spec.zero = false;
    return Fill(spec, spec.has_width ? spec.width : 0);
  }
  std::string digits = BigInt(value).Digits(base);
  if (negative) digits.erase(0, 1);
  if (verb == 'X') Upper(digits);
  size_t least = 0;
  if (spec.has_precision) {
    least = spec.precision;
  } else if (spec.zero && !spec.minus && spec.has_width) {
    least = spec.width;
    if (least > 0 && !Sign(spec, negative).empty()) --least;
  }
  if (least > digits.size()) {
    call_.budget.Bytes(least);
    call_.arena.Need(out.size() + 2 * least);
    digits.insert(0, least - digits.size(), '0');
  }
  if (spec.sharp) {
    if (base == 2) digits.insert(0, "0b");
    if (base == 8 && digits[0] != '0') digits.insert(0, "0");
    if (base == 16) digits.insert(0, verb == 'X' ? "0X" : "0x");
  }
  if (verb == 'O') digits.insert(0, "0o");
  spec.zero = false;
  Pad(spec, std::string(Sign(spec, negative)) + digits);
}

void FormatWriter::PutPoint(char verb, FormatSpec spec, int64_t code) {
  const bool valid = code >= 0 && code <= 0x10ffff;
  const auto point = static_cast<uint32_t>(valid ? code : 0xfffd);
  std::string text;
  if (verb == 'c') {
    AppendUtf8(text, point);
  } else if (verb == 'q') {
    text = GoQuoteRune(point, spec.plus);
  } else {
    char hex[24];
    std::snprintf(hex, sizeof hex, "%llX",
                  static_cast<unsigned long long>(code));
    const std::string_view digits = hex;
    const size_t least =
        std::max<size_t>(4, spec.has_precision ? spec.precision : 0);
    call_.arena.Need(out.size() + 2 * least);
    text = "U+";
    text.append(least > digits.size() ? least - digits.size() : 0, '0');
    text += digits;
    if (spec.sharp && valid && IsPrintable(point)) {
      text += " '";
      AppendUtf8(text, point);
      text += "'";
    }
    spec.zero = false;
  }
  Pad(spec, text);
}

// Beyond 64 bits.
void FormatWriter::PutBig(char verb, std::string_view name,
                          const FormatSpec& spec, const Value& value) {
  const unsigned base = verb == 's' ? 10 : BaseOf(verb);
  if (base == 0) {
    Put("%!");
    Put(name);
    Put("(big.Int=");
    Put(NumberText(value));
    return Put(")");
  }
  const BigInt big = BigInt::Of(value);
  call_.budget.Bytes(big.BitLength() * 4);
  std::string digits = big.Digits(base);
  if (big.negative()) digits.erase(0, 1);
  if (verb == 'X') Upper(digits);
  std::string_view prefix = verb == 'O' ? "0o" : "";
  if (spec.sharp) {
    if (verb == 'b') prefix = "0b";
    if (verb == 'o') prefix = "0";
    if (verb == 'x') prefix = "0x";
    if (verb == 'X') prefix = "0X";
  }
  const std::string_view sign = Sign(spec, big.negative());
  size_t zeros = 0;
  if (spec.has_precision && spec.precision > digits.size()) {
    zeros = spec.precision - digits.size();
  }
  const size_t size = sign.size() + prefix.size() + zeros + digits.size();
  const size_t fill =
      spec.has_width && spec.width > size ? spec.width - size : 0;
  const bool zero_fill = spec.zero && !spec.minus && !spec.has_precision;
  if (zero_fill) zeros += fill;
  call_.budget.Bytes(size + fill);
  call_.arena.Need(out.size() + size + fill);
  if (!spec.minus && !zero_fill) out.append(fill, ' ');
  out += sign;
  out += prefix;
  out.append(zeros, '0');
  out += digits;
  if (spec.minus) out.append(fill, ' ');
}

void FormatWriter::PutFloat(char verb, std::string_view name,
                            const FormatSpec& spec, const Value& value) {
  constexpr std::string_view kVerbs = "veEfFgGxXb";
  if (verb == '\0' || kVerbs.find(verb) == std::string_view::npos) {
    return Bad(name, spec, value);
  }
  FormatSpec own = spec;
  if (verb == 'v') own.sharp = own.plus = false;
  const bool six =
      std::string_view("eEfF").find(verb) != std::string_view::npos;
  int precision = six ? 6 : -1;
  if (spec.has_precision) {
    precision = static_cast<int>(
        std::min<size_t>(spec.precision, size_t{kMaxFloatDigits}));
  }
  const double number = AsDouble(value);
  const char form = verb == 'v' ? 'g' : verb == 'F' ? 'f' : verb;
  std::string text = FormatFloat(number, form, precision);
  if (own.sharp && verb != 'b') text = Sharpened(text, verb, precision);
  if (spec.has_precision && spec.precision > size_t{kMaxFloatDigits} && six) {
    const size_t more = spec.precision - size_t{kMaxFloatDigits};
    call_.arena.Need(out.size() + 2 * more);
    text.insert(std::min(text.find_first_of("eE"), text.size()), more, '0');
  }
  const std::string_view sign = Sign(own, std::signbit(number));
  const size_t size = sign.size() + text.size();
  if (!sign.empty() && own.zero && !own.minus && own.has_width &&
      own.width > size) {
    Put(sign);
    Fill(own, own.width - size);
    return Put(text);
  }
  Pad(own, std::string(sign) + text);
}

void FormatWriter::PutText(char verb, std::string_view name,
                           const FormatSpec& spec, const Value& value,
                           std::string_view text) {
  const std::string_view cut =
      spec.has_precision ? FirstPoints(text, spec.precision) : text;
  switch (verb) {
    case 'v':
      return Pad(spec, spec.sharp ? GoQuote(cut) : std::string(cut));
    case 's':
      return Pad(spec, cut);
    case 'q':
      if (spec.sharp && CanBackquote(cut)) {
        return Pad(spec, "`" + std::string(cut) + "`");
      }
      return Pad(spec, GoQuote(cut, spec.plus));
    case 'x':
    case 'X':
      return PutHex(spec,
                    spec.has_precision ? text.substr(0, spec.precision) : text,
                    verb == 'X');
    default:
      return Bad(name, spec, value);
  }
}

void FormatWriter::PutHex(const FormatSpec& spec, std::string_view text,
                          bool upper) {
  if (text.empty()) return Fill(spec, spec.has_width ? spec.width : 0);
  const std::string_view digits =
      upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const std::string_view prefix = upper ? "0X" : "0x";
  call_.budget.Bytes(text.size() * 5);
  call_.arena.Need(out.size() + text.size() * 10);
  std::string hex;
  for (size_t i = 0; i < text.size(); ++i) {
    if (spec.space && i > 0) hex.push_back(' ');
    if (spec.sharp && (spec.space || i == 0)) hex += prefix;
    const auto code = static_cast<unsigned char>(text[i]);
    hex.push_back(digits[code >> 4]);
    hex.push_back(digits[code & 15]);
  }
  Pad(spec, hex);
}

}  // namespace vouchsafe::rego
