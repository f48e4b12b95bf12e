#include "kbs/config.h"

#include <gtest/gtest.h>

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
      {"old admin form",
       "[http_server]\ninsecure_http=true\n[admin]\n"
       "type = \"Simple\"",
       ErrorCode::kInvalidInput, "authorization_mode"},
      {"keys of another mode",
       minimal + "[[admin.authorization.regex_acl.acls]]\nrole = \"a\"\n",
       ErrorCode::kInvalidInput, "authorization"},
      {"TLS versions crossed",
       "[http_server]\ninsecure_http = true\ntls_min_version=\"1.3\"\n"
       "tls_max_version=\"1.2\"\n[admin]\nauthorization_mode=\"DenyAll\"",
       ErrorCode::kInvalidInput, "tls_min_version"},
      {"remote service",
       minimal + "[attestation_service]\n"
                 "type = \"coco_as_grpc\"\n",
       ErrorCode::kUnsupported, "coco_as_grpc"},
      {"unknown plugin", minimal + "[[plugins]]\nname = \"nothing\"\n",
       ErrorCode::kInvalidInput, "nothing"},
      {"plugin not built", minimal + "[[plugins]]\nname = \"pkcs11\"\n",
       ErrorCode::kUnsupported, "pkcs11"},
      {"backend not built",
       minimal + "[[plugins]]\nname = \"resource\"\n"
                 "storage_backend_type = \"gcp\"\n",
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
