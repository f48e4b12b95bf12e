#include "base/byte_reader.h"

#include <gtest/gtest.h>

#include <functional>

namespace vouchsafe {
namespace {

const Bytes kCounting = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

TEST(ByteReader, ReadsEachWidthInBothOrders) {
  const struct {
    const char* name;
    std::function<uint64_t(ByteReader&)> read;
    uint64_t want;
    size_t width;
  } cases[] = {
      {"U8", [](ByteReader& in) { return in.U8(); }, 0x01, 1},
      {"U16le", [](ByteReader& in) { return in.U16le(); }, 0x0201, 2},
      {"U16be", [](ByteReader& in) { return in.U16be(); }, 0x0102, 2},
      {"U32le", [](ByteReader& in) { return in.U32le(); }, 0x04030201, 4},
      {"U32be", [](ByteReader& in) { return in.U32be(); }, 0x01020304, 4},
      {"U64le", [](ByteReader& in) { return in.U64le(); }, 0x0807060504030201,
       8},
      {"U64be", [](ByteReader& in) { return in.U64be(); }, 0x0102030405060708,
       8},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    ByteReader in(kCounting);
    EXPECT_EQ(c.read(in), c.want);
    EXPECT_EQ(in.offset(), c.width);
    EXPECT_EQ(in.remaining(), kCounting.size() - c.width);
    EXPECT_TRUE(in.Ok());
    // One byte short of the width: zero, and an error that says where.
    ByteReader shorter(ByteView(kCounting).first(c.width - 1), "thing");
    EXPECT_EQ(c.read(shorter), 0u);
    const Result<> ended = shorter.End();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(ended.error().message,
              "thing: at byte 0: want " + std::to_string(c.width) +
                  " more bytes, got " + std::to_string(c.width - 1));
  }
}

TEST(ByteReader, ErrorIsStickyAndNamesTheFirstPlace) {
  ByteReader in(kCounting, "report");
  EXPECT_EQ(in.U64le(), 0x0807060504030201u);
  EXPECT_EQ(in.U32le(), 0u);  // two left
  EXPECT_EQ(in.U8(), 0u);     // although two bytes are there
  EXPECT_EQ(in.Array<2>(), (std::array<uint8_t, 2>{}));
  EXPECT_TRUE(in.View(1).empty());
  EXPECT_TRUE(in.Rest().empty());
  EXPECT_EQ(in.remaining(), 0u);
  EXPECT_TRUE(in.failed());
  EXPECT_EQ(in.Ok().error().message,
            "report: at byte 8: want 4 more bytes, got 2");
  EXPECT_EQ(in.End().error().message,
            "report: at byte 8: want 4 more bytes, got 2");
}

TEST(ByteReader, EndRefusesBytesLeftOver) {
  ByteReader in(kCounting, "report");
  in.Skip(9);
  EXPECT_TRUE(in.Ok());
  const Result<> ended = in.End();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message, "report: 1 bytes left over after byte 9");
  EXPECT_EQ(in.Rest().size(), 1u);
  EXPECT_TRUE(in.End());
}

TEST(ByteReader, HugeSizesAreShortReadsNotOverflows) {
  for (const uint64_t size : {uint64_t{11}, uint64_t{UINT32_MAX}, UINT64_MAX}) {
    ByteReader in(kCounting);
    EXPECT_EQ(in.U8(), 1u);
    EXPECT_TRUE(in.View(size).empty());
    EXPECT_FALSE(in.Ok());
  }
}

TEST(ByteReader, ViewsPointIntoTheInput) {
  ByteReader in(kCounting);
  EXPECT_EQ(in.View(3).data(), kCounting.data());
  EXPECT_EQ(in.Rest().data(), kCounting.data() + 3);
  EXPECT_TRUE(in.End());
}

TEST(ByteReader, ZerosNamesTheByteThatIsNot) {
  const Bytes bytes = {0, 0, 0, 7, 0};
  ByteReader good(bytes);
  good.Zeros(3);
  EXPECT_TRUE(good.Ok());
  ByteReader bad(bytes, "pad");
  bad.Zeros(5);
  EXPECT_EQ(bad.End().error().message,
            "pad: at byte 3: reserved byte is 7, want 0");
  ByteReader shorter(bytes, "pad");
  shorter.Zeros(6);
  EXPECT_FALSE(shorter.End());
}

TEST(ByteReader, SubReadsItsPartAndNoMore) {
  ByteReader in(kCounting);
  ByteReader part = in.Sub(in.U8() + 1u, "part");
  EXPECT_EQ(part.U16be(), 0x0203u);
  EXPECT_TRUE(part.End());
  EXPECT_EQ(in.U8(), 4u);
  EXPECT_EQ(part.U8(), 0u);
  EXPECT_EQ(part.Ok().error().message,
            "part: at byte 2: want 1 more bytes, got 0");
  EXPECT_TRUE(in.Ok());
}

TEST(ByteReader, ShortSubFailsBothAndOneAnswerIsEnough) {
  ByteReader in(kCounting, "outer");
  ByteReader first = in.Sub(11, "first");
  ByteReader second = in.Sub(1, "second");
  EXPECT_EQ(first.End().error().message,
            "outer: at byte 0: want 11 more bytes, got 10");
  EXPECT_TRUE(in.failed());
  EXPECT_TRUE(second.failed());
  // Neither `in` nor `second` is asked: dropping them must not assert.
}

TEST(ByteReader, MoveKeepsPlaceAndError) {
  ByteReader in(kCounting);
  EXPECT_EQ(in.U16be(), 0x0102u);
  ByteReader moved(std::move(in));
  EXPECT_EQ(moved.U8(), 3u);
  moved.Skip(100);
  ByteReader failed(std::move(moved));
  EXPECT_FALSE(failed.Ok());
}

TEST(Bytes, ComparesFitsAndFindsZeros) {
  EXPECT_TRUE(Equal(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(Equal(Bytes{1, 2}, Bytes{1}));
  EXPECT_FALSE(Equal(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_EQ(Fit(Bytes{1, 2, 3}, 2), (Bytes{1, 2}));
  EXPECT_EQ(Fit(Bytes{1}, 3), (Bytes{1, 0, 0}));
  EXPECT_TRUE(IsAllZero(Bytes{}));
  EXPECT_TRUE(IsAllZero(Bytes{0, 0}));
  EXPECT_FALSE(IsAllZero(Bytes{0, 1}));
  EXPECT_EQ(ToText(ToBytes("a\0b")), "a");
  EXPECT_EQ(ToText(ToBytes(std::string_view("a\0b", 3))),
            std::string("a\0b", 3));
}

#ifndef NDEBUG
TEST(ByteReaderDeathTest, NobodyLooked) {
  EXPECT_DEATH(
      {
        ByteReader in(kCounting);
        in.Skip(11);
      },
      "nobody looked");
  EXPECT_DEATH(
      {
        ByteReader in(kCounting);
        in.Skip(1);
        if (in.Ok()) in.Skip(11);  // failed after it was asked
      },
      "nobody looked");
}
#endif

}  // namespace
}  // namespace vouchsafe
