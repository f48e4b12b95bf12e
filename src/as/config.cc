#include "as/config.h"

namespace vouchsafe::as {
namespace {

constexpr std::string_view kOldWorkDir =
    "/opt/confidential-containers/attestation-service";

json::Value LocalFsAt(std::string dir) {
  json::Object path;
  path.Set("dir_path", std::move(dir));
  json::Object backends;
  backends.Set("local_fs", std::move(path));
  json::Object out;
  out.Set("storage_type", "LocalFs");
  out.Set("backends", std::move(backends));
  return out;
}

std::string At(std::string_view prefix, std::string_view name) {
  return std::string(prefix) + std::string(name);
}

// E1: the broker was a string, its options a table beside it.
Result<> MigrateBroker(config::Migration& migration, std::string_view prefix) {
  const std::string path = At(prefix, "attestation_token_broker");
  const json::Value* broker = migration.Find(path);
  if (broker != nullptr && broker->is_string()) {
    std::optional<json::Value> type = migration.Take(path);
    TRY(migration.Put(path + " (a string)", path + ".type", *std::move(type)));
  }
  for (std::string_view name : {"duration_min", "issuer_name", "signer"}) {
    TRY(migration.Move(
        At(prefix, "attestation_token_config.") + std::string(name),
        path + "." + std::string(name)));
  }
  return {};
}

// Paths of stores that had layouts of their own: nothing can be read there.
void DropOldPath(config::Migration& migration, std::string_view path) {
  if (migration.Take(path)) {
    migration.Warn(path,
                   "is not read: register the reference values again, they "
                   "are kept in storage_backend now");
  }
}

Result<> MigrateRvps(config::Migration& migration, std::string_view prefix) {
  const std::string rvps = At(prefix, "rvps_config.");
  DropOldPath(migration, rvps + "store_config.file_path");
  DropOldPath(migration, rvps + "storage.file_path");
  migration.Take(rvps + "store_config");
  TRY(migration.Move(rvps + "store_type", rvps + "storage_type"));
  TRY(migration.Move(rvps + "storage.type", rvps + "storage_type"));
  const std::string old_address = rvps + "remote_addr";
  const json::Value* remote = migration.Find(old_address);
  const std::string* address =
      remote == nullptr ? nullptr : remote->if_string();
  if (address != nullptr && address->empty()) {
    migration.Take(old_address);
  } else if (address != nullptr) {
    TRY(migration.Move(old_address, rvps + "address"));
    if (migration.Find(rvps + "type") == nullptr) {
      TRY(migration.Put(old_address, rvps + "type", "GrpcRemote"));
    }
  }
  return {};
}

// The older services kept their state below work_dir; so do we, in today's
// layout, rather than in memory.
Result<> MigrateStorage(config::Migration& migration) {
  const std::optional<json::Value> work_dir = migration.Take("work_dir");
  const std::optional<json::Value> policy_dir =
      migration.Take("attestation_token_broker.policy_dir");
  const bool old_store =
      migration.Find("rvps_config.storage_type") != nullptr &&
      migration.Find("storage_backend") == nullptr;
  if (policy_dir) {
    migration.Warn("attestation_token_broker.policy_dir",
                   "is not read: set the policies again, they are kept in "
                   "storage_backend now");
  }
  if (!work_dir && !policy_dir && !old_store) return {};
  if (migration.Find("storage_backend") != nullptr) {
    if (work_dir) {
      migration.Warn("work_dir", "has no meaning beside storage_backend");
    }
    return {};
  }
  std::string dir(kOldWorkDir);
  if (work_dir && work_dir->if_string()) dir = *work_dir->if_string();
  return migration.Put("work_dir", "storage_backend", LocalFsAt(dir));
}

Result<> ReadBroker(const config::Section& broker, AsConfig& out) {
  if (broker.String("type") == "Simple") {
    out.token_form = ear::TokenForm::kSimple;
  }
  out.token.duration_min = broker.Int("duration_min");
  out.token.issuer_name = broker.String("issuer_name");
  out.token.developer_name = broker.String("developer_name");
  out.token.build_name = broker.String("build_name");
  out.token.profile_name = broker.String("profile_name");
  TRY(ear::CheckTokenOptions(out.token));
  out.verbose_token = broker.Bool("verbose_token");
  if (const auto signer = broker.OptionalTable("signer")) {
    out.signer =
        SignerConfig{signer->String("key_path"), signer->String("cert_path"),
                     signer->String("cert_url")};
  }
  return {};
}

Result<> ReadRvps(const config::Section& rvps, AsConfig& out) {
  if (const auto type = rvps.OptionalString("storage_type")) {
    out.reference_value_storage = TRY(storage::ParseStorageType(*type));
  }
  out.enforce_expiry = rvps.Bool("enforce_expiry");
  return {};
}

// A type that only an old spelling asked for has no table of its own.
void CompleteStorage(AsConfig& out) {
  if (out.reference_value_storage == storage::StorageType::kLocalJson &&
      !out.storage.local_json && out.storage.local_fs) {
    out.storage.local_json = out.storage.local_fs;
  }
}

}  // namespace

Result<> MigrateServiceTables(config::Migration& migration,
                              std::string_view prefix) {
  TRY(MigrateBroker(migration, prefix));
  return MigrateRvps(migration, prefix);
}

Result<> MigrateAsConfig(config::Migration& migration) {
  TRY(MigrateServiceTables(migration, ""));
  TRY(MigrateStorage(migration));
  if (migration.Take("policy_engine")) {
    migration.Warn("policy_engine", "has no meaning: policies are Rego");
  }
  return {};
}

Result<AsConfig> ReadAsConfig(const config::Section& section) {
  AsConfig out;
  TRY(ReadBroker(section.Table("attestation_token_broker"), out));
  TRY(ReadRvps(section.Table("rvps_config"), out));
  out.verifiers =
      TRY(registry::ParseVerifierConfig(section.Any("verifier_config")));
  out.policy_check = section.String("policy_check") == "reject"
                         ? policy::PolicyCheck::kReject
                         : policy::PolicyCheck::kWarn;
  out.refresh = std::chrono::milliseconds(section.Int("refresh_ms"));
  const config::Section storage = section.Table("storage_backend");
  out.storage = TRY(ReadStorageConfig(storage));
  out.storage_given = storage.present();
  CompleteStorage(out);
  out.strict_trustee_errors = section.Bool("strict_trustee_errors");
  return out;
}

}  // namespace vouchsafe::as
