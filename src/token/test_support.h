#pragma once

// Tokens made on the spot, for this folder's tests.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/request.h"
#include "checks/check.h"
#include "jose/jwk.h"
#include "jose/jws.h"
#include "json/parse.h"
#include "json/write.h"
#include "token/test_fixtures.h"

namespace vouchsafe::token::test {

inline constexpr int64_t kNow = 1'800'000'000;  // 2027

inline crypto::PrivateKey KeyFrom(std::string_view pem) {
  auto key = crypto::PrivateKey::FromPem(pem);
  EXPECT_TRUE(key) << (key ? "" : key.error().Text());
  return *std::move(key);
}

// A context on a clock that stands still.
struct Now {
  explicit Now(int64_t unix_s = kNow) : clock(unix_s) {
    context.clock = &clock;
  }
  void Advance(std::chrono::seconds by) { clock.Advance(by); }
  ManualClock clock;
  RequestContext context;
};

inline json::Object Object(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return *value->if_object();
}

inline std::string Sign(const json::Object& header, std::string_view claims,
                        const crypto::PrivateKey& key) {
  auto text = jose::SignJws(header, AsBytes(claims), key);
  EXPECT_TRUE(text) << (text ? "" : text.error().Text());
  return text ? *text : "";
}

// A header's jwk with these certificates.
inline json::Value HeaderJwk(const crypto::PrivateKey& key,
                             std::vector<std::string> x5c) {
  jose::Jwk jwk = jose::JwkOf(key.Public());
  jwk.alg = "ES256";
  jwk.x5c = std::move(x5c);
  return json::Value(jose::JwkToJson(jwk));
}

inline std::string KidToken(std::string_view kid, std::string_view claims,
                            const crypto::PrivateKey& key) {
  json::Object header;
  header.Set("alg", "ES256");
  header.Set("kid", kid);
  return Sign(header, claims, key);
}

inline std::string KeySetText(std::string_view kid,
                              const crypto::PrivateKey& key) {
  jose::Jwk jwk = jose::JwkOf(key.Public());
  jwk.alg = "ES256";
  jwk.kid = std::string(kid);
  return "{\"keys\":[" + json::Write(json::Value(jose::JwkToJson(jwk))) + "]}";
}

template <class T>
void ExpectRefused(const Result<T>& result, const Check& check) {
  ASSERT_FALSE(result.has_value()) << "want " << check.id;
  ASSERT_NE(result.error().check, nullptr) << result.error().Text();
  EXPECT_EQ(result.error().check->id, check.id) << result.error().Text();
  EXPECT_EQ(result.error().code, check.code);
}

template <class T>
void ExpectCode(const Result<T>& result, ErrorCode code,
                std::string_view part) {
  ASSERT_FALSE(result.has_value()) << "want " << ErrorCodeName(code);
  EXPECT_EQ(ErrorCodeName(result.error().code), ErrorCodeName(code))
      << result.error().Text();
  EXPECT_NE(result.error().Text().find(part), std::string::npos)
      << result.error().Text();
}

}  // namespace vouchsafe::token::test
