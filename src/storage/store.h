#pragma once

// Store: one namespace of a key-value store. Keys and bytes in, bytes out.
//
// Keys: not empty, UTF-8, no zero byte, at most kMaxKey bytes (keys.h). Values
// are any bytes up to kMaxValue. All functions are thread-safe; a backend
// that several processes share is consistent between them as its file says.
//
// Errors: kInvalidInput (key), kTooLarge (value), kConflict (Apply),
// kUnavailable (disk or server), kBadPeer (stored data make no sense).

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vouchsafe::storage {

inline constexpr size_t kMaxKey = 4096;
inline constexpr size_t kMaxValue = size_t{64} << 20;
inline constexpr size_t kMaxBatch = 1024;

enum class SetMode {
  kAny,       // insert or replace
  kIfAbsent,  // only if the key is not there (an expired one is not)
  kIfEqual,   // only if the key is there with `expected` as its value
};

struct SetOptions {
  SetMode mode = SetMode::kAny;
  Bytes expected = {};  // for kIfEqual
  // From this second on the key is as if it were not there.
  std::optional<int64_t> expires_unix_s = {};
};

enum class SetOutcome {
  kStored,
  kExists,   // kIfAbsent, and it is there: left alone
  kDiffers,  // kIfEqual, and it is absent or another: left alone
};

// One part of a batch: a set, or a delete when there is no value (deleting
// what is not there is no error).
struct Change {
  std::string key;
  std::optional<Bytes> value;
  SetOptions options = {};  // of a set
};

// One page of keys, in byte order. `next` continues after the last of them and
// is empty when there are no more.
struct KeyPage {
  std::vector<std::string> keys;
  std::string next;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Result<std::optional<Bytes>> Get(std::string_view key) const = 0;
  virtual Result<SetOutcome> Set(std::string_view key, ByteView value,
                                 const SetOptions& options) = 0;
  // All changes or none, whatever happens in between; each key at most once.
  // kConflict when a condition does not hold: then nothing was changed. File
  // backends may show a reader part of a batch while it is being applied.
  virtual Result<> Apply(std::span<const Change> changes) = 0;
  // Keys that start with `prefix` and come after `cursor` (a page's `next`, or
  // empty), at most `limit` (0 counts as 1). A page may be shorter than that
  // and still not be the last.
  virtual Result<KeyPage> List(std::string_view prefix, std::string_view cursor,
                               size_t limit) const = 0;
  // The value that was there; nullopt when there was none.
  virtual Result<std::optional<Bytes>> Delete(std::string_view key) = 0;
  // Removes at most `limit` expired keys; how many went. They are invisible
  // before that: this only frees space.
  virtual Result<size_t> Sweep(size_t limit) = 0;

  Result<SetOutcome> Set(std::string_view key, ByteView value) {
    return Set(key, value, SetOptions{});
  }
  Result<SetOutcome> SetIfAbsent(std::string_view key, ByteView value) {
    return Set(key, value, SetOptions{SetMode::kIfAbsent, {}, {}});
  }
  Result<SetOutcome> SetIfEqual(std::string_view key, ByteView value,
                                Bytes expected) {
    return Set(key, value,
               SetOptions{SetMode::kIfEqual, std::move(expected), {}});
  }
  // Every page of List in one: for namespaces known to be small.
  Result<std::vector<std::string>> ListAll(std::string_view prefix = {}) const;
};

}  // namespace vouchsafe::storage
