#include "kbs/config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/source.h"
#include "config/toml.h"

namespace vouchsafe::kbs {
namespace {

Result<KbsConfig> Read(const std::string& toml,
                       std::vector<std::string>* warnings = nullptr) {
  config::Source source;
  source.name = "kbs.toml";
  source.value = TRY(config::ParseToml(toml));
  const config::Document document =
      TRY(config::Document::Read(kKbsSchema, std::move(source)));
  if (warnings != nullptr) *warnings = document.warnings();
  return ReadKbsConfig(document.root());
}

constexpr const char* kMinimal = R"(
[http_server]
insecure_http = true
[admin]
authorization_mode = "DenyAll"
)";

TEST(KbsConfigTest, DefaultsAreTrustees) {
  const auto config = Read(kMinimal);
  ASSERT_TRUE(config) << config.error().Text();
  EXPECT_EQ(config->http.sockets, std::vector<std::string>{"127.0.0.1:8080"});
  EXPECT_EQ(config->http.max_body, uint64_t{2} << 20);
  EXPECT_EQ(config->session_timeout, std::chrono::minutes(5));
  EXPECT_EQ(config->admin.mode, AdminMode::kDenyAll);
  EXPECT_EQ(config->storage.type, storage::StorageType::kMemory);
  EXPECT_FALSE(config->storage_given);
  EXPECT_FALSE(config->resource_plugin);
  EXPECT_FALSE(config->token.insecure_header_jwk);
}

TEST(KbsConfigTest, FindingsWarnUnlessTheOperatorRefusesThem) {
  const auto check = [](const std::string& value) {
    return Read(std::string(kMinimal) + "[policy_engine]\npolicy_check = \"" +
                value + "\"\n");
  };
  EXPECT_EQ(Read(kMinimal)->policy_check, policy::PolicyCheck::kWarn);
  EXPECT_EQ(check("warn")->policy_check, policy::PolicyCheck::kWarn);
  EXPECT_EQ(check("reject")->policy_check, policy::PolicyCheck::kReject);
  EXPECT_FALSE(check("maybe"));
}

TEST(KbsConfigTest, ReadsAWholeFile) {
  const auto config = Read(R"(
session_storage_type = "memory"
[http_server]
sockets = ["0.0.0.0:8080", "[::1]:8081"]
private_key = "/k.pem"
certificate = "/c.pem"
payload_request_size = 4
tls_min_version = "1.3"
[attestation_token]
trusted_certs_paths = ["/ca.pem"]
extra_teekey_paths = ["/x/y"]
[attestation_service]
type = "coco_as_builtin"
timeout = 30
[attestation_service.attestation_token_broker]
duration_min = 7
[attestation_service.rvps_config]
type = "BuiltIn"
[admin]
authorization_mode = "AuthenticatedAuthorization"
[[admin.authentication.bearer_jwt.identity_providers]]
issuer = "i"
public_key_uri = "/p.pub"
[[admin.authorization.regex_acl.acls]]
role = "admin"
allowed_endpoints = "^/kbs/.+$"
[storage_backend]
storage_type = "LocalFs"
backends.local_fs.dir_path = "/store"
[[plugins]]
name = "resource"
storage_backend_type = "kvstorage"
)");
  ASSERT_TRUE(config) << config.error().Text();
  EXPECT_EQ(config->http.sockets.size(), 2u);
  EXPECT_EQ(config->http.max_body, uint64_t{4} << 20);
  EXPECT_EQ(config->trusted_certs_paths, std::vector<std::string>{"/ca.pem"});
  EXPECT_EQ(config->session_timeout, std::chrono::minutes(30));
  EXPECT_EQ(config->attestation.token.duration_min, 7);
  ASSERT_EQ(config->admin.providers.size(), 1u);
  EXPECT_EQ(config->admin.providers[0].issuer, "i");
  ASSERT_EQ(config->admin.acls.size(), 1u);
  EXPECT_EQ(config->storage.local_fs->path, "/store");
  EXPECT_EQ(config->session_storage, storage::StorageType::kMemory);
  ASSERT_TRUE(config->resource_plugin);
  EXPECT_EQ(config->resource_plugin->nested_dir, "/store/repository");
}

TEST(KbsConfigTest, OldSpellingsKeepTheirMeaning) {
  std::vector<std::string> warnings;
  const auto config = Read(R"(
sockets = ["127.0.0.1:9000"]
insecure_http = true
timeout = 9
[attestation_token]
insecure_key = true
[admin]
authorization_mode = "DenyAll"
[[plugins]]
name = "resource"
type = "LocalFs"
dir_path = "/mounted"
)",
                           &warnings);
  ASSERT_TRUE(config) << config.error().Text();
  EXPECT_EQ(config->http.sockets, std::vector<std::string>{"127.0.0.1:9000"});
  EXPECT_EQ(config->session_timeout, std::chrono::minutes(9));
  EXPECT_TRUE(config->token.insecure_header_jwk);
  EXPECT_EQ(config->resource_plugin->nested_dir, "/mounted");
  EXPECT_EQ(warnings.size(), 5u);
}

