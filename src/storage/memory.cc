#include "storage/memory.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "storage/batch.h"
#include "storage/keys.h"

namespace vouchsafe::storage {
namespace {

// A write also frees this many expired keys, so a namespace of short-lived
// keys does not grow even if nobody sweeps it.
constexpr size_t kSweepPerWrite = 4;

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(const Clock& clock) : clock_(clock) {}

  Result<std::optional<Bytes>> Get(std::string_view key) const override {
    TRY(CheckKey(key));
    const int64_t now = clock_.UnixSeconds();
    const std::shared_lock lock(mutex_);
    return Find(key, now);
  }

  Result<SetOutcome> Set(std::string_view key, ByteView value,
                         const SetOptions& options) override {
    TRY(CheckKey(key));
    TRY(CheckValue(value));
    const int64_t now = clock_.UnixSeconds();
    Bytes bytes = ToBytes(value);
    const std::unique_lock lock(mutex_);
    SweepLocked(now, kSweepPerWrite);
    const SetOutcome outcome = Judge(options, FindIfNeeded(key, options, now));
    if (outcome == SetOutcome::kStored) {
      Put(key, std::move(bytes), options.expires_unix_s);
    }
    return outcome;
  }

  Result<> Apply(std::span<const Change> changes) override {
    TRY(CheckBatch(changes));
    const int64_t now = clock_.UnixSeconds();
    const std::unique_lock lock(mutex_);
    for (const Change& change : changes) {
      if (change.value &&
          Judge(change.options, Find(change.key, now)) != SetOutcome::kStored) {
        return BatchConflict(change.key);
      }
    }
    for (const Change& change : changes) {
      if (change.value) {
        Put(change.key, *change.value, change.options.expires_unix_s);
      } else {
        Erase(change.key);
      }
    }
    return {};
  }

  Result<KeyPage> List(std::string_view prefix, std::string_view cursor,
                       size_t limit) const override {
    limit = std::max<size_t>(limit, 1);
    const int64_t now = clock_.UnixSeconds();
    KeyPage page;
    const std::shared_lock lock(mutex_);
    auto it = cursor.empty() || cursor < prefix ? entries_.lower_bound(prefix)
                                                : entries_.upper_bound(cursor);
    for (; it != entries_.end() && it->first.starts_with(prefix); ++it) {
      if (it->second.ExpiredAt(now)) continue;
      if (page.keys.size() == limit) {
        page.next = page.keys.back();
        break;
      }
      page.keys.push_back(it->first);
    }
    return page;
  }

  Result<std::optional<Bytes>> Delete(std::string_view key) override {
    TRY(CheckKey(key));
    const int64_t now = clock_.UnixSeconds();
    const std::unique_lock lock(mutex_);
    std::optional<Bytes> old = Find(key, now);
    Erase(key);
    return old;
  }

  Result<size_t> Sweep(size_t limit) override {
    const int64_t now = clock_.UnixSeconds();
    const std::unique_lock lock(mutex_);
    return SweepLocked(now, limit);
  }

 private:
  struct Entry {
    Bytes value;
    std::optional<int64_t> expires;
    bool ExpiredAt(int64_t now) const { return expires && *expires <= now; }
  };

  std::optional<Bytes> Find(std::string_view key, int64_t now) const {
    const auto it = entries_.find(key);
    if (it == entries_.end() || it->second.ExpiredAt(now)) return std::nullopt;
    return it->second.value;
  }

  std::optional<Bytes> FindIfNeeded(std::string_view key,
                                    const SetOptions& options,
                                    int64_t now) const {
    if (options.mode == SetMode::kAny) return std::nullopt;
    return Find(key, now);
  }

  void Put(std::string_view key, Bytes value, std::optional<int64_t> expires) {
    Erase(key);
    std::string name(key);
    if (expires) by_expiry_.emplace(*expires, name);
    entries_.emplace(std::move(name), Entry{std::move(value), expires});
  }

  void Erase(std::string_view key) {
    const auto it = entries_.find(key);
    if (it == entries_.end()) return;
    if (it->second.expires) by_expiry_.erase({*it->second.expires, it->first});
    entries_.erase(it);
  }

  size_t SweepLocked(int64_t now, size_t limit) {
    size_t removed = 0;
    while (removed < limit && !by_expiry_.empty() &&
           by_expiry_.begin()->first <= now) {
      const std::string key = by_expiry_.begin()->second;
      Erase(key);
      ++removed;
    }
    return removed;
  }

  const Clock& clock_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::set<std::pair<int64_t, std::string>> by_expiry_;
};

}  // namespace

std::shared_ptr<Store> MakeMemoryStore(const Clock& clock) {
  return std::make_shared<MemoryStore>(clock);
}

}  // namespace vouchsafe::storage
