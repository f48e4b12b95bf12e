#pragma once

// Message digests, MACs and the KDF of JOSE. OpenSSL algorithms are fetched
// once. All functions are thread-safe.

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace vouchsafe::crypto {

// kMd5 and kSha1 are for the policy language's own functions alone; nothing
// that decides rests on them.
enum class Hash { kMd5, kSha1, kSha256, kSha384, kSha512, kSm3 };

std::string_view HashName(Hash hash);  // "sha256", ...
size_t HashSize(Hash hash);
// ASCII case-insensitive "sha256", "sha384", "sha512", "sm3".
std::optional<Hash> ParseHashName(std::string_view name);

Bytes Digest(Hash hash, ByteView data);
std::array<uint8_t, 32> Sha256(ByteView data);
std::array<uint8_t, 48> Sha384(ByteView data);

// Incremental: Update any number of times, then Finish once.
class Hasher {
 public:
  explicit Hasher(Hash hash);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  Hasher& Update(ByteView data);
  Bytes Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

Bytes Hmac(Hash hash, ByteView key, ByteView data);

// NIST SP 800-56A one-step KDF with SHA-256, as RFC 7518 section 4.6.2 uses it:
// AlgorithmID, PartyUInfo and PartyVInfo are length-prefixed.
SecretBytes ConcatKdfSha256(ByteView z, std::string_view algorithm_id,
                            ByteView party_u, ByteView party_v,
                            size_t key_bits);

}  // namespace vouchsafe::crypto
