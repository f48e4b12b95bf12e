// Answers recorded from released servers, and worked examples of the older
// protocol versions: the guest's private key opens each, and what was refused
// there is refused here.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/encoding.h"
#include "jose/checks.h"
#include "jose/jwe.h"
#include "jose/test_support.h"
#include "json/write.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::jose {
namespace {

using test::Json;
using vouchsafe::testing::ReadFile;

std::string TextAt(const json::Value& value, std::string_view pointer) {
  const json::Value* found = value.At(pointer);
  if (found == nullptr || found->if_string() == nullptr) return "";
  return *found->if_string();
}

// The bodies of a transcript's answers that are JWEs.
std::vector<std::string> Messages(const json::Value& file) {
  std::vector<std::string> out;
  for (const json::Value& step : *file.Find("steps")->if_array()) {
    const std::string body = TextAt(step, "/response/body/text");
    if (body.substr(0, 13) == "{\"protected\":") out.push_back(body);
  }
  return out;
}

crypto::PrivateKey KeyOf(const json::Value& file) {
  auto key = crypto::PrivateKey::FromPem(TextAt(file, "/tee_private_key_pem"));
  EXPECT_TRUE(key) << (key ? "" : key.error().Text());
  return *std::move(key);
}

TEST(Recorded, OldProtocolAnswersOpen) {
  SHARED_OR_SKIP(folder, "goldens/old-protocol");
  for (const std::string name : {"v0.2.0", "v0.2.0-rsa", "v0.3.0",
                                 "v0.3.0-device", "v0.4.0", "v0.4.0-device"}) {
    SCOPED_TRACE(name);
    const json::Value file = Json(ReadFile(folder + "/" + name + ".json"));
    const auto want =
        Base64Decode(TextAt(file, "/jwe_inputs/plaintext_base64"));
    ASSERT_TRUE(want);
    const auto messages = Messages(file);
    ASSERT_EQ(messages.size(), 1u);
    CheckLog log;
    const auto plain = OpenJwe(messages[0], KeyOf(file), {}, log);
    ASSERT_TRUE(plain) << plain.error().Text();
    EXPECT_EQ(AsText(plain->view()), AsText(*want));
  }
}

TEST(Recorded, ShortenedCoordinatesAreRepaired) {
  SHARED_OR_SKIP(path, "goldens/old-protocol/ec-short-coordinate.json");
  const json::Value file = Json(ReadFile(path));
  const json::Array& cases = *file.Find("cases")->if_array();
  EXPECT_EQ(cases.size(), 3u);
  for (const json::Value& one : cases) {
    SCOPED_TRACE(TextAt(one, "/case"));
    CheckLog log;
    const auto to = JweRecipient::FromJwk(*one.Find("tee_pubkey_as_sent"),
                                          Rsa15::kRefuse, log);
    ASSERT_TRUE(to) << to.error().Text();
    const crypto::EcPoint point = to->key().ec_point();
    EXPECT_EQ(Base64UrlEncode(point.x), TextAt(one, "/true_x"));
    EXPECT_EQ(Base64UrlEncode(point.y), TextAt(one, "/true_y"));
    const auto plain =
        OpenJwe(json::Write(*one.Find("jwe")), KeyOf(one), {}, log);
    EXPECT_TRUE(plain) << plain.error().Text();
  }
}

TEST(Recorded, AnswersOfReleasedServersOpen) {
  SHARED_OR_SKIP(folder, "goldens/kbs-http");
  // What the recorded server answered with a JWE, and we can open.
  const std::map<std::string, int> opened = {
      {"jwe-ec-p256", 0}, {"jwe-ec-p521", 0},  {"jwe-rsa-oaep-256", 0},
      {"jwe-rsa1_5", 0},  {"jwe-rsa-4096", 0},
  };
  int count = 0;
  for (const std::string& path : vouchsafe::testing::FilesIn(folder)) {
    std::string name = path.substr(path.rfind('/') + 1);
    name = name.substr(0, name.rfind('.'));
    if (name.substr(0, 4) != "jwe-") continue;
    SCOPED_TRACE(name);
    const json::Value file = Json(ReadFile(path));
    const auto messages = Messages(file);
    if (opened.count(name) == 0) {
      // Refused upstream, or ML-KEM, which is not offered.
      for (const std::string& message : messages) {
        CheckLog log;
        const auto rsa = test::PrivateKeyFrom(test::kRsaPrivateJwk).key;
        EXPECT_FALSE(OpenJwe(message, rsa, {}, log));
      }
      continue;
    }
    ASSERT_FALSE(messages.empty());
    for (const std::string& message : messages) {
      CheckLog log;
      const auto plain =
          OpenJwe(message, KeyOf(file), {std::nullopt, Rsa15::kAllow}, log);
      EXPECT_TRUE(plain) << plain.error().Text();
      ++count;
    }
  }
  std::printf("recorded answers opened: %d\n", count);
  EXPECT_EQ(count, 15);
}

// The keys that guests sent in recorded handshakes.
std::vector<json::Value> TeeKeys(const json::Value& file) {
  std::vector<json::Value> out;
  for (const json::Value& step : *file.Find("steps")->if_array()) {
    const std::string body = TextAt(step, "/request/body/text");
    if (body.find("tee-pubkey") == std::string::npos) continue;
    const json::Value value = Json(body);
    if (const auto* key = value.At("/runtime-data/tee-pubkey")) {
      out.push_back(*key);
    }
  }
  return out;
}

TEST(Recorded, GuestKeys) {
  SHARED_OR_SKIP(folder, "goldens/kbs-http");
  const std::map<std::string, bool> usable = {
      {"jwe-bad-keys", false},    {"jwe-ec-p256", true},
      {"jwe-ec-p384", true},      {"jwe-ec-p521", true},
      {"jwe-ml-kem-768", false},  {"jwe-rsa-1024", false},
      {"jwe-rsa-4096", true},     {"jwe-rsa-8192", true},
      {"jwe-rsa-oaep-256", true}, {"jwe-rsa-oaep-sha1", false},
      {"jwe-rsa1_5", false},      {"jwe-ec-p256-wrong-alg", false},
  };
  for (const auto& [name, want] : usable) {
    SCOPED_TRACE(name);
    const json::Value file = Json(ReadFile(folder + "/" + name + ".json"));
    const auto keys = TeeKeys(file);
    EXPECT_FALSE(keys.empty());
    for (const json::Value& key : keys) {
      CheckLog log;
      const auto to = JweRecipient::FromJwk(key, Rsa15::kRefuse, log);
      EXPECT_EQ(to.has_value(), want)
          << (to ? json::Write(key) : to.error().Text());
      if (to) continue;
      EXPECT_NE(to.error().check, nullptr) << to.error().Text();
    }
  }
}

}  // namespace
}  // namespace vouchsafe::jose
