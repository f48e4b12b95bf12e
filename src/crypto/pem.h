#pragma once

// Internal to crypto/: PEM blocks (RFC 7468).

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace vouchsafe::crypto::internal {

inline constexpr size_t kMaxPemSize = size_t{16} << 20;

struct PemBlock {
  std::string label;  // "PUBLIC KEY"
  SecretBytes der;    // it may hold a private key
  size_t end = 0;     // where the text after the block begins
};

// The first block at or after `pem`'s start; text around blocks is skipped.
// kInvalidInput when there is none or it is malformed, kUnsupported when it has
// headers (encrypted).
Result<PemBlock> FirstPemBlock(std::string_view pem);

// With lines of 64 characters.
std::string WritePem(std::string_view label, ByteView der);

}  // namespace vouchsafe::crypto::internal
