#pragma once

// Configuration of the Key Broker Service (kbs.md section 10): the tables, and
// what they come to.

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "as/config.h"
#include "base/result.h"
#include "config/config.h"
#include "kbs/admin.h"
#include "kbs/resource_plugin.h"
#include "policy/admission.h"
#include "storage/provider.h"
#include "token/verifier.h"

namespace vouchsafe::kbs {

inline constexpr std::string_view kTlsVersions = "1.2|1.3";

inline constexpr config::Key kHttpServerKeys[] = {
    {.name = "sockets",
     .type = config::Type::kStrings,
     .fallback = R"(["127.0.0.1:8080"])",
     .sentence = "Addresses to listen on, IP:port; all are bound.",
     .old = "/sockets"},
    {.name = "insecure_http",
     .type = config::Type::kBool,
     .fallback = "false",
     .sentence = "Serve plain HTTP. Otherwise key and certificate are needed.",
     .old = "/insecure_http"},
    {.name = "private_key",
     .sentence = "PEM file of the TLS key.",
     .old = "/private_key"},
    {.name = "certificate",
     .sentence = "PEM file of its chain, leaf first.",
     .old = "/certificate"},
    {.name = "payload_request_size",
     .type = config::Type::kInteger,
     .fallback = "2",
     .sentence = "Largest request body, MiB.",
     .min = 1,
     .max = 1024},
    {.name = "worker_count",
     .type = config::Type::kInteger,
     .sentence = "Worker threads; default twice the processors, at least 4.",
     .min = 1,
     .max = 1024},
    {.name = "tls_profile",
     .fallback = "intermediate",
     .sentence = "What TLS offers, after Mozilla's profiles.",
     .values = "old|intermediate|modern|custom"},
    {.name = "tls_min_version",
     .sentence = "Lowest TLS version.",
     .values = kTlsVersions},
    {.name = "tls_max_version",
     .sentence = "Highest TLS version.",
     .values = kTlsVersions},
    {.name = "tls_ciphers",
     .sentence = "OpenSSL names; TLS_... replace the TLS 1.3 suites."},
    {.name = "tls_groups", .sentence = "OpenSSL names of key exchanges."}};

inline constexpr config::Key kAttestationTokenKeys[] = {
    {.name = "trusted_certs_paths",
     .type = config::Type::kStrings,
     .fallback = "[]",
     .sentence = "PEM bundles of roots that may endorse a token's key."},
    {.name = "trusted_jwk_sets",
     .type = config::Type::kStrings,
     .fallback = "[]",
     .sentence = "Key sets of issuers: https://, file:// or a path."},
    {.name = "insecure_header_jwk",
     .type = config::Type::kBool,
     .fallback = "false",
     .sentence = "Believe any key that a token brings along. For tests only.",
     .old = "insecure_key"},
    {.name = "extra_teekey_paths",
     .type = config::Type::kStrings,
     .fallback = "[]",
     .sentence = "JSON pointers to the guest's key, tried first."},
    {.name = "issuer", .sentence = "Only tokens with this iss."},
    {.name = "audience", .sentence = "Only tokens with this aud."},
    {.name = "attestation_token_type",
     .type = config::Type::kIgnored,
     .sentence = "Had a meaning until 2024."}};

inline constexpr config::Key kProviderKeys[] = {
    {.name = "issuer", .sentence = "iss that its tokens must have."},
    {.name = "audience", .sentence = "aud that its tokens must have."},
    {.name = "public_key_uri",
     .sentence = "PEM key: https://, file:// or a path."},
    {.name = "jwk_set_uri",
     .sentence = "Key set: https://, file:// or a path."},
    {.name = "role",
     .sentence = "Role of whoever this provider vouches for; its tokens need "
                 "none then."}};

inline constexpr config::Key kBearerJwtKeys[] = {
    {.name = "identity_providers",
     .type = config::Type::kTables,
     .sentence = "Who signs administrators' tokens.",
     .keys = kProviderKeys}};

inline constexpr config::Key kAuthenticationKeys[] = {
    {.name = "bearer_jwt",
     .type = config::Type::kTable,
     .sentence = "Administrators are known by a JWT.",
     .keys = kBearerJwtKeys}};

inline constexpr config::Key kAclKeys[] = {
    {.name = "role", .sentence = "Role in the token.", .required = true},
    {.name = "allowed_endpoints",
     .sentence = "Regular expression over path and query, ^/kbs ... $."}};

inline constexpr config::Key kRegexAclKeys[] = {
    {.name = "acls",
     .type = config::Type::kTables,
     .sentence = "Which role may use what; no entry allows nothing.",
     .keys = kAclKeys}};

inline constexpr config::Key kAuthorizationKeys[] = {
    {.name = "regex_acl",
     .type = config::Type::kTable,
     .sentence = "Access list.",
     .keys = kRegexAclKeys}};

inline constexpr config::Key kAdminKeys[] = {
    {.name = "authorization_mode",
     .sentence = "Who may administer.",
     .required = true,
     .values = "InsecureAllowAll|DenyAll|AuthenticatedAuthorization"},
    {.name = "authentication",
     .type = config::Type::kTable,
     .sentence = "How administrators are known.",
     .required = true,
     .when = "authorization_mode=AuthenticatedAuthorization",
     .keys = kAuthenticationKeys},
    {.name = "authorization",
     .type = config::Type::kTable,
     .sentence = "What they may do.",
     .required = true,
     .when = "authorization_mode=AuthenticatedAuthorization",
     .keys = kAuthorizationKeys}};

// Of all plugins: a table is told apart by its name.
inline constexpr config::Key kPluginKeys[] = {
    {.name = "name",
     .sentence = "Which plugin.",
     .required = true,
     .values = "resource,ResourceStorage|sample,Sample|provisioner,Provisioner"
               "|pkcs11,Pkcs11|nebula-ca,NebulaCaPlugin"
               "|external,ExternalPlugin",
     .unbuilt = "sample|provisioner|pkcs11|nebula-ca|external"},
    {.name = "storage_backend_type",
     .fallback = "kvstorage",
     .sentence = "Where secrets are.",
     .old = "type",
     .values = "kvstorage,KvStorage|LocalFs|vault,Vault|aws,Aws|gcp,Gcp"
               "|aliyun,Aliyun",
     .unbuilt = "vault|aws|gcp|aliyun",
     .when = "name=resource"},
    {.name = "dir_path",
     .fallback = "/opt/confidential-containers/kbs/repository",
     .sentence = "Folder of secrets, <repository>/<type>/<tag>.",
     .when = "name=resource&storage_backend_type=LocalFs"}};

namespace internal {
inline constexpr config::Key kOwnServiceKeys[] = {
    {.name = "type",
     .fallback = "coco_as_builtin",
     .sentence = "Who verifies evidence.",
     .values = "coco_as_builtin,CoCoASBuiltIn|coco_as_grpc,CoCoASGrpc"
               "|intel_ta,IntelTA",
     .unbuilt = "coco_as_grpc|intel_ta"},
    {.name = "timeout",
     .type = config::Type::kInteger,
     .fallback = "5",
     .sentence = "Minutes that a session lives.",
     .old = "/timeout",
     .min = 0,
     .max = 525'600},
    {.name = "storage_type",
     .sentence = "Another storage type for the service's own state.",
     .values = as::kStorageTypes},
    {.name = "work_dir",
     .type = config::Type::kIgnored,
     .sentence = "Had a meaning until 2026."},
    {.name = "policy_engine",
     .type = config::Type::kIgnored,
     .sentence = "Had a meaning until 2026."}};

inline constexpr size_t kServiceKeyCount =
    std::size(kOwnServiceKeys) + std::size(as::kServiceKeys);

constexpr std::array<config::Key, kServiceKeyCount> JoinServiceKeys() {
  std::array<config::Key, kServiceKeyCount> joined{};
  size_t count = 0;
  for (const config::Key& key : kOwnServiceKeys) joined[count++] = key;
  for (const config::Key& key : as::kServiceKeys) joined[count++] = key;
  return joined;
}
inline constexpr auto kJoinedServiceKeys = JoinServiceKeys();

constexpr config::Keys ServiceKeys() {
  config::Keys keys;
  keys.first = kJoinedServiceKeys.data();
  keys.count = kJoinedServiceKeys.size();
  return keys;
}
}  // namespace internal

inline constexpr config::Key kPolicyEngineKeys[] = {
    {.name = "policy_path",
     .sentence = "Rego file of the resource policy until one is set."},
    {.name = "policy_check",
     .fallback = "warn",
     .sentence = "What findings in an uploaded resource policy do.",
     .values = "warn|reject"}};

inline constexpr config::Key kKbsKeys[] = {
    {.name = "http_server",
     .type = config::Type::kTable,
     .sentence = "The HTTP server.",
     .keys = kHttpServerKeys},
    {.name = "attestation_token",
     .type = config::Type::kTable,
     .sentence = "Whose attestation tokens are believed. With the built-in "
                 "attestation service and nothing set: its own.",
     .keys = kAttestationTokenKeys},
    {.name = "attestation_service",
     .type = config::Type::kTable,
     .sentence = "Who verifies evidence, and how.",
     .keys = internal::ServiceKeys()},
    {.name = "admin",
     .type = config::Type::kTable,
     .sentence = "Who may administer.",
     .required = true,
     .keys = kAdminKeys},
    {.name = "storage_backend",
     .type = config::Type::kTable,
     .sentence = "Where state is kept; without it in memory.",
     .keys = as::kStorageKeys},
    {.name = "session_storage_type",
     .sentence = "Another storage type for sessions alone.",
     .values = as::kStorageTypes},
    {.name = "plugins",
     .type = config::Type::kTables,
     .sentence = "What answers below /kbs/v0/; without an entry nothing does.",
     .keys = kPluginKeys},
    {.name = "policy_engine",
     .type = config::Type::kTable,
     .sentence = "The policy of releases at first start.",
     .keys = kPolicyEngineKeys},
    {.name = "allow_rsa1_5",
     .type = config::Type::kBool,
     .fallback = "true",
     .sentence = "Encrypt to RSA1_5 keys of old guests (PKCS#1 v1.5)."},
    {.name = "strict_trustee_errors",
     .type = config::Type::kBool,
     .fallback = "false",
     .sentence = "Answer errors as Trustee does."}};

// Moves the forms of earlier years to today's (kbs.md section 15, decision 23):
// the flat files of 2024, and every form of [admin].
Result<> MigrateKbsConfig(config::Migration& migration);

inline constexpr config::Schema kKbsSchema{.title = "Key Broker Service",
                                           .keys = kKbsKeys,
                                           .migrate = MigrateKbsConfig};

struct HttpConfig {
  std::vector<std::string> sockets;
  bool insecure_http = false;
  std::string private_key;
  std::string certificate;
  uint64_t max_body = 0;  // bytes
  uint64_t workers = 0;   // 0: the default
  std::string tls_profile;
  std::optional<std::string> tls_min_version;
  std::optional<std::string> tls_max_version;
  std::string tls_ciphers;
  std::string tls_groups;
};

struct ResourcePluginConfig {
  std::string nested_dir;  // <repository>/<type>/<tag> files; empty: none
  // type = "LocalFs": secrets are written there too.
  ResourceLayout layout = ResourceLayout::kStore;
};

struct KbsConfig {
  HttpConfig http;
  // Certificates are read from these files by whoever starts the service.
  std::vector<std::string> trusted_certs_paths;
  token::TokenVerifierConfig token;
  as::AsConfig attestation;
  std::optional<storage::StorageType> as_storage;
  std::chrono::minutes session_timeout{5};
  AdminConfig admin;
  storage::StorageConfig storage;
  bool storage_given = false;
  std::optional<storage::StorageType> session_storage;
  std::optional<ResourcePluginConfig> resource_plugin;
  // Of a resource policy for a store that has none; empty, or the file is not
  // there: the product's own.
  std::string initial_policy_path;
  policy::PolicyCheck policy_check = policy::PolicyCheck::kWarn;
  bool allow_rsa15 = true;
  bool strict_trustee_errors = false;
};

Result<KbsConfig> ReadKbsConfig(const config::Section& root);

// What an operator should know about this configuration, a sentence each; the
// attestation service has its own (as/assembly.h).
std::vector<std::string> StartupWarnings(const KbsConfig& config);

}  // namespace vouchsafe::kbs
