#include "base/secret.h"

#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>

namespace vouchsafe {
namespace {

template <class T>
concept Printable =
    requires(std::ostream& out, const T& value) { out << value; };

static_assert(!Printable<SecretBytes>);
static_assert(!std::is_convertible_v<SecretBytes, std::string>);
static_assert(!std::is_convertible_v<Bytes, SecretBytes>);

TEST(Secret, CopiesAndMoves) {
  SecretBytes secret(Bytes{1, 2, 3});
  const SecretBytes copy = secret;
  EXPECT_TRUE(Equal(copy.view(), Bytes{1, 2, 3}));
  SecretBytes moved = std::move(secret);
  EXPECT_TRUE(Equal(moved.view(), Bytes{1, 2, 3}));
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move): the promise
  SecretBytes target(Bytes{9, 9, 9, 9});
  target = copy;
  EXPECT_EQ(target.size(), 3u);
  target = std::move(moved);
  EXPECT_TRUE(Equal(target.view(), Bytes{1, 2, 3}));
  SecretBytes& same = target;
  target = same;
  EXPECT_EQ(target.size(), 3u);
}

TEST(Secret, CleanseOverwrites) {
  Bytes bytes{1, 2, 3};
  Cleanse(bytes);
  EXPECT_TRUE(IsAllZero(bytes));
  Cleanse({});
}

TEST(Secret, MutableSpanWritesThrough) {
  SecretBytes secret(size_t{2});
  EXPECT_TRUE(IsAllZero(secret.view()));
  secret.mutable_span()[1] = 7;
  EXPECT_TRUE(Equal(secret.view(), Bytes{0, 7}));
}

TEST(Secret, ConstantTimeEqualIsEquality) {
  EXPECT_TRUE(ConstantTimeEqual({}, {}));
  EXPECT_TRUE(ConstantTimeEqual(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(ConstantTimeEqual(Bytes{1, 2}, Bytes{1}));
  EXPECT_FALSE(ConstantTimeEqual(Bytes{1, 2}, Bytes{0, 2}));
  EXPECT_FALSE(ConstantTimeEqual(Bytes{1, 2}, Bytes{1, 0x82}));
}

}  // namespace
}  // namespace vouchsafe