// decision 23: a whole file of 2024.
TEST(KbsConfigTest, FlatFilesKeepTheirMeaning) {
  std::vector<std::string> warnings;
  const auto config = Read(R"(
sockets = ["0.0.0.0:8080"]
insecure_http = true
auth_public_key = "/keys/public.pub"
[attestation_token_config]
attestation_token_type = "CoCo"
trusted_certs_paths = ["/keys/ca.pem"]
[repository_config]
type = "LocalFs"
dir_path = "/repository"
[policy_engine_config]
policy_path = "/opa/policy.rego"
[as_config]
work_dir = "/as"
policy_engine = "opa"
attestation_token_broker = "Simple"
[as_config.attestation_token_config]
duration_min = 3
[as_config.rvps_config]
store_type = "LocalFs"
remote_addr = ""
)",
                           &warnings);
  ASSERT_TRUE(config) << config.error().Text();
  EXPECT_EQ(config->http.sockets, std::vector<std::string>{"0.0.0.0:8080"});
  EXPECT_EQ(config->admin.mode, AdminMode::kAuthenticated);
  ASSERT_EQ(config->admin.providers.size(), 1u);
  EXPECT_EQ(config->admin.providers[0].public_key_uri, "/keys/public.pub");
  EXPECT_EQ(config->admin.providers[0].role, "admin");
  ASSERT_EQ(config->admin.acls.size(), 1u);
  EXPECT_EQ(config->admin.acls[0].role, "admin");
  EXPECT_EQ(config->admin.acls[0].allowed_endpoints, "^/kbs/.*$");
  EXPECT_EQ(config->trusted_certs_paths,
            std::vector<std::string>{"/keys/ca.pem"});
  ASSERT_TRUE(config->resource_plugin);
  EXPECT_EQ(config->resource_plugin->nested_dir, "/repository");
  EXPECT_EQ(config->resource_plugin->layout, ResourceLayout::kNested);
  EXPECT_EQ(config->initial_policy_path, "/opa/policy.rego");
  EXPECT_EQ(config->storage.type, storage::StorageType::kLocalFs);
  EXPECT_EQ(config->storage.local_fs->path, "/as");
  EXPECT_EQ(config->attestation.token_form, ear::TokenForm::kSimple);
  EXPECT_EQ(config->attestation.token.duration_min, 3);
  EXPECT_EQ(config->attestation.reference_value_storage,
            storage::StorageType::kLocalFs);
  for (const char* old :
       {"sockets", "auth_public_key", "attestation_token_config",
        "repository_config", "policy_engine_config", "as_config.work_dir",
        "as_config", "attestation_token_broker", "store_type"}) {
    EXPECT_TRUE(std::any_of(warnings.begin(), warnings.end(),
                            [&](const std::string& warning) {
                              return warning.find(old) != std::string::npos;
                            }))
        << old;
  }
}

// Secrets were served without being asked for.
TEST(KbsConfigTest, AFlatFileHasTheResourcePlugin) {
  const auto config = Read("insecure_http = true\ninsecure_api = true\n");
  ASSERT_TRUE(config) << config.error().Text();
  EXPECT_EQ(config->admin.mode, AdminMode::kInsecureAllowAll);
  ASSERT_TRUE(config->resource_plugin);
  EXPECT_EQ(config->resource_plugin->nested_dir,
            "/opt/confidential-containers/kbs/repository");
}

TEST(KbsConfigTest, AdministratorsOfEveryEra) {
  const auto read = [](const std::string& admin) {
    return Read("[http_server]\ninsecure_http = true\n[admin]\n" + admin);
  };
  const auto open = read("type = \"InsecureAllowAll\"");
  ASSERT_TRUE(open) << open.error().Text();
  EXPECT_EQ(open->admin.mode, AdminMode::kInsecureAllowAll);
  const auto shut = read("type = \"DenyAll\"");
  ASSERT_TRUE(shut) << shut.error().Text();
  EXPECT_EQ(shut->admin.mode, AdminMode::kDenyAll);
  const auto insecure = read("insecure_api = true\nauth_public_key = \"/k\"");
  ASSERT_TRUE(insecure) << insecure.error().Text();
  EXPECT_EQ(insecure->admin.mode, AdminMode::kInsecureAllowAll);
  const auto key = read("insecure_api = false\nauth_public_key = \"/k\"");
  ASSERT_TRUE(key) << key.error().Text();
  EXPECT_EQ(key->admin.providers.at(0).role, "admin");
  const auto simple = read(R"(type = "Simple"
[[admin.personas]]
id = "alice"
public_key_path = "/alice.pub"
[[admin.personas]]
id = "bob"
public_key_path = "/bob.pub"
[[admin.roles]]
id = "alice"
allowed_endpoints = "^/kbs/v0/resource/.+$"
)");
  ASSERT_TRUE(simple) << simple.error().Text();
  EXPECT_EQ(simple->admin.mode, AdminMode::kAuthenticated);
  ASSERT_EQ(simple->admin.providers.size(), 2u);
  EXPECT_EQ(simple->admin.providers[1].public_key_uri, "/bob.pub");
  EXPECT_EQ(simple->admin.providers[1].role, "bob");
  ASSERT_EQ(simple->admin.acls.size(), 1u);
  EXPECT_EQ(simple->admin.acls[0].role, "alice");
}

