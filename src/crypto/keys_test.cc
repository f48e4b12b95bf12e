#include "crypto/keys.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/der_reader.h"
#include "crypto/key_impl.h"
#include "crypto/sign.h"
#include "tests/fake/ca.h"

namespace vouchsafe::crypto {
namespace {

constexpr KeyType kCurves[] = {KeyType::kEcP256, KeyType::kEcP384,
                               KeyType::kEcP521};

PrivateKey Make(KeyType type) {
  return type == KeyType::kRsa ? fake::RsaKey(0) : *PrivateKey::Generate(type);
}

TEST(Keys, PublicFormsRoundTrip) {
  for (const KeyType type : {KeyType::kRsa, KeyType::kEcP256, KeyType::kEcP384,
                             KeyType::kEcP521, KeyType::kEd25519}) {
    SCOPED_TRACE(KeyTypeName(type));
    const PublicKey key = Make(type).Public();
    EXPECT_EQ(key.type(), type);
    const auto from_der = PublicKey::FromSpkiDer(key.SpkiDer());
    ASSERT_TRUE(from_der);
    EXPECT_TRUE(*from_der == key);
    EXPECT_EQ(from_der->bits(), key.bits());
    const auto from_pem = PublicKey::FromPem(key.SpkiPem());
    ASSERT_TRUE(from_pem);
    EXPECT_TRUE(*from_pem == key);
    EXPECT_FALSE(
        key == Make(type == KeyType::kRsa ? KeyType::kEcP256 : type).Public());
    const Bytes der = key.SpkiDer();
    for (size_t size = 0; size < der.size(); ++size) {
      EXPECT_FALSE(PublicKey::FromSpkiDer(ByteView(der).first(size)));
    }
    Bytes longer = der;
    longer.push_back(0);
    EXPECT_FALSE(PublicKey::FromSpkiDer(longer));
  }
}

TEST(Keys, PrivatePemRoundTrips) {
  for (const KeyType type : {KeyType::kRsa, KeyType::kEcP256, KeyType::kEcP384,
                             KeyType::kEcP521, KeyType::kEd25519}) {
    SCOPED_TRACE(KeyTypeName(type));
    const PrivateKey key = Make(type);
    const SecretBytes pem = key.Pkcs8Pem();
    const auto again = PrivateKey::FromPem(AsText(pem.view()));
    ASSERT_TRUE(again) << again.error().Text();
    EXPECT_TRUE(again->Public() == key.Public());
    EXPECT_EQ(again->type(), type);
  }
}

// SEC1 in the form that `openssl ecparam -genkey` writes, curve first.
TEST(Keys, Sec1Pem) {
  const auto key =
      PrivateKey::FromEcScalar(KeyType::kEcP256, SecretBytes(Bytes(32, 7)));
  ASSERT_TRUE(key);
  const EcPoint point = key->Public().ec_point();
  using internal::Append;
  using internal::DerValue;
  const Bytes p256 = *internal::OidFromDotted("1.2.840.10045.3.1.7");
  const auto sec1 = [&](const Bytes& oid, const Bytes& y) {
    Bytes content = fake::DerInteger(1);
    Append(content, DerValue(internal::kTagOctetString, Bytes(32, 7)));
    Append(content,
           DerValue(internal::ContextTag(0), DerValue(internal::kTagOid, oid)));
    Bytes bits{0, 4};
    Append(bits, point.x);
    Append(bits, y);
    Append(content, DerValue(internal::ContextTag(1),
                             DerValue(internal::kTagBitString, bits)));
    return "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
           "-----END EC PARAMETERS-----\n-----BEGIN EC PRIVATE KEY-----\n" +
           Base64Encode(DerValue(internal::kTagSequence, content)) +
           "\n-----END EC PRIVATE KEY-----\n";
  };
  const auto parsed = PrivateKey::FromPem(sec1(p256, point.y));
  ASSERT_TRUE(parsed) << parsed.error().Text();
  EXPECT_TRUE(parsed->Public() == key->Public());
  EXPECT_FALSE(PrivateKey::FromPem(sec1(p256, point.x)));  // another point
  const Bytes k256 = *internal::OidFromDotted("1.3.132.0.10");
  EXPECT_EQ(PrivateKey::FromPem(sec1(k256, point.y)).error().code,
            ErrorCode::kUnsupported);
}

TEST(Keys, PemOfOtherKinds) {
  const std::string pub = fake::EcKey(0).Public().SpkiPem();
  EXPECT_FALSE(PrivateKey::FromPem(pub));
  EXPECT_FALSE(PublicKey::FromPem(AsText(fake::EcKey(0).Pkcs8Pem().view())));
  EXPECT_FALSE(PublicKey::FromPem(""));
  EXPECT_FALSE(PublicKey::FromPem("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_EQ(PrivateKey::FromPem("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                                "-----END ENCRYPTED PRIVATE KEY-----\n")
                .error()
                .code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(PrivateKey::FromPem("-----BEGIN RSA PRIVATE KEY-----\n"
                                "Proc-Type: 4,ENCRYPTED\n\nAAAA\n"
                                "-----END RSA PRIVATE KEY-----\n")
                .error()
                .code,
            ErrorCode::kUnsupported);
}

TEST(Keys, PointsMustBeOnTheCurve) {
  for (const KeyType curve : kCurves) {
    const EcPoint point = Make(curve).Public().ec_point();
    ASSERT_TRUE(PublicKey::FromEcPoint(curve, point.x, point.y));
    Bytes off = point.y;
    off.back() ^= 1;
    EXPECT_FALSE(PublicKey::FromEcPoint(curve, point.x, off));
    Bytes longer{0};
    longer.insert(longer.end(), point.x.begin(), point.x.end());
    EXPECT_FALSE(PublicKey::FromEcPoint(curve, longer, point.y));
    const ByteView shorter = ByteView(point.x).subspan(1);
    EXPECT_FALSE(PublicKey::FromEcPoint(curve, shorter, point.y));
    const Bytes zero(CoordinateSize(curve));
    EXPECT_FALSE(PublicKey::FromEcPoint(curve, zero, zero));
    const Bytes ones(CoordinateSize(curve), 0xff);  // not below p
    EXPECT_FALSE(PublicKey::FromEcPoint(curve, ones, point.y));
  }
  EXPECT_FALSE(PublicKey::FromEcPoint(KeyType::kRsa, {}, {}));
}

TEST(Keys, ScalarsMustBeInRange) {
  for (const KeyType curve : kCurves) {
    const size_t size = CoordinateSize(curve);
    const auto made = [&](Bytes d) {
      return PrivateKey::FromEcScalar(curve, SecretBytes(std::move(d)))
          .has_value();
    };
    Bytes one(size);
    one.back() = 1;
    EXPECT_TRUE(made(one));
    EXPECT_FALSE(made(Bytes(size)));        // zero
    EXPECT_FALSE(made(Bytes(size, 0xff)));  // over the order
    EXPECT_FALSE(made(Bytes(size - 1, 1)));
    EXPECT_FALSE(made(Bytes(size + 1, 0)));
  }
}

TEST(Keys, RsaBounds) {
  const RsaNumbers good = fake::RsaKey(0).Public().rsa_numbers();
  EXPECT_EQ(fake::RsaKey(0).Public().bits(), 2048u);
  const auto code = [](const Bytes& n, const Bytes& e, size_t min = 2048,
                       size_t max = 8192) {
    const auto key = PublicKey::FromRsa(n, e, min, max);
    return key ? std::nullopt : std::optional(key.error().code);
  };
  EXPECT_EQ(code(good.n, good.e), std::nullopt);
  Bytes padded{0};
  padded.insert(padded.end(), good.n.begin(), good.n.end());
  EXPECT_EQ(code(padded, good.e), std::nullopt);
  EXPECT_EQ(code(good.n, {3}), std::nullopt);
  Bytes even = good.n;
  even.back() &= 0xfe;
  const struct {
    const char* name;
    Bytes n, e;
  } refused[] = {
      {"no modulus", {}, good.e},
      {"even modulus", even, good.e},
      {"1024 bits", Bytes(128, 0xff), good.e},
      {"2047 bits",
       [&] {
         Bytes n = good.n;
         n[0] = 0x7f;
         return n;
       }(),
       good.e},
      {"8200 bits", Bytes(1025, 0xff), good.e},
      {"100,000 bytes", Bytes(100000, 0xff), good.e},
      {"no exponent", good.n, {}},
      {"exponent 1", good.n, {1}},
      {"even exponent", good.n, {4}},
      {"exponent of 9 bytes", good.n, Bytes(9, 1)},
  };
  for (const auto& one : refused) {
    EXPECT_EQ(code(one.n, one.e), ErrorCode::kInvalidInput) << one.name;
  }
  EXPECT_EQ(code(good.n, good.e, 3072), ErrorCode::kInvalidInput);
  EXPECT_FALSE(PrivateKey::Generate(KeyType::kRsa, 1024));
}

TEST(Keys, RsaPrivateNumbersMustBelongTogether) {
  // The PKCS#1 numbers out of a PKCS#8 document.
  const std::string pem = ToText(fake::RsaKey(0).Pkcs8Pem().view());
  const size_t begin = pem.find('\n'), end = pem.find("\n-----END");
  std::string text = pem.substr(begin, end - begin);
  std::erase(text, '\n');
  const Bytes der = *Base64Decode(text);
  internal::DerReader outer(der);
  auto in = outer.Sub(internal::kTagSequence);
  in.Take(internal::kTagInteger);
  in.Take(internal::kTagSequence);
  internal::DerReader octets(in.Take(internal::kTagOctetString));
  auto numbers = octets.Sub(internal::kTagSequence);
  numbers.Take(internal::kTagInteger);
  Bytes n[5];
  for (Bytes& number : n) {
    number = ToBytes(numbers.Take(internal::kTagInteger));
  }
  const auto made = [](const Bytes(&v)[5]) {
    return PrivateKey::FromRsaNumbers(v[0], v[1], SecretBytes(v[2]),
                                      SecretBytes(v[3]), SecretBytes(v[4]));
  };
  const auto good = made(n);
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->Public() == fake::RsaKey(0).Public());
  std::swap(n[3], n[4]);
  EXPECT_TRUE(made(n));  // the order of the primes is free
  for (size_t i = 0; i < 5; ++i) {
    const Bytes kept = n[i];
    n[i][n[i].size() / 2] ^= 2;
    EXPECT_FALSE(made(n)) << i;
    n[i] = {};
    EXPECT_FALSE(made(n)) << i;
    n[i] = {1};
    EXPECT_FALSE(made(n)) << i;
    n[i] = kept;
  }
}

TEST(Keys, OtherAlgorithmsAreNamedUnsupported) {
  const auto spki = [](const char* oid, Bytes parameters) {
    Bytes algorithm =
        internal::DerValue(internal::kTagOid, *internal::OidFromDotted(oid));
    internal::Append(algorithm, parameters);
    Bytes content = internal::DerValue(internal::kTagSequence, algorithm);
    internal::Append(content, internal::DerValue(internal::kTagBitString,
                                                 Bytes{0, 4, 1, 2}));
    return internal::DerValue(internal::kTagSequence, content);
  };
  const auto code = [](const Bytes& der) {
    return PublicKey::FromSpkiDer(der).error().code;
  };
  EXPECT_EQ(code(spki("1.2.840.113549.1.1.10", {})), ErrorCode::kUnsupported);
  EXPECT_EQ(code(spki("1.2.840.10040.4.1", {})), ErrorCode::kUnsupported);
  const Bytes k256 = internal::DerValue(
      internal::kTagOid, *internal::OidFromDotted("1.3.132.0.10"));
  EXPECT_EQ(code(spki("1.2.840.10045.2.1", k256)), ErrorCode::kUnsupported);
  // Explicit curve parameters.
  EXPECT_EQ(code(spki("1.2.840.10045.2.1", {0x30, 0x00})),
            ErrorCode::kUnsupported);
}

TEST(Ecdh, BothSidesAgree) {
  for (const KeyType curve : kCurves) {
    const PrivateKey a = Make(curve), b = Make(curve);
    const auto ab = EcdhX(a, b.Public());
    const auto ba = EcdhX(b, a.Public());
    ASSERT_TRUE(ab && ba);
    EXPECT_TRUE(Equal(ab->view(), ba->view()));
    EXPECT_EQ(ab->size(), CoordinateSize(curve));
  }
  EXPECT_FALSE(EcdhX(fake::EcKey(0), Make(KeyType::kEcP256).Public()));
  EXPECT_FALSE(EcdhX(fake::RsaKey(0), fake::RsaKey(0).Public()));
}

TEST(RsaOaep, RoundTripAndRefusals) {
  const PrivateKey& key = fake::RsaKey(0);
  const SecretBytes secret(AsBytes("a content key"));
  for (const Hash hash : {Hash::kSha1, Hash::kSha256, Hash::kSha384}) {
    auto sealed = RsaOaepEncrypt(key.Public(), hash, secret);
    ASSERT_TRUE(sealed);
    const auto opened = RsaOaepDecrypt(key, hash, *sealed);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(Equal(opened->view(), secret.view()));
    EXPECT_FALSE(RsaOaepDecrypt(key, hash, *sealed, AsBytes("label")));
    EXPECT_FALSE(RsaOaepDecrypt(key, Hash::kSha512, *sealed));
    (*sealed)[5] ^= 1;
    EXPECT_EQ(RsaOaepDecrypt(key, hash, *sealed).error().code,
              ErrorCode::kUntrusted);
    sealed->pop_back();
    EXPECT_FALSE(RsaOaepDecrypt(key, hash, *sealed));
  }
  EXPECT_FALSE(
      RsaOaepEncrypt(key.Public(), Hash::kSha256, SecretBytes(Bytes(300))));
  EXPECT_FALSE(RsaOaepEncrypt(fake::EcKey(0).Public(), Hash::kSha256, secret));
  EXPECT_EQ(RsaOaepEncrypt(key.Public(), Hash::kSm3, secret).error().code,
            ErrorCode::kUnsupported);
}

TEST(RsaPkcs1, ImplicitRejection) {
  const PrivateKey& key = fake::RsaKey(0);
  const SecretBytes secret(Bytes(32, 0x5a));
  auto sealed = RsaPkcs1Encrypt(key.Public(), secret);
  ASSERT_TRUE(sealed);
  EXPECT_TRUE(Equal(RsaPkcs1Decrypt(key, *sealed, 32).view(), secret.view()));
  // Another size, a changed, a short and a too large ciphertext: random bytes
  // of the size asked for.
  const auto random = [&](ByteView ciphertext, size_t size) {
    const SecretBytes a = RsaPkcs1Decrypt(key, ciphertext, size);
    const SecretBytes b = RsaPkcs1Decrypt(key, ciphertext, size);
    return a.size() == size && !Equal(a.view(), b.view());
  };
  EXPECT_TRUE(random(*sealed, 16));
  EXPECT_TRUE(random(*sealed, 33));
  EXPECT_TRUE(random(*sealed, 300));
  EXPECT_TRUE(random(ByteView(*sealed).first(255), 32));
  EXPECT_TRUE(random(Bytes(256, 0xff), 32));
  EXPECT_TRUE(random({}, 32));
  sealed->back() ^= 1;
  EXPECT_TRUE(random(*sealed, 32));
  EXPECT_FALSE(RsaPkcs1Encrypt(key.Public(), SecretBytes(Bytes(250))));
}

}  // namespace
}  // namespace vouchsafe::crypto
