#pragma once

// Configuration of the Attestation Service (as.md section 8): the tables, and
// what they come to. The same tables serve the service built into a KBS.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "as/storage_config.h"
#include "base/result.h"
#include "config/config.h"
#include "ear/signer.h"
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
    {.name = "cert_url", .sentence = "Where that chain is; becomes x5u."}};

inline constexpr config::Key kBrokerKeys[] = {
    {.name = "type",
     .fallback = "Ear",
     .sentence = "Form of the token.",
     .values = "Ear|Simple"},
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
     .sentence = "Keep additional-evidence in the runtime data claims."}};

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

struct SignerConfig {
  std::string key_path;
  std::string cert_path;
  std::string cert_url;
};

struct AsConfig {
  ear::TokenOptions token;
  bool verbose_token = true;
  ear::TokenForm token_form = ear::TokenForm::kEar;
  std::optional<SignerConfig> signer;
  std::optional<storage::StorageType> reference_value_storage;
  bool enforce_expiry = true;
  registry::VerifierConfig verifiers;
  policy::PolicyCheck policy_check = policy::PolicyCheck::kWarn;
  std::chrono::milliseconds refresh{1'000};
  storage::StorageConfig storage;
  bool storage_given = false;  // else everything is in memory, worth a warning
  bool strict_trustee_errors = false;
};

// `section` is of kServiceKeys. kUnsupported for what is known and not built
// (a remote RVPS).
Result<AsConfig> ReadAsConfig(const config::Section& section);

}  // namespace vouchsafe::as
