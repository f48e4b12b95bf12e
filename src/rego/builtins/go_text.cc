#include "rego/builtins/go_text.h"

#include <algorithm>
#include <iterator>

#include "rego/builtin_call.h"

namespace vouchsafe::rego {
namespace {

constexpr uint32_t kReplacement = 0xfffd;

struct Range {
  uint32_t first;
  uint32_t last;
};

// Spaces other than U+0020, format characters, surrogates, private use and
// noncharacters.
constexpr Range kNotPrintable[] = {
    {0x00, 0x1f},        {0x7f, 0xa0},       {0xad, 0xad},
    {0x600, 0x605},      {0x61c, 0x61c},     {0x6dd, 0x6dd},
    {0x70f, 0x70f},      {0x890, 0x891},     {0x8e2, 0x8e2},
    {0x1680, 0x1680},    {0x180e, 0x180e},   {0x2000, 0x200f},
    {0x2028, 0x202f},    {0x205f, 0x206f},   {0x3000, 0x3000},
    {0xd800, 0xf8ff},    {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},
    {0xfff0, 0xfffb},    {0xfffe, 0xffff},   {0x110bd, 0x110bd},
    {0x110cd, 0x110cd},  {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},  {0x1fffe, 0x1ffff}, {0xe0000, 0xe00ff},
    {0xe01f0, 0x10ffff},
};

void AppendHex(std::string& out, uint32_t value, int digits) {
  constexpr char kHex[] = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out.push_back(kHex[value >> shift & 15]);
  }
}

void AppendEscaped(std::string& out, uint32_t point, char quote, bool ascii) {
  if (point == static_cast<unsigned char>(quote) || point == '\\') {
    out.push_back('\\');
    out.push_back(static_cast<char>(point));
    return;
  }
  if (point < 0x80 ? IsPrintable(point) : !ascii && IsPrintable(point)) {
    return AppendUtf8(out, point);
  }
  constexpr std::string_view kNamed = "\a\b\f\n\r\t\v";
  constexpr std::string_view kLetters = "abfnrtv";
  const size_t named =
      point < 0x80 ? kNamed.find(static_cast<char>(point)) : kNamed.npos;
  out.push_back('\\');
  if (named != kNamed.npos) {
    out.push_back(kLetters[named]);
  } else if (point < 0x20 || point == 0x7f) {
    out.push_back('x');
    AppendHex(out, point, 2);
  } else if (point < 0x10000) {
    out.push_back('u');
    AppendHex(out, point, 4);
  } else {
    out.push_back('U');
    AppendHex(out, point, 8);
  }
}

}  // namespace

uint32_t DecodePoint(std::string_view text, size_t at, size_t* length) {
  *length = CodePointLength(text, at);
  const auto byte = [&](size_t i) {
    return static_cast<uint32_t>(static_cast<unsigned char>(text[at + i]));
  };
  switch (*length) {
    case 1:
      return byte(0) < 0x80 ? byte(0) : kReplacement;
    case 2:
      return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
    case 3:
      return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    default:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 |
             (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
  }
}

void AppendUtf8(std::string& out, uint32_t point) {
  const auto push = [&](uint32_t byte) {
    out.push_back(static_cast<char>(byte));
  };
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
    point = kReplacement;
  }
  if (point < 0x80) {
    push(point);
  } else if (point < 0x800) {
    push(0xc0 | point >> 6);
    push(0x80 | (point & 63));
  } else if (point < 0x10000) {
    push(0xe0 | point >> 12);
    push(0x80 | (point >> 6 & 63));
    push(0x80 | (point & 63));
  } else {
    push(0xf0 | point >> 18);
    push(0x80 | (point >> 12 & 63));
    push(0x80 | (point >> 6 & 63));
    push(0x80 | (point & 63));
  }
}

bool IsPrintable(uint32_t point) {
  const auto* at = std::lower_bound(
      std::begin(kNotPrintable), std::end(kNotPrintable), point,
      [](const Range& range, uint32_t want) { return range.last < want; });
  return at == std::end(kNotPrintable) || point < at->first;
}

std::string GoQuote(std::string_view text, bool ascii) {
  std::string out = "\"";
  for (size_t at = 0; at < text.size();) {
    size_t length = 0;
    const uint32_t point = DecodePoint(text, at, &length);
    if (point == kReplacement && length == 1) {
      out += "\\x";
      AppendHex(out, static_cast<unsigned char>(text[at]), 2);
    } else {
      AppendEscaped(out, point, '"', ascii);
    }
    at += length;
  }
  return out + "\"";
}

std::string GoQuoteRune(uint32_t point, bool ascii) {
  std::string out = "'";
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
    point = kReplacement;
  }
  AppendEscaped(out, point, '\'', ascii);
  return out + "'";
}

}  // namespace vouchsafe::rego
