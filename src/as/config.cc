#include "as/config.h"

#include <cstdlib>

namespace vouchsafe::as {
namespace {

constexpr std::string_view kOldWorkDir =
    "/opt/confidential-containers/attestation-service";
constexpr std::string_view kOldValuesFile =
    "/opt/confidential-containers/attestation-service/reference_values.json";

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

// Where an older service kept reference values: an array in one file can be
// taken over, its other form is a database of a library that nothing else
// reads.
Result<> MigrateOldValues(config::Migration& migration, const std::string& rvps,
                          const std::string& path,
                          const std::string& type_path) {
  const json::Value* type = migration.Find(type_path);
  const std::string* name = type == nullptr ? nullptr : type->if_string();
  std::optional<json::Value> file = migration.Take(path);
  if (name != nullptr && *name == "LocalJson") {
    return migration.Put(file ? path : type_path, rvps + "take_over_path",
                         file ? *std::move(file) : json::Value(kOldValuesFile));
  }
  if (file) {
    migration.Warn(path,
                   "is not read: register the reference values again, they "
                   "are kept in storage_backend now");
  }
  return {};
}

Result<> MigrateRvps(config::Migration& migration, std::string_view prefix) {
  const std::string rvps = At(prefix, "rvps_config.");
  TRY(MigrateOldValues(migration, rvps, rvps + "store_config.file_path",
                       rvps + "store_type"));
  if (migration.Find(rvps + "storage") != nullptr) {
    TRY(MigrateOldValues(migration, rvps, rvps + "storage.file_path",
                         rvps + "storage.type"));
  }
  // Empty or null by now, or a mistake.
  const json::Value* rest = migration.Find(rvps + "store_config");
  if (rest == nullptr || (rest->is_object() && rest->if_object()->empty())) {
    migration.Take(rvps + "store_config");
  }
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

// Where it had its state when its file named no folder.
std::string OldWorkDir(const std::optional<json::Value>& given) {
  if (given && given->if_string()) return *given->if_string();
  const char* named = std::getenv("AS_WORK_DIR");  // as.md section 7
  return named != nullptr && *named != 0 ? named : std::string(kOldWorkDir);
}

// Policies of a file of that age that names no folder for them.
Result<> PutOldPolicyDir(config::Migration& migration) {
  const json::Value* type = migration.Find("attestation_token_broker.type");
  const std::string* name = type == nullptr ? nullptr : type->if_string();
  const bool simple = name != nullptr && *name == "Simple";
  return migration.Put("work_dir", "attestation_token_broker.policy_dir",
                       std::string(kOldWorkDir) + "/token/" +
                           (simple ? "simple" : "ear") + "/policies");
}

// The older services kept their state below work_dir; so do we, in today's
// layout, rather than in memory.
Result<> MigrateStorage(config::Migration& migration) {
  const std::optional<json::Value> work_dir = migration.Take("work_dir");
  const bool policy_dir =
      migration.Find("attestation_token_broker.policy_dir") != nullptr;
  const bool old_store =
      migration.Find("rvps_config.storage_type") != nullptr &&
      migration.Find("storage_backend") == nullptr;
  if (work_dir && work_dir->if_string() == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "work_dir: want a string");
  }
  if (!work_dir && !policy_dir && !old_store) return {};
  if (work_dir && !policy_dir) TRY(PutOldPolicyDir(migration));
  if (migration.Find("storage_backend") != nullptr) {
    if (work_dir) {
      migration.Warn("work_dir", "has no meaning beside storage_backend");
    }
    return {};
  }
  return migration.Put(work_dir ? "work_dir" : "(an older file)",
                       "storage_backend", LocalFsAt(OldWorkDir(work_dir)));
}

void WarnOfPolicyDir(config::Migration& migration, std::string_view prefix) {
  const std::string path = At(prefix, "attestation_token_broker.policy_dir");
  if (migration.Find(path) == nullptr) return;
  migration.Warn(path,
                 "an old key: policies there are taken over where the store "
                 "has none, and are kept in storage_backend from then on");
}

Result<> ReadBroker(const config::Section& broker, AsConfig& out) {
  if (broker.String("type") == "Simple") {
    out.token_form = ear::TokenForm::kSimple;
    const std::string members = broker.String("simple_members");
    out.simple_members = members == "S0"   ? ear::SimpleMembers::kS0
                         : members == "S1" ? ear::SimpleMembers::kS1
                                           : ear::SimpleMembers::kS2;
  }
  out.token.duration_min = broker.Int("duration_min");
  out.token.issuer_name = broker.String("issuer_name");
  out.token.developer_name = broker.String("developer_name");
  out.token.build_name = broker.String("build_name");
  out.token.profile_name = broker.String("profile_name");
  TRY(ear::CheckTokenOptions(out.token));
  out.verbose_token = broker.Bool("verbose_token");
  if (const auto signer = broker.OptionalTable("signer")) {
    out.signer = SignerConfig{
        signer->String("key_path"), signer->String("cert_path"),
        signer->String("cert_url"), signer->Strings("published_paths")};
  }
  out.key_rotation_days = broker.Int("key_rotation_days");
  out.key_announce_min = broker.Int("key_announce_min");
  if (out.signer && out.key_rotation_days > 0) {
    return Fail(ErrorCode::kInvalidInput,
                "attestation_token_broker.key_rotation_days: the key of "
                "signer.key_path is not replaced from here; remove one of "
                "them");
  }
  out.old_policy_dir = broker.String("policy_dir");
  return {};
}

Result<> ReadRvps(const config::Section& rvps, AsConfig& out) {
  if (const auto type = rvps.OptionalString("storage_type")) {
    out.reference_value_storage = TRY(storage::ParseStorageType(*type));
  }
  out.enforce_expiry = rvps.Bool("enforce_expiry");
  out.old_reference_value_path = rvps.String("take_over_path");
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
  TRY(MigrateRvps(migration, prefix));
  WarnOfPolicyDir(migration, prefix);
  return {};
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
  out.policy_ids = section.String("policy_ids_mode") == "all"
                       ? PolicyIdsMode::kAll
                       : PolicyIdsMode::kFirst;
  out.policy_versions = section.Uint("policy_versions");
  out.refresh = std::chrono::milliseconds(section.Int("refresh_ms"));
  const config::Section storage = section.Table("storage_backend");
  out.storage = TRY(ReadStorageConfig(storage));
  out.storage_given = storage.present();
  CompleteStorage(out);
  out.strict_trustee_errors = section.Bool("strict_trustee_errors");
  return out;
}

}  // namespace vouchsafe::as
