#pragma once

// What every backend must do, as one set of tests. A backend's test program
// includes this and says INSTANTIATE_TEST_SUITE_P(Name, StoreContract,
// testing::Values(...)). Test code only.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "storage/store.h"

namespace vouchsafe::storage {

// An empty namespace to test, and how to open it again as a new process would
// (nullptr when nothing survives that).
struct ContractSubject {
  std::shared_ptr<Store> store;
  std::function<std::shared_ptr<Store>()> reopen;
  std::shared_ptr<void> keep_alive;  // folders and the like
};

struct ContractBackend {
  const char* name;
  std::function<ContractSubject(const Clock&)> make;
};

class StoreContract : public testing::TestWithParam<ContractBackend> {
 protected:
  StoreContract() : subject_(GetParam().make(clock_)) {}

  Store& store() { return *subject_.store; }
  std::optional<Bytes> Read(std::string_view key) {
    Result<std::optional<Bytes>> value = store().Get(key);
    EXPECT_TRUE(value) << value.error().Text();
    return value ? *value : std::nullopt;
  }
  std::string ReadText(std::string_view key) {
    const std::optional<Bytes> value = Read(key);
    return value ? ToText(*value) : "(absent)";
  }
  void Write(std::string_view key, std::string_view value) {
    const Result<SetOutcome> outcome = store().Set(key, AsBytes(value));
    ASSERT_TRUE(outcome) << outcome.error().Text();
    EXPECT_EQ(*outcome, SetOutcome::kStored);
  }
  Result<SetOutcome> WriteUntil(std::string_view key, std::string_view value,
                                int64_t expires) {
    return store().Set(key, AsBytes(value),
                       SetOptions{SetMode::kAny, {}, expires});
  }
  std::vector<std::string> Keys(std::string_view prefix = {}) {
    return store().ListAll(prefix).value();
  }
  using Names = std::vector<std::string>;

