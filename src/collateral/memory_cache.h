#pragma once

// What is kept in memory: found objects and failures, each until its time, the
// least recently used going first when there are too many. Not thread-safe:
// the owner locks.

#include <list>
#include <map>
#include <memory>

#include "collateral/collateral.h"

namespace vouchsafe::collateral {

class MemoryCache {
 public:
  using Answer = Result<std::shared_ptr<const Object>>;

  MemoryCache(size_t max_bytes, size_t max_objects)
      : max_bytes_(max_bytes), max_objects_(max_objects) {}

  // nullptr when not there or no longer valid at `now`. Valid until the next
  // call that is not const.
  const Answer* Find(const Key& key, int64_t now);
  // Something larger than the whole bound is not kept.
  void Put(const Key& key, Answer answer, int64_t until);
  void Erase(const Key& key);

  size_t objects() const { return entries_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    Answer answer;
    int64_t until;
    size_t size;
    std::list<Key>::iterator used;
  };
  void Evict();

  const size_t max_bytes_;
  const size_t max_objects_;
  size_t bytes_ = 0;
  std::map<Key, Entry> entries_;
  std::list<Key> by_use_;  // the last used first
};

}  // namespace vouchsafe::collateral
