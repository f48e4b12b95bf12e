#pragma once

// A cursor over DER (X.690): tag, length, value. The error is sticky, as
// ByteReader's is.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vouchsafe::rego_ext {

struct Der {
  uint8_t tag = 0;
  std::string_view body;
  std::string_view all;  // with tag and length
};

class DerReader {
 public:
  explicit DerReader(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  bool failed() const { return failed_; }
  uint8_t PeekTag() const;
  Der Next();
  // One with this tag, or the reader fails.
  Der Expect(uint8_t tag);
  // One with this tag, when it comes next.
  std::optional<Der> Optional(uint8_t tag);

 private:
  Der Fail();
  std::string_view rest_;
  bool failed_ = false;
};

inline constexpr uint8_t kDerBoolean = 0x01, kDerInteger = 0x02,
                         kDerBitString = 0x03, kDerOctetString = 0x04,
                         kDerOid = 0x06, kDerSequence = 0x30, kDerSet = 0x31;

// Arcs of an object identifier; empty when malformed.
std::vector<uint64_t> DerOid(std::string_view body);
std::string OidText(const std::vector<uint64_t>& oid);  // "2.5.4.3"
// Bits after the count of unused ones.
std::string_view DerBits(std::string_view body);
// Text of the usual string types, as UTF-8.
std::string DerText(const Der& der);
// UTCTime or GeneralizedTime as "2006-01-02T15:04:05Z"; empty when malformed.
std::string DerTime(const Der& der);

}  // namespace vouchsafe::rego_ext