TEST(KbsConfigTest, RefusesWhatCannotWork) {
  const std::string minimal = kMinimal;
  const struct {
    const char* name;
    std::string toml;
    ErrorCode code;
    const char* says;
  } cases[] = {
      {"no admin", "[http_server]\ninsecure_http = true\n",
       ErrorCode::kInvalidInput, "admin"},
      {"no TLS key", "[http_server]\n[admin]\nauthorization_mode=\"DenyAll\"",
       ErrorCode::kInvalidInput, "insecure_http = true"},
      {"unknown key",
       "[http_server]\ninsecure_htp = true\n[admin]\n"
       "authorization_mode=\"DenyAll\"",
       ErrorCode::kInvalidInput, "insecure_http"},
      {"old and new admin form",
       "[http_server]\ninsecure_http=true\n[admin]\n"
       "authorization_mode=\"DenyAll\"\ntype = \"Simple\"",
       ErrorCode::kInvalidInput, "admin.type: the old spelling of"},
      {"old admin form without a key",
       "[http_server]\ninsecure_http=true\n[admin]\ninsecure_api=false",
       ErrorCode::kInvalidInput, "admin.auth_public_key"},
      {"old admin form of another type",
       "[http_server]\ninsecure_http=true\n[admin]\ninsecure_api=\"x\"",
       ErrorCode::kInvalidInput, "admin.insecure_api"},
      {"personas without a key",
       "[http_server]\ninsecure_http=true\n[admin]\ntype=\"Simple\"\n"
       "[[admin.personas]]\nid=\"a\"",
       ErrorCode::kInvalidInput, "admin.personas: want a string public_key"},
      {"flat and new service",
       minimal + "[as_config]\n[attestation_service]\n"
                 "type=\"coco_as_builtin\"\n",
       ErrorCode::kInvalidInput, "as_config"},
      {"flat and new administrator", "auth_public_key = \"/k\"\n" + minimal,
       ErrorCode::kInvalidInput, "auth_public_key"},
      {"flat remote service", "[grpc_config]\nas_addr=\"x\"\n" + minimal,
       ErrorCode::kUnsupported, "coco_as_grpc"},
      {"flat Intel service",
       "[intel_trust_authority_config]\napi_key=\"x\"\n" + minimal,
       ErrorCode::kUnsupported, "intel_ta"},
      {"keys of another mode",
       minimal + "[[admin.authorization.regex_acl.acls]]\nrole = \"a\"\n",
       ErrorCode::kInvalidInput, "authorization"},
      {"TLS versions crossed",
       "[http_server]\ninsecure_http = true\ntls_min_version=\"1.3\"\n"
       "tls_max_version=\"1.2\"\n[admin]\nauthorization_mode=\"DenyAll\"",
       ErrorCode::kInvalidInput, "tls_min_version"},
      {"remote service",
       minimal + "[attestation_service]\n"
                 "type = \"coco_as_grpc\"\nas_addr = \"x\"\n",
       ErrorCode::kUnsupported, "coco_as_grpc"},
      {"unknown plugin", minimal + "[[plugins]]\nname = \"nothing\"\n",
       ErrorCode::kInvalidInput, "nothing"},
      {"plugin not built", minimal + "[[plugins]]\nname = \"pkcs11\"\n",
       ErrorCode::kUnsupported, "pkcs11"},
      {"backend not built",
       minimal + "[[plugins]]\nname = \"resource\"\n"
                 "storage_backend_type = \"gcp\"\nproject_id = \"x\"\n",
       ErrorCode::kUnsupported, "gcp"},
  };
  for (const auto& c : cases) {
    const auto config = Read(c.toml);
    ASSERT_FALSE(config) << c.name;
    EXPECT_EQ(config.error().code, c.code) << c.name;
    EXPECT_NE(config.error().Text().find(c.says), std::string::npos)
        << c.name << ": " << config.error().Text();
  }
}

TEST(KbsConfigTest, UnsafeSettingsAreWarnedAbout) {
  const auto config = Read(R"(
[http_server]
insecure_http = true
[attestation_token]
insecure_header_jwk = true
[admin]
authorization_mode = "InsecureAllowAll"
)");
  ASSERT_TRUE(config) << config.error().Text();
  std::string all;
  for (const std::string& warning : StartupWarnings(*config)) {
    all += warning + "\n";
  }
  for (const char* word : {"insecure_http", "insecure_header_jwk",
                           "InsecureAllowAll", "[[plugins]]"}) {
    EXPECT_NE(all.find(word), std::string::npos) << word << "\n" << all;
  }
}

}  // namespace
}  // namespace vouchsafe::kbs
