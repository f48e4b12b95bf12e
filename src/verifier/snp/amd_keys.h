#pragma once

// AMD's signing keys, pinned: verification needs no file and no network.

#include <cstdint>
#include <span>
#include <string_view>

#include "verifier/snp/generation.h"

namespace vouchsafe::snp {

enum class PinnedRole {
  kArk,   // root: signs ASK, ASVK and the revocation lists
  kAsk,   // signs VCEKs
  kAsvk,  // signs VLEKs
};

struct PinnedKey {
  Generation generation;
  PinnedRole role;
  std::string_view common_name;         // of the certificate's subject
  uint64_t serial;                      // of the certificate
  std::string_view certificate_sha256;  // of the DER, lower-case hex
  std::string_view spki_base64;         // SubjectPublicKeyInfo, DER
};

// Nine, three for each generation.
std::span<const PinnedKey> AmdKeys();

}  // namespace vouchsafe::snp
