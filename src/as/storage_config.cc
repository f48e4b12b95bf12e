#include "as/storage_config.h"

namespace vouchsafe::as {

Result<storage::StorageConfig> ReadStorageConfig(
    const config::Section& section) {
  storage::StorageConfig out;
  const std::string type = section.String("storage_type");
  if (!type.empty()) out.type = TRY(storage::ParseStorageType(type));
  const config::Section backends = section.Table("backends");
  if (const auto local_fs = backends.OptionalTable("local_fs")) {
    out.local_fs = storage::StorageConfig::Dir{local_fs->String("dir_path")};
  }
  if (const auto local_json = backends.OptionalTable("local_json")) {
    out.local_json =
        storage::StorageConfig::Dir{local_json->String("file_dir_path")};
  }
  if (const auto postgres = backends.OptionalTable("postgres")) {
    storage::StorageConfig::Postgres& to =
        out.postgres.emplace(storage::StorageConfig::Postgres());
    to.db = postgres->String("db");
    to.username = postgres->String("username");
    to.password = postgres->OptionalString("password");
    to.host = postgres->String("host");
    to.port = static_cast<uint16_t>(postgres->Uint("port"));
  }
  if (const auto redis = backends.OptionalTable("redis")) {
    out.redis = storage::StorageConfig::Redis{redis->String("url")};
  }
  return out;
}

}  // namespace vouchsafe::as
