#include <algorithm>
#include <charconv>

#include "crypto/der_reader.h"
#include "crypto/x509.h"

namespace vouchsafe::crypto {

namespace internal {

std::optional<DerReader::Sizes> DerReader::NextSizes() const {
  if (!ok_ || rest_.size() < 2) return std::nullopt;
  if ((rest_[0] & 0x1f) == 0x1f) return std::nullopt;  // tag of several bytes
  const size_t first = rest_[1];
  Sizes sizes{2, first};
  if (first >= 0x80) {
    const size_t count = first & 0x7f;
    if (count == 0 || count > 4 || rest_.size() < 2 + count) {
      return std::nullopt;
    }
    if (rest_[2] == 0) return std::nullopt;  // not minimal
    size_t length = 0;
    for (size_t i = 0; i < count; ++i) length = length << 8 | rest_[2 + i];
    if (length < 0x80) return std::nullopt;  // not minimal
    sizes = {2 + count, length};
  }
  if (sizes.content > rest_.size() - sizes.header) return std::nullopt;
  return sizes;
}

ByteView DerReader::Fail() {
  ok_ = false;
  rest_ = {};
  return {};
}

ByteView DerReader::Take(uint8_t tag) {
  const auto sizes = NextSizes();
  if (!sizes || rest_[0] != tag) return Fail();
  const ByteView content = rest_.subspan(sizes->header, sizes->content);
  rest_ = rest_.subspan(sizes->header + sizes->content);
  return content;
}

ByteView DerReader::TakeWhole(uint8_t tag) {
  const auto sizes = NextSizes();
  if (!sizes || rest_[0] != tag) return Fail();
  const ByteView whole = rest_.first(sizes->header + sizes->content);
  rest_ = rest_.subspan(whole.size());
  return whole;
}

std::optional<ByteView> DerReader::TakeIf(uint8_t tag) {
  if (Peek() != tag) return std::nullopt;
  const ByteView content = Take(tag);
  if (!ok_) return std::nullopt;
  return content;
}

DerReader DerReader::Sub(uint8_t tag) {
  DerReader sub(Take(tag));
  if (!ok_) sub.Fail();
  return sub;
}

std::optional<ByteView> SingleValue(ByteView der, uint8_t tag) {
  DerReader in(der);
  const ByteView content = in.Take(tag);
  if (!in.End()) return std::nullopt;
  return content;
}

std::optional<ByteView> UnsignedInteger(ByteView content) {
  if (content.empty() || (content[0] & 0x80) != 0) return std::nullopt;
  if (content.size() > 1 && content[0] == 0) {
    if ((content[1] & 0x80) == 0) return std::nullopt;
    return content.subspan(1);
  }
  return content;
}

std::optional<ByteView> WholeBits(ByteView content) {
  if (content.empty() || content[0] != 0) return std::nullopt;
  return content.subspan(1);
}

namespace {

void AppendBase128(Bytes& out, uint64_t value) {
  int shift = 63;
  while (shift > 0 && value >> shift == 0) shift -= 7;
  for (; shift > 0; shift -= 7) {
    out.push_back(static_cast<uint8_t>(0x80 | (value >> shift & 0x7f)));
  }
  out.push_back(static_cast<uint8_t>(value & 0x7f));
}

}  // namespace

std::optional<Bytes> OidFromDotted(std::string_view dotted) {
  Bytes out;
  uint64_t first = 0;
  size_t arcs = 0;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  while (true) {
    uint64_t arc = 0;
    const auto [next, error] = std::from_chars(at, end, arc);
    if (error != std::errc() || arc > uint64_t{1} << 62) return std::nullopt;
    if (arcs == 0) {
      first = arc;
      if (first > 2) return std::nullopt;
    } else if (arcs == 1) {
      if (first < 2 && arc > 39) return std::nullopt;
      AppendBase128(out, first * 40 + arc);
    } else {
      AppendBase128(out, arc);
    }
    ++arcs;
    if (next == end) break;
    if (*next != '.') return std::nullopt;
    at = next + 1;
  }
  if (arcs < 2) return std::nullopt;
  return out;
}

Bytes DerValue(uint8_t tag, ByteView content) {
  Bytes out;
  out.reserve(content.size() + 6);
  out.push_back(tag);
  const size_t size = content.size();
  if (size < 0x80) {
    out.push_back(static_cast<uint8_t>(size));
  } else {
    size_t count = 1;
    while (size >> (8 * count) != 0) ++count;
    out.push_back(static_cast<uint8_t>(0x80 | count));
    for (size_t i = count; i-- > 0;) {
      out.push_back(static_cast<uint8_t>(size >> (8 * i)));
    }
  }
  Append(out, content);
  return out;
}

Bytes DerUnsigned(ByteView magnitude) {
  while (!magnitude.empty() && magnitude[0] == 0) {
    magnitude = magnitude.subspan(1);
  }
  Bytes content;
  if (magnitude.empty() || (magnitude[0] & 0x80) != 0) content.push_back(0);
  Append(content, magnitude);
  return DerValue(kTagInteger, content);
}

void Append(Bytes& out, ByteView more) {
  out.insert(out.end(), more.begin(), more.end());
}

}  // namespace internal

Result<uint64_t> DerInteger(ByteView der) {
  const auto content = internal::SingleValue(der, internal::kTagInteger);
  const auto number =
      content ? internal::UnsignedInteger(*content) : std::nullopt;
  if (!number) {
    return Fail(ErrorCode::kInvalidInput, "not one DER INTEGER of 0 or more");
  }
  if (number->size() > 8 || (number->size() == 8 && (*number)[0] >= 0x80)) {
    return Fail(ErrorCode::kInvalidInput, "DER INTEGER over 2^63-1");
  }
  uint64_t value = 0;
  for (const uint8_t byte : *number) value = value << 8 | byte;
  return value;
}

Result<std::string> DerIa5String(ByteView der) {
  const auto content = internal::SingleValue(der, internal::kTagIa5String);
  if (!content) {
    return Fail(ErrorCode::kInvalidInput, "not one DER IA5String");
  }
  for (const uint8_t byte : *content) {
    if (byte < 0x20 || byte > 0x7e) {
      return Fail(ErrorCode::kInvalidInput,
                  "DER IA5String with a byte that is not printable ASCII");
    }
  }
  return ToText(*content);
}

Result<Bytes> DerOctetString(ByteView der) {
  const auto content = internal::SingleValue(der, internal::kTagOctetString);
  if (!content) {
    return Fail(ErrorCode::kInvalidInput, "not one DER OCTET STRING");
  }
  return ToBytes(*content);
}

}  // namespace vouchsafe::crypto
