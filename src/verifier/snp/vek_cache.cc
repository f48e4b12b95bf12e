#include "verifier/snp/vek_cache.h"

#include "crypto/hash.h"

namespace vouchsafe::snp {

VekCache::Digest VekCache::DigestOf(ByteView certificate) {
  return crypto::Sha256(certificate);
}

std::optional<VerifiedVek> VekCache::Find(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->vek;
}

void VekCache::Put(const Digest& digest, const VerifiedVek& vek) {
  if (max_entries_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
    found->second->vek = vek;
    entries_.splice(entries_.begin(), entries_, found->second);
    return;
  }
  if (entries_.size() >= max_entries_) {
    by_digest_.erase(entries_.back().digest);
    entries_.pop_back();
  }
  entries_.push_front(Entry{digest, vek});
  by_digest_[digest] = entries_.begin();
}

size_t VekCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace vouchsafe::snp
