#pragma once

// Internal to crypto/: a strict reader and a small writer of DER (X.690):
// definite, minimal lengths, tags of one byte. Errors are sticky: after one,
// every read gives an empty view, and End() is false.

#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace vouchsafe::crypto::internal {

inline constexpr uint8_t kTagBoolean = 0x01;
inline constexpr uint8_t kTagInteger = 0x02;
inline constexpr uint8_t kTagBitString = 0x03;
inline constexpr uint8_t kTagOctetString = 0x04;
inline constexpr uint8_t kTagNull = 0x05;
inline constexpr uint8_t kTagOid = 0x06;
inline constexpr uint8_t kTagIa5String = 0x16;
inline constexpr uint8_t kTagUtcTime = 0x17;
inline constexpr uint8_t kTagGeneralizedTime = 0x18;
inline constexpr uint8_t kTagSequence = 0x30;
// [n], constructed and primitive.
constexpr uint8_t ContextTag(unsigned n) {
  return static_cast<uint8_t>(0xA0 | n);
}
constexpr uint8_t PrimitiveContextTag(unsigned n) {
  return static_cast<uint8_t>(0x80 | n);
}

// Borrows the bytes given to it.
class DerReader {
 public:
  explicit DerReader(ByteView bytes) : rest_(bytes) {}

  // The next value's content; it must have this tag.
  ByteView Take(uint8_t tag);
  // The same with its tag and length.
  ByteView TakeWhole(uint8_t tag);
  // nullopt when the next value has another tag, or there is none.
  std::optional<ByteView> TakeIf(uint8_t tag);
  DerReader Sub(uint8_t tag);  // a failed reader when this one fails

  // The tag of the next value; 0 at the end.
  uint8_t Peek() const { return ok_ && !rest_.empty() ? rest_[0] : 0; }
  bool ok() const { return ok_; }
  bool End() const { return ok_ && rest_.empty(); }

 private:
  struct Sizes {
    size_t header;
    size_t content;
  };
  std::optional<Sizes> NextSizes() const;
  ByteView Fail();

  ByteView rest_;
  bool ok_ = true;
};

// The content of `der`, which is one value with this tag, nothing after it.
std::optional<ByteView> SingleValue(ByteView der, uint8_t tag);

// INTEGER content as a magnitude without leading zero (zero is one 0 byte);
// nullopt when negative, empty or not minimal.
std::optional<ByteView> UnsignedInteger(ByteView content);
// BIT STRING content without unused bits.
std::optional<ByteView> WholeBits(ByteView content);

// The content bytes of an OBJECT IDENTIFIER; nullopt for other text.
std::optional<Bytes> OidFromDotted(std::string_view dotted);

Bytes DerValue(uint8_t tag, ByteView content);
Bytes DerUnsigned(ByteView magnitude);  // INTEGER of a big-endian number
void Append(Bytes& out, ByteView more);

}  // namespace vouchsafe::crypto::internal
