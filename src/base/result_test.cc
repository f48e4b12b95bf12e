#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace vouchsafe {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) {
    return Fail(ErrorCode::kInvalidInput,
                "half: " + std::to_string(number) + " is odd");
  }
  return number / 2;
}

Result<> MustBeEven(int number) {
  TRY(Half(number));
  return {};
}

Result<std::unique_ptr<int>> QuarterOwned(int number) {
  TRY_CONTEXT(MustBeEven(number), "first half");
  const int half = TRY(Half(number));
  return std::make_unique<int>(TRY_CONTEXT(Half(half), "second half"));
}

TEST(Result, TryTakesTheValueOrReturnsTheError) {
  Result<std::unique_ptr<int>> good = QuarterOwned(8);
  ASSERT_TRUE(good);
  EXPECT_EQ(**good, 2);

  const Result<std::unique_ptr<int>> first = QuarterOwned(3);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(first.error().Text(), "first half: half: 3 is odd");

  EXPECT_EQ(QuarterOwned(6).error().Text(), "second half: half: 3 is odd");
}

TEST(Result, ContextIsInnermostFirst) {
  Error error{ErrorCode::kUntrusted, "bad", nullptr, {}};
  error = WithContext(WithContext(std::move(error), "inner"), "outer");
  EXPECT_EQ(error.Text(), "outer: inner: bad");
  EXPECT_EQ(error.code, ErrorCode::kUntrusted);
}

TEST(Result, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(ErrorCode::kInternal);
  for (int code = 0; code <= last; ++code) {
    names.insert(ErrorCodeName(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(last) + 1);
  EXPECT_TRUE(names.contains("untrusted"));
  EXPECT_TRUE(names.contains("internal"));
}

}  // namespace
}  // namespace vouchsafe
