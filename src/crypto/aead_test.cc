#include "crypto/aead.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "base/encoding.h"
#include "crypto/random.h"
#include "tests/support/threads.h"

namespace vouchsafe::crypto {
namespace {

SecretBytes Secret(const char* hex) { return SecretBytes(*HexDecode(hex)); }

// The GCM specification's test case 4 (AES-128).
TEST(AesGcm, KnownAnswer) {
  const SecretBytes key = Secret("feffe9928665731c6d6a8f9467308308");
  const Bytes iv = *HexDecode("cafebabefacedbaddecaf888");
  const Bytes aad = *HexDecode("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes text = *HexDecode(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const auto sealed = AesGcmSeal(key, iv, aad, text);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(HexEncode(sealed->tag), "5bc94fbc3221a5db94fae95ae7121a47");
  const auto opened = AesGcmOpen(key, iv, aad, sealed->ciphertext, sealed->tag);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(Equal(opened->view(), text));
}

TEST(AesGcm, EveryChangeIsRefusedAlike) {
  const SecretBytes key(size_t{32});
  const Bytes iv(12), aad = ToBytes("header");
  const Bytes text = ToBytes("a secret of some size");
  const auto sealed = AesGcmSeal(key, iv, aad, text);
  ASSERT_TRUE(sealed);
  const auto refused = [&](const Result<SecretBytes>& opened) {
    return !opened && opened.error().code == ErrorCode::kUntrusted &&
           opened.error().message == "AES-GCM: authentication failed";
  };
  for (size_t i = 0; i < sealed->ciphertext.size(); ++i) {
    Bytes changed = sealed->ciphertext;
    changed[i] ^= 1;
    EXPECT_TRUE(refused(AesGcmOpen(key, iv, aad, changed, sealed->tag)));
  }
  for (size_t i = 0; i < sealed->tag.size(); ++i) {
    auto changed = sealed->tag;
    changed[i] ^= 0x80;
    EXPECT_TRUE(refused(AesGcmOpen(key, iv, aad, sealed->ciphertext, changed)));
  }
  EXPECT_TRUE(refused(
      AesGcmOpen(key, iv, ToBytes("Header"), sealed->ciphertext, sealed->tag)));
  EXPECT_TRUE(refused(
      AesGcmOpen(key, Bytes(12, 1), aad, sealed->ciphertext, sealed->tag)));
  EXPECT_TRUE(refused(AesGcmOpen(SecretBytes(Bytes(32, 1)), iv, aad,
                                 sealed->ciphertext, sealed->tag)));
}

TEST(AesGcm, EmptyTextAndAad) {
  const SecretBytes key(size_t{16});
  const auto sealed = AesGcmSeal(key, Bytes(12), {}, {});
  ASSERT_TRUE(sealed);
  EXPECT_TRUE(sealed->ciphertext.empty());
  EXPECT_EQ(HexEncode(sealed->tag), "58e2fccefa7e3061367f1d57a4e7455a");
  EXPECT_TRUE(AesGcmOpen(key, Bytes(12), {}, {}, sealed->tag));
}

TEST(AesGcm, Sizes) {
  const auto code = [](size_t key, size_t iv) {
    const auto sealed = AesGcmSeal(SecretBytes(key), Bytes(iv), {}, {});
    return sealed ? ErrorCode::kInternal : sealed.error().code;
  };
  for (const size_t key : {0, 15, 17, 31, 33, 64}) {
    EXPECT_EQ(code(key, 12), ErrorCode::kInvalidInput) << key;
  }
  for (const size_t iv : {0, 8, 11, 13, 16}) {
    EXPECT_EQ(code(32, iv), ErrorCode::kUnsupported) << iv;
  }
  for (const size_t tag : {0, 12, 15, 17}) {
    EXPECT_EQ(AesGcmOpen(SecretBytes(size_t{32}), Bytes(12), {}, {}, Bytes(tag))
                  .error()
                  .code,
              ErrorCode::kInvalidInput);
  }
}

// RFC 3394 sections 4.1 and 4.6.
TEST(AesKeyWrap, KnownAnswers) {
  const struct {
    const char *kek, *key, *wrapped;
  } cases[] = {
      {"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
       "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
      {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
       "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
       "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9"
       "b"
       "7a02dd21"},
  };
  for (const auto& one : cases) {
    const auto wrapped = AesKeyWrap(Secret(one.kek), Secret(one.key));
    ASSERT_TRUE(wrapped);
    EXPECT_EQ(HexEncode(*wrapped), one.wrapped);
    const auto key = AesKeyUnwrap(Secret(one.kek), *wrapped);
    ASSERT_TRUE(key);
    EXPECT_EQ(HexEncode(key->view()), one.key);
    for (size_t i = 0; i < wrapped->size(); ++i) {
      Bytes changed = *wrapped;
      changed[i] ^= 1;
      const auto refused = AesKeyUnwrap(Secret(one.kek), changed);
      ASSERT_FALSE(refused);
      EXPECT_EQ(refused.error().code, ErrorCode::kUntrusted);
    }
  }
}

TEST(AesKeyWrap, Sizes) {
  const SecretBytes kek(size_t{32});
  for (const size_t size : {0, 8, 15, 17}) {
    EXPECT_FALSE(AesKeyWrap(kek, SecretBytes(size))) << size;
  }
  for (const size_t size : {0, 8, 16, 23, 25}) {
    EXPECT_FALSE(AesKeyUnwrap(kek, Bytes(size))) << size;
  }
  EXPECT_FALSE(AesKeyWrap(SecretBytes(size_t{8}), SecretBytes(size_t{16})));
  EXPECT_FALSE(AesKeyUnwrap(SecretBytes(size_t{8}), Bytes(24)));
}

TEST(SystemRandom, Fills) {
  SystemRandom random;
  EXPECT_NE(random.Get(32), random.Get(32));
  EXPECT_TRUE(random.Get(0).empty());
}

TEST(SystemRandom, HandsNoByteOutTwice) {
  SystemRandom random;
  std::set<Bytes> seen;
  for (size_t i = 0; i < 1'000; ++i) {
    // Sizes around the pool's own, so that it runs dry in every way.
    const Bytes bytes = random.Get(16 + i % 60);
    EXPECT_TRUE(seen.insert(Bytes(bytes.begin(), bytes.begin() + 16)).second);
    EXPECT_NE(bytes, Bytes(bytes.size())) << "wiped bytes";
  }
}

TEST(SystemRandom, ThreadsNeverGetTheSameBytes) {
  SystemRandom random;
  std::array<std::vector<Bytes>, 8> drawn;
  testing::InThreads(drawn.size(), [&](size_t i) {
    for (size_t n = 0; n < 200; ++n)
      drawn[i].push_back(random.Get(16 + n % 60));
  });
  std::set<Bytes> seen;
  for (const std::vector<Bytes>& one : drawn) {
    for (const Bytes& bytes : one) {
      EXPECT_TRUE(seen.insert(Bytes(bytes.begin(), bytes.begin() + 16)).second);
    }
  }
  EXPECT_EQ(seen.size(), 1'600u);
}

}  // namespace
}  // namespace vouchsafe::crypto
