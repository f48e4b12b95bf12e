#include "collateral/record.h"

#include <gtest/gtest.h>

namespace vouchsafe::collateral {
namespace {

Object Sample() {
  Object object;
  object.key = {"intel.tcb_info", "https://pcs/tcb?fmspc=00\n\"x\""};
  object.bytes = {0, 10, 255, 10};
  object.headers = {{"tcb-info-issuer-chain", "-----BEGIN%20"}};
  object.source = "Intel PCS";
  object.fetched_unix_s = 1'800'000'000;
  object.expires_unix_s = 1'800'003'600;
  return object;
}

TEST(Record, ComesBack) {
  const Object object = Sample();
  const Object read = ReadRecord(WriteRecord(object), object.key).value();
  EXPECT_EQ(read.key, object.key);
  EXPECT_EQ(read.bytes, object.bytes);
  EXPECT_EQ(read.headers, object.headers);
  EXPECT_EQ(read.source, object.source);
  EXPECT_EQ(read.fetched_unix_s, object.fetched_unix_s);
  EXPECT_EQ(read.expires_unix_s, object.expires_unix_s);
}

TEST(Record, IsRefusedForAnotherObjectAndWhenCut) {
  const Object object = Sample();
  const Bytes bytes = WriteRecord(object);
  EXPECT_EQ(ReadRecord(bytes, {"intel.tcb_info", "other"}).error().code,
            ErrorCode::kBadPeer);
  const size_t head = AsText(bytes).find('\n');
  for (size_t size = 0; size <= head; ++size) {
    EXPECT_EQ(ReadRecord(ByteView(bytes).first(size), object.key).error().code,
              ErrorCode::kBadPeer);
  }
  EXPECT_EQ(ReadRecord(AsBytes("{\"v\":2}\nx"), object.key).error().code,
            ErrorCode::kBadPeer);
}

TEST(Record, KeysAreShortWhateverTheIdIs) {
  EXPECT_EQ(RecordKey({"k", std::string(100'000, 'x')}).size(), 2u + 64);
  EXPECT_NE(RecordKey({"k", "a"}), RecordKey({"k", "b"}));
  EXPECT_TRUE(RecordKey({"k", "a"}).starts_with("k/"));
}

}  // namespace
}  // namespace vouchsafe::collateral
