#pragma once

// The roots of trust: for each generation the keys of ARK, ASK and ASVK.
// AMD's are pinned in amd_keys.cc; others come in by a constructor only, for
// tests.

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "crypto/x509.h"
#include "verifier/snp/amd_keys.h"
#include "verifier/snp/certs.h"
#include "verifier/snp/generation.h"

namespace vouchsafe::snp {

struct RootKey {
  crypto::PublicKey key;
  Bytes subject_der;  // the name that what it signs must give as issuer
  Bytes serial;       // of its certificate, big-endian, no leading zero
  std::array<uint8_t, 32> certificate_sha256;
  std::array<uint8_t, 32> spki_sha256;
};

struct GenerationRoots {
  RootKey ark;
  RootKey ask;
  RootKey asvk;

  const RootKey& IssuerOf(VekKind kind) const {
    return kind == VekKind::kVcek ? ask : asvk;
  }
};

// Immutable; safe to share.
class Roots {
 public:
  // AMD's, of all generations. Fails only when the constants are damaged.
  static Result<Roots> Amd();

  explicit Roots(std::map<Generation, GenerationRoots> by_generation)
      : by_generation_(std::move(by_generation)) {}

  // nullptr when none are known.
  const GenerationRoots* Find(Generation generation) const {
    const auto it = by_generation_.find(generation);
    return it == by_generation_.end() ? nullptr : &it->second;
  }

 private:
  std::map<Generation, GenerationRoots> by_generation_;
};

// What is pinned of a certificate.
Result<RootKey> RootKeyOf(const crypto::Certificate& certificate);

}  // namespace vouchsafe::snp
