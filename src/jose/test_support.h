#pragma once

// Shorthands of this folder's tests.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "checks/check.h"
#include "jose/jwk.h"
#include "jose/test_keys.h"
#include "json/parse.h"

namespace vouchsafe::jose::test {

inline json::Value Json(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return value ? *std::move(value) : json::Value();
}

inline PrivateJwk PrivateKeyFrom(std::string_view text) {
  auto key = ParsePrivateJwk(Json(text));
  EXPECT_TRUE(key) << (key ? "" : key.error().Text());
  return *std::move(key);
}

inline std::string IdOf(const Error& error) {
  return error.check == nullptr ? "" : std::string(error.check->id);
}

template <class T>
void ExpectRefused(const Result<T>& result, const Check& check) {
  ASSERT_FALSE(result.has_value()) << "want " << check.id;
  EXPECT_EQ(IdOf(result.error()), check.id) << result.error().Text();
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

}  // namespace vouchsafe::jose::test
