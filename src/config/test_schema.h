#pragma once

// A schema with everything a schema can have, for the tests of this folder.

#include "config/config.h"

namespace vouchsafe::config::testing_schema {

inline constexpr Key kHttp[] = {
    {.name = "sockets",
     .type = Type::kStrings,
     .fallback = R"(["127.0.0.1:8080"])",
     .sentence = "Addresses to listen on.",
     .old = "/sockets"},
    {.name = "insecure_http",
     .type = Type::kBool,
     .fallback = "false",
     .sentence = "Plain HTTP.",
     .old = "plain"},
    {.name = "private_key", .sentence = "PEM file."},
    {.name = "worker_count",
     .type = Type::kInteger,
     .sentence = "Threads.",
     .min = 1,
     .max = 1024},
    {.name = "profile",
     .fallback = "intermediate",
     .sentence = "TLS.",
     .values = "old|intermediate|modern"},
};

inline constexpr Key kPlugin[] = {
    {.name = "name",
     .sentence = "Which.",
     .required = true,
     .values = "resource|echo|later,Later",
     .unbuilt = "later"},
    {.name = "type",
     .fallback = "Memory",
     .sentence = "Store.",
     .old = "backend",
     .values = "LocalFs,local_fs|Memory,memory",
     .when = "name=resource"},
    {.name = "dir_path",
     .fallback = "/repository",
     .sentence = "Folder.",
     .old = "path",
     .when = "name=resource&type=LocalFs"},
    {.name = "endpoint",
     .sentence = "URL.",
     .required = true,
     .when = "name=echo"},
    {.name = "extra", .type = Type::kAny, .sentence = "Anything."},
};

inline constexpr Key kSigner[] = {
    {.name = "key_path", .sentence = "PEM.", .required = true},
    {.name = "password", .sentence = "Of it.", .secret = true},
};

inline constexpr Key kToken[] = {
    {.name = "duration_min",
     .type = Type::kInteger,
     .fallback = "5",
     .sentence = "Minutes.",
     .old = "duration|/token_duration"},
    {.name = "signer",
     .type = Type::kTable,
     .sentence = "Key.",
     .optional = true,
     .keys = kSigner},
};

inline constexpr Key kRoot[] = {
    {.name = "http_server",
     .type = Type::kTable,
     .sentence = "Front door.",
     .required = true,
     .keys = kHttp},
    {.name = "token",
     .type = Type::kTable,
     .sentence = "Tokens | claims.",
     .old = "/attestation_token_config",
     .keys = kToken},
    {.name = "plugins",
     .type = Type::kTables,
     .sentence = "Plugins.",
     .keys = kPlugin},
    {.name = "work_dir",
     .type = Type::kIgnored,
     .sentence = "policies are in the store"},
    {.name = "mode",
     .fallback = "DenyAll",
     .sentence = "Admin.",
     .values = "DenyAll|InsecureAllowAll"},
};

inline Result<> Migrate(Migration& migration) {
  const auto value = migration.Take("insecure_api");
  if (!value) return {};
  const bool* truth = value->if_bool();
  if (truth == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "insecure_api: want true or false");
  }
  return migration.Put("insecure_api", "mode",
                       *truth ? "InsecureAllowAll" : "DenyAll");
}

inline constexpr Schema kSchema{
    .title = "Test", .keys = kRoot, .migrate = Migrate};

}  // namespace vouchsafe::config::testing_schema
