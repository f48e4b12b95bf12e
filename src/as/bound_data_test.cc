#include "as/bound_data.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::as {
namespace {

TEST(ResolveRuntimeData, RawBytesAreNotHashed) {
  const auto bound = ResolveRuntimeData(
      RuntimeData{RuntimeData::Raw{ToBytes("nonce")}}, crypto::Hash::kSha256);
  ASSERT_TRUE(bound.has_value());
  EXPECT_EQ(ToText(*bound->expected), "nonce");
  EXPECT_TRUE(bound->claims.is_null());
  EXPECT_FALSE(
      ResolveRuntimeData(std::nullopt, crypto::Hash::kSha384)->expected);
}

TEST(ResolveRuntimeData, StructuredIsHashedInCanonicalForm) {
  const json::Value value = *json::Parse(R"({"b":1,"a":"test","c":{"d":"e"}})");
  const auto bound = ResolveRuntimeData(
      RuntimeData{RuntimeData::Structured{value}}, crypto::Hash::kSha384);
  ASSERT_TRUE(bound.has_value());
  EXPECT_EQ(HexEncode(*bound->expected),
            "e71ce8e70d814ba6639c3612ebee0ff1f76f650f8dbb5e47157e0f3f525cd22c"
            "4597480a186427c813ca941da78870c3");
  EXPECT_EQ(bound->claims, value);
}

Result<BoundData> Toml(std::string text) {
  return ResolveInitData(InitData{InitData::Toml{std::move(text)}});
}

TEST(ResolveInitData, TomlIsHashedAsItIsAndItsDataBecomeClaims) {
  const std::string text =
      "version = \"9\"\nalgorithm = \"sha256\"\n[data]\n"
      "\"aa.toml\" = \"x = 1\\nt = 1979-05-27T07:32:00Z\\nf = 1.5\\n\"\n"
      "\"cdh.toml\" = \"not toml\"\n"
      "\"policy.rego\" = \"# c\\npolicy_data := {\\\"a\\\": [1]}\\n\"\n"
      "other = \"text\"\n";
  const auto bound = Toml(text);
  ASSERT_TRUE(bound.has_value()) << bound.error().Text();
  EXPECT_EQ(*bound->expected,
            crypto::Digest(crypto::Hash::kSha256, AsBytes(text)));
  EXPECT_EQ(
      bound->claims,
      *json::Parse(R"({"aa.toml":{"x":1,"t":{"$__toml_private_datetime":)"
                   R"("1979-05-27T07:32:00Z"},"f":1.5},"cdh.toml":"not toml",)"
                   R"("agent_policy_claims":{"a":[1]},"other":"text"})"))
      << json::Write(bound->claims);
}

TEST(ResolveInitData, APolicyWithSomethingBehindItsDataStaysText) {
  const auto bound = Toml(
      "version = \"1\"\nalgorithm = \"sm3\"\n[data]\n"
      "\"policy.rego\" = \"policy_data := {}\\nfoo := 1\\n\"\n");
  ASSERT_TRUE(bound.has_value());
  EXPECT_EQ(json::Write(bound->claims),
            R"({"policy.rego":"policy_data := {}\nfoo := 1\n"})");
}

TEST(ResolveInitData, RefusesOtherToml) {
  struct Case {
    const char* name;
    const char* text;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"no TOML", "{"},
           {"no version", "algorithm = \"sha384\"\n[data]\n"},
           {"no algorithm", "version = \"1\"\n[data]\n"},
           {"no data", "version = \"1\"\nalgorithm = \"sha384\"\n"},
           {"hyphen", "version = \"1\"\nalgorithm = \"sha-384\"\n[data]\n"},
           {"upper case", "version = \"1\"\nalgorithm = \"SHA384\"\n[data]\n"},
           {"number in data",
            "version = \"1\"\nalgorithm = \"sha384\"\n[data]\nn = 1\n"},
           {"table in data",
            "version = \"1\"\nalgorithm = \"sha384\"\n[data]\na.b = \"1\"\n"},
           {"key twice",
            "version = \"1\"\nalgorithm = \"sha384\"\n[data]\n"
            "a = \"1\"\na = \"2\"\n"}}) {
    SCOPED_TRACE(c.name);
    const auto bound = Toml(c.text);
    ASSERT_FALSE(bound.has_value());
    EXPECT_EQ(bound.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(bound.error().context.back(), "parse TOML structured data");
  }
}

TEST(ResolveInitData, DigestAndTheOlderStructuredForm) {
  const auto digest = ResolveInitData(InitData{InitData::Digest{Bytes{1, 2}}});
  EXPECT_EQ(*digest->expected, (Bytes{1, 2}));
  const json::Value value = *json::Parse(R"({"b":1,"a":2})");
  const auto structured = ResolveInitData(
      InitData{InitData::Structured{value, crypto::Hash::kSha256}});
  EXPECT_EQ(*structured->expected,
            crypto::Digest(crypto::Hash::kSha256, AsBytes(R"({"a":2,"b":1})")));
  EXPECT_EQ(structured->claims, value);
}

}  // namespace
}  // namespace vouchsafe::as
