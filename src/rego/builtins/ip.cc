#include "rego/builtins/ip.h"

#include <array>

namespace vouchsafe::rego {
namespace {

constexpr Ip kV4 = Ip{0xffff} << 32;

bool Digit(char c) { return c >= '0' && c <= '9'; }

int HexDigit(char c) {
  if (Digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four decimal numbers without leading zeros.
std::optional<uint32_t> ParseV4(std::string_view text) {
  uint32_t out = 0;
  for (int field = 0; field < 4; ++field) {
    if (field > 0) {
      if (!text.starts_with(".")) return std::nullopt;
      text.remove_prefix(1);
    }
    uint32_t value = 0;
    size_t digits = 0;
    while (digits < text.size() && Digit(text[digits])) {
      value = value * 10 + static_cast<uint32_t>(text[digits++] - '0');
      if (value > 255) return std::nullopt;
    }
    if (digits == 0 || (digits > 1 && text[0] == '0')) return std::nullopt;
    text.remove_prefix(digits);
    out = out << 8 | value;
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

std::optional<Ip> ParseV6(std::string_view text) {
  std::array<uint16_t, 8> groups{};
  size_t count = 0;
  std::optional<size_t> gap;
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    if (count == 8) return std::nullopt;
    size_t digits = 0;
    uint32_t value = 0;
    while (digits < text.size() && HexDigit(text[digits]) >= 0) {
      value = value << 4 | static_cast<uint32_t>(HexDigit(text[digits++]));
      if (digits > 4) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    if (digits < text.size() && text[digits] == '.') {
      const auto tail = ParseV4(text);
      if (!tail || count > 6 || (!gap && count != 6)) return std::nullopt;
      groups[count++] = static_cast<uint16_t>(*tail >> 16);
      groups[count++] = static_cast<uint16_t>(*tail & 0xffff);
      break;
    }
    groups[count++] = static_cast<uint16_t>(value);
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text[0] != ':' || text.size() == 1) return std::nullopt;
    text.remove_prefix(1);
    if (text[0] == ':') {
      if (gap) return std::nullopt;
      gap = count;
      text.remove_prefix(1);
    }
  }
  if (!gap && count != 8) return std::nullopt;
  if (gap && count == 8) return std::nullopt;
  Ip out = 0;
  const size_t zeros = 8 - count;
  for (size_t i = 0; i < 8; ++i) {
    uint16_t group = 0;
    if (!gap || i < *gap) {
      group = groups[i];
    } else if (i >= *gap + zeros) {
      group = groups[i - zeros];
    }
    out = out << 16 | group;
  }
  return out;
}

std::string V4Text(uint32_t ip) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) {
    out += std::to_string(ip >> shift & 255);
    if (shift > 0) out += ".";
  }
  return out;
}

void AppendGroup(std::string& out, unsigned group) {
  constexpr char kHex[] = "0123456789abcdef";
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = group >> shift & 15;
    started = started || digit != 0 || shift == 0;
    if (started) out.push_back(kHex[digit]);
  }
}

Ip HostMask(int prefix) {
  return prefix == 0 ? ~Ip{0} : (Ip{1} << (128 - prefix)) - 1;
}

}  // namespace

bool IsV4(Ip ip) { return ip >> 32 == kV4 >> 32; }

std::optional<Ip> ParseIp(std::string_view text) {
  for (const char c : text) {
    if (c == ':') return ParseV6(text);
    if (c != '.') continue;
    const auto v4 = ParseV4(text);
    if (!v4) return std::nullopt;
    return kV4 | *v4;
  }
  return std::nullopt;
}

// RFC 5952: the longest run of two or more zero groups is "::".
std::string IpText(Ip ip) {
  if (IsV4(ip)) return V4Text(static_cast<uint32_t>(ip));
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<unsigned>(ip >> (112 - 16 * i) & 0xffff);
  }
  size_t best = 8, best_size = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best_size) best = i, best_size = end - i;
  }
  std::string out;
  for (size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ":";
    AppendGroup(out, groups[i]);
  }
  return out;
}

Ip IpNet::First() const { return base & ~HostMask(prefix); }
Ip IpNet::Last() const { return base | HostMask(prefix); }
bool IpNet::Contains(Ip ip) const {
  return IsV4(ip) == IsV4(First()) && ip >= First() && ip <= Last();
}

std::string IpNet::Text() const {
  const int shown = IsV4(base) ? prefix - 96 : prefix;
  return IpText(base) + "/" + std::to_string(shown);
}

std::optional<IpNet> ParseCidr(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto ip = ParseIp(text.substr(0, slash));
  const std::string_view mask = text.substr(slash + 1);
  if (!ip || mask.empty() || mask.size() > 8) return std::nullopt;
  int bits = 0;
  for (const char c : mask) {
    if (!Digit(c)) return std::nullopt;
    bits = bits * 10 + (c - '0');
  }
  IpNet out;
  out.base = *ip;
  out.v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  if (bits > (out.v4 ? 32 : 128)) return std::nullopt;
  out.prefix = out.v4 ? bits + 96 : bits;
  return out;
}

}  // namespace vouchsafe::rego
