#include "kbs/resource_plugin.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/memory.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::kbs {
namespace {

using Path = std::vector<std::string>;

TEST(ResourceKeyTest, JoinsValidNames) {
  for (const auto& [path, key] :
       {std::pair<Path, const char*>({"default", "key", "1"}, "default/key/1"),
        {{"a-b", "_c", "d.e."}, "a-b/_c/d.e."}}) {
    const auto joined = ResourceKey(path);
    ASSERT_TRUE(joined) << key;
    EXPECT_EQ(*joined, key);
  }
}

TEST(ResourceKeyTest, RefusesEverythingElse) {
  for (const Path& path :
       {Path{}, Path{"a", "b"}, Path{"a", "b", "c", "d"}, Path{"a", "", "c"},
        Path{"a", "..", "c"}, Path{"a", ".b", "c"}, Path{"a", "b", "c d"},
        Path{"a", "b", "c:1"}, Path{"a", "b/c", "d"},
        Path{"a", "b", "\xc3\xa9"}, Path{"a", "b", std::string("c\0", 2)}}) {
    const auto joined = ResourceKey(path);
    ASSERT_FALSE(joined) << testing::PrintToString(path);
    EXPECT_EQ(joined.error().code, ErrorCode::kInvalidInput);
  }
}

class ResourcePluginTest : public testing::Test {
 protected:
  Result<SecretBytes> Ask(Plugin& plugin, std::string_view method, Path path,
                          std::string_view body = "") {
    const std::map<std::string, std::string> query;
    RequestContext context;
    context.clock = &clock_;
    return plugin.Handle({method, path, query, AsBytes(body), nullptr},
                         context);
  }

  ManualClock clock_{0};
  std::shared_ptr<storage::Store> store_ = storage::MakeMemoryStore(clock_);
};

TEST_F(ResourcePluginTest, ReadsWritesDeletes) {
  ResourcePlugin plugin(store_);
  EXPECT_EQ(Ask(plugin, "GET", {"a", "b", "c"}).error().code,
            ErrorCode::kNotFound);
  ASSERT_TRUE(Ask(plugin, "POST", {"a", "b", "c"}, "one"));
  ASSERT_TRUE(Ask(plugin, "POST", {"a", "b", "c"}, "two"));
  EXPECT_EQ(ToText(Ask(plugin, "GET", {"a", "b", "c"})->view()), "two");
  ASSERT_TRUE(Ask(plugin, "DELETE", {"a", "b", "c"}));
  EXPECT_EQ(Ask(plugin, "DELETE", {"a", "b", "c"}).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(Ask(plugin, "PUT", {"a", "b", "c"}).error().code,
            ErrorCode::kUnsupported);
}

TEST_F(ResourcePluginTest, EmptyValueIsAValue) {
  ResourcePlugin plugin(store_);
  ASSERT_TRUE(Ask(plugin, "POST", {"a", "b", "c"}, ""));
  const auto value = Ask(plugin, "GET", {"a", "b", "c"});
  ASSERT_TRUE(value);
  EXPECT_TRUE(value->empty());
}

TEST_F(ResourcePluginTest, MountedSecretsAreReadWhenTheStoreHasNone) {
  testing::TempDir dir;
  std::filesystem::create_directories(dir.path() + "/default/akv");
  std::ofstream(dir.path() + "/default/akv/coco_one") << "mounted";
  ResourcePlugin plugin(store_, dir.path());
  EXPECT_EQ(ToText(Ask(plugin, "GET", {"default", "akv", "coco_one"})->view()),
            "mounted");
  ASSERT_TRUE(Ask(plugin, "POST", {"default", "akv", "coco_one"}, "stored"));
  EXPECT_EQ(ToText(Ask(plugin, "GET", {"default", "akv", "coco_one"})->view()),
            "stored");
}

TEST_F(ResourcePluginTest, WritingNeedsAnAdministrator) {
  ResourcePlugin plugin(store_);
  const Path path{"a", "b", "c"};
  const std::map<std::string, std::string> query;
  for (const auto& [method, needs] :
       {std::pair("GET", false), std::pair("PUT", false),
        std::pair("POST", true), std::pair("DELETE", true)}) {
    EXPECT_EQ(*plugin.NeedsAdmin({method, path, query, {}, nullptr}), needs)
        << method;
  }
}

TEST_F(ResourcePluginTest, NestedLayoutWritesFilesAndReadsBoth) {
  testing::TempDir dir;
  const std::string file = dir.path() + "/a/b/c";
  ASSERT_TRUE(store_->Set("a/b/c", AsBytes("flat")));
  ASSERT_TRUE(store_->Set("a/b/d", AsBytes("flat only")));
  ResourcePlugin plugin(store_, dir.path(), ResourceLayout::kNested);
  EXPECT_EQ(ToText(Ask(plugin, "GET", {"a", "b", "c"})->view()), "flat");

  ASSERT_TRUE(Ask(plugin, "POST", {"a", "b", "c"}, "nested"));
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
  EXPECT_EQ(*store_->Get("a/b/c"), ToBytes("flat"));
  EXPECT_EQ(ToText(Ask(plugin, "GET", {"a", "b", "c"})->view()), "nested");
  EXPECT_EQ(ToText(Ask(plugin, "GET", {"a", "b", "d"})->view()), "flat only");

  ASSERT_TRUE(Ask(plugin, "DELETE", {"a", "b", "c"}));
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(Ask(plugin, "GET", {"a", "b", "c"}).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(Ask(plugin, "DELETE", {"a", "b", "c"}).error().code,
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace vouchsafe::kbs