  ManualClock clock_{1'800'000'000};
  ContractSubject subject_;
};

TEST_P(StoreContract, SetGetReplaceDelete) {
  EXPECT_EQ(Read("a"), std::nullopt);
  Write("a", "one");
  EXPECT_EQ(ReadText("a"), "one");
  Write("a", "two");
  EXPECT_EQ(ReadText("a"), "two");
  EXPECT_EQ(store().Delete("a").value(), ToBytes("two"));
  EXPECT_EQ(store().Delete("a").value(), std::nullopt);
  EXPECT_EQ(Read("a"), std::nullopt);
  EXPECT_TRUE(Keys().empty());
}

TEST_P(StoreContract, AnyBytesAreAValue) {
  Bytes all(256);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint8_t>(i);
  for (const Bytes& value : {Bytes{}, Bytes{0}, all, Bytes(100'000, 0xff)}) {
    ASSERT_TRUE(store().Set("k", value));
    EXPECT_EQ(Read("k"), value);
  }
}

TEST_P(StoreContract, AnyUtf8IsAKey) {
  const Names keys = {"plain",
                      "default/akv/coco_one",
                      "a:b",
                      "%41",
                      "a%2Fb",
                      "a\\x2Fb",
                      ".",
                      "..",
                      "../x",
                      "/lead",
                      "trail/",
                      "two//slashes",
                      "gr\xc3\xbc\xc3\x9f",
                      " ",
                      "\n",
                      "~tmp-write",
                      "~sha256-x",
                      std::string(300, 'x'),
                      std::string(4096, '/'),
                      "A",
                      "a"};
  for (const std::string& key : keys) Write(key, "value of " + key);
  for (const std::string& key : keys) {
    EXPECT_EQ(ReadText(key), "value of " + key);
  }
  Names sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(Keys(), sorted);
  for (const std::string& key : keys) {
    EXPECT_EQ(store().Delete(key).value(), ToBytes("value of " + key));
  }
  EXPECT_TRUE(Keys().empty());
}

TEST_P(StoreContract, BadKeysAndValuesAreRefusedEverywhere) {
  const struct {
    const char* name;
    std::string key;
  } cases[] = {
      {"empty", ""},
      {"zero byte", std::string("a\0b", 3)},
      {"not UTF-8", "\xff"},
      {"cut UTF-8", "\xc3"},
      {"too long", std::string(kMaxKey + 1, 'k')},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(store().Get(c.key).error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(store().Set(c.key, {}).error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(store().Delete(c.key).error().code, ErrorCode::kInvalidInput);
    const Change change{c.key, Bytes{}};
    EXPECT_EQ(store().Apply({&change, 1}).error().code,
              ErrorCode::kInvalidInput);
  }
  const Bytes large(kMaxValue + 1);
  EXPECT_EQ(store().Set("k", large).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(Keys().empty());
}

TEST_P(StoreContract, IfAbsent) {
  EXPECT_EQ(store().SetIfAbsent("k", AsBytes("one")).value(),
            SetOutcome::kStored);
  EXPECT_EQ(store().SetIfAbsent("k", AsBytes("two")).value(),
            SetOutcome::kExists);
  EXPECT_EQ(ReadText("k"), "one");
}

TEST_P(StoreContract, IfEqual) {
  EXPECT_EQ(store().SetIfEqual("k", AsBytes("x"), {}).value(),
            SetOutcome::kDiffers);
  EXPECT_EQ(Read("k"), std::nullopt);
  Write("k", "one");
  EXPECT_EQ(store().SetIfEqual("k", AsBytes("x"), ToBytes("two")).value(),
            SetOutcome::kDiffers);
  EXPECT_EQ(store().SetIfEqual("k", AsBytes("two"), ToBytes("one")).value(),
            SetOutcome::kStored);
  EXPECT_EQ(ReadText("k"), "two");
}

TEST_P(StoreContract, ExpiresAtItsSecond) {
  const int64_t now = clock_.UnixSeconds();
  ASSERT_TRUE(WriteUntil("k", "v", now + 10));
  Write("stays", "v");
  clock_.Advance(std::chrono::seconds(9));
  EXPECT_EQ(ReadText("k"), "v");
  EXPECT_EQ(Keys(), (Names{"k", "stays"}));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Read("k"), std::nullopt);
  EXPECT_EQ(Keys(), (Names{"stays"}));
  EXPECT_EQ(store().SetIfEqual("k", AsBytes("x"), ToBytes("v")).value(),
            SetOutcome::kDiffers);
  EXPECT_EQ(store().Delete("k").value(), std::nullopt);
}

TEST_P(StoreContract, AnExpiredKeyIsAbsent) {
  ASSERT_TRUE(WriteUntil("k", "old", clock_.UnixSeconds() + 1));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(store().SetIfAbsent("k", AsBytes("old")).value(),
            SetOutcome::kStored);
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(ReadText("k"), "old");  // the same bytes, now without an expiry
}

TEST_P(StoreContract, ASetReplacesTheExpiry) {
  const int64_t now = clock_.UnixSeconds();
  ASSERT_TRUE(WriteUntil("shorter", "v", now + 100));
  ASSERT_TRUE(WriteUntil("shorter", "v", now + 10));
  ASSERT_TRUE(WriteUntil("longer", "v", now + 10));
  ASSERT_TRUE(WriteUntil("longer", "w", now + 100));
  ASSERT_TRUE(WriteUntil("never", "v", now + 10));
  Write("never", "v");
  Write("now dated", "v");
  ASSERT_TRUE(WriteUntil("now dated", "w", now + 10));
  clock_.Advance(std::chrono::seconds(50));
  EXPECT_EQ(Keys(), (Names{"longer", "never"}));
  clock_.Advance(std::chrono::seconds(50));
  EXPECT_EQ(Keys(), (Names{"never"}));
}

TEST_P(StoreContract, SweepFreesWhatExpired) {
  const int64_t now = clock_.UnixSeconds();
  Write("stays", "v");
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(WriteUntil(key, key, now + 10));
  }
  EXPECT_EQ(store().Sweep(100).value(), 0u);
  clock_.Advance(std::chrono::seconds(10));
  EXPECT_EQ(store().Sweep(2).value(), 2u);
  EXPECT_EQ(store().Sweep(100).value(), 1u);
  EXPECT_EQ(store().Sweep(100).value(), 0u);
  EXPECT_EQ(Keys(), (Names{"stays"}));
}

TEST_P(StoreContract, ListsPagesInByteOrder) {
  Names want;
  for (int i = 0; i < 25; ++i) {
    want.push_back("p/" + std::string(1, static_cast<char>('a' + i)));
  }
  for (auto it = want.rbegin(); it != want.rend(); ++it) Write(*it, "v");
  Write("o", "v");
  Write("q", "v");
  Names got;
  std::string cursor;
  int pages = 0;
  do {
    const KeyPage page = store().List("p/", cursor, 10).value();
    EXPECT_LE(page.keys.size(), 10u);
    got.insert(got.end(), page.keys.begin(), page.keys.end());
    cursor = page.next;
    ++pages;
  } while (!cursor.empty());
  EXPECT_EQ(got, want);
  EXPECT_EQ(pages, 3);
  // A cursor need not be a key that is still there.
  EXPECT_EQ(store().List("p/", "p/x5", 10).value().keys, (Names{"p/y"}));
  EXPECT_EQ(store().List("", "p/y", 10).value().keys, (Names{"q"}));
  EXPECT_EQ(store().List("", "", 0).value().keys, (Names{"o"}));
  EXPECT_TRUE(store().List("none", "", 10).value().keys.empty());
}

TEST_P(StoreContract, AppliesAll) {
  Write("gone", "v");
  Write("equal", "old");
  std::vector<Change> changes;
  changes.push_back({"new", ToBytes("1"), {SetMode::kIfAbsent, {}, {}}});
  changes.push_back({"gone", std::nullopt});
  changes.push_back({"never there", std::nullopt});
  changes.push_back(
      {"equal", ToBytes("2"), {SetMode::kIfEqual, ToBytes("old"), {}}});
  changes.push_back(
      {"dated", ToBytes("3"), {SetMode::kAny, {}, clock_.UnixSeconds() + 5}});
  const Result<> applied = store().Apply(changes);
  ASSERT_TRUE(applied) << applied.error().Text();
  EXPECT_EQ(Keys(), (Names{"dated", "equal", "new"}));
  EXPECT_EQ(ReadText("equal"), "2");
  clock_.Advance(std::chrono::seconds(5));
  EXPECT_EQ(Keys(), (Names{"equal", "new"}));
  EXPECT_TRUE(store().Apply({}));
}

TEST_P(StoreContract, AppliesNothingWhenAConditionFails) {
  Write("there", "v");
  const std::vector<Change> changes = {
      {"first", ToBytes("1")},
      {"there", ToBytes("2"), {SetMode::kIfAbsent, {}, {}}},
      {"last", ToBytes("3")}};
  EXPECT_EQ(store().Apply(changes).error().code, ErrorCode::kConflict);
  EXPECT_EQ(Keys(), (Names{"there"}));
  EXPECT_EQ(ReadText("there"), "v");
}

TEST_P(StoreContract, RefusesBatchesThatMakeNoSense) {
  const std::vector<Change> twice = {{"k", ToBytes("1")}, {"k", std::nullopt}};
  EXPECT_EQ(store().Apply(twice).error().code, ErrorCode::kInvalidInput);
  std::vector<Change> many;
  for (size_t i = 0; i <= kMaxBatch; ++i) {
    many.push_back({std::to_string(i), Bytes{}});
  }
  EXPECT_EQ(store().Apply(many).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(Keys().empty());
}

TEST_P(StoreContract, SurvivesBeingOpenedAgain) {
  if (!subject_.reopen) GTEST_SKIP() << "nothing survives here";
  const std::string long_key(500, 'k');
  Write("a/b", "v");
  Write(long_key, "long");
  ASSERT_TRUE(WriteUntil("dated", "v", clock_.UnixSeconds() + 5));
  subject_.store.reset();
  subject_.store = subject_.reopen();
  EXPECT_EQ(ReadText("a/b"), "v");
  EXPECT_EQ(ReadText(long_key), "long");
  EXPECT_EQ(Keys(), (Names{"a/b", "dated", long_key}));
  clock_.Advance(std::chrono::seconds(5));
  EXPECT_EQ(Keys(), (Names{"a/b", long_key}));
}

TEST_P(StoreContract, AnotherInstanceSeesChangesAtOnce) {
  if (!subject_.reopen) GTEST_SKIP() << "one instance only";
  const std::shared_ptr<Store> other = subject_.reopen();
  for (int i = 0; i < 20; ++i) {
    const std::string text = std::to_string(i % 10);
    Write("k", text);
    EXPECT_EQ(other->Get("k").value(), ToBytes(text));
    ASSERT_TRUE(other->Set("k", AsBytes("x" + text)));
    EXPECT_EQ(ReadText("k"), "x" + text);
  }
}

TEST_P(StoreContract, OnlyOneOfManyWinsIfAbsent) {
  std::atomic<int> wins = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 20; ++j) {
        const std::string mine = std::to_string(i);
        const auto outcome =
            store().SetIfAbsent("k" + std::to_string(j), AsBytes(mine));
        if (outcome && *outcome == SetOutcome::kStored) ++wins;
        (void)store().Get("k0");
        (void)store().List("", "", 5);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wins, 20);
}

TEST_P(StoreContract, NoUpdateIsLostWithIfEqual) {
  Write("n", "0");
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      for (int done = 0; done < 10;) {
        const Bytes old = store().Get("n").value().value();
        const std::string next = std::to_string(std::stoi(ToText(old)) + 1);
        const auto outcome = store().SetIfEqual("n", AsBytes(next), old);
        if (outcome && *outcome == SetOutcome::kStored) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ReadText("n"), "30");
}

}  // namespace vouchsafe::storage
