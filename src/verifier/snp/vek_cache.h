#pragma once

// VEKs that were verified before, by the SHA-256 of the bytes they came in
// (DER or PEM): a further request with the same certificate costs one P-384
// verification. Bounded, least recently used out first. Thread-safe.

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "verifier/snp/verify.h"

namespace vouchsafe::snp {

class VekCache {
 public:
  using Digest = std::array<uint8_t, 32>;

  explicit VekCache(size_t max_entries) : max_entries_(max_entries) {}

  static Digest DigestOf(ByteView certificate);
  std::optional<VerifiedVek> Find(const Digest& digest);
  void Put(const Digest& digest, const VerifiedVek& vek);
  size_t size() const;

 private:
  struct Entry {
    Digest digest;
    VerifiedVek vek;
  };
  const size_t max_entries_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::map<Digest, std::list<Entry>::iterator> by_digest_;
};

}  // namespace vouchsafe::snp
