#pragma once

// Configuration of the Attestation Service (as.md section 8): the tables, and
// what they come to. The same tables serve the service built into a KBS.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "as/storage_config.h"
#include "base/result.h"
#include "config/config.h"
#include "ear/signer.h"
#include "ear/simple_token.h"
#include "ear/token.h"
#include "policy/admission.h"
#include "storage/provider.h"
#include "verifier/registry/config.h"

namespace vouchsafe::as {

inline constexpr config::Key kSignerKeys[] = {
    {.name = "key_path",
     .sentence =
         "PEM file of the key that signs tokens: P-256, or RSA for Simple.",
     .required = true},
    {.name = "cert_path",
     .sentence = "PEM chain of that key, leaf first; becomes x5c."},
    {.name = "cert_url", .sentence = "Where that chain is; becomes x5u."},
    {.name = "published_paths",
     .type = config::Type::kStrings,
     .fallback = "[]",
     .sentence = "PEM files of further public keys for the JWK Set: the next "
                 "key before key_path changes, the last one after."}};

inline constexpr config::Key kBrokerKeys[] = {
    {.name = "type",
     .fallback = "Ear",
     .sentence = "Form of the token.",
     .values = "Ear|Simple"},
    {.name = "simple_members",
     .fallback = "S2",
     .sentence = "Members of a Simple token: of v0.11 to v0.15 (S2), of v0.9 "
                 "and v0.10 (S1), of earlier ones (S0).",
     .values = "S2|S1|S0",
     .when = "type=Simple"},
    {.name = "duration_min",
     .type = config::Type::kInteger,
     .fallback = "5",
     .sentence = "Minutes that a token is valid.",
     .min = 1},
    {.name = "issuer_name",
     .fallback = "CoCo-Attestation-Service",
     .sentence = "Claim iss."},
    {.name = "developer_name",
     .fallback = "https://confidentialcontainers.org",
     .sentence = "Who made the verifier (ear.verifier-id)."},
    {.name = "build_name",
     .fallback = "attestation-service 0.1.0",
     .sentence = "Its build (ear.verifier-id)."},
    {.name = "profile_name",
     .fallback = "tag:github.com,2024:confidential-containers/Trustee",
     .sentence = "Claim eat_profile."},
    {.name = "signer",
     .type = config::Type::kTable,
     .sentence = "The signing key; without it the store keeps one.",
     .optional = true,
     .keys = kSignerKeys},
    {.name = "verbose_token",
     .type = config::Type::kBool,
     .fallback = "true",
     .sentence = "Keep additional-evidence in the runtime data claims."},
    {.name = "key_rotation_days",
     .type = config::Type::kInteger,
     .fallback = "0",
     .sentence = "Age at which the signing key of the store is replaced; 0: "
                 "only when asked to.",
     .max = 36'500},
    {.name = "key_announce_min",
     .type = config::Type::kInteger,
     .fallback = "60",
     .sentence = "Minutes that a new key is in the JWK Set before it signs.",
     .max = 525'600},
    {.name = "policy_dir",
     .sentence = "Folder of an older service: policies in its folder opa/ are "
                 "taken over at start where the store has none."}};

inline constexpr config::Key kRvpsKeys[] = {
    {.name = "type",
     .fallback = "BuiltIn",
     .sentence = "Where reference values are.",
     .values = "BuiltIn|GrpcRemote",
     .unbuilt = "GrpcRemote"},
    {.name = "extractors",
     .type = config::Type::kIgnored,
     .sentence = "Options of extractors; none has any.",
     .when = "type=BuiltIn"},
    {.name = "storage_type",
     .sentence = "Another storage type for reference values alone.",
     .values = kStorageTypes,
     .when = "type=BuiltIn"},
    {.name = "take_over_path",
     .sentence = "File of an older service, an array of reference values: "
                 "taken over at start where the store has none.",
     .when = "type=BuiltIn"},
    {.name = "enforce_expiry",
     .type = config::Type::kBool,
     .fallback = "true",
     .sentence = "An expired value counts as absent.",
     .when = "type=BuiltIn"},
    {.name = "address",
     .fallback = "127.0.0.1:50003",
     .sentence = "Of the remote service.",
     .when = "type=GrpcRemote"}};

// What `[attestation_service]` of a KBS has too.
inline constexpr config::Key kServiceKeys[] = {
    {.name = "attestation_token_broker",
     .type = config::Type::kTable,
     .sentence = "The tokens.",
     .keys = kBrokerKeys},
    {.name = "rvps_config",
     .type = config::Type::kTable,
     .sentence = "The reference values.",
     .keys = kRvpsKeys},
    {.name = "verifier_config",
     .type = config::Type::kAny,
     .sentence = "Options of the verifiers, by name."},
    {.name = "policy_check",
     .fallback = "warn",
     .sentence = "What findings in an uploaded policy do.",
     .values = "warn|reject"},
    {.name = "policy_ids_mode",
     .fallback = "first",
     .sentence = "Which of a request's policy ids are asked: the first, or all "
                 "and the worst of each claim counts (EAR).",
     .values = "first|all"},
    {.name = "policy_versions",
     .type = config::Type::kInteger,
     .fallback = "20",
     .sentence = "Texts of each policy that are kept to go back to.",
     .min = 1,
     .max = 1'000},
    {.name = "refresh_ms",
     .type = config::Type::kInteger,
     .fallback = "1000",
     .sentence = "Within which changes by other replicas are seen.",
     .max = 3'600'000},
    {.name = "storage_backend",
     .type = config::Type::kTable,
     .sentence = "Where state is kept.",
     .keys = kStorageKeys},
    {.name = "strict_trustee_errors",
     .type = config::Type::kBool,
     .fallback = "false",
     .sentence = "Answer errors as Trustee does."}};

// Moves the older forms (as.md section 8.2) to today's.
Result<> MigrateAsConfig(config::Migration& migration);

// Those of the tokens and reference values alone, in the table that `prefix`
// names: "" or "attestation_service.".
Result<> MigrateServiceTables(config::Migration& migration,
                              std::string_view prefix);

inline constexpr config::Schema kAsSchema{.title = "Attestation Service",
                                          .keys = kServiceKeys,
                                          .migrate = MigrateAsConfig};

// Which of a request's policy ids are asked.
enum class PolicyIdsMode { kFirst, kAll };

struct SignerConfig {
  std::string key_path;
  std::string cert_path;
  std::string cert_url;
  std::vector<std::string> published_paths;
};

struct AsConfig {
  ear::TokenOptions token;
  bool verbose_token = true;
  ear::TokenForm token_form = ear::TokenForm::kEar;
  ear::SimpleMembers simple_members = ear::SimpleMembers::kS2;
  std::optional<SignerConfig> signer;
  int64_t key_rotation_days = 0;
  int64_t key_announce_min = 60;
  std::string old_policy_dir;            // empty: none
  std::string old_reference_value_path;  // empty: none
  std::optional<storage::StorageType> reference_value_storage;
  bool enforce_expiry = true;
  registry::VerifierConfig verifiers;
  policy::PolicyCheck policy_check = policy::PolicyCheck::kWarn;
  PolicyIdsMode policy_ids = PolicyIdsMode::kFirst;
  size_t policy_versions = 20;
  std::chrono::milliseconds refresh{1'000};
  storage::StorageConfig storage;
  bool storage_given = false;  // else everything is in memory, worth a warning
  bool strict_trustee_errors = false;
};

// `section` is of kServiceKeys. kUnsupported for what is known and not built
// (a remote RVPS).
Result<AsConfig> ReadAsConfig(const config::Section& section);

}  // namespace vouchsafe::as
