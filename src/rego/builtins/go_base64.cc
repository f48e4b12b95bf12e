#include "rego/builtins/go_base64.h"

#include "rego/builtins/go_text.h"

namespace vouchsafe::rego {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

int SixBits(char c, bool url) {
  if (c == (url ? '-' : '+')) return 62;
  if (c == (url ? '_' : '/')) return 63;
  const size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

class Decoder {
 public:
  Decoder(std::string_view text, bool url) : text_(text), url_(url) {}

  // The position of the first byte at fault; nullopt when all is well.
  std::optional<size_t> Run(std::string* out) {
    while (at_ < text_.size()) {
      if (!Quantum(out)) return fault_;
    }
    return std::nullopt;
  }

 private:
  bool Fault(size_t at) {
    fault_ = at;
    return false;
  }
  void SkipLines() {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  // Up to four characters.
  bool Quantum(std::string* out) {
    unsigned bits = 0;
    size_t count = 0;
    while (count < 4) {
      SkipLines();
      if (at_ == text_.size()) return count == 0 || Fault(at_ - count);
      const char c = text_[at_++];
      const int value = SixBits(c, url_);
      if (value >= 0) {
        bits = bits << 6 | static_cast<unsigned>(value);
        ++count;
        continue;
      }
      if (c != '=' || count < 2) return Fault(at_ - 1);
      if (!Padding(count)) return false;
      bits <<= 6 * (4 - count);
      break;
    }
    for (size_t i = 0; i + 1 < count; ++i) {
      out->push_back(static_cast<char>(bits >> (16 - 8 * i) & 0xff));
    }
    return true;
  }

  // After the first "=".
  bool Padding(size_t count) {
    if (count == 2) {
      SkipLines();
      if (at_ == text_.size() || text_[at_] != '=') return Fault(at_);
      ++at_;
    }
    SkipLines();
    return at_ == text_.size() || Fault(at_);
  }

  std::string_view text_;
  bool url_;
  size_t at_ = 0;
  size_t fault_ = 0;
};

std::optional<std::string> Decode(std::string_view text, bool url,
                                  std::string* why) {
  std::string out;
  out.reserve(text.size());
  const auto fault = Decoder(text, url).Run(&out);
  if (!fault) return out;
  *why = "illegal base64 data at input byte " + std::to_string(*fault);
  return std::nullopt;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// U+0067 'g'
std::string ByteName(char c) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const auto code = static_cast<unsigned char>(c);
  std::string out = "U+00";
  out.push_back(kHex[code >> 4]);
  out.push_back(kHex[code & 15]);
  if (!IsPrintable(code)) return out;
  out += " '";
  AppendUtf8(out, code);
  return out + "'";
}

}  // namespace

std::optional<std::string> GoBase64Decode(std::string_view text,
                                          std::string* why) {
  return Decode(text, false, why);
}

std::optional<std::string> GoBase64UrlDecode(std::string_view text,
                                             std::string* why) {
  if (text.ends_with("=") || text.size() % 4 == 0) {
    return Decode(text, true, why);
  }
  if (text.size() % 4 == 1) {
    *why = "illegal base64url string: " + std::string(text);
    return std::nullopt;
  }
  return Decode(std::string(text) + (text.size() % 4 == 2 ? "==" : "="), true,
                why);
}

std::optional<std::string> GoHexDecode(std::string_view text,
                                       std::string* why) {
  for (const char c : text) {
    if (HexDigit(c) >= 0) continue;
    *why = "encoding/hex: invalid byte: " + ByteName(c);
    return std::nullopt;
  }
  if (text.size() % 2 != 0) {
    *why = "encoding/hex: odd length hex string";
    return std::nullopt;
  }
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    out.push_back(
        static_cast<char>(HexDigit(text[i]) << 4 | HexDigit(text[i + 1])));
  }
  return out;
}

}  // namespace vouchsafe::rego
