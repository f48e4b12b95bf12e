#include "crypto/sign.h"

#include <openssl/rsa.h>

#include <algorithm>

#include "crypto/der_reader.h"
#include "crypto/key_impl.h"
#include "crypto/md.h"
#include "crypto/p384.h"

namespace vouchsafe::crypto {

namespace {

using internal::DerReader;
using internal::DrainErrors;
using internal::KeyImpl;
using internal::kTagInteger;
using internal::kTagSequence;
using internal::MdCtxPtr;
using internal::MustHave;

Result<> CheckSuits(KeyType type, SignatureScheme scheme, Hash hash) {
  const bool suits = scheme == SignatureScheme::kEcdsa ? IsEc(type)
                     : scheme == SignatureScheme::kEd25519
                         ? type == KeyType::kEd25519
                         : type == KeyType::kRsa;
  if (!suits) {
    return Fail(ErrorCode::kInvalidInput, "signature: a key of type " +
                                              std::string(KeyTypeName(type)) +
                                              " does not suit the algorithm");
  }
  if (scheme != SignatureScheme::kEd25519 && !internal::IsSignatureHash(hash)) {
    return Fail(ErrorCode::kUnsupported,
                "signature: " + std::string(HashName(hash)) +
                    " is not offered for signatures");
  }
  return {};
}

// EVP_DigestSignInit or EVP_DigestVerifyInit, and the padding.
using InitFunction = int (*)(EVP_MD_CTX*, EVP_PKEY_CTX**, const EVP_MD*,
                             ENGINE*, EVP_PKEY*);
bool Start(EVP_MD_CTX* context, InitFunction init, const KeyImpl& key,
           SignatureScheme scheme, Hash hash) {
  const EVP_MD* md =
      scheme == SignatureScheme::kEd25519 ? nullptr : internal::Md(hash);
  EVP_PKEY_CTX* options = nullptr;  // borrowed
  if (init(context, &options, md, nullptr, key.Pkey()) != 1) return false;
  if (scheme != SignatureScheme::kRsaPss) return true;
  return EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(options, md) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
}

MdCtxPtr NewContext() {
  return MdCtxPtr(MustHave(EVP_MD_CTX_new(), "EVP_MD_CTX_new"));
}

// `signature` in OpenSSL's form (DER for ECDSA).
bool OpenSslVerify(const KeyImpl& key, SignatureScheme scheme, Hash hash,
                   ByteView message, ByteView signature) {
  const MdCtxPtr context = NewContext();
  internal::Must(Start(context.get(), EVP_DigestVerifyInit, key, scheme, hash),
                 "EVP_DigestVerifyInit of a suitable key");
  const bool good =
      EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                       message.data(), message.size()) == 1;
  if (!good) DrainErrors();
  return good;
}

Bytes EcdsaDer(ByteView r, ByteView s) {
  Bytes numbers = internal::DerUnsigned(r);
  internal::Append(numbers, internal::DerUnsigned(s));
  return internal::DerValue(kTagSequence, numbers);
}

// r || s, each padded to `size`; nullopt when malformed or too large.
std::optional<Bytes> EcdsaFromDer(ByteView der, size_t size) {
  DerReader outer(der);
  DerReader in = outer.Sub(kTagSequence);
  const auto r = internal::UnsignedInteger(in.Take(kTagInteger));
  const auto s = internal::UnsignedInteger(in.Take(kTagInteger));
  if (!in.End() || !outer.End() || !r || !s || r->size() > size ||
      s->size() > size) {
    return std::nullopt;
  }
  Bytes out(2 * size);
  std::copy(r->begin(), r->end(),
            out.begin() + static_cast<ptrdiff_t>(size - r->size()));
  std::copy(s->begin(), s->end(),
            out.end() - static_cast<ptrdiff_t>(s->size()));
  return out;
}

}  // namespace

namespace internal {

bool OpenSslVerifiesEcdsa(const KeyImpl& key, Hash hash, ByteView message,
                          ByteView r, ByteView s) {
  return OpenSslVerify(key, SignatureScheme::kEcdsa, hash, message,
                       EcdsaDer(r, s));
}

}  // namespace internal

namespace {

bool VerifyEcdsa(const PublicKey& key, Hash hash, ByteView message, ByteView r,
                 ByteView s) {
  if (key.type() == KeyType::kEcP384 && hash == Hash::kSha384 &&
      internal::NettleVerifiesP384(key.impl(), Sha384(message), r, s)) {
    return true;
  }
  return internal::OpenSslVerifiesEcdsa(key.impl(), hash, message, r, s);
}

}  // namespace

Result<bool> Verify(const PublicKey& key, SignatureScheme scheme, Hash hash,
                    ByteView message, ByteView signature) {
  TRY(CheckSuits(key.type(), scheme, hash));
  if (scheme != SignatureScheme::kEcdsa) {
    return OpenSslVerify(key.impl(), scheme, hash, message, signature);
  }
  const size_t size = CoordinateSize(key.type());
  if (signature.size() != 2 * size) return false;
  return VerifyEcdsa(key, hash, message, signature.first(size),
                     signature.last(size));
}

Result<bool> VerifyEcdsaDer(const PublicKey& key, Hash hash, ByteView message,
                            ByteView signature) {
  TRY(CheckSuits(key.type(), SignatureScheme::kEcdsa, hash));
  const size_t size = CoordinateSize(key.type());
  const auto rs = EcdsaFromDer(signature, size);
  if (!rs) return false;
  return VerifyEcdsa(key, hash, message, ByteView(*rs).first(size),
                     ByteView(*rs).last(size));
}

Result<bool> VerifyEcdsaP384Sha384(const PublicKey& key, ByteView message,
                                   ByteView r, ByteView s) {
  if (key.type() != KeyType::kEcP384) {
    return Fail(ErrorCode::kInvalidInput, "signature: the key is not on P-384");
  }
  if (r.size() != 48 || s.size() != 48) return false;
  return VerifyEcdsa(key, Hash::kSha384, message, r, s);
}

Result<Bytes> Sign(const PrivateKey& key, SignatureScheme scheme, Hash hash,
                   ByteView message) {
  TRY(CheckSuits(key.type(), scheme, hash));
  const MdCtxPtr context = NewContext();
  Bytes signature(static_cast<size_t>(EVP_PKEY_get_size(key.impl().Pkey())));
  size_t size = signature.size();
  if (!Start(context.get(), EVP_DigestSignInit, key.impl(), scheme, hash) ||
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(),
                     message.size()) != 1) {
    return internal::OpenSslFail(ErrorCode::kInternal, "signature");
  }
  signature.resize(size);
  if (scheme != SignatureScheme::kEcdsa) return signature;
  auto rs = EcdsaFromDer(signature, CoordinateSize(key.type()));
  if (!rs) return Fail(ErrorCode::kInternal, "signature: malformed DER");
  return *std::move(rs);
}

}  // namespace vouchsafe::crypto
