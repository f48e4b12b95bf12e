#include "storage/provider.h"

#include "storage/keys.h"
#include "storage/local_fs.h"
#include "storage/local_json.h"
#include "storage/memory.h"

namespace vouchsafe::storage {
namespace {

struct TypeRow {
  StorageType type;
  std::string_view name;      // as written out
  std::string_view old_name;  // also read
  std::string_view table;     // in Trustee's words, for the missing table
};

constexpr TypeRow kTypes[] = {
    {StorageType::kMemory, "Memory", "memory", "Memory"},
    {StorageType::kLocalFs, "LocalFs", "local_fs", "Local FS"},
    {StorageType::kLocalJson, "LocalJson", "local_json", "Local JSON"},
    {StorageType::kPostgres, "Postgres", "postgres", "PostgreSQL"},
    {StorageType::kRedis, "Redis", "redis", "Redis"},
};

const TypeRow& RowOf(StorageType type) {
  for (const TypeRow& row : kTypes) {
    if (row.type == type) return row;
  }
  return kTypes[0];
}

Result<std::string> DirOf(StorageType type,
                          const std::optional<StorageConfig::Dir>& config,
                          std::string_view fallback) {
  if (!config) {
    return Fail(ErrorCode::kInvalidInput,
                "invalid configuration: " + std::string(RowOf(type).table) +
                    " configuration is required");
  }
  return config->path.empty() ? std::string(fallback) : config->path;
}

}  // namespace

std::string_view StorageTypeName(StorageType type) { return RowOf(type).name; }

Result<StorageType> ParseStorageType(std::string_view text) {
  for (const TypeRow& row : kTypes) {
    if (text == row.name || text == row.old_name) return row.type;
  }
  return Fail(ErrorCode::kInvalidInput,
              "storage type: want Memory, LocalFs, LocalJson, Postgres or "
              "Redis, got \"" +
                  std::string(text.substr(0, 40)) + "\"");
}

StoreProvider::StoreProvider(StorageConfig config, Env& env, const Clock& clock)
    : config_(std::move(config)), env_(env), clock_(clock) {}

void StoreProvider::Register(StorageType type, Factory factory) {
  factories_[type] = std::move(factory);
}

Result<std::shared_ptr<Store>> StoreProvider::Open(std::string_view name,
                                                   const OpenOptions& options) {
  TRY(CheckNamespace(name));
  // Held while a namespace is made, so that there is one instance of each:
  // namespaces are opened at start, not per request.
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(name);
  if (found != open_.end()) return found->second;
  std::shared_ptr<Store> store = TRY_CONTEXT(
      Make(name, options.type.value_or(config_.type), options.durability),
      "open namespace " + std::string(name));
  open_.emplace(name, store);
  return store;
}

Result<std::shared_ptr<Store>> StoreProvider::Make(std::string_view name,
                                                   StorageType type,
                                                   Durability durability) {
  const auto factory = factories_.find(type);
  if (factory != factories_.end()) return factory->second(name, durability);
  switch (type) {
    case StorageType::kMemory:
      return MakeMemoryStore(clock_);
    case StorageType::kLocalFs:
      return OpenLocalFs(env_, clock_,
                         TRY(DirOf(type, config_.local_fs, kDefaultLocalFsDir)),
                         name, durability);
    case StorageType::kLocalJson:
      return OpenLocalJson(
          env_, clock_,
          TRY(DirOf(type, config_.local_json, kDefaultLocalJsonDir)), name,
          durability);
    case StorageType::kPostgres:
    case StorageType::kRedis:
      break;
  }
  return Fail(ErrorCode::kUnsupported, "storage type " +
                                           std::string(StorageTypeName(type)) +
                                           " is not offered by this build");
}

}  // namespace vouchsafe::storage
