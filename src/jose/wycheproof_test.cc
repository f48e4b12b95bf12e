// Every Wycheproof case of the JSON Web files, judged and counted: valid ones
// of what we offer must pass, valid ones of what we do not offer must be
// refused as unsupported by name, invalid ones must be refused.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "base/encoding.h"
#include "jose/checks.h"
#include "jose/jwe.h"
#include "jose/jws.h"
#include "jose/test_support.h"
#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::jose {
namespace {

using test::Json;

struct Counts {
  int accepted = 0;     // valid, passes
  int unsupported = 0;  // valid, not offered: refused by name
  int ruled_out = 0;    // "valid", against a rule of ours: refused
  int refused = 0;      // invalid, refused
  int total() const { return accepted + unsupported + ruled_out + refused; }
};

std::string TextOf(const json::Value& value, std::string_view name) {
  const json::Value* found = value.Find(name);
  if (found == nullptr) return "";
  return found->if_string() != nullptr ? *found->if_string()
                                       : json::Write(*found);
}

// A key set, or one key taken for a set of one.
Result<JwkSet> KeysOf(const json::Value& key) {
  if (key.Find("keys") != nullptr) return JwkSet::FromJson(key);
  std::vector<Jwk> keys;
  keys.push_back(TRY(ParseJwk(key)));
  return JwkSet(std::move(keys));
}

Result<> VerifyText(const std::string& text, const json::Value& key) {
  auto jws = TRY(UnverifiedJws::Parse(text));
  TRY(ParseJwsAlg(jws.alg()));
  const JwkSet keys = TRY(KeysOf(key));
  const Jwk* chosen = jws.kid() ? keys.Find(*jws.kid()) : nullptr;
  if (chosen == nullptr && keys.keys().size() == 1 &&
      key.Find("keys") == nullptr) {
    chosen = &keys.keys()[0];
  }
  if (chosen == nullptr) return Fail(ErrorCode::kUntrusted, "no such key");
  CheckLog log;
  const auto good = VerifyJws(std::move(jws), *chosen, log);
  if (!good) return tl::unexpected(good.error());
  return {};
}

void JudgeJws(const json::Value& group, const json::Value& one,
              Counts& counts) {
  const json::Value* key = group.Find("public");
  // Symmetric groups have the one key only.
  if (key == nullptr) key = group.Find("private");
  const auto result = VerifyText(TextOf(one, "jws"), *key);
  if (TextOf(one, "result") != "valid") {
    EXPECT_FALSE(result);
    ++counts.refused;
  } else if (result) {
    ++counts.accepted;
  } else if (result.error().code == ErrorCode::kUnsupported) {
    const std::string text = result.error().Text();
    EXPECT_TRUE(text.find("HS") != std::string::npos ||
                text.find("ES521") != std::string::npos)
        << text;
    ++counts.unsupported;
  } else {
    // RFC 7520's figure 20: the key says PS256, the message PS384. The
    // algorithm is the key's, so this is refused. Two HS256 cases have a stray
    // character, which a strict decoder does not skip.
    const std::string comment = TextOf(one, "comment");
    if (comment == "Figure20") {
      EXPECT_EQ(result.error().check, &kJwsAlg) << result.error().Text();
    } else {
      EXPECT_EQ(comment.find("InvalidCharacterInserted"), 0u) << comment;
      EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    }
    ++counts.ruled_out;
  }
}

crypto::PrivateKey KeyOf(const json::Value& group) {
  if (auto own = ParsePrivateJwk(*group.Find("private"))) return own->key;
  return test::PrivateKeyFrom(test::kP256PrivateJwk).key;
}

void JudgeJwe(const json::Value& group, const json::Value& one,
              Counts& counts) {
  JweOpenOptions options;
  options.rsa15 = Rsa15::kAllow;
  const std::string key_alg = TextOf(*group.Find("private"), "alg");
  if (auto alg = ParseJweAlg(key_alg)) options.alg = *alg;
  CheckLog log;
  const auto result =
      OpenJweCompact(TextOf(one, "jwe"), KeyOf(group), options, log);
  if (TextOf(one, "result") != "valid") {
    EXPECT_FALSE(result);
    ++counts.refused;
  } else if (result) {
    if (one.Find("pt") != nullptr) {
      EXPECT_EQ(HexEncode(result->view()), TextOf(one, "pt"));
    }
    ++counts.accepted;
  } else {
    EXPECT_EQ(result.error().code, ErrorCode::kUnsupported)
        << result.error().Text();
    EXPECT_TRUE(
        result.error().check == &kJweEnc || result.error().check == &kJweZip ||
        result.error().message.find("is not offered") != std::string::npos)
        << result.error().Text();
    ++counts.unsupported;
  }
}

Counts JudgeFile(const std::string& path) {
  const json::Value file = Json(vouchsafe::testing::ReadFile(path));
  Counts counts;
  for (const json::Value& group : *file.Find("testGroups")->if_array()) {
    for (const json::Value& one : *group.Find("tests")->if_array()) {
      SCOPED_TRACE(TextOf(one, "tcId") + " " + TextOf(one, "comment"));
      if (one.Find("jws") != nullptr) {
        JudgeJws(group, one, counts);
      } else {
        JudgeJwe(group, one, counts);
      }
    }
  }
  EXPECT_EQ(counts.total(), *file.Find("numberOfTests")->int64());
  std::printf(
      "%s: %d valid accepted, %d valid refused as unsupported, %d ruled out, "
      "%d invalid refused\n",
      path.substr(path.rfind('/') + 1).c_str(), counts.accepted,
      counts.unsupported, counts.ruled_out, counts.refused);
  return counts;
}

TEST(Wycheproof, Signatures) {
  SHARED_OR_SKIP(path, "vectors/wycheproof/json_web_signature_test.json");
  const Counts counts = JudgeFile(path);
  EXPECT_EQ(counts.refused, 355);
  EXPECT_EQ(counts.ruled_out, 4);
  EXPECT_EQ(counts.accepted, 32);
  EXPECT_EQ(counts.unsupported, 10);
}

TEST(Wycheproof, Encryption) {
  SHARED_OR_SKIP(path, "vectors/wycheproof/json_web_encryption_test.json");
  const Counts counts = JudgeFile(path);
  EXPECT_EQ(counts.accepted, 3);
  EXPECT_EQ(counts.unsupported, 62);
}

TEST(Wycheproof, Keys) {
  SHARED_OR_SKIP(path, "vectors/wycheproof/json_web_key_test.json");
  const Counts counts = JudgeFile(path);
  EXPECT_EQ(counts.accepted, 1);
  EXPECT_EQ(counts.unsupported, 4);
  EXPECT_EQ(counts.refused, 21);
}

TEST(Wycheproof, Crypto) {
  SHARED_OR_SKIP(path, "vectors/wycheproof/json_web_crypto_test.json");
  const Counts counts = JudgeFile(path);
  EXPECT_EQ(counts.refused, 77);
}

}  // namespace
}  // namespace vouchsafe::jose
