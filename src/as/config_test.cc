#include "as/config.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "as/assembly.h"

namespace vouchsafe::as {
namespace {

struct Outcome {
  Result<AsConfig> config;
  std::vector<std::string> warnings;
};

Outcome ReadText(std::string_view text) {
  auto source = config::ParseSource(text, config::Format::kJson, "as.json");
  if (!source) return {tl::unexpected(source.error()), {}};
  auto document = config::Document::Read(kAsSchema, *std::move(source));
  if (!document) return {tl::unexpected(document.error()), {}};
  return {ReadAsConfig(document->root()), document->warnings()};
}

TEST(AsConfig, NothingGivenIsAllDefaults) {
  const Outcome out = ReadText("{}");
  ASSERT_TRUE(out.config.has_value()) << out.config.error().Text();
  EXPECT_EQ(out.config->token.duration_min, 5);
  EXPECT_EQ(out.config->token.issuer_name, "CoCo-Attestation-Service");
  EXPECT_TRUE(out.config->verbose_token);
  EXPECT_FALSE(out.config->signer.has_value());
  EXPECT_TRUE(out.config->verifiers.sample);
  EXPECT_EQ(out.config->storage.type, storage::StorageType::kMemory);
  EXPECT_EQ(StartupWarnings(*out.config).size(), 2u)
      << "sample evidence, and everything in memory";
}

TEST(AsConfig, TodaysKeys) {
  const Outcome out = ReadText(R"({
    "attestation_token_broker": {"duration_min": 7, "verbose_token": false,
      "signer": {"key_path": "k", "cert_path": "c", "cert_url": "u"}},
    "rvps_config": {"type": "BuiltIn", "storage_type": "LocalJson",
      "enforce_expiry": false},
    "verifier_config": {"sample": false},
    "policy_check": "reject", "refresh_ms": 50, "strict_trustee_errors": true,
    "storage_backend": {"storage_type": "local_fs", "backends": {
      "local_fs": {"dir_path": "/a"}, "local_json": {"file_dir_path": "/b"}}}
  })");
  ASSERT_TRUE(out.config.has_value()) << out.config.error().Text();
  const AsConfig& config = *out.config;
  EXPECT_EQ(config.token.duration_min, 7);
  EXPECT_FALSE(config.verbose_token);
  EXPECT_EQ(config.signer->key_path, "k");
  EXPECT_EQ(config.signer->cert_path, "c");
  EXPECT_EQ(config.signer->cert_url, "u");
  EXPECT_EQ(config.reference_value_storage, storage::StorageType::kLocalJson);
  EXPECT_FALSE(config.enforce_expiry);
  EXPECT_FALSE(config.verifiers.sample);
  EXPECT_EQ(config.policy_check, policy::PolicyCheck::kReject);
  EXPECT_EQ(config.refresh, std::chrono::milliseconds(50));
  EXPECT_TRUE(config.strict_trustee_errors);
  EXPECT_EQ(config.storage.type, storage::StorageType::kLocalFs);
  EXPECT_EQ(config.storage.local_fs->path, "/a");
  EXPECT_EQ(config.storage.local_json->path, "/b");
  EXPECT_TRUE(StartupWarnings(config).empty());
}

TEST(AsConfig, TheFormsOfTheSeedsTimeAreReadWithWarnings) {
  const Outcome out = ReadText(R"({
    "work_dir": "/var/lib/as", "policy_engine": "opa",
    "rvps_config": {"store_type": "LocalJson",
      "store_config": {"file_path": "/x.json"}},
    "attestation_token_broker": {"type": "Ear", "policy_dir": "/p",
      "duration_min": 6}
  })");
  ASSERT_TRUE(out.config.has_value()) << out.config.error().Text();
  EXPECT_EQ(out.config->token.duration_min, 6);
  EXPECT_EQ(out.config->storage.type, storage::StorageType::kLocalFs);
  EXPECT_EQ(out.config->storage.local_fs->path, "/var/lib/as");
  EXPECT_EQ(out.config->reference_value_storage,
            storage::StorageType::kLocalJson);
  EXPECT_EQ(out.config->storage.local_json->path, "/var/lib/as");
  EXPECT_GE(out.warnings.size(), 4u);
}

bool Warns(const Outcome& out, std::string_view of) {
  for (const std::string& warning : out.warnings) {
    if (warning.find(of) != std::string::npos) return true;
  }
  return false;
}

// The three examples of the documentation of that time, key by key.
TEST(AsConfig, TheDocumentedExamplesLoad) {
  const Outcome builtin = ReadText(R"({
    "work_dir": "/var/lib/as/", "policy_engine": "opa",
    "rvps_config": {"type": "BuiltIn", "store_type": "LocalFs",
      "store_config": {"file_path": "/var/lib/as/reference-values"}},
    "attestation_token_broker": {"type": "Ear", "duration_min": 5}})");
  ASSERT_TRUE(builtin.config) << builtin.config.error().Text();
  EXPECT_EQ(builtin.config->storage.local_fs->path, "/var/lib/as/");
  EXPECT_EQ(builtin.config->reference_value_storage,
            storage::StorageType::kLocalFs);
  for (const char* old : {"work_dir", "policy_engine", "rvps_config.store_type",
                          "rvps_config.store_config.file_path"}) {
    EXPECT_TRUE(Warns(builtin, old)) << old;
  }
  for (const char* remote :
       {R"({"work_dir": "/var/lib/as/", "policy_engine": "opa",
        "rvps_config": {"type": "GrpcRemote", "address": "127.0.0.1:50003"},
        "attestation_token_broker": {"type": "Ear", "duration_min": 5}})",
        R"({"work_dir": "/var/lib/as/", "policy_engine": "opa",
        "rvps_config": {"type": "GrpcRemote", "address": "127.0.0.1:50003"},
        "attestation_token_broker": {"type": "Ear", "duration_min": 5,
          "issuer_name": "some-body", "signer": {"key_path": "/k",
          "cert_url": "https://example.io/c", "cert_path": "/p"}}})"}) {
    const Outcome out = ReadText(remote);
    // Understood to the last key; only the remote provider may be missing.
    if (!out.config) {
      EXPECT_EQ(out.config.error().code, ErrorCode::kUnsupported)
          << out.config.error().Text();
    }
  }
}

