#include "collateral/memory_cache.h"

#include <gtest/gtest.h>

namespace vouchsafe::collateral {
namespace {

MemoryCache::Answer Some(size_t size) {
  auto object = std::make_shared<Object>();
  object->bytes = Bytes(size);
  return std::shared_ptr<const Object>(std::move(object));
}

TEST(MemoryCache, ByteBoundPushesOutTheLeastRecentlyUsed) {
  MemoryCache cache(5000, 100);
  cache.Put({"k", "1"}, Some(2000), 10);
  cache.Put({"k", "2"}, Some(1000), 10);
  EXPECT_NE(cache.Find({"k", "1"}, 0), nullptr);
  cache.Put({"k", "3"}, Some(2000), 10);
  EXPECT_EQ(cache.Find({"k", "2"}, 0), nullptr);
  EXPECT_NE(cache.Find({"k", "1"}, 0), nullptr);
  EXPECT_NE(cache.Find({"k", "3"}, 0), nullptr);
  EXPECT_LE(cache.bytes(), 5000u);
}

TEST(MemoryCache, WhatIsTooLargeIsNotKept) {
  MemoryCache cache(1000, 100);
  cache.Put({"k", "1"}, Some(100), 10);
  cache.Put({"k", "2"}, Some(1000), 10);
  EXPECT_EQ(cache.Find({"k", "2"}, 0), nullptr);
  EXPECT_NE(cache.Find({"k", "1"}, 0), nullptr);
  MemoryCache none(1000, 0);
  none.Put({"k", "1"}, Some(1), 10);
  EXPECT_EQ(none.objects(), 0u);
}

TEST(MemoryCache, ReplacesErasesAndExpires) {
  MemoryCache cache(5000, 100);
  cache.Put({"k", "1"}, Some(100), 10);
  const size_t before = cache.bytes();
  cache.Put({"k", "1"}, Fail(ErrorCode::kNotFound, "no"), 20);
  EXPECT_LT(cache.bytes(), before);
  EXPECT_FALSE(cache.Find({"k", "1"}, 19)->has_value());
  EXPECT_EQ(cache.Find({"k", "1"}, 20), nullptr);
  EXPECT_EQ(cache.objects(), 0u);
  EXPECT_EQ(cache.bytes(), 0u);
  cache.Erase({"k", "1"});
}

}  // namespace
}  // namespace vouchsafe::collateral
