#include "as/config.h"

#include <gtest/gtest.h>

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
