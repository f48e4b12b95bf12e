#pragma once

// Collateral: what verifiers need from elsewhere (certificates, CRLs, TCB
// info, RIMs), by one shared cache. Verifiers say what they need; sources say
// how it comes.
//
//   Collateral cache(limits, clock, store);
//   cache.AddSource("snp.vcek", offline);     // asked in this order
//   cache.AddSource("snp.vcek", kds);
//   auto vcek = TRY(cache.Get({"snp.vcek", id}, context));
//
// One request is in flight per object: those who ask meanwhile wait for it
// within their own deadline. Found objects are kept until they expire or the
// byte bound pushes out the least recently used; failures are kept for a short
// time. With a store, found objects survive restarts. Bytes are as they came:
// nothing here is verified, the verifier does that each time or by digest.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/request.h"
#include "base/result.h"
#include "storage/store.h"

namespace vouchsafe::collateral {

// `kind` chooses the sources: "snp.vcek", "intel.tcb_info". `id` is the
// object's own name within the kind; the sources know how to read it.
struct Key {
  std::string kind;
  std::string id;
  friend auto operator<=>(const Key&, const Key&) = default;
  std::string Text() const;  // "kind/id"
};

// What a source found.
struct Fetched {
  Bytes bytes;
  // Until when it may be used without asking again; the cache cuts it to its
  // own bounds. nullopt: the cache's default.
  std::optional<int64_t> expires_unix_s = {};
  // Header fields that belong to the object (Intel's issuer chains), by lower
  // case name.
  std::map<std::string, std::string> headers = {};
};

// What the cache gives. Immutable.
struct Object {
  Key key;
  Bytes bytes;
  std::map<std::string, std::string> headers;
  std::string source;  // the name of the source it came from
  int64_t fetched_unix_s = 0;
  int64_t expires_unix_s = 0;
};

// Why a source has no answer. With `retry_after_s` the source is not asked for
// anything in that time.
struct Miss {
  Error error;
  std::optional<int64_t> retry_after_s = {};
};

// One place to ask. Thread-safe. kNotFound: it surely has no such object;
// kUnavailable: cannot be reached; kBadPeer: answered nonsense.
class Source {
 public:
  virtual ~Source() = default;
  virtual std::string_view name() const = 0;
  virtual tl::expected<Fetched, Miss> Fetch(const Key& key,
                                            const RequestContext& context) = 0;
};

// A source made of a function.
using FetchFunction = std::function<tl::expected<Fetched, Miss>(
    const Key& key, const RequestContext& context)>;
std::shared_ptr<Source> MakeSource(std::string name, FetchFunction fetch);
// `return Missed(ErrorCode::kNotFound, "no such file");` in a source.
tl::unexpected<Miss> Missed(ErrorCode code, std::string message);

// What Get needs of the cache: verifiers take this, so tests can give objects
// without sources.
class Provider {
 public:
  virtual ~Provider() = default;
  // kNotFound when every source said so; else kUnavailable, kBadPeer or
  // kTooLarge of the last source that could not answer, with a message that
  // lists what each said; kDeadline or kUnavailable when `context` ended;
  // kUnavailable when the kind has no sources.
  virtual Result<std::shared_ptr<const Object>> Get(
      const Key& key, const RequestContext& context) = 0;
};

struct Limits {
  size_t max_bytes = size_t{64} << 20;  // of all objects in memory
  size_t max_objects = 16'384;          // found and failed ones together
  int64_t default_ttl_s = 24 * 3600;    // when the source names no expiry
  int64_t min_ttl_s = 60;               // of a found object
  int64_t max_ttl_s = 30 * 24 * 3600;
  int64_t not_found_ttl_s = 300;     // how long "not found" is believed
  int64_t failure_ttl_s = 10;        // how long a failure is believed
  int64_t max_retry_after_s = 3600;  // a longer Retry-After is cut
};

struct Counters {
  uint64_t hits = 0;  // from memory
  uint64_t store_hits = 0;
  uint64_t fetches = 0;       // sources asked
  uint64_t waits = 0;         // waited for another's fetch
  uint64_t failures = 0;      // answered with an error
  uint64_t store_errors = 0;  // the store could not be read or written
  size_t objects = 0;
  size_t bytes = 0;
};

class Collateral final : public Provider {
 public:
  // `store` (namespace vouchsafe_collateral) may be null: memory only. `clock`
  // must outlive the cache.
  Collateral(const Limits& limits, const Clock& clock,
             std::shared_ptr<storage::Store> store = nullptr);
  ~Collateral() override;
  Collateral(const Collateral&) = delete;
  Collateral& operator=(const Collateral&) = delete;

  // Before the first Get. Sources of one kind are asked in this order.
  void AddSource(std::string kind, std::shared_ptr<Source> source);

  Result<std::shared_ptr<const Object>> Get(
      const Key& key, const RequestContext& context) override;

  // Drops one object everywhere, so that the next Get asks again (a verifier
  // found that what was kept does not verify). An object fetched less than
  // min_ttl_s ago stays: asking again at once would give the same.
  void Forget(const Key& key);
  Counters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vouchsafe::collateral