TEST(AsConfig, OlderStateIsFoundAgain) {
  const Outcome json = ReadText(R"({"rvps_config": {
    "storage": {"type": "LocalJson", "file_path": "/v.json"}},
    "attestation_token_broker": {"type": "Simple", "policy_dir": "/p"}})");
  ASSERT_TRUE(json.config) << json.config.error().Text();
  EXPECT_EQ(json.config->old_reference_value_path, "/v.json");
  EXPECT_EQ(json.config->old_policy_dir, "/p");
  EXPECT_TRUE(Warns(json, "policy_dir"));
  EXPECT_TRUE(Warns(json, "storage.file_path"));
  const Outcome defaults = ReadText(R"({"work_dir": "/w",
    "rvps_config": {"store_type": "LocalJson"},
    "attestation_token_broker": {"type": "Simple"}})");
  ASSERT_TRUE(defaults.config) << defaults.config.error().Text();
  EXPECT_EQ(defaults.config->old_reference_value_path,
            "/opt/confidential-containers/attestation-service/"
            "reference_values.json");
  EXPECT_EQ(defaults.config->old_policy_dir,
            "/opt/confidential-containers/attestation-service/token/simple/"
            "policies");
  EXPECT_FALSE(ReadText(R"({"work_dir": 1})").config);
}

// W14: nothing of an old file is dropped in silence, or means memory.
TEST(AsConfig, W14OldFilesKeepTheirMeaning) {
  ASSERT_EQ(setenv("AS_WORK_DIR", "/from/env", 1), 0);
  const Outcome out = ReadText(R"({"rvps_config": {"store_type": "LocalFs"}})");
  unsetenv("AS_WORK_DIR");
  ASSERT_TRUE(out.config) << out.config.error().Text();
  EXPECT_EQ(out.config->storage.type, storage::StorageType::kLocalFs);
  EXPECT_EQ(out.config->storage.local_fs->path, "/from/env");
  EXPECT_FALSE(ReadText(R"({"zz": 1})").config) << "nor unknown ones";
}

TEST(AsConfig, KeysOfOurOwn) {
  const Outcome out = ReadText(R"({
    "policy_ids_mode": "all", "policy_versions": 3,
    "attestation_token_broker": {"type": "Simple", "simple_members": "S0",
      "key_rotation_days": 30, "key_announce_min": 90}})");
  ASSERT_TRUE(out.config) << out.config.error().Text();
  EXPECT_EQ(out.config->policy_ids, PolicyIdsMode::kAll);
  EXPECT_EQ(out.config->policy_versions, 3u);
  EXPECT_EQ(out.config->simple_members, ear::SimpleMembers::kS0);
  EXPECT_EQ(out.config->key_rotation_days, 30);
  EXPECT_EQ(out.config->key_announce_min, 90);
  const Outcome both = ReadText(R"({"attestation_token_broker": {
    "key_rotation_days": 1, "signer": {"key_path": "/k"}}})");
  ASSERT_FALSE(both.config) << "an option that does nothing";
  EXPECT_NE(both.config.error().Text().find("key_rotation_days"),
            std::string::npos);
}

TEST(AsConfig, E1BrokerString) {
  const Outcome out = ReadText(R"({"attestation_token_broker": "Simple",
    "attestation_token_config": {"duration_min": 9}})");
  ASSERT_TRUE(out.config.has_value()) << out.config.error().Text();
  EXPECT_EQ(out.config->token.duration_min, 9);
  EXPECT_EQ(out.config->token_form, ear::TokenForm::kSimple);
}

TEST(AsConfig, RefusesWhatItCannotDo) {
  struct Case {
    const char* name;
    const char* text;
    const char* says;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"unknown key", R"({"rvps_confg": {}})", "rvps_config"},
           {"remote", R"({"rvps_config": {"type": "GrpcRemote"}})",
            "not built"},
           {"old remote", R"({"rvps_config": {"remote_addr": "h:1"}})",
            "not built"},
           {"empty build",
            R"({"attestation_token_broker": {"build_name": ""}})",
            "build_name"},
           {"signer without key", R"({"attestation_token_broker":
              {"signer": {"cert_url": "u"}}})",
            "key_path"}}) {
    SCOPED_TRACE(c.name);
    const Outcome out = ReadText(c.text);
    ASSERT_FALSE(out.config.has_value());
    EXPECT_NE(out.config.error().Text().find(c.says), std::string::npos)
        << out.config.error().Text();
  }
}

}  // namespace
}  // namespace vouchsafe::as
