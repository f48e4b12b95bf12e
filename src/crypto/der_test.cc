#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/der_reader.h"
#include "crypto/x509.h"

namespace vouchsafe::crypto {
namespace {

Bytes Hex(const char* hex) { return *HexDecode(hex); }

TEST(Der, Integers) {
  const struct {
    const char* hex;
    uint64_t want;
  } good[] = {
      {"020100", 0},
      {"02017f", 127},
      {"02020080", 128},
      {"02020100", 256},
      {"02087fffffffffffffff", INT64_MAX},
  };
  for (const auto& one : good) {
    const auto value = DerInteger(Hex(one.hex));
    ASSERT_TRUE(value) << one.hex;
    EXPECT_EQ(*value, one.want);
  }
  for (const char* bad :
       {"", "02", "0200", "020180", "0202007f", "0202ff80", "02010100",
        "030100", "0209008000000000000000", "02810101", "028001"}) {
    EXPECT_FALSE(DerInteger(Hex(bad))) << bad;
  }
}

TEST(Der, Strings) {
  EXPECT_EQ(DerIa5String(Hex("16024142")).value(), "AB");
  EXPECT_EQ(DerIa5String(Hex("1600")).value(), "");
  for (const char* bad : {"", "160241", "1602414243", "0c024142", "1601ff",
                          "160100", "16017f", "16010a"}) {
    EXPECT_FALSE(DerIa5String(Hex(bad))) << bad;
  }
  EXPECT_EQ(DerOctetString(Hex("040200ff")).value(), Hex("00ff"));
  for (const char* bad : {"", "0402ff", "0401ffff", "2403040101", "0480"}) {
    EXPECT_FALSE(DerOctetString(Hex(bad))) << bad;
  }
}

TEST(Der, LengthsMustBeMinimal) {
  Bytes long_value = internal::DerValue(0x04, Bytes(200, 1));
  EXPECT_EQ(HexEncode(ByteView(long_value).first(3)), "0481c8");
  EXPECT_TRUE(DerOctetString(long_value));
  Bytes padded = Hex("048200c8");
  internal::Append(padded, Bytes(200, 1));
  EXPECT_FALSE(DerOctetString(padded));
  EXPECT_FALSE(DerOctetString(Hex("04850000000001ff")));
  EXPECT_FALSE(DerOctetString(Hex("0484ffffffff01")));
}

TEST(Der, Oids) {
  const auto hex = [](const char* dotted) {
    const auto oid = internal::OidFromDotted(dotted);
    return oid ? HexEncode(*oid) : "none";
  };
  EXPECT_EQ(hex("1.2.840.113549.1.1.10"), "2a864886f70d01010a");
  EXPECT_EQ(hex("1.3.6.1.4.1.3704.1.3.1"), "2b060104019c78010301");
  EXPECT_EQ(hex("2.999"), "8837");
  EXPECT_EQ(hex("0.0"), "00");
  for (const char* bad :
       {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "1.2.", "1.2.x", "a",
        "1.2.99999999999999999999", "-1.2", "1.2 "}) {
    EXPECT_EQ(hex(bad), "none") << bad;
  }
}

TEST(Der, ErrorsStick) {
  const Bytes der = Hex("0201010201020401ff");
  internal::DerReader in(der);
  EXPECT_EQ(in.Take(0x02).size(), 1u);
  EXPECT_TRUE(in.Take(0x04).empty());  // the next is an INTEGER
  EXPECT_FALSE(in.ok());
  EXPECT_TRUE(in.Take(0x02).empty());
  EXPECT_FALSE(in.End());
  EXPECT_EQ(in.Peek(), 0);
}

}  // namespace
}  // namespace vouchsafe::crypto
