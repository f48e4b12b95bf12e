#include "storage/nested.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/shared_data.h"

namespace vouchsafe::storage {
namespace {

namespace fs = std::filesystem;

class Nested : public ::testing::Test {
 protected:
  Nested() : root_(outer_.path() + "/root") {
    fs::create_directories(root_ + "/default/akv");
    Write(root_ + "/default/akv/coco_one", "secret");
    Write(outer_.path() + "/outside", "not yours");
    fs::create_directories(outer_.path() + "/root2/t");
    Write(outer_.path() + "/root2/t/x", "not yours");
  }
  static void Write(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  Result<std::optional<Bytes>> Read(std::string_view a, std::string_view b,
                                    std::string_view c) {
    return ReadNested(root_, a, b, c);
  }

  vouchsafe::testing::TempDir outer_;
  std::string root_;
};

TEST_F(Nested, ReadsAFileAndMissesQuietly) {
  EXPECT_EQ(Read("default", "akv", "coco_one").value(), ToBytes("secret"));
  EXPECT_FALSE(Read("default", "akv", "none").value());
  EXPECT_FALSE(Read("none", "akv", "coco_one").value());
  EXPECT_FALSE(Read("default", "akv", std::string(300, 'x')).value());
  EXPECT_FALSE(ReadNested(outer_.path() + "/none", "a", "b", "c").value());
  fs::create_directory(root_ + "/default/akv/folder");
  EXPECT_FALSE(Read("default", "akv", "folder").value());
  EXPECT_FALSE(Read("default", "akv", "coco_one\n").value());
}

// Kubernetes: tag -> ..data/tag, ..data -> ..2026_01_01/
TEST_F(Nested, FollowsLinksWithin) {
  const std::string akv = root_ + "/default/akv/";
  fs::create_directory(akv + "..2026_01_01");
  Write(akv + "..2026_01_01/key", "mounted");
  fs::create_directory_symlink("..2026_01_01", akv + "..data");
  fs::create_symlink("..data/key", akv + "key");
  EXPECT_EQ(Read("default", "akv", "key").value(), ToBytes("mounted"));
  // To a sibling by way of the parent, still within.
  fs::create_directory(root_ + "/default/other");
  fs::create_symlink("../akv/coco_one", root_ + "/default/other/up");
  EXPECT_EQ(Read("default", "other", "up").value(), ToBytes("secret"));
}

TEST_F(Nested, LinksThatLeadOutAreForbidden) {
  const std::string akv = root_ + "/default/akv/";
  fs::create_symlink("../../../outside", akv + "relative");
  fs::create_symlink(outer_.path() + "/outside", akv + "absolute");
  fs::create_symlink("/etc/passwd", akv + "passwd");
  fs::create_directory_symlink("../root2", root_ + "/sibling");
  fs::create_symlink("loop", akv + "loop");
  for (const char* tag : {"relative", "absolute", "passwd", "loop"}) {
    const auto read = Read("default", "akv", tag);
    ASSERT_FALSE(read) << tag;
    EXPECT_EQ(read.error().code, ErrorCode::kForbidden) << tag;
  }
  EXPECT_EQ(Read("sibling", "t", "x").error().code, ErrorCode::kForbidden);
}

TEST_F(Nested, NamesAreSingleSegments) {
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"),
        std::string("/"), std::string("a\0b", 3)}) {
    EXPECT_EQ(Read(bad, "akv", "coco_one").error().code,
              ErrorCode::kInvalidInput);
    EXPECT_EQ(Read("default", bad, "coco_one").error().code,
              ErrorCode::kInvalidInput);
    EXPECT_EQ(Read("default", "akv", bad).error().code,
              ErrorCode::kInvalidInput);
  }
}

TEST_F(Nested, SpecialFilesAndLargeOnesAreNotRead) {
  const std::string akv = root_ + "/default/akv/";
  ASSERT_EQ(mkfifo((akv + "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(Read("default", "akv", "pipe").value());
  EXPECT_EQ(ReadNested(root_, "default", "akv", "coco_one", 5).error().code,
            ErrorCode::kTooLarge);
  EXPECT_TRUE(ReadNested(root_, "default", "akv", "coco_one", 6).value());
}

TEST_F(Nested, WritesNewAndReplaces) {
  const std::string root = outer_.path() + "/new/dir";
  ASSERT_TRUE(WriteNested(root, "default", "key", "1", AsBytes("one")));
  EXPECT_EQ(ReadNested(root, "default", "key", "1").value(), ToBytes("one"));
  ASSERT_TRUE(WriteNested(root, "default", "key", "1", AsBytes("")));
  EXPECT_EQ(ReadNested(root, "default", "key", "1").value(), ToBytes(""));
  // Nothing beside it is left over, and nobody else may read it.
  const std::string folder = root + "/default/key";
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
  EXPECT_EQ(fs::status(folder + "/1").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
}

TEST_F(Nested, WritesReplaceALinkNotWhatItLeadsTo) {
  fs::create_symlink(outer_.path() + "/outside", root_ + "/default/akv/link");
  ASSERT_TRUE(WriteNested(root_, "default", "akv", "link", AsBytes("mine")));
  EXPECT_EQ(Read("default", "akv", "link").value(), ToBytes("mine"));
  EXPECT_FALSE(fs::is_symlink(root_ + "/default/akv/link"));
  std::ifstream outside(outer_.path() + "/outside");
  std::string text;
  std::getline(outside, text);
  EXPECT_EQ(text, "not yours");
}

TEST_F(Nested, WritesAndDeletionsStayWithin) {
  fs::create_directory_symlink("../root2", root_ + "/sibling");
  fs::create_directory_symlink(outer_.path(), root_ + "/default/out");
  fs::create_directory_symlink("akv", root_ + "/default/in");
  EXPECT_EQ(WriteNested(root_, "sibling", "t", "x", AsBytes("y")).error().code,
            ErrorCode::kForbidden);
  EXPECT_EQ(
      WriteNested(root_, "default", "out", "x", AsBytes("y")).error().code,
      ErrorCode::kForbidden);
  EXPECT_EQ(DeleteNested(root_, "sibling", "t", "x").error().code,
            ErrorCode::kForbidden);
  EXPECT_EQ(DeleteNested(root_, "default", "out", "outside").error().code,
            ErrorCode::kForbidden);
  EXPECT_TRUE(fs::exists(outer_.path() + "/root2/t/x"));
  EXPECT_TRUE(fs::exists(outer_.path() + "/outside"));
  // A link within is as good as what it leads to.
  ASSERT_TRUE(WriteNested(root_, "default", "in", "two", AsBytes("2")));
  EXPECT_EQ(Read("default", "akv", "two").value(), ToBytes("2"));
  for (const std::string_view bad : {"", ".", "..", "a/b"}) {
    EXPECT_EQ(WriteNested(root_, "default", "akv", bad, {}).error().code,
              ErrorCode::kInvalidInput);
    EXPECT_EQ(WriteNested(root_, bad, "akv", "x", {}).error().code,
              ErrorCode::kInvalidInput);
    EXPECT_EQ(DeleteNested(root_, "default", bad, "x").error().code,
              ErrorCode::kInvalidInput);
  }
}

TEST_F(Nested, AFailedWriteLeavesNothingBehind) {
  fs::create_directory(root_ + "/default/akv/folder");
  EXPECT_EQ(
      WriteNested(root_, "default", "akv", "folder", AsBytes("x")).error().code,
      ErrorCode::kUnavailable);
  EXPECT_FALSE(fs::exists(root_ + "/default/akv/.vouchsafe-write"));
  // A file where a folder should be.
  EXPECT_EQ(WriteNested(root_, "default", "akv/", "x", {}).error().code,
            ErrorCode::kInvalidInput);
  Write(root_ + "/plain", "");
  EXPECT_EQ(WriteNested(root_, "plain", "t", "x", {}).error().code,
            ErrorCode::kUnavailable);
}

TEST_F(Nested, Deletes) {
  EXPECT_TRUE(DeleteNested(root_, "default", "akv", "coco_one").value());
  EXPECT_FALSE(Read("default", "akv", "coco_one").value());
  EXPECT_FALSE(DeleteNested(root_, "default", "akv", "coco_one").value());
  EXPECT_FALSE(DeleteNested(root_, "none", "akv", "coco_one").value());
  EXPECT_FALSE(DeleteNested(outer_.path() + "/none", "a", "b", "c").value());
  fs::create_directory(root_ + "/default/akv/folder");
  EXPECT_FALSE(DeleteNested(root_, "default", "akv", "folder").value());
}

}  // namespace
}  // namespace vouchsafe::storage
