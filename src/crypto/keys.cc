#include "crypto/keys.h"

#include <openssl/pem.h>

#include <cstring>

#include "base/encoding.h"
#include "crypto/key_impl.h"
#include "crypto/pem.h"
#include "crypto/x509.h"

namespace vouchsafe::crypto {

using internal::KeyImpl;

std::string_view KeyTypeName(KeyType type) {
  switch (type) {
    case KeyType::kRsa:
      return "RSA";
    case KeyType::kEcP256:
      return "P-256";
    case KeyType::kEcP384:
      return "P-384";
    case KeyType::kEcP521:
      return "P-521";
    case KeyType::kEd25519:
      return "Ed25519";
  }
  return "";
}

size_t CoordinateSize(KeyType type) {
  switch (type) {
    case KeyType::kEcP256:
      return 32;
    case KeyType::kEcP384:
      return 48;
    case KeyType::kEcP521:
      return 66;
    case KeyType::kRsa:
    case KeyType::kEd25519:
      return 0;
  }
  return 0;
}

bool IsEc(KeyType type) { return CoordinateSize(type) != 0; }

namespace internal {

namespace {

constexpr size_t kEd25519Size = 32;

std::shared_ptr<KeyImpl> NewEd25519(PkeyPtr pkey, bool is_private) {
  auto key = std::make_shared<KeyImpl>();
  key->type = KeyType::kEd25519;
  key->is_private = is_private;
  key->bits = 256;
  key->ed25519.resize(kEd25519Size);
  size_t size = kEd25519Size;
  Must(EVP_PKEY_get_raw_public_key(pkey.get(), key->ed25519.data(), &size) == 1,
       "EVP_PKEY_get_raw_public_key");
  key->pkey = std::move(pkey);
  return key;
}

using RawKeyFunction = EVP_PKEY* (*)(int, ENGINE*, const unsigned char*,
                                     size_t);

Result<std::shared_ptr<KeyImpl>> Ed25519From(RawKeyFunction make, ByteView raw,
                                             bool is_private) {
  if (raw.size() != kEd25519Size) {
    return Fail(
        ErrorCode::kInvalidInput,
        "Ed25519 key: " + std::to_string(raw.size()) + " bytes, want 32");
  }
  PkeyPtr pkey(make(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()));
  if (pkey == nullptr) {
    return OpenSslFail(ErrorCode::kInvalidInput, "Ed25519 key");
  }
  return NewEd25519(std::move(pkey), is_private);
}

// The public half of a private key, as an object of its own.
std::shared_ptr<const KeyImpl> PublicHalf(const KeyImpl& key) {
  auto half = std::make_shared<KeyImpl>();
  half->type = key.type;
  half->bits = key.bits;
  half->point = key.point;
  half->rsa = key.rsa;
  half->ed25519 = key.ed25519;
  if (key.ec_point != nullptr) {
    half->ec_point.reset(
        MustHave(EC_POINT_dup(key.ec_point.get(), SharedGroup(key.type)),
                 "EC_POINT_dup"));
  }
  if (key.pkey != nullptr && !IsEc(key.type)) {
    // Operations choose what they need of it; the private numbers in it can
    // not be reached through a PublicKey.
    EVP_PKEY_up_ref(key.pkey.get());
    half->pkey.reset(key.pkey.get());
  }
  return half;
}

}  // namespace

Result<std::shared_ptr<KeyImpl>> Ed25519PublicFrom(ByteView raw) {
  return Ed25519From(EVP_PKEY_new_raw_public_key, raw, false);
}

Result<std::shared_ptr<KeyImpl>> Ed25519PrivateFrom(ByteView seed) {
  return Ed25519From(EVP_PKEY_new_raw_private_key, seed, true);
}

EVP_PKEY* KeyImpl::Pkey() const {
  if (IsEc(type)) {
    std::call_once(pkey_once, [this] { pkey = EcPkey(*this); });
  }
  return pkey.get();
}

}  // namespace internal

Result<PublicKey> PublicKey::FromSpkiDer(ByteView der) {
  return PublicKey(TRY(internal::ParseSpki(der)));
}

Result<PublicKey> PublicKey::FromPem(std::string_view pem) {
  const internal::PemBlock block = TRY(internal::FirstPemBlock(pem));
  if (block.label == "PUBLIC KEY") return FromSpkiDer(block.der.view());
  if (block.label == "RSA PUBLIC KEY") {
    return PublicKey(TRY(internal::ParsePkcs1Public(block.der.view())));
  }
  if (block.label == "CERTIFICATE") {
    const Certificate certificate = TRY(Certificate::FromDer(block.der.view()));
    return certificate.public_key();
  }
  return Fail(ErrorCode::kInvalidInput,
              "public key: PEM block of another kind, want PUBLIC KEY, RSA "
              "PUBLIC KEY or CERTIFICATE");
}

Result<PublicKey> PublicKey::FromEcPoint(KeyType curve, ByteView x,
                                         ByteView y) {
  return PublicKey(TRY(internal::EcFromCoordinates(curve, x, y)));
}

Result<PublicKey> PublicKey::FromRsa(ByteView n, ByteView e, size_t min_bits,
                                     size_t max_bits) {
  return PublicKey(TRY(internal::RsaPublicFrom(n, e, min_bits, max_bits)));
}

Result<PublicKey> PublicKey::FromEd25519(ByteView raw) {
  return PublicKey(TRY(internal::Ed25519PublicFrom(raw)));
}

KeyType PublicKey::type() const { return impl_->type; }
size_t PublicKey::bits() const { return impl_->bits; }
EcPoint PublicKey::ec_point() const { return impl_->point; }
RsaNumbers PublicKey::rsa_numbers() const { return impl_->rsa; }
Bytes PublicKey::ed25519_raw() const { return impl_->ed25519; }
Bytes PublicKey::SpkiDer() const { return internal::WriteSpki(*impl_); }

std::string PublicKey::SpkiPem() const {
  return internal::WritePem("PUBLIC KEY", SpkiDer());
}

bool operator==(const PublicKey& a, const PublicKey& b) {
  const KeyImpl& p = *a.impl_;
  const KeyImpl& q = *b.impl_;
  return p.type == q.type && p.point.x == q.point.x && p.point.y == q.point.y &&
         p.rsa.n == q.rsa.n && p.rsa.e == q.rsa.e && p.ed25519 == q.ed25519;
}

Result<PrivateKey> PrivateKey::Generate(KeyType type, size_t rsa_bits) {
  if (IsEc(type)) return PrivateKey(internal::EcGenerate(type));
  if (type == KeyType::kRsa) {
    return PrivateKey(TRY(internal::RsaGenerate(rsa_bits)));
  }
  internal::PkeyPtr pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (pkey == nullptr) {
    return internal::OpenSslFail(ErrorCode::kInternal, "Ed25519 key");
  }
  return PrivateKey(internal::NewEd25519(std::move(pkey), true));
}

Result<PrivateKey> PrivateKey::FromPem(std::string_view pem) {
  const internal::PemBlock block = TRY(internal::FirstPemBlock(pem));
  const ByteView der = block.der.view();
  if (block.label == "PRIVATE KEY") return FromPkcs8Der(der);
  if (block.label == "RSA PRIVATE KEY") {
    return PrivateKey(TRY(internal::ParsePkcs1Private(der)));
  }
  if (block.label == "EC PRIVATE KEY") {
    return PrivateKey(TRY(internal::ParseSec1(der, std::nullopt)));
  }
  if (block.label == "EC PARAMETERS") {
    // `openssl ecparam -genkey` writes the curve before the key.
    const size_t next = pem.find("-----BEGIN EC PRIVATE KEY-----");
    if (next != std::string_view::npos) return FromPem(pem.substr(next));
  }
  if (block.label == "ENCRYPTED PRIVATE KEY") {
    return Fail(ErrorCode::kUnsupported,
                "private key: encrypted PEM is not offered");
  }
  return Fail(ErrorCode::kInvalidInput,
              "private key: PEM block of another kind, want PRIVATE KEY, RSA "
              "PRIVATE KEY or EC PRIVATE KEY");
}

Result<PrivateKey> PrivateKey::FromPkcs8Der(ByteView der) {
  return PrivateKey(TRY(internal::ParsePkcs8(der)));
}

Result<PrivateKey> PrivateKey::FromEcScalar(KeyType curve,
                                            const SecretBytes& d) {
  if (!IsEc(curve) || d.size() != CoordinateSize(curve)) {
    return Fail(ErrorCode::kInvalidInput,
                "EC private key: " + std::to_string(d.size()) +
                    " bytes, want " + std::to_string(CoordinateSize(curve)));
  }
  return PrivateKey(
      TRY(internal::EcFromScalar(curve, internal::ToBn(d.view()))));
}

Result<PrivateKey> PrivateKey::FromEd25519Seed(const SecretBytes& seed) {
  return PrivateKey(TRY(internal::Ed25519PrivateFrom(seed.view())));
}

Result<PrivateKey> PrivateKey::FromRsaNumbers(ByteView n, ByteView e,
                                              const SecretBytes& d,
                                              const SecretBytes& p,
                                              const SecretBytes& q) {
  return PrivateKey(
      TRY(internal::RsaPrivateFrom(n, e, d.view(), p.view(), q.view())));
}

KeyType PrivateKey::type() const { return impl_->type; }

PublicKey PrivateKey::Public() const {
  return PublicKey(internal::PublicHalf(*impl_));
}

SecretBytes PrivateKey::Pkcs8Pem() const {
  const internal::BioPtr out(
      internal::MustHave(BIO_new(BIO_s_secmem()), "BIO_new"));
  internal::Must(
      PEM_write_bio_PKCS8PrivateKey(out.get(), impl_->Pkey(), nullptr, nullptr,
                                    0, nullptr, nullptr) == 1,
      "PEM_write_bio_PKCS8PrivateKey");
  const char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return SecretBytes(AsBytes({data, static_cast<size_t>(size)}));
}

}  // namespace vouchsafe::crypto
