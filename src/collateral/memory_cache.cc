#include "collateral/memory_cache.h"

namespace vouchsafe::collateral {
namespace {

// What an entry costs beside its content: nodes, control blocks.
constexpr size_t kOverhead = 256;

size_t SizeOf(const Key& key, const MemoryCache::Answer& answer) {
  size_t size = kOverhead + 3 * (key.kind.size() + key.id.size());
  if (!answer) return size + answer.error().message.size();
  size += (*answer)->bytes.size() + (*answer)->source.size();
  for (const auto& [name, value] : (*answer)->headers) {
    size += name.size() + value.size();
  }
  return size;
}

}  // namespace

const MemoryCache::Answer* MemoryCache::Find(const Key& key, int64_t now) {
  const auto it = entries_.find(key);
  if (it == entries_.end()) return nullptr;
  if (it->second.until <= now) {
    Erase(key);
    return nullptr;
  }
  by_use_.splice(by_use_.begin(), by_use_, it->second.used);
  return &it->second.answer;
}

void MemoryCache::Put(const Key& key, Answer answer, int64_t until) {
  Erase(key);
  const size_t size = SizeOf(key, answer);
  if (size > max_bytes_ || max_objects_ == 0) return;
  by_use_.push_front(key);
  entries_.emplace(key, Entry{std::move(answer), until, size, by_use_.begin()});
  bytes_ += size;
  Evict();
}

void MemoryCache::Erase(const Key& key) {
  const auto it = entries_.find(key);
  if (it == entries_.end()) return;
  bytes_ -= it->second.size;
  by_use_.erase(it->second.used);
  entries_.erase(it);
}

void MemoryCache::Evict() {
  while (bytes_ > max_bytes_ || entries_.size() > max_objects_) {
    Erase(Key(by_use_.back()));
  }
}

}  // namespace vouchsafe::collateral
