// The configuration files of earlier years (kbs.md section 15, decision 23).

#include <array>

#include "kbs/config.h"

namespace vouchsafe::kbs {
namespace {

using config::Migration;

constexpr std::string_view kMode = "admin.authorization_mode";
constexpr std::string_view kProviders =
    "admin.authentication.bearer_jwt.identity_providers";
constexpr std::string_view kAcls = "admin.authorization.regex_acl.acls";

// What makes a file one of 2024: everything stood at the top.
constexpr std::array<std::string_view, 10> kFlatKeys = {
    "sockets",
    "insecure_http",
    "insecure_api",
    "private_key",
    "auth_public_key",
    "repository_config",
    "as_config",
    "grpc_config",
    "attestation_token_config",
    "intel_trust_authority_config"};

bool IsFlat(const Migration& migration) {
  for (const std::string_view key : kFlatKeys) {
    if (migration.Find(key) != nullptr) return true;
  }
  return false;
}

tl::unexpected<Error> Want(std::string_view path, std::string_view what) {
  return Fail(ErrorCode::kInvalidInput,
              std::string(path) + ": want " + std::string(what));
}

json::Value OneTable(
    std::initializer_list<std::pair<std::string_view, json::Value>> members) {
  json::Object table;
  for (const auto& [name, value] : members) table.Set(name, value);
  return json::Value(json::Array{json::Value(std::move(table))});
}

// Until 2025: one key, whose every unexpired token was an administrator's.
// `prefix`: "admin.", or "" where it stood at the top.
Result<> MigrateAdminKey(Migration& migration, const std::string& prefix) {
  const std::string insecure_path = prefix + "insecure_api";
  const std::string key_path = prefix + "auth_public_key";
  const std::optional<json::Value> insecure = migration.Take(insecure_path);
  const std::optional<json::Value> key = migration.Take(key_path);
  if (!insecure && !key) return {};
  if (insecure && insecure->if_bool() == nullptr) {
    return Want(insecure_path, "true or false");
  }
  if (insecure && *insecure->if_bool()) {
    if (key) {
      migration.Warn(key_path, "has no meaning beside insecure_api = true");
    }
    return migration.Put(insecure_path, kMode, "InsecureAllowAll");
  }
  if (!key) {
    return Want(key_path, "the file of a key where insecure_api is false");
  }
  TRY(migration.Put(key_path, kMode, "AuthenticatedAuthorization"));
  TRY(migration.Put(key_path, kProviders,
                    OneTable({{"public_key_uri", *key}, {"role", "admin"}})));
  return migration.Put(
      key_path, kAcls,
      OneTable({{"role", "admin"}, {"allowed_endpoints", "^/kbs/.*$"}}));
}

// `names` of each table of the array, under new names.
Result<json::Value> Renamed(
    const json::Value& tables, std::string_view path,
    const std::array<std::pair<std::string_view, std::string_view>, 2>& names) {
  const json::Array* array = tables.if_array();
  if (array == nullptr) return Want(path, "an array of tables");
  json::Array out;
  for (const json::Value& table : *array) {
    json::Object renamed;
    for (const auto& [from, to] : names) {
      const json::Value* value = table.Find(from);
      if (value == nullptr || value->if_string() == nullptr) {
        return Want(path, "a string " + std::string(from) + " in each table");
      }
      renamed.Set(to, *value);
    }
    out.push_back(json::Value(std::move(renamed)));
  }
  return json::Value(std::move(out));
}

// 2025 to 2026: people with a key each, and what each may do.
Result<> MigrateAdminType(Migration& migration) {
  const std::optional<json::Value> type = migration.Take("admin.type");
  if (!type) return {};
  const std::string* name = type->if_string();
  if (name != nullptr && *name != "Simple") {
    return migration.Put("admin.type", kMode, *type);
  }
  if (name == nullptr) return Want("admin.type", "a string");
  TRY(migration.Put("admin.type", kMode, "AuthenticatedAuthorization"));
  const json::Value empty{json::Array()};
  const json::Value personas = TRY(Renamed(
      migration.Take("admin.personas").value_or(empty), "admin.personas",
      {{{"id", "role"}, {"public_key_path", "public_key_uri"}}}));
  TRY(migration.Put("admin.personas", kProviders, personas));
  const json::Value roles = TRY(
      Renamed(migration.Take("admin.roles").value_or(empty), "admin.roles",
              {{{"id", "role"}, {"allowed_endpoints", "allowed_endpoints"}}}));
  return migration.Put("admin.roles", kAcls, roles);
}

Result<> MigrateAdmin(Migration& migration) {
  TRY(MigrateAdminKey(migration, ""));
  TRY(MigrateAdminKey(migration, "admin."));
  return MigrateAdminType(migration);
}

// One table for each service became one with a type.
Result<> MigrateServiceTable(Migration& migration, std::string_view old_path,
                             std::string_view type) {
  std::optional<json::Value> table = migration.Take(old_path);
  if (!table) return {};
  json::Object* object = table->if_object();
  if (object == nullptr) return Want(old_path, "a table");
  object->Set("type", type);
  return migration.Put(old_path, "attestation_service", *std::move(table));
}

// Its state was below work_dir; so is ours, in today's layout, rather than in
// memory.
Result<> MigrateWorkDir(Migration& migration) {
  constexpr std::string_view kPath = "as_config.work_dir";
  if (migration.Find("as_config") == nullptr) return {};
  const json::Value dir = migration.Take(kPath).value_or(
      "/opt/confidential-containers/attestation-service");
  if (dir.if_string() == nullptr) return Want(kPath, "a path");
  if (migration.Find("storage_backend") != nullptr) {
    migration.Warn(kPath, "has no meaning beside storage_backend");
    return {};
  }
  TRY(migration.Put(kPath, "storage_backend.storage_type", "LocalFs"));
  return migration.Put(kPath, "storage_backend.backends.local_fs.dir_path",
                       dir);
}

Result<> MigrateServices(Migration& migration) {
  TRY(MigrateWorkDir(migration));
  TRY(MigrateServiceTable(migration, "as_config", "coco_as_builtin"));
  TRY(MigrateServiceTable(migration, "grpc_config", "coco_as_grpc"));
  TRY(MigrateServiceTable(migration, "intel_trust_authority_config",
                          "intel_ta"));
  TRY(migration.Move("attestation_token_config", "attestation_token"));
  TRY(migration.Move("attestation_service.rvps_store_type",
                     "attestation_service.rvps_config.storage_type"));
  return as::MigrateServiceTables(migration, "attestation_service.");
}

// Secrets were always served, from files unless something else was said.
Result<> MigrateRepository(Migration& migration, bool flat) {
  std::optional<json::Value> table = migration.Take("repository_config");
  const bool given = table.has_value();
  if (!given && (!flat || migration.Find("plugins") != nullptr)) return {};
  if (!given) table = json::Object();
  json::Object* object = table->if_object();
  if (object == nullptr) return Want("repository_config", "a table");
  if (object->Find("type") == nullptr) object->Set("type", "LocalFs");
  json::Value* type = object->Find("type");
  json::Value backend = *type;
  object->Erase("type");
  object->Set("storage_backend_type", std::move(backend));
  object->Set("name", "resource");
  json::Array plugins;
  plugins.push_back(*std::move(table));
  return migration.Put(
      given ? "repository_config" : "repository_config (its default)",
      "plugins", json::Value(std::move(plugins)));
}

}  // namespace

Result<> MigrateKbsConfig(Migration& migration) {
  const bool flat = IsFlat(migration);
  TRY(MigrateAdmin(migration));
  TRY(MigrateServices(migration));
  TRY(migration.Move("policy_engine_config", "policy_engine"));
  return MigrateRepository(migration, flat);
}

}  // namespace vouchsafe::kbs
