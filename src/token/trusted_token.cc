#include "token/trusted_token.h"

namespace vouchsafe::token::internal {

std::shared_ptr<const TrustedToken> TokenCache::Find(const Digest& digest) {
  std::lock_guard lock(mutex_);
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return nullptr;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return *found->second;
}

void TokenCache::Insert(std::shared_ptr<const TrustedToken> token) {
  if (max_tokens_ == 0 || token->size > max_bytes_) return;
  std::lock_guard lock(mutex_);
  EraseLocked(token->digest);
  bytes_ += token->size;
  by_use_.push_front(std::move(token));
  by_digest_[by_use_.front()->digest] = by_use_.begin();
  while (by_use_.size() > max_tokens_ || bytes_ > max_bytes_) {
    EraseLocked(Digest(by_use_.back()->digest));
  }
}

void TokenCache::Erase(const Digest& digest) {
  std::lock_guard lock(mutex_);
  EraseLocked(digest);
}

void TokenCache::EraseLocked(const Digest& digest) {
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return;
  bytes_ -= (*found->second)->size;
  by_use_.erase(found->second);
  by_digest_.erase(found);
}

size_t TokenCache::size() const {
  std::lock_guard lock(mutex_);
  return by_use_.size();
}

}  // namespace vouchsafe::token::internal
