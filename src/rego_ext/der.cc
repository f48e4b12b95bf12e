#include "rego_ext/der.h"

#include <algorithm>

#include "rego/builtins/go_text.h"

namespace vouchsafe::rego_ext {

Der DerReader::Fail() {
  failed_ = true;
  rest_ = {};
  return {};
}

uint8_t DerReader::PeekTag() const {
  return rest_.empty() ? 0 : static_cast<uint8_t>(rest_[0]);
}

Der DerReader::Next() {
  if (rest_.size() < 2) return Fail();
  const auto byte = [&](size_t i) {
    return static_cast<size_t>(static_cast<unsigned char>(rest_[i]));
  };
  if ((byte(0) & 0x1f) == 0x1f) return Fail();  // tags beyond 30
  size_t length = byte(1), head = 2;
  if (length >= 0x80) {
    const size_t count = length & 0x7f;
    if (count == 0 || count > 4 || rest_.size() < 2 + count) return Fail();
    length = 0;
    for (size_t i = 0; i < count; ++i) length = length << 8 | byte(2 + i);
    if (length < 0x80 || (count > 1 && byte(2) == 0)) return Fail();
    head += count;
  }
  if (length > rest_.size() - head) return Fail();
  const Der out{static_cast<uint8_t>(rest_[0]), rest_.substr(head, length),
                rest_.substr(0, head + length)};
  rest_.remove_prefix(head + length);
  return out;
}

Der DerReader::Expect(uint8_t tag) {
  return PeekTag() == tag ? Next() : Fail();
}

std::optional<Der> DerReader::Optional(uint8_t tag) {
  if (rest_.empty() || PeekTag() != tag) return std::nullopt;
  return Next();
}

std::vector<uint64_t> DerOid(std::string_view body) {
  std::vector<uint64_t> out;
  uint64_t arc = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    const auto byte = static_cast<unsigned char>(body[i]);
    if (arc >> 56 != 0) return {};
    arc = arc << 7 | (byte & 0x7f);
    if (byte & 0x80) {
      if (i + 1 == body.size()) return {};
      continue;
    }
    if (out.empty()) {
      out.push_back(std::min<uint64_t>(arc / 40, 2));
      arc -= out[0] * 40;
    }
    out.push_back(arc);
    arc = 0;
  }
  return out;
}

std::string OidText(const std::vector<uint64_t>& oid) {
  std::string out;
  for (const uint64_t arc : oid) {
    if (!out.empty()) out += ".";
    out += std::to_string(arc);
  }
  return out;
}

std::string_view DerBits(std::string_view body) {
  return body.empty() ? body : body.substr(1);
}

std::string DerText(const Der& der) {
  constexpr uint8_t kBmpString = 0x1e;
  if (der.tag != kBmpString) return std::string(der.body);
  std::string out;
  for (size_t i = 0; i + 1 < der.body.size(); i += 2) {
    const auto high = static_cast<unsigned char>(der.body[i]);
    const auto low = static_cast<unsigned char>(der.body[i + 1]);
    rego::AppendUtf8(out, uint32_t{high} << 8 | low);
  }
  return out;
}

std::string DerTime(const Der& der) {
  constexpr uint8_t kUtcTime = 0x17, kGeneralizedTime = 0x18;
  std::string text(der.body);
  if (der.tag == kUtcTime && text.size() == 13) {
    text.insert(0, text[0] >= '5' ? "19" : "20");
  } else if (der.tag != kGeneralizedTime) {
    return "";
  }
  if (text.size() != 15 || text[14] != 'Z' ||
      text.find_first_not_of("0123456789") != 14) {
    return "";
  }
  return text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) +
         "T" + text.substr(8, 2) + ":" + text.substr(10, 2) + ":" +
         text.substr(12, 3);
}

}  // namespace vouchsafe::rego_ext
