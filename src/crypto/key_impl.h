#pragma once

// Internal to crypto/: what a key object holds. The numbers are the key; the
// objects of the libraries are made from them when first needed (most keys are
// used for one thing only: an ephemeral key never needs an EVP_PKEY).

#include <memory>
#include <mutex>

#include "crypto/keys.h"
#include "crypto/ossl.h"

namespace vouchsafe::crypto::internal {

class P384Point;  // p384_verify.cc
struct P384PointDeleter {
  void operator()(P384Point* point) const;
};

// Immutable once built, apart from what is made under a once_flag.
struct KeyImpl {
  KeyType type = KeyType::kEcP256;
  bool is_private = false;
  size_t bits = 0;

  EcPoint point;        // EC: full width
  EcPointPtr ec_point;  // EC: the same, on SharedGroup(type)
  BnPtr ec_scalar;      // EC, private
  RsaNumbers rsa;       // RSA
  Bytes ed25519;        // Ed25519: the raw public key

  // RSA and Ed25519: set when made. EC: made by Pkey().
  mutable PkeyPtr pkey;
  mutable std::once_flag pkey_once;
  mutable std::unique_ptr<P384Point, P384PointDeleter> p384;
  mutable std::once_flag p384_once;

  // Never null. Borrowed. Thread-safe.
  EVP_PKEY* Pkey() const;

  static PublicKey MakePublic(std::shared_ptr<const KeyImpl> impl) {
    return PublicKey(std::move(impl));
  }
};

// Lives as long as the process, read-only.
const EC_GROUP* SharedGroup(KeyType curve);
// "prime256v1", ... of EVP_PKEY parameters.
const char* GroupName(KeyType curve);

// ec.cc. The point is computed from the scalar.
Result<std::shared_ptr<KeyImpl>> EcFromScalar(KeyType curve, BnPtr scalar);
Result<std::shared_ptr<KeyImpl>> EcFromCoordinates(KeyType curve, ByteView x,
                                                   ByteView y);
std::shared_ptr<KeyImpl> EcGenerate(KeyType curve);
PkeyPtr EcPkey(const KeyImpl& key);

// rsa.cc
Result<std::shared_ptr<KeyImpl>> RsaPublicFrom(ByteView n, ByteView e,
                                               size_t min_bits,
                                               size_t max_bits);
Result<std::shared_ptr<KeyImpl>> RsaPrivateFrom(ByteView n, ByteView e,
                                                ByteView d, ByteView p,
                                                ByteView q);
Result<std::shared_ptr<KeyImpl>> RsaGenerate(size_t bits);

// keys.cc
Result<std::shared_ptr<KeyImpl>> Ed25519PublicFrom(ByteView raw);
Result<std::shared_ptr<KeyImpl>> Ed25519PrivateFrom(ByteView seed);

// key_der.cc: SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) of the five
// types.
Result<std::shared_ptr<KeyImpl>> ParseSpki(ByteView der);
Result<std::shared_ptr<KeyImpl>> ParsePkcs1Public(ByteView der);
Bytes WriteSpki(const KeyImpl& key);

// key_der.cc: PKCS#8, and what stands inside of it.
Result<std::shared_ptr<KeyImpl>> ParsePkcs8(ByteView der);
Result<std::shared_ptr<KeyImpl>> ParsePkcs1Private(ByteView der);
Result<std::shared_ptr<KeyImpl>> ParseSec1(ByteView der,
                                           std::optional<KeyType> curve);

}  // namespace vouchsafe::crypto::internal
