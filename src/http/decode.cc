// The lossy decoders of types.h: what clients send in paths, queries, cookies.

#include <cstdint>

#include "http/types.h"

namespace vouchsafe::http {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string UndoPercent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += plus_is_space && c == '+' ? ' ' : c;
  }
  return out;
}

uint8_t ByteAt(std::string_view bytes, size_t i) {
  return static_cast<uint8_t>(bytes[i]);
}

// What may follow a lead byte (Unicode 15, table 3-7).
struct Lead {
  size_t length;  // of the whole sequence; 0: not a lead byte
  uint8_t second_min;
  uint8_t second_max;
};

Lead LeadOf(uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xc2) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4, 0x80, 0xbf};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// Length of the sequence at `at`; `valid` says whether it is whole. An invalid
// one has the length of its maximal part, at least 1.
size_t SequenceAt(std::string_view bytes, size_t at, bool& valid) {
  const Lead lead = LeadOf(ByteAt(bytes, at));
  valid = lead.length != 0;
  for (size_t i = 1; i < lead.length; ++i) {
    const uint8_t min = i == 1 ? lead.second_min : 0x80;
    const uint8_t max = i == 1 ? lead.second_max : 0xbf;
    if (at + i >= bytes.size() || ByteAt(bytes, at + i) < min ||
        ByteAt(bytes, at + i) > max) {
      valid = false;
      return i;
    }
  }
  return lead.length == 0 ? 1 : lead.length;
}

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string Utf8Lossy(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    bool valid = false;
    const size_t length = SequenceAt(bytes, at, valid);
    out += valid ? bytes.substr(at, length) : std::string_view("\xef\xbf\xbd");
    at += length;
  }
  return out;
}

std::string PercentDecode(std::string_view text) {
  return Utf8Lossy(UndoPercent(text, false));
}

std::map<std::string, std::string> ParseQuery(std::string_view query) {
  std::map<std::string, std::string> out;
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view()
                                          : query.substr(end + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos
                                       ? std::string_view()
                                       : pair.substr(equals + 1);
    out[Utf8Lossy(UndoPercent(pair.substr(0, equals), true))] =
        Utf8Lossy(UndoPercent(value, true));
  }
  return out;
}

std::optional<std::string> FindCookie(const Request& request,
                                      std::string_view name) {
  for (const Header& field : request.headers) {
    if (!EqualNoCase(field.name, "cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const size_t end = rest.find(';');
      const std::string_view pair = Trim(rest.substr(0, end));
      rest = end == std::string_view::npos ? std::string_view()
                                           : rest.substr(end + 1);
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      if (PercentDecode(Trim(pair.substr(0, equals))) != name) continue;
      return PercentDecode(Trim(pair.substr(equals + 1)));
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> BearerToken(const Request& request) {
  const std::string* value = request.headers.Find("authorization");
  if (value == nullptr) return std::nullopt;
  const std::string_view text = Trim(*value);
  const size_t space = text.find(' ');
  if (space == std::string_view::npos ||
      !EqualNoCase(text.substr(0, space), "bearer")) {
    return std::nullopt;
  }
  const std::string_view token = Trim(text.substr(space));
  if (token.empty()) return std::nullopt;
  return token;
}

std::string MediaType(const Request& request) {
  const std::string_view value = request.headers.Get("content-type");
  std::string out(Trim(value.substr(0, value.find(';'))));
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace vouchsafe::http
