// The files themselves, as Trustee reads and writes them (kbs.md 9.2).

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "storage/local_fs.h"
#include "storage/local_json.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::storage {
namespace {

namespace fs = std::filesystem;
using vouchsafe::testing::ReadFile;

void WriteFile(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

class Layout : public ::testing::Test {
 protected:
  std::shared_ptr<Store> OpenFs(std::string_view name = "repository") {
    return OpenLocalFs(*env_, clock_, dir_.path(), name, Durability::kPowerLoss)
        .value();
  }
  std::shared_ptr<Store> OpenJson(std::string_view name = "kbs") {
    return OpenLocalJson(*env_, clock_, dir_.path(), name,
                         Durability::kPowerLoss)
        .value();
  }
  std::string Path(const std::string& name) { return dir_.path() + "/" + name; }

  vouchsafe::testing::TempDir dir_;
  std::unique_ptr<Env> env_ = MakePosixEnv();
  ManualClock clock_{1'800'000'000};
};

TEST_F(Layout, LocalFsWritesTrusteesFiles) {
  const auto store = OpenFs();
  ASSERT_TRUE(store->Set("default/akv/coco_one", AsBytes("secret")));
  const std::string path = Path("repository/default\\x2Fakv\\x2Fcoco_one");
  EXPECT_EQ(ReadFile(path), "secret");
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  // Trustee lists every file: only values may lie there.
  EXPECT_EQ(vouchsafe::testing::FilesIn(Path("repository")),
            (std::vector<std::string>{path}));
}

TEST_F(Layout, LocalFsReadsWhatOthersPutThere) {
  fs::create_directories(Path("repository/folder"));
  WriteFile(Path("repository/default\\x2Fa\\x2Fb"), "by trustee");
  WriteFile(Path("repository/with blank"), "by hand");
  WriteFile(Path("repository/~tmp-write"), "left over");
  fs::create_symlink("with blank", Path("repository/link"));
  const auto store = OpenFs();
  EXPECT_EQ(store->Get("default/a/b").value(), ToBytes("by trustee"));
  EXPECT_EQ(store->Get("with blank").value(), ToBytes("by hand"));
  EXPECT_FALSE(store->Get("folder").value());
  EXPECT_FALSE(store->Get("~tmp-write").value());
  EXPECT_EQ(store->ListAll().value(),
            (std::vector<std::string>{"default/a/b", "link", "with blank"}));
  // Written by us it gets our name, and goes away under both.
  ASSERT_TRUE(store->Set("with blank", AsBytes("ours")));
  EXPECT_EQ(store->Get("with blank").value(), ToBytes("ours"));
  EXPECT_EQ(store->ListAll().value().size(), 3u);
  EXPECT_EQ(store->Delete("with blank").value(), ToBytes("ours"));
  EXPECT_FALSE(store->Get("with blank").value());
}

TEST_F(Layout, LocalFsReadsWithoutWriting) {
  fs::create_directories(Path("repository"));
  WriteFile(Path("repository/k"), "v");
  const auto store = OpenFs();
  EXPECT_EQ(store->Get("k").value(), ToBytes("v"));
  EXPECT_FALSE(fs::exists(Path("vouchsafe_meta")));
}

TEST_F(Layout, AValueThatTrusteeWroteOverOursNeverExpires) {
  const auto store = OpenFs();
  ASSERT_TRUE(
      store->Set("k", AsBytes("ours"),
                 SetOptions{SetMode::kAny, {}, clock_.UnixSeconds() + 10}));
  WriteFile(Path("repository/k"), "theirs");
  clock_.Advance(std::chrono::seconds(10));
  EXPECT_EQ(store->Get("k").value(), ToBytes("theirs"));
}

TEST_F(Layout, LocalJsonWritesTrusteesFile) {
  const auto store = OpenJson();
  EXPECT_EQ(ReadFile(Path("kbs")), "{}");
  ASSERT_TRUE(store->Set("b/\"c\"", Bytes{0xfb, 0xff, 0xbf, 0xfe}));
  ASSERT_TRUE(store->Set("a", AsBytes("x")));
  EXPECT_EQ(ReadFile(Path("kbs")), R"({"b/\"c\"":"-_-__g==","a":"eA=="})");
}

TEST_F(Layout, LocalJsonKeepsOrderAndWhatItCannotRead) {
  WriteFile(Path("kbs"),
            "{\n \"z\": \"eg==\",\n \"bad\": \"no base64\", \"a\": \"YQ==\"}");
  const auto store = OpenJson();
  EXPECT_EQ(store->Get("z").value(), ToBytes("z"));
  EXPECT_EQ(store->Get("bad").error().code, ErrorCode::kBadPeer);
  ASSERT_TRUE(store->Set("n", AsBytes("n")));
  EXPECT_EQ(ReadFile(Path("kbs")),
            R"({"z":"eg==","bad":"no base64","a":"YQ==","n":"bg=="})");
}

TEST_F(Layout, LocalJsonSeesAnotherWriterInPlace) {
  const auto store = OpenJson();
  for (const char* value : {"eg==", "YQ==", "eg=="}) {
    // Trustee truncates and writes: same inode, same size, maybe the same
    // tick of the clock.
    WriteFile(Path("kbs"), "{\"k\":\"" + std::string(value) + "\"}");
    EXPECT_EQ(store->Get("k").value(), ToBytes(value[0] == 'e' ? "z" : "a"));
  }
}

TEST_F(Layout, LocalJsonRefusesAFileThatIsNoneOfItsOwn) {
  for (const char* text : {"", "[]", "{\"k\":1}", "{\"k\":", "{}x"}) {
    WriteFile(Path("kbs"), text);
    const auto store = OpenJson();
    EXPECT_EQ(store->Get("k").error().code, ErrorCode::kBadPeer) << text;
    EXPECT_EQ(store->Set("k", AsBytes("v")).error().code, ErrorCode::kBadPeer)
        << text;
    EXPECT_EQ(ReadFile(Path("kbs")), text);  // not overwritten
  }
}

TEST_F(Layout, OneInstancePerProcessSharesTheFolder) {
  const auto one = OpenFs();
  const auto two = OpenFs();
  const auto json = OpenJson("kbs");
  ASSERT_TRUE(one->Set("k", AsBytes("v")));
  EXPECT_EQ(two->SetIfAbsent("k", AsBytes("w")).value(), SetOutcome::kExists);
  EXPECT_FALSE(json->Get("k").value());
}

TEST_F(Layout, UnusableFoldersAreNamed) {
  WriteFile(Path("file"), "");
  const auto opened =
      OpenLocalFs(*env_, clock_, Path("file"), "kbs", Durability::kPowerLoss);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(opened.error().message.find(Path("file")), std::string::npos);
}

}  // namespace
}  // namespace vouchsafe::storage
