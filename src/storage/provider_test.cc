#include "storage/provider.h"

#include <gtest/gtest.h>

#include <array>

#include "storage/memory.h"
#include "storage/namespaces.h"
#include "tests/fake/fault_env.h"
#include "tests/support/threads.h"

namespace vouchsafe::storage {
namespace {

class Provider : public testing::Test {
 protected:
  StoreProvider Make(StorageConfig config) {
    return StoreProvider(std::move(config), env_, clock_);
  }

  fake::FaultEnv env_;
  ManualClock clock_{1'800'000'000};
};

TEST_F(Provider, ReadsTrusteesSpellings) {
  const struct {
    const char* text;
    StorageType want;
  } cases[] = {
      {"Memory", StorageType::kMemory},
      {"memory", StorageType::kMemory},
      {"LocalFs", StorageType::kLocalFs},
      {"local_fs", StorageType::kLocalFs},
      {"LocalJson", StorageType::kLocalJson},
      {"local_json", StorageType::kLocalJson},
      {"Postgres", StorageType::kPostgres},
      {"postgres", StorageType::kPostgres},
      {"Redis", StorageType::kRedis},
      {"redis", StorageType::kRedis},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ParseStorageType(c.text).value(), c.want);
  }
  for (const char* bad : {"", "MEMORY", "localfs", "LocalFS", "file"}) {
    EXPECT_EQ(ParseStorageType(bad).error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(StorageTypeName(StorageType::kLocalJson), "LocalJson");
}

TEST_F(Provider, OneInstancePerNamespaceFirstTypeWins) {
  StorageConfig config;
  config.local_fs = StorageConfig::Dir{"/fs"};
  StoreProvider provider = Make(config);
  const auto first = provider.Open("kbs").value();
  EXPECT_EQ(provider.Open("kbs", StorageType::kLocalFs).value(), first);
  const auto other = provider.Open("other", StorageType::kLocalFs).value();
  EXPECT_EQ(provider.Open("other").value(), other);
  ASSERT_TRUE(other->Set("k", AsBytes("v")));
  EXPECT_FALSE(first->Get("k").value());
  EXPECT_TRUE(env_.Paths().contains("/fs/other/k"));
}

TEST_F(Provider, EachTypeNeedsItsTable) {
  StoreProvider provider = Make({});
  const auto fs = provider.Open("kbs", StorageType::kLocalFs);
  ASSERT_FALSE(fs);
  EXPECT_EQ(fs.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(fs.error().Text(),
            "open namespace kbs: invalid configuration: Local FS configuration "
            "is required");
  EXPECT_NE(provider.Open("kbs", StorageType::kLocalJson)
                .error()
                .message.find("Local JSON configuration is required"),
            std::string::npos);
  // A failed attempt leaves no instance behind.
  EXPECT_TRUE(provider.Open("kbs"));
}

TEST_F(Provider, AnEmptyTableMeansTheDefaultFolder) {
  StorageConfig config;
  config.type = StorageType::kLocalJson;
  config.local_json = StorageConfig::Dir{};
  StoreProvider provider = Make(config);
  ASSERT_TRUE(provider.Open("kbs"));
  EXPECT_TRUE(
      env_.Paths().contains(std::string(kDefaultLocalJsonDir) + "/kbs"));
}

TEST_F(Provider, OtherTypesComeByRegistration) {
  StoreProvider provider = Make({});
  const auto missing = provider.Open("kbs", StorageType::kPostgres);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(missing.error().message.find("Postgres is not offered"),
            std::string::npos);
  provider.Register(StorageType::kRedis, [&](std::string_view, Durability) {
    return Result<std::shared_ptr<Store>>(MakeMemoryStore(clock_));
  });
  EXPECT_TRUE(provider.Open("kbs", StorageType::kRedis));
}

TEST_F(Provider, RefusesBadNames) {
  StoreProvider provider = Make({});
  EXPECT_EQ(provider.Open("../etc").error().code, ErrorCode::kInvalidInput);
  for (const std::string_view name :
       {kKbsPolicies, kRepository, kSessions, kProvisioner, kAsPolicies,
        kReferenceValues, kOwnKeys, kOwnPolicyVersions, kOwnProvenance,
        kOwnDecisions, kOwnCollateral}) {
    EXPECT_TRUE(provider.Open(name)) << name;
  }
}

TEST_F(Provider, DurabilityDecidesAboutSync) {
  StorageConfig config;
  config.type = StorageType::kLocalFs;
  config.local_fs = StorageConfig::Dir{"/fs"};
  StoreProvider provider = Make(config);
  const auto durable = provider.Open("kbs").value();
  const auto quick =
      provider.Open(kSessions, {std::nullopt, Durability::kKill}).value();
  int before = env_.operations();
  ASSERT_TRUE(durable->Set("k", AsBytes("v")));
  EXPECT_EQ(env_.operations() - before, 4);  // write, fsync, rename, fsync
  before = env_.operations();
  ASSERT_TRUE(quick->Set("k", AsBytes("v")));
  EXPECT_EQ(env_.operations() - before, 2);  // write, rename
}

TEST_F(Provider, ThreadsOpenTheSameInstance) {
  StoreProvider provider = Make({});
  std::array<std::shared_ptr<Store>, 6> opened;
  testing::InThreads(opened.size(), [&](size_t i) {
    opened[i] = provider.Open(kRepository).value();
    EXPECT_TRUE(provider.Open("other" + std::to_string(i)));
  });
  for (const auto& store : opened) EXPECT_EQ(store, opened[0]);
}

}  // namespace
}  // namespace vouchsafe::storage
