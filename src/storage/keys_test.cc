#include "storage/keys.h"

#include <gtest/gtest.h>

#include "storage/expiry.h"
#include "storage/journal.h"

namespace vouchsafe::storage {
namespace {

TEST(Keys, NamespaceRules) {
  for (const char* good :
       {"kbs", "reference_value", "a/b/c", "..a", "a.b", ".hidden"}) {
    EXPECT_TRUE(CheckNamespace(good)) << good;
  }
  for (const char* bad :
       {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.", "./a", "a\nb",
        "\x7f", "vouchsafe_meta", "vouchsafe_meta/x"}) {
    EXPECT_EQ(CheckNamespace(bad).error().code, ErrorCode::kInvalidInput)
        << bad;
  }
  EXPECT_TRUE(CheckNamespace("vouchsafe_metal"));
  EXPECT_FALSE(CheckNamespace(std::string_view("a\0b", 3)));
}

// Decision 28 and Trustee's LocalFs.
TEST(Keys, FileNamesThereAndBack) {
  const struct {
    const char* key;
    const char* file;
  } cases[] = {
      {"resource-policy.rego", "resource-policy.rego"},
      {"default/akv/coco_one", "default\\x2Fakv\\x2Fcoco_one"},
      {"a:b", "a%3Ab"},
      {"100%", "100%25"},
      {"a\\x2Fb", "a%5Cx2Fb"},
      {".", "%2E"},
      {"..", "%2E%2E"},
      {"...", "..."},
      {"~tmp-write", "%7Etmp-write"},
      {"gr\xc3\xbc\xc3\x9f", "gr%C3%BC%C3%9F"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(FileNameOfKey(c.key), c.file);
    EXPECT_EQ(KeyOfFileName(c.file), c.key);
  }
}

TEST(Keys, NamesThatWeWouldNotGiveAreReadAsTrusteeReadsThem) {
  for (const char* name : {"a b", "a%zz", "a%3a", "a%41", "%", "%2"}) {
    EXPECT_EQ(KeyOfFileName(name), name);
  }
  EXPECT_EQ(KeyOfFileName("a b\\x2Fc"), "a b/c");
  EXPECT_EQ(TrusteeFileName("a b/c"), "a b\\x2Fc");
}

TEST(Keys, LongNamesAreHashed) {
  EXPECT_EQ(FileNameOfKey(std::string(240, 'k')), std::string(240, 'k'));
  const std::string name = FileNameOfKey(std::string(241, 'k'));
  EXPECT_TRUE(IsHashedName(name));
  EXPECT_EQ(name.size(), 72u);
  EXPECT_NE(name, FileNameOfKey(std::string(242, 'k')));
  EXPECT_TRUE(IsHashedName(FileNameOfKey(std::string(81, ':'))));
  EXPECT_FALSE(IsHashedName("~sha256-short"));
}

TEST(Expiry, ALineCountsForItsValueOnly) {
  const Bytes one = ToBytes("one");
  const Bytes two = ToBytes("two");
  const std::string first = ExpiryText(one, 100, "", std::nullopt).value();
  EXPECT_EQ(ExpiryOf(first, one).value(), 100);
  EXPECT_EQ(ExpiryOf(first, two).value(), std::nullopt);
  const std::string both = ExpiryText(two, 200, first, one).value();
  EXPECT_EQ(ExpiryOf(both, one).value(), 100);
  EXPECT_EQ(ExpiryOf(both, two).value(), 200);
  const std::string again = ExpiryText(two, 300, both, two).value();
  EXPECT_EQ(ExpiryOf(again, two).value(), 300);
  EXPECT_EQ(ExpiryOf(again, one).value(), std::nullopt);
  EXPECT_EQ(ExpiryOf("", one).value(), std::nullopt);
}

TEST(Expiry, RefusesWhatItDidNotWrite) {
  const std::string good = ExpiryText(Bytes{1}, 100, "", std::nullopt).value();
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(ExpiryOf(good.substr(0, size), Bytes{1}).error().code,
              ErrorCode::kBadPeer);
  }
  EXPECT_FALSE(ExpiryOf(good + "x", Bytes{1}));
  std::string letters = good;
  letters.insert(letters.size() - 1, "x");
  EXPECT_FALSE(ExpiryOf(letters, Bytes{1}));
}

TEST(Journal, ComesBackWithoutConditions) {
  const std::vector<Change> changes = {
      {"set", ToBytes("v"), {SetMode::kIfAbsent, {}, 77}},
      {"gone", std::nullopt},
      {"empty", Bytes{}}};
  const Bytes bytes = WriteJournal(changes);
  const auto read = ReadJournal(bytes).value().value();
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0].key, "set");
  EXPECT_EQ(read[0].value, ToBytes("v"));
  EXPECT_EQ(read[0].options.mode, SetMode::kAny);
  EXPECT_EQ(read[0].options.expires_unix_s, 77);
  EXPECT_EQ(read[1].value, std::nullopt);
  EXPECT_EQ(read[2].value, Bytes{});
}

TEST(Journal, TornOrChangedIsNoJournal) {
  const Bytes bytes = WriteJournal(std::vector<Change>{{"k", ToBytes("v")}});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ReadJournal(ByteView(bytes).first(size)).value().has_value());
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    Bytes flipped = bytes;
    flipped[i] ^= 1;
    EXPECT_FALSE(ReadJournal(flipped).value().has_value());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(ReadJournal(longer).value().has_value());
}

}  // namespace
}  // namespace vouchsafe::storage
