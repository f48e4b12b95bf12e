#pragma once

// Internal to crypto/: OpenSSL's objects as unique_ptr types, and its error
// queue. Return codes alone decide; the queue is read for the message only.

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace vouchsafe::crypto::internal {

template <auto kFree>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free>>;
using BnPtr = std::unique_ptr<BIGNUM, Deleter<BN_clear_free>>;
using BnCtxPtr = std::unique_ptr<BN_CTX, Deleter<BN_CTX_free>>;
using CipherCtxPtr =
    std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX_free>>;
using EcPointPtr = std::unique_ptr<EC_POINT, Deleter<EC_POINT_clear_free>>;
using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using X509CrlPtr = std::unique_ptr<X509_CRL, Deleter<X509_CRL_free>>;
using X509NamePtr = std::unique_ptr<X509_NAME, Deleter<X509_NAME_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;

// Empties this thread's error queue. The reason of the first entry (the
// innermost failure), or "unknown error".
std::string DrainErrors();

// Fail with `what` and OpenSSL's reason, the queue drained.
tl::unexpected<Error> OpenSslFail(ErrorCode code, std::string_view what);

// For what only fails when the machine or the installation is broken (no
// memory, no provider): no caller could go on. Writes `what` to stderr.
[[noreturn]] void Die(const char* what);
inline void Must(bool ok, const char* what) {
  if (!ok) Die(what);
}
template <class T>
T* MustHave(T* object, const char* what) {
  if (object == nullptr) Die(what);
  return object;
}

// OpenSSL takes lengths as int.
inline constexpr size_t kMaxInput = size_t{1} << 30;

// Big-endian unsigned bytes.
BnPtr ToBn(ByteView bytes);
Bytes FromBn(const BIGNUM* number);  // minimal
void FromBnPadded(const BIGNUM* number, std::span<uint8_t> out);

}  // namespace vouchsafe::crypto::internal
