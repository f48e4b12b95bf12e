#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <sstream>

#include "base/encoding.h"
#include "json/parse.h"
#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::json {
namespace {

std::string Canon(std::string_view text) {
  const auto value = Parse(text);
  if (!value) return value.error().Text();
  const auto canonical = Canonical(*value);
  return canonical ? *canonical : canonical.error().Text();
}

TEST(Canonical, NumbersAsEcmaScriptPrintsThem) {
  const struct {
    const char* text;
    const char* canonical;
  } kCases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"-0.0", "0"},
      {"0e5", "0"},
      {"1.0", "1"},
      {"1.50", "1.5"},
      {"10", "10"},
      {"1E30", "1e+30"},
      {"4.50", "4.5"},
      {"2e-3", "0.002"},
      {"0.000000000000000000000000001", "1e-27"},
      {"0.000001", "0.000001"},
      {"0.0000001", "1e-7"},
      {"1e20", "100000000000000000000"},
      {"1e21", "1e+21"},
      {"123456789012345678901", "123456789012345680000"},
      {"1234567890123456789012", "1.2345678901234568e+21"},
      {"333333333.33333329", "333333333.3333333"},
      {"9007199254740993", "9007199254740992"},
      {"18446744073709551615", "18446744073709552000"},
      {"5e-324", "5e-324"},
      {"-5e-324", "-5e-324"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"1e-400", "0"},
      {"-1e-400", "0"},
      {"0.0e99999999999999999999", "0"},
      {"1e-99999999999999999999", "0"},
      {"295147905179352830000", "295147905179352830000"},
      {"0.1", "0.1"},
      {"-12.34e1", "-123.4"},
      {"1424953923781206.25", "1424953923781206.2"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Canon(c.text), c.canonical) << c.text;
}

TEST(Canonical, NumbersWithoutADoubleAreRefused) {
  const std::string zeros(400, '0');
  for (const std::string& text :
       {std::string("1e309"), std::string("-1e309"), "1" + zeros,
        std::string("1e99999999999999999999"), "0." + zeros + "1e800"}) {
    const auto value = Parse(text);
    ASSERT_TRUE(value);
    const auto canonical = Canonical(*value);
    ASSERT_FALSE(canonical) << text;
    EXPECT_EQ(canonical.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(Canon("0." + zeros + "1"), "0");
  EXPECT_EQ(Canon("1" + zeros + "e-800"), "0");
  EXPECT_EQ(Canon("0." + zeros + "1e401"), "1");
}

// RFC 8785 appendix B: the bits of a double, and its text. from_chars is given
// 17 digits, which name the double exactly.
TEST(Canonical, RfcAppendixB) {
  const struct {
    uint64_t bits;
    const char* text;
  } kCases[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const auto& c : kCases) {
    std::ostringstream digits;
    digits.precision(17);
    digits << std::scientific << std::bit_cast<double>(c.bits);
    EXPECT_EQ(Canon(digits.str()), c.text);
  }
}

TEST(Canonical, MembersSortByUtf16) {  // RFC 8785 section 3.2.3
  EXPECT_EQ(Canon(R"({"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,
                "\u0080":6,"\u00f6":7,"":8,"\ue000":9,"\ud7ff":10})"),
            "{\"\":8,\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"\xC3\xB6\":7,"
            "\"\xE2\x82\xAC\":1,\"\xED\x9F\xBF\":10,\"\xF0\x9F\x98\x80\":5,"
            "\"\xEE\x80\x80\":9,\"\xEF\xAC\xB3\":3}");
}

// What clients hash as runtime data. The SHA-384 of these texts begin with
// e71ce8e7, 412a2cd4 and faab561a; docs of the KBS protocol give them in full.
TEST(Canonical, RuntimeData) {
  EXPECT_EQ(Canon(R"({"b": 1, "a": "test", "c": {"d": "e"}})"),
            R"({"a":"test","b":1,"c":{"d":"e"}})");
  EXPECT_EQ(
      Canon(R"({"tee-pubkey":{"kty":"EC","crv":"P-256",
                "alg":"ECDH-ES+A256KW","x":"eA","y":"eQ"},
                "nonce":"bm9uY2U=","additional-evidence":""})"),
      R"({"additional-evidence":"","nonce":"bm9uY2U=","tee-pubkey":)"
      R"({"alg":"ECDH-ES+A256KW","crv":"P-256","kty":"EC","x":"eA","y":"eQ"}})");
  EXPECT_EQ(
      Canon(R"({"tee-pubkey":{"kty":"EC","crv":"P-256",
                "alg":"ECDH-ES+A256KW","x":"eA","y":"eQ"},
                "nonce":"bm9uY2U="})"),
      R"({"nonce":"bm9uY2U=","tee-pubkey":)"
      R"({"alg":"ECDH-ES+A256KW","crv":"P-256","kty":"EC","x":"eA","y":"eQ"}})");
}

TEST(Canonical, TextThatIsNotUtf8IsRefused) {
  EXPECT_FALSE(Canonical(Value("\xFF")));
  Object object;
  object.Set("\xED\xA0\x80", 1);
  EXPECT_FALSE(Canonical(object));
}

TEST(Canonical, Rfc8785Vectors) {
  SHARED_OR_SKIP(folder, "vectors/jcs");
  size_t files = 0;
  for (const std::string& path : testing::FilesIn(folder + "/input")) {
    const std::string name = path.substr(path.rfind('/') + 1);
    const std::string canonical = Canon(testing::ReadFile(path));
    EXPECT_EQ(canonical, testing::ReadFile(folder + "/output/" + name)) << name;
    std::istringstream hex(testing::ReadFile(
        folder + "/outhex/" + name.substr(0, name.rfind('.')) + ".txt"));
    std::string want;
    for (std::string part; hex >> part;) want += part;
    EXPECT_EQ(HexEncode(AsBytes(canonical)), want) << name;
    ++files;
  }
  EXPECT_GE(files, 6u);
}

}  // namespace
}  // namespace vouchsafe::json
