#include "crypto/sign.h"

#include <gtest/gtest.h>

#include <thread>

#include "crypto/der_reader.h"
#include "crypto/key_impl.h"
#include "crypto/p384.h"
#include "tests/fake/ca.h"

namespace vouchsafe::crypto {
namespace {

using enum SignatureScheme;

struct Case {
  const char* name;
  KeyType type;
  SignatureScheme scheme;
  Hash hash;
};
const Case kCases[] = {
    {"ES256", KeyType::kEcP256, kEcdsa, Hash::kSha256},
    {"ES384", KeyType::kEcP384, kEcdsa, Hash::kSha384},
    {"ES512", KeyType::kEcP521, kEcdsa, Hash::kSha512},
    {"P-256 with SHA-512", KeyType::kEcP256, kEcdsa, Hash::kSha512},
    {"RS256", KeyType::kRsa, kRsaPkcs1, Hash::kSha256},
    {"RS384", KeyType::kRsa, kRsaPkcs1, Hash::kSha384},
    {"RS512", KeyType::kRsa, kRsaPkcs1, Hash::kSha512},
    {"PS256", KeyType::kRsa, kRsaPss, Hash::kSha256},
    {"PS384", KeyType::kRsa, kRsaPss, Hash::kSha384},
    {"PS512", KeyType::kRsa, kRsaPss, Hash::kSha512},
    {"EdDSA", KeyType::kEd25519, kEd25519, Hash::kSha512},
};

PrivateKey Make(KeyType type) {
  return type == KeyType::kRsa ? fake::RsaKey(0) : *PrivateKey::Generate(type);
}

TEST(Sign, RoundTripAndRefusals) {
  const Bytes message = ToBytes("what was said");
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    const PrivateKey key = Make(one.type);
    const PublicKey pub = key.Public();
    const auto good = [&](ByteView text, ByteView signature) {
      return Verify(pub, one.scheme, one.hash, text, signature).value();
    };
    auto signature = Sign(key, one.scheme, one.hash, message);
    ASSERT_TRUE(signature);
    if (IsEc(one.type)) {
      EXPECT_EQ(signature->size(), 2 * CoordinateSize(one.type));
    }
    EXPECT_TRUE(good(message, *signature));
    EXPECT_FALSE(good(ToBytes("what was sAid"), *signature));
    EXPECT_FALSE(good(message, {}));
    EXPECT_FALSE(good(message, Bytes(signature->size())));
    Bytes longer = *signature;
    longer.push_back(0);
    EXPECT_FALSE(good(message, longer));
    for (size_t i = 0; i < signature->size(); i += 7) {
      EXPECT_FALSE(good(message, ByteView(*signature).first(i)));
      (*signature)[i] ^= 1;
      EXPECT_FALSE(good(message, *signature)) << i;
      (*signature)[i] ^= 1;
    }
  }
}

TEST(Sign, KeyMustSuit) {
  for (const Case& one : kCases) {
    for (const KeyType type :
         {KeyType::kRsa, KeyType::kEcP256, KeyType::kEd25519}) {
      const bool suits =
          type == one.type || (IsEc(type) && one.scheme == kEcdsa);
      const auto answer =
          Verify(Make(type).Public(), one.scheme, one.hash, {}, {});
      EXPECT_EQ(answer.has_value(), suits) << one.name;
      EXPECT_EQ(Sign(Make(type), one.scheme, one.hash, {}).has_value(), suits);
    }
  }
  for (const Hash hash : {Hash::kSha1, Hash::kSm3}) {
    EXPECT_EQ(
        Verify(fake::RsaKey(0).Public(), kRsaPkcs1, hash, {}, {}).error().code,
        ErrorCode::kUnsupported);
  }
}

Bytes Der(ByteView r, ByteView s) {
  Bytes numbers = internal::DerUnsigned(r);
  internal::Append(numbers, internal::DerUnsigned(s));
  return internal::DerValue(internal::kTagSequence, numbers);
}

TEST(Sign, EcdsaDer) {
  const PrivateKey key = Make(KeyType::kEcP384);
  const Bytes message = ToBytes("report");
  const Bytes rs = *Sign(key, kEcdsa, Hash::kSha384, message);
  const ByteView r = ByteView(rs).first(48), s = ByteView(rs).last(48);
  const auto good = [&](ByteView der) {
    return VerifyEcdsaDer(key.Public(), Hash::kSha384, message, der).value();
  };
  const Bytes der = Der(r, s);
  EXPECT_TRUE(good(der));
  EXPECT_FALSE(good(Der(s, r)));
  EXPECT_FALSE(good(rs));
  for (size_t i = 0; i < der.size(); ++i) {
    EXPECT_FALSE(good(ByteView(der).first(i)));
    Bytes changed = der;
    changed[i] ^= 1;
    EXPECT_FALSE(good(changed)) << i;
  }
  EXPECT_TRUE(VerifyEcdsaP384Sha384(key.Public(), message, r, s).value());
  EXPECT_FALSE(VerifyEcdsaP384Sha384(key.Public(), message, s, r).value());
  EXPECT_FALSE(VerifyEcdsaP384Sha384(key.Public(), message, r, {}).value());
  EXPECT_FALSE(
      VerifyEcdsaP384Sha384(Make(KeyType::kEcP256).Public(), message, r, s));
}

// nettle's addition knows no doubling, so it refuses a valid signature whose
// two products meet: hash/s * G = r/s * Q. With Q = hash/r * G and any nonce
// k they do, and s = 2 * hash / k.
TEST(P384, OpenSslDecidesWhenNettleRefuses) {
  using internal::BnCtxPtr;
  using internal::BnPtr;
  const Bytes message = ToBytes("the two products meet");
  const auto digest = Sha384(message);
  const BIGNUM* order =
      EC_GROUP_get0_order(internal::SharedGroup(KeyType::kEcP384));
  Bytes nonce(48);
  nonce.back() = 9;
  const EcPoint point =
      PrivateKey::FromEcScalar(KeyType::kEcP384, SecretBytes(nonce))
          ->Public()
          .ec_point();
  const BnCtxPtr context(BN_CTX_new());
  const BnPtr h = internal::ToBn(digest), r = internal::ToBn(point.x),
              k = internal::ToBn(nonce), d(BN_new()), s(BN_new());
  ASSERT_LT(BN_cmp(r.get(), order), 0);
  const BnPtr r_inverse(BN_mod_inverse(nullptr, r.get(), order, context.get()));
  const BnPtr k_inverse(BN_mod_inverse(nullptr, k.get(), order, context.get()));
  BN_mod_mul(d.get(), h.get(), r_inverse.get(), order, context.get());
  BN_mod_mul(s.get(), h.get(), k_inverse.get(), order, context.get());
  BN_mod_lshift1(s.get(), s.get(), order, context.get());
  Bytes scalar(48), s_bytes(48);
  internal::FromBnPadded(d.get(), scalar);
  internal::FromBnPadded(s.get(), s_bytes);
  const auto key =
      PrivateKey::FromEcScalar(KeyType::kEcP384, SecretBytes(scalar));
  ASSERT_TRUE(key);
  const PublicKey pub = key->Public();
  EXPECT_FALSE(
      internal::NettleVerifiesP384(pub.impl(), digest, point.x, s_bytes));
  EXPECT_TRUE(VerifyEcdsaP384Sha384(pub, message, point.x, s_bytes).value());
}

TEST(Sign, KeysAreSharedBetweenThreads) {
  const PrivateKey key = Make(KeyType::kEcP384);
  const PublicKey pub = key.Public();
  std::vector<std::thread> threads;
  std::vector<char> good(4, 0);
  for (size_t i = 0; i < good.size(); ++i) {
    threads.emplace_back([&, i] {
      const Bytes message(i + 1, 1);
      const auto signature = Sign(key, kEcdsa, Hash::kSha384, message);
      good[i] = signature &&
                Verify(pub, kEcdsa, Hash::kSha384, message, *signature).value();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const char one : good) EXPECT_TRUE(one);
}

}  // namespace
}  // namespace vouchsafe::crypto
