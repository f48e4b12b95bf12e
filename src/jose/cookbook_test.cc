// RFC 7520's examples, each judged: offered ones must verify or open, the
// others must be refused as unsupported, by name.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "jose/checks.h"
#include "jose/jwe.h"
#include "jose/jws.h"
#include "jose/test_support.h"
#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::jose {
namespace {

using test::ExpectCode;
using test::Json;

std::string TextAt(const json::Value& value, std::string_view pointer) {
  const json::Value* found = value.At(pointer);
  if (found == nullptr || found->if_string() == nullptr) return "";
  return *found->if_string();
}

std::map<std::string, json::Value> Load(const std::string& folder) {
  std::map<std::string, json::Value> out;
  for (const std::string& path : vouchsafe::testing::FilesIn(folder)) {
    const std::string name = path.substr(path.rfind('/') + 1);
    out[name.substr(0, name.find('.'))] =
        Json(vouchsafe::testing::ReadFile(path));
  }
  return out;
}

TEST(Cookbook, Keys) {
  SHARED_OR_SKIP(folder, "vectors/jose-cookbook/jwk");
  const auto files = Load(folder);
  ASSERT_EQ(files.size(), 6u);
  EXPECT_TRUE(ParseJwk(files.at("3_1")));
  EXPECT_TRUE(ParsePrivateJwk(files.at("3_2")));
  EXPECT_TRUE(ParseJwk(files.at("3_3")));
  EXPECT_TRUE(ParsePrivateJwk(files.at("3_4")));
  ExpectCode(ParseJwk(files.at("3_5")), ErrorCode::kUnsupported, "oct");
  ExpectCode(ParsePrivateJwk(files.at("3_6")), ErrorCode::kUnsupported, "oct");
}

// Our rules make the algorithm the key's; the cookbook's keys say none.
Result<VerifiedJws> Verify(const json::Value& key, std::string_view alg,
                           const std::string& compact) {
  CheckLog log;
  auto jws = TRY(UnverifiedJws::Parse(compact));
  TRY(ParseJwsAlg(jws.alg()));
  Jwk jwk = TRY(ParsePrivateJwk(key)).public_part;
  jwk.alg = std::string(alg);
  return VerifyJws(std::move(jws), jwk, log);
}

TEST(Cookbook, Signatures) {
  SHARED_OR_SKIP(folder, "vectors/jose-cookbook/jws");
  const auto files = Load(folder);
  ASSERT_EQ(files.size(), 8u);
  int verified = 0, unsupported = 0, other_form = 0;
  for (const auto& [name, file] : files) {
    SCOPED_TRACE(name);
    const std::string alg = TextAt(file, "/input/alg");
    const std::string compact = TextAt(file, "/output/compact");
    if (compact.empty()) {
      // JSON serialization is no compact message, whatever is in it.
      const json::Value* form = file.At("/output/json");
      ASSERT_NE(form, nullptr);
      EXPECT_FALSE(UnverifiedJws::Parse(json::Write(*form)));
      ++other_form;
      continue;
    }
    const auto result = Verify(*file.At("/input/key"), alg, compact);
    if (alg == "HS256") {
      ExpectCode(result, ErrorCode::kUnsupported, "HS256");
      ++unsupported;
      continue;
    }
    ASSERT_TRUE(result) << result.error().Text();
    EXPECT_EQ(AsText(result->payload()), TextAt(file, "/input/payload"));
    ++verified;
  }
  // 4.8 has three signatures; each stands as a compact message of its own.
  const json::Value& many = files.at("4_8");
  for (int i = 0; i < 3; ++i) {
    const std::string at = "/output/json/signatures/" + std::to_string(i);
    const std::string key = "/input/key/" + std::to_string(i);
    const std::string compact = TextAt(many, at + "/protected") + "." +
                                TextAt(many, "/output/json/payload") + "." +
                                TextAt(many, at + "/signature");
    const auto result =
        Verify(*many.At(key), TextAt(many, "/input/alg/" + std::to_string(i)),
               compact);
    EXPECT_EQ(result.has_value(), i == 0);
  }
  EXPECT_EQ(verified, 3);
  EXPECT_EQ(unsupported, 2);
  EXPECT_EQ(other_form, 3);
  std::printf("cookbook jws: %d verified, %d unsupported, %d other form\n",
              verified, unsupported, other_form);
}

// A key of the kind that the example is for; the private JWK if it is one of
// ours.
crypto::PrivateKey AnyKey(const json::Value* key) {
  if (key != nullptr) {
    if (auto own = ParsePrivateJwk(*key)) return own->key;
  }
  return test::PrivateKeyFrom(test::kP256PrivateJwk).key;
}

TEST(Cookbook, Encryption) {
  SHARED_OR_SKIP(folder, "vectors/jose-cookbook/jwe");
  const auto files = Load(folder);
  ASSERT_EQ(files.size(), 13u);
  int unsupported = 0, other_form = 0;
  for (const auto& [name, file] : files) {
    SCOPED_TRACE(name);
    CheckLog log;
    const std::string compact = TextAt(file, "/output/compact");
    if (compact.empty()) {
      // 5.10 to 5.12 keep the key's algorithm outside the protected header or
      // use A128KW; 5.13 is the general form.
      const json::Value* flat = file.At("/output/json_flat");
      if (flat == nullptr) flat = file.At("/output/json");
      ASSERT_NE(flat, nullptr);
      EXPECT_FALSE(
          OpenJwe(json::Write(*flat), AnyKey(file.At("/input/key")), {}, log));
      ++other_form;
      continue;
    }
    const auto result = OpenJweCompact(compact, AnyKey(file.At("/input/key")),
                                       {std::nullopt, Rsa15::kAllow}, log);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kUnsupported)
        << result.error().Text();
    // By the name of what is not offered, alg or enc.
    const std::string text = result.error().Text();
    EXPECT_TRUE(text.find(TextAt(file, "/input/alg")) != std::string::npos ||
                text.find(TextAt(file, "/input/enc")) != std::string::npos)
        << text;
    ++unsupported;
  }
  EXPECT_EQ(unsupported, 9);
  EXPECT_EQ(other_form, 4);
  std::printf("cookbook jwe: %d unsupported by name, %d other form\n",
              unsupported, other_form);
}

}  // namespace
}  // namespace vouchsafe::jose
