#pragma once

// Internal to crypto/: what a Certificate holds.

#include <mutex>

#include "crypto/ossl.h"
#include "crypto/x509.h"
#include "crypto/x509_der.h"

namespace vouchsafe::crypto {

// Views point into `der`. Immutable, apart from what once_flags guard.
struct Certificate::Impl {
  Bytes der;
  std::array<uint8_t, 32> fingerprint;
  internal::SignedDer parts;
  ByteView inner_algorithm;
  ByteView serial;  // INTEGER content
  ByteView issuer;
  ByteView subject;
  ByteView spki;
  int version = 1;
  int64_t not_before = 0;
  int64_t not_after = 0;
  std::vector<internal::Extension> extensions;
  bool is_ca = false;
  std::optional<uint32_t> path_length;
  std::optional<uint32_t> key_usage;  // bit n of RFC 5280 is 1 << n
  internal::X509Ptr x509;             // for names and chains

  mutable std::once_flag key_once;
  mutable std::optional<Result<PublicKey>> key;
};

}  // namespace vouchsafe::crypto
