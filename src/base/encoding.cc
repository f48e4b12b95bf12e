#include "base/encoding.h"

#include <array>

namespace vouchsafe {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint8_t kBad = 0xff;

constexpr std::array<uint8_t, 256> Inverse(std::string_view alphabet) {
  std::array<uint8_t, 256> table{};
  for (auto& entry : table) entry = kBad;
  for (size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<uint8_t>(alphabet[i])] = static_cast<uint8_t>(i);
  }
  return table;
}
constexpr auto kStandardInverse = Inverse(kStandardAlphabet);
constexpr auto kUrlInverse = Inverse(kUrlAlphabet);

constexpr bool IsUrl(Base64 form) {
  return form == Base64::kUrl || form == Base64::kUrlNoPad;
}
constexpr bool IsPadded(Base64 form) {
  return form == Base64::kStandard || form == Base64::kUrl;
}

uint8_t HexValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint8_t>(c - 'A' + 10);
  return kBad;
}

tl::unexpected<Error> BadCharacter(std::string_view what, size_t position) {
  return Fail(ErrorCode::kInvalidInput, std::string(what) +
                                            ": bad character at position " +
                                            std::to_string(position));
}

}  // namespace

std::string HexEncode(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (uint8_t byte : bytes) {
    text += kHexDigits[byte >> 4];
    text += kHexDigits[byte & 15];
  }
  return text;
}

Result<Bytes> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return Fail(ErrorCode::kInvalidInput,
                "hex: odd number of digits: " + std::to_string(text.size()));
  }
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const uint8_t high = HexValue(text[i]);
    const uint8_t low = HexValue(text[i + 1]);
    if (high == kBad) return BadCharacter("hex", i);
    if (low == kBad) return BadCharacter("hex", i + 1);
    bytes.push_back(static_cast<uint8_t>(high << 4 | low));
  }
  return bytes;
}

std::string Base64Encode(ByteView bytes, Base64 form) {
  const std::string_view alphabet =
      IsUrl(form) ? kUrlAlphabet : kStandardAlphabet;
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* out = text.data();
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group = static_cast<uint32_t>(bytes[i]) << 16 |
                           static_cast<uint32_t>(bytes[i + 1]) << 8 |
                           bytes[i + 2];
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    *out++ = alphabet[group >> 6 & 63];
    *out++ = alphabet[group & 63];
  }
  const size_t left = bytes.size() - i;
  if (left == 0) return text;
  uint32_t group = static_cast<uint32_t>(bytes[i]) << 16;
  if (left == 2) group |= static_cast<uint32_t>(bytes[i + 1]) << 8;
  *out++ = alphabet[group >> 18];
  *out++ = alphabet[group >> 12 & 63];
  if (left == 2) *out++ = alphabet[group >> 6 & 63];
  if (!IsPadded(form)) text.resize(text.size() - (3 - left));
  return text;
}

Result<Bytes> Base64Decode(std::string_view text, Base64 form) {
  const auto& inverse = IsUrl(form) ? kUrlInverse : kStandardInverse;
  if (IsPadded(form)) {
    if (text.size() % 4 != 0) {
      return Fail(ErrorCode::kInvalidInput, "base64: length " +
                                                std::to_string(text.size()) +
                                                " is not a multiple of 4");
    }
    if (text.ends_with("==")) {
      text.remove_suffix(2);
    } else if (text.ends_with('=')) {
      text.remove_suffix(1);
    }
  }
  if (text.size() % 4 == 1) {
    return Fail(ErrorCode::kInvalidInput,
                "base64: impossible length " + std::to_string(text.size()));
  }
  Bytes bytes(text.size() / 4 * 3 + (text.size() % 4) * 3 / 4);
  uint8_t* out = bytes.data();
  const auto value_at = [&](size_t i) {
    return uint32_t{inverse[static_cast<uint8_t>(text[i])]};
  };
  size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const uint32_t a = value_at(i);
    const uint32_t b = value_at(i + 1);
    const uint32_t c = value_at(i + 2);
    const uint32_t d = value_at(i + 3);
    if ((a | b | c | d) > 63) break;  // the loop below says which
    const uint32_t quad = a << 18 | b << 12 | c << 6 | d;
    *out++ = static_cast<uint8_t>(quad >> 16);
    *out++ = static_cast<uint8_t>(quad >> 8);
    *out++ = static_cast<uint8_t>(quad);
  }
  uint32_t group = 0;
  uint32_t bits = 0;
  for (; i < text.size(); ++i) {
    const uint32_t value = value_at(i);
    if (value == kBad) return BadCharacter("base64", i);
    group = group << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      *out++ = static_cast<uint8_t>(group >> bits);
      group &= (1u << bits) - 1;
    }
  }
  if (group != 0) {
    return Fail(ErrorCode::kInvalidInput,
                "base64: non-zero bits after the last byte");
  }
  return bytes;
}

}  // namespace vouchsafe
