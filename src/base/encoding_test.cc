#include "base/encoding.h"

#include <gtest/gtest.h>

namespace vouchsafe {
namespace {

constexpr Base64 kForms[] = {Base64::kStandard, Base64::kStandardNoPad,
                             Base64::kUrl, Base64::kUrlNoPad};

std::string Unpadded(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  return text;
}

// RFC 4648 section 10.
TEST(Encoding, Rfc4648Vectors) {
  const struct {
    const char* plain;
    const char* base64;
    const char* hex;
  } cases[] = {
      {"", "", ""},
      {"f", "Zg==", "66"},
      {"fo", "Zm8=", "666f"},
      {"foo", "Zm9v", "666f6f"},
      {"foob", "Zm9vYg==", "666f6f62"},
      {"fooba", "Zm9vYmE=", "666f6f6261"},
      {"foobar", "Zm9vYmFy", "666f6f626172"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.plain);
    const Bytes plain = ToBytes(c.plain);
    EXPECT_EQ(HexEncode(plain), c.hex);
    EXPECT_EQ(HexDecode(c.hex).value(), plain);
    EXPECT_EQ(Base64Encode(plain), c.base64);
    EXPECT_EQ(Base64Encode(plain, Base64::kUrl), c.base64);
    EXPECT_EQ(Base64UrlEncode(plain), Unpadded(c.base64));
    EXPECT_EQ(Base64Encode(plain, Base64::kStandardNoPad), Unpadded(c.base64));
    EXPECT_EQ(Base64Decode(c.base64).value(), plain);
    EXPECT_EQ(Base64Decode(c.base64, Base64::kUrl).value(), plain);
    EXPECT_EQ(Base64UrlDecode(Unpadded(c.base64)).value(), plain);
    EXPECT_EQ(Base64Decode(Unpadded(c.base64), Base64::kStandardNoPad).value(),
              plain);
  }
}

TEST(Encoding, EveryByteAndLengthComesBack) {
  for (size_t size = 0; size < 300; ++size) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<uint8_t>(255 - i * 7);
    }
    EXPECT_EQ(HexDecode(HexEncode(bytes)).value(), bytes);
    for (const Base64 form : kForms) {
      EXPECT_EQ(Base64Decode(Base64Encode(bytes, form), form).value(), bytes);
    }
  }
}

TEST(Encoding, AlphabetsDiffer) {
  const Bytes bytes = {0xfb, 0xff, 0xbf};
  EXPECT_EQ(Base64Encode(bytes), "+/+/");
  EXPECT_EQ(Base64UrlEncode(bytes), "-_-_");
  EXPECT_FALSE(Base64Decode("-_-_"));
  EXPECT_FALSE(Base64UrlDecode("+/+/"));
}

TEST(Encoding, Base64Refusals) {
  const struct {
    const char* name;
    std::string text;
    Base64 form;
    const char* message;
  } cases[] = {
      {"padding missing", "Zg", Base64::kStandard,
       "base64: length 2 is not a multiple of 4"},
      {"padding missing, url", "Zm8", Base64::kUrl,
       "base64: length 3 is not a multiple of 4"},
      {"padding where none belongs", "Zg==", Base64::kUrlNoPad,
       "base64: bad character at position 2"},
      {"same, standard", "Zm8=", Base64::kStandardNoPad,
       "base64: bad character at position 3"},
      {"padding short", "Zg=", Base64::kStandard,
       "base64: length 3 is not a multiple of 4"},
      {"padding inside", "Zg==Zg==", Base64::kStandard,
       "base64: bad character at position 2"},
      {"three of padding", "Z===", Base64::kStandard,
       "base64: bad character at position 1"},
      {"only padding", "====", Base64::kStandard,
       "base64: bad character at position 0"},
      {"one letter over", "Zm9vY", Base64::kUrlNoPad,
       "base64: impossible length 5"},
      {"new line at the end", "Zm9v\n", Base64::kUrlNoPad,
       "base64: impossible length 5"},
      {"new line inside", "Zm9v\nZm8", Base64::kUrlNoPad,
       "base64: bad character at position 4"},
      {"blank", "Zm 9", Base64::kStandard,
       "base64: bad character at position 2"},
      {"zero byte", std::string("Zm9\0", 4), Base64::kStandard,
       "base64: bad character at position 3"},
      {"byte over 127", "Zm9\xc3", Base64::kStandard,
       "base64: bad character at position 3"},
      {"four bits left", "Zh==", Base64::kStandard,
       "base64: non-zero bits after the last byte"},
      {"two bits left", "Zm9=", Base64::kStandard,
       "base64: non-zero bits after the last byte"},
      {"four bits left, url", "Zh", Base64::kUrlNoPad,
       "base64: non-zero bits after the last byte"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<Bytes> decoded = Base64Decode(c.text, c.form);
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(decoded.error().message, c.message);
  }
}

TEST(Encoding, Hex) {
  EXPECT_EQ(HexDecode("00fFAb").value(), (Bytes{0x00, 0xff, 0xab}));
  EXPECT_EQ(HexEncode(Bytes{0x00, 0xff, 0xab}), "00ffab");
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"0", "hex: odd number of digits: 1"},
      {"0g", "hex: bad character at position 1"},
      {"g0", "hex: bad character at position 0"},
      {"0x12", "hex: bad character at position 1"},
      {"12 4", "hex: bad character at position 2"},
      {"12\n", "hex: odd number of digits: 3"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(HexDecode(c.text).error().message, c.message) << c.text;
  }
}

}  // namespace
}  // namespace vouchsafe
