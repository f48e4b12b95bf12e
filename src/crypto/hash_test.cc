#include "crypto/hash.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vouchsafe::crypto {
namespace {

Bytes Counting(size_t size) {
  Bytes out(size);
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<uint8_t>(i);
  return out;
}

TEST(Hash, KnownDigests) {
  std::string abcd16;
  for (int i = 0; i < 16; ++i) abcd16 += "abcd";
  const struct {
    Hash hash;
    std::string text;
    const char* want;
  } cases[] = {
      {Hash::kMd5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
      {Hash::kSha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {Hash::kSha256, "abc",
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {Hash::kSha256, "",
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {Hash::kSha384, "abc",
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
       "8086072ba1e7cc2358baeca134c825a7"},
      {Hash::kSha512, "abc",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
      {Hash::kSm3, "abc",
       "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
      {Hash::kSm3, abcd16,
       "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(HashName(one.hash));
    const Bytes digest = Digest(one.hash, AsBytes(one.text));
    EXPECT_EQ(HexEncode(digest), one.want);
    EXPECT_EQ(digest.size(), HashSize(one.hash));
    Hasher hasher(one.hash);
    for (const char c : one.text) hasher.Update(AsBytes({&c, 1}));
    EXPECT_EQ(hasher.Finish(), digest);
  }
  EXPECT_TRUE(
      Equal(Sha256(AsBytes("abc")), Digest(Hash::kSha256, AsBytes("abc"))));
  EXPECT_TRUE(
      Equal(Sha384(AsBytes("abc")), Digest(Hash::kSha384, AsBytes("abc"))));
}

TEST(Hash, NamesAreReadInAnyCase) {
  EXPECT_EQ(ParseHashName("sha256"), Hash::kSha256);
  EXPECT_EQ(ParseHashName("SHA384"), Hash::kSha384);
  EXPECT_EQ(ParseHashName("Sha512"), Hash::kSha512);
  EXPECT_EQ(ParseHashName("SM3"), Hash::kSm3);
  for (const char* other : {"", "sha1", "sha-256", "sha25", "sha2566", "md5"}) {
    EXPECT_EQ(ParseHashName(other), std::nullopt) << other;
  }
}

TEST(Hash, HasherMoves) {
  Hasher first(Hash::kSha256);
  first.Update(AsBytes("ab"));
  Hasher second(std::move(first));
  EXPECT_EQ(second.Update(AsBytes("c")).Finish(),
            Digest(Hash::kSha256, AsBytes("abc")));
}

// RFC 4231 test case 2.
TEST(Hmac, KnownTag) {
  EXPECT_EQ(HexEncode(Hmac(Hash::kSha256, AsBytes("Jefe"),
                           AsBytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hmac(Hash::kSha256, {}, {}).size(), 32u);
}

TEST(ConcatKdf, KnownKeys) {
  const auto derive = [](size_t size) {
    return HexEncode(
        ConcatKdfSha256(Counting(size), "ECDH-ES+A256KW", {}, {}, 256).view());
  };
  EXPECT_EQ(derive(32),
            "ead36a3ab953bb6e5a6709471c0fd35fcc62cf920994cede2f3aa2544e9f47ac");
  EXPECT_EQ(derive(66),
            "3e6609c07a08404eae372dd90baa6ab82e7f1104c848e414079726e64e92f00c");
}

// RFC 7518 appendix C.
TEST(ConcatKdf, PartyInfo) {
  const Bytes z{158, 86,  217, 29,  129, 113, 53,  211, 114, 131, 66,
                131, 191, 132, 38,  156, 251, 49,  110, 163, 218, 128,
                106, 72,  246, 218, 167, 121, 140, 254, 144, 196};
  EXPECT_EQ(Base64UrlEncode(ConcatKdfSha256(z, "A128GCM", AsBytes("Alice"),
                                            AsBytes("Bob"), 128)
                                .view()),
            "VqqN6vgjbSBcIijNcacQGg");
}

TEST(ConcatKdf, LongKeysTakeSeveralRounds) {
  const Bytes z = Counting(32);
  const SecretBytes key = ConcatKdfSha256(z, "x", {}, {}, 512);
  ASSERT_EQ(key.size(), 64u);
  EXPECT_FALSE(Equal(key.view().first(32), key.view().last(32)));
}

}  // namespace
}  // namespace vouchsafe::crypto
