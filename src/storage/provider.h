#pragma once

// StoreProvider: hands out namespaces. One instance per namespace; the first
// type asked for wins. Thread-safe.
//
// Spec: kbs.md 9, as.md 9; docs: file layouts in local_fs.h and local_json.h.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "storage/env.h"
#include "storage/store.h"

namespace vouchsafe::storage {

enum class StorageType { kMemory, kLocalFs, kLocalJson, kPostgres, kRedis };

std::string_view StorageTypeName(StorageType type);  // "Memory", "LocalFs", ...
// "Memory" or "memory", "LocalFs" or "local_fs", "LocalJson" or "local_json",
// "Postgres" or "postgres", "Redis" or "redis"; kInvalidInput names them all.
Result<StorageType> ParseStorageType(std::string_view text);

// What an answered change survives.
enum class Durability {
  kPowerLoss,  // fsync before the answer
  kKill,       // kill -9, but not power loss: for what lives shortly (sessions)
};

inline constexpr std::string_view kDefaultLocalFsDir =
    "/opt/confidential-containers/storage/local_fs";
inline constexpr std::string_view kDefaultLocalJsonDir =
    "/opt/confidential-containers/storage/local_json";

// The table [storage_backend]. A type can be opened only if its own table is
// there, even an empty one.
struct StorageConfig {
  struct Dir {
    std::string path;
  };
  struct Postgres {
    std::string url;  // empty: from the members, then the environment's
    std::string db = "postgres";
    std::string username = "postgres";
    std::optional<std::string> password = {};
    std::string host = "localhost";
    uint16_t port = 5432;
  };
  struct Redis {
    std::string url = "redis://127.0.0.1:6379";
  };
  StorageType type = StorageType::kMemory;
  std::optional<Dir> local_fs = {};
  std::optional<Dir> local_json = {};
  std::optional<Postgres> postgres = {};
  std::optional<Redis> redis = {};
};

class StoreProvider {
 public:
  struct OpenOptions {
    std::optional<StorageType> type = {};  // else the configured one
    Durability durability = Durability::kPowerLoss;
  };
  // Makes a namespace of a type that this library does not hold itself.
  using Factory = std::function<Result<std::shared_ptr<Store>>(
      std::string_view name, Durability durability)>;

  // `env` and `clock` must outlive the provider and its stores.
  StoreProvider(StorageConfig config, Env& env, const Clock& clock);
  StoreProvider(const StoreProvider&) = delete;
  StoreProvider& operator=(const StoreProvider&) = delete;

  // For main: postgres and redis are libraries of their own. Before Open.
  void Register(StorageType type, Factory factory);

  // kInvalidInput: a bad name, or the type's table is missing; kUnsupported: a
  // type that this program was built without; kUnavailable: not reachable.
  Result<std::shared_ptr<Store>> Open(std::string_view name,
                                      const OpenOptions& options);
  Result<std::shared_ptr<Store>> Open(std::string_view name) {
    return Open(name, OpenOptions{});
  }
  Result<std::shared_ptr<Store>> Open(std::string_view name, StorageType type) {
    return Open(name, OpenOptions{type, Durability::kPowerLoss});
  }

  StorageType default_type() const { return config_.type; }

 private:
  Result<std::shared_ptr<Store>> Make(std::string_view name, StorageType type,
                                      Durability durability);

  const StorageConfig config_;
  Env& env_;
  const Clock& clock_;
  std::map<StorageType, Factory> factories_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Store>, std::less<>> open_;
};

}  // namespace vouchsafe::storage
