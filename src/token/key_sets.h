#pragma once

// The configured key sets, kept fresh: read again after a while, and when a
// token names a key that none of them has. Thread-safe; no lock is held while
// reading; while one thread reads, others go on with what there is.

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/request.h"
#include "base/result.h"
#include "http/fetcher.h"
#include "jose/jwk.h"

namespace vouchsafe::token {

struct KeySetTiming {
  std::chrono::seconds refresh_every{3600};
  std::chrono::seconds min_interval{60};  // between two reads on a miss
};

class KeySets {
 public:
  // Reads every source once; any failure fails. `fetcher` may be null when no
  // source is https; it must outlive this object.
  static Result<std::unique_ptr<KeySets>> Load(std::vector<std::string> sources,
                                               http::Fetcher* fetcher,
                                               KeySetTiming timing,
                                               const RequestContext& context);

  bool empty() const { return sources_.empty(); }
  // The first key with this kid, sources in order. Reads the sources again
  // when it is time to, or when no key has the kid; a source that cannot be
  // read keeps its old keys.
  std::optional<jose::Jwk> Find(std::string_view kid,
                                const RequestContext& context);
  // Grows whenever keys changed: what was proven with older keys is void.
  uint64_t generation() const { return generation_.load(); }
  // Reads again now if refresh_every has passed.
  void RefreshIfDue(const RequestContext& context);

 private:
  using Sets = std::vector<jose::JwkSet>;
  using TimePoint = std::chrono::steady_clock::time_point;
  KeySets() = default;
  std::shared_ptr<const Sets> Current() const;
  // False when another thread is at it or it is not `due` yet.
  bool BeginRefresh(TimePoint now, TimePoint KeySets::*base,
                    std::chrono::seconds after);
  void Refresh(const RequestContext& context);

  std::vector<std::string> sources_;
  http::Fetcher* fetcher_ = nullptr;
  KeySetTiming timing_;
  std::atomic<uint64_t> generation_{1};
  mutable std::mutex mutex_;
  std::shared_ptr<const Sets> sets_;
  TimePoint last_read_;
  TimePoint next_read_;  // sooner when a source could not be read
  bool reading_ = false;
};

}  // namespace vouchsafe::token
