#pragma once

// Asymmetric keys. A key is parsed and checked once (point on the curve, RSA
// modulus 2048 to 8192 bits and odd exponent >= 3 unless said otherwise), then
// immutable, cheap to copy and safe to share between threads.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/hash.h"

namespace vouchsafe::crypto {

enum class KeyType { kRsa, kEcP256, kEcP384, kEcP521, kEd25519 };

std::string_view KeyTypeName(KeyType type);  // "RSA", "P-256", ...
// Bytes of one coordinate: 32, 48, 66; 0 for others.
size_t CoordinateSize(KeyType type);
bool IsEc(KeyType type);

struct EcPoint {
  Bytes x;  // full width, big-endian
  Bytes y;
};
struct RsaNumbers {
  Bytes n;  // big-endian, no leading zero
  Bytes e;
};

namespace internal {
struct KeyImpl;  // the EVP_PKEY and what was proven about it
}

class PublicKey {
 public:
  // One SubjectPublicKeyInfo, nothing after it. Bounds as above.
  static Result<PublicKey> FromSpkiDer(ByteView der);
  // The first PEM block: PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE.
  static Result<PublicKey> FromPem(std::string_view pem);
  // Coordinates of exactly CoordinateSize(curve) bytes, on the curve.
  static Result<PublicKey> FromEcPoint(KeyType curve, ByteView x, ByteView y);
  static Result<PublicKey> FromRsa(ByteView n, ByteView e,
                                   size_t min_bits = 2048,
                                   size_t max_bits = 8192);
  static Result<PublicKey> FromEd25519(ByteView raw);

  KeyType type() const;
  size_t bits() const;             // RSA modulus or curve size
  EcPoint ec_point() const;        // EC only
  RsaNumbers rsa_numbers() const;  // RSA only
  Bytes ed25519_raw() const;       // Ed25519 only
  Bytes SpkiDer() const;
  std::string SpkiPem() const;
  friend bool operator==(const PublicKey& a, const PublicKey& b);

  const internal::KeyImpl& impl() const { return *impl_; }

 private:
  friend class PrivateKey;
  friend struct internal::KeyImpl;
  friend class Certificate;
  explicit PublicKey(std::shared_ptr<const internal::KeyImpl> impl)
      : impl_(std::move(impl)) {}
  std::shared_ptr<const internal::KeyImpl> impl_;
};

class PrivateKey {
 public:
  static Result<PrivateKey> Generate(KeyType type, size_t rsa_bits = 2048);
  // PKCS#8, PKCS#1 (RSA PRIVATE KEY) and SEC1 (EC PRIVATE KEY), unencrypted.
  static Result<PrivateKey> FromPem(std::string_view pem);
  static Result<PrivateKey> FromPkcs8Der(ByteView der);
  // RFC 7518 section 6.2.2: d of the coordinate's size. The public point is
  // computed.
  static Result<PrivateKey> FromEcScalar(KeyType curve, const SecretBytes& d);
  static Result<PrivateKey> FromEd25519Seed(const SecretBytes& seed);
  // RFC 7518 section 6.3.2 (all numbers big-endian).
  static Result<PrivateKey> FromRsaNumbers(ByteView n, ByteView e,
                                           const SecretBytes& d,
                                           const SecretBytes& p,
                                           const SecretBytes& q);

  KeyType type() const;
  PublicKey Public() const;
  SecretBytes Pkcs8Pem() const;

  const internal::KeyImpl& impl() const { return *impl_; }

 private:
  explicit PrivateKey(std::shared_ptr<const internal::KeyImpl> impl)
      : impl_(std::move(impl)) {}
  std::shared_ptr<const internal::KeyImpl> impl_;
};

// x coordinate (full width) of the shared point. The keys must be on the same
// curve. The peer was checked when it was made.
Result<SecretBytes> EcdhX(const PrivateKey& own, const PublicKey& peer);

// RSA encryption. OAEP with `hash` for both label and MGF1. JOSE's label is
// empty. One error for every failure to decrypt.
Result<Bytes> RsaOaepEncrypt(const PublicKey& key, Hash hash,
                             const SecretBytes& plaintext, ByteView label = {});
Result<SecretBytes> RsaOaepDecrypt(const PrivateKey& key, Hash hash,
                                   ByteView ciphertext, ByteView label = {});
Result<Bytes> RsaPkcs1Encrypt(const PublicKey& key,
                              const SecretBytes& plaintext);
// Implicit rejection: a bad padding gives random bytes of `want_size`, so that
// no caller can tell it from a wrong key (RFC 3218).
SecretBytes RsaPkcs1Decrypt(const PrivateKey& key, ByteView ciphertext,
                            size_t want_size);

}  // namespace vouchsafe::crypto
