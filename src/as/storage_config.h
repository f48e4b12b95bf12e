#pragma once

// The table `storage_backend` (as.md section 8.1), the same in every service.

#include <string_view>

#include "base/result.h"
#include "config/config.h"
#include "storage/provider.h"

namespace vouchsafe::as {

inline constexpr std::string_view kStorageTypes =
    "Memory,memory|LocalFs,local_fs|LocalJson,local_json|Postgres,postgres|"
    "Redis,redis";

inline constexpr config::Key kLocalFsKeys[] = {
    {.name = "dir_path",
     .fallback = storage::kDefaultLocalFsDir,
     .sentence = "Folder of the namespaces, one file a key."}};
inline constexpr config::Key kLocalJsonKeys[] = {
    {.name = "file_dir_path",
     .fallback = storage::kDefaultLocalJsonDir,
     .sentence = "Folder of the namespaces, one file each."}};
inline constexpr config::Key kPostgresKeys[] = {
    {.name = "db", .fallback = "postgres", .sentence = "Database."},
    {.name = "username", .fallback = "postgres", .sentence = "User."},
    {.name = "password", .sentence = "Password.", .secret = true},
    {.name = "host", .fallback = "localhost", .sentence = "Host."},
    {.name = "port",
     .type = config::Type::kInteger,
     .fallback = "5432",
     .sentence = "Port.",
     .min = 1,
     .max = 65535}};
inline constexpr config::Key kRedisKeys[] = {
    {.name = "url",
     .fallback = "redis://127.0.0.1:6379",
     .sentence = "Where the server is; it may hold a password.",
     .secret = true}};
inline constexpr config::Key kBackendKeys[] = {
    {.name = "local_fs",
     .type = config::Type::kTable,
     .sentence = "Files, one a key.",
     .optional = true,
     .keys = kLocalFsKeys},
    {.name = "local_json",
     .type = config::Type::kTable,
     .sentence = "Files, one a namespace.",
     .optional = true,
     .keys = kLocalJsonKeys},
    {.name = "postgres",
     .type = config::Type::kTable,
     .sentence = "PostgreSQL.",
     .optional = true,
     .keys = kPostgresKeys},
    {.name = "redis",
     .type = config::Type::kTable,
     .sentence = "Redis.",
     .optional = true,
     .keys = kRedisKeys}};
inline constexpr config::Key kStorageKeys[] = {
    {.name = "storage_type",
     .fallback = "Memory",
     .sentence = "Where state is kept.",
     .values = kStorageTypes},
    {.name = "backends",
     .type = config::Type::kTable,
     .sentence = "One table for each type in use.",
     .keys = kBackendKeys}};

// `section` is of kStorageKeys.
Result<storage::StorageConfig> ReadStorageConfig(
    const config::Section& section);

}  // namespace vouchsafe::as
