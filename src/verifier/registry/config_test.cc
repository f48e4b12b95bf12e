#include "verifier/registry/config.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace vouchsafe::registry {
namespace {

using SourceType = snp::VcekSourceConfig::Type;

Result<VerifierConfig> Read(std::string_view text) {
  const Result<json::Value> value = json::Parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return ParseVerifierConfig(*value);
}

TEST(VerifierConfigTest, DefaultsAreTrustees) {
  for (const char* text : {"null", "{}", R"({"snp_verifier":{}})",
                           R"({"snp_verifier":null,"sample":null})"}) {
    const auto config = Read(text);
    ASSERT_TRUE(config.has_value()) << config.error().Text();
    EXPECT_TRUE(config->sample);
    EXPECT_EQ(config->snp.min_report_version, 2U);
    EXPECT_FALSE(config->snp.check_dates);
    EXPECT_FALSE(config->snp.check_revocation);
    ASSERT_EQ(config->snp.vcek_sources.size(), 1U);
    EXPECT_EQ(config->snp.vcek_sources[0].type, SourceType::kKds);
    EXPECT_EQ(config->snp.vcek_sources[0].base_url, "https://kdsintf.amd.com");
    EXPECT_TRUE(config->warnings.empty());
  }
}

TEST(VerifierConfigTest, ReadsEveryMember) {
  const auto config = Read(R"({"sample":false,"snp_verifier":{
    "vcek_sources":[{"type":"OfflineStore","path":"/srv/kds"},
                    {"type":"OfflineStore"},
                    {"type":"KDS","base_url":"http://kds.local"}],
    "min_report_version":3,"check_dates":true,"check_revocation":true}})");
  ASSERT_TRUE(config.has_value()) << config.error().Text();
  EXPECT_FALSE(config->sample);
  ASSERT_EQ(config->snp.vcek_sources.size(), 3U);
  EXPECT_EQ(config->snp.vcek_sources[0].type, SourceType::kOfflineStore);
  EXPECT_EQ(config->snp.vcek_sources[0].path, "/srv/kds");
  EXPECT_EQ(config->snp.vcek_sources[1].path,
            "/opt/confidential-containers/attestation-service/kds-store");
  EXPECT_EQ(config->snp.vcek_sources[2].base_url, "http://kds.local");
  EXPECT_EQ(config->snp.min_report_version, 3U);
  EXPECT_TRUE(config->snp.check_dates);
  EXPECT_TRUE(config->snp.check_revocation);
}

TEST(VerifierConfigTest, NoSourcesIsAllowed) {
  const auto config = Read(R"({"snp_verifier":{"vcek_sources":[]}})");
  ASSERT_TRUE(config.has_value());
  EXPECT_TRUE(config->snp.vcek_sources.empty());
}

TEST(VerifierConfigTest, SectionsOfAbsentVerifiersAreSaid) {
  const auto config =
      Read(R"({"nvidia_verifier":{"type":"Local"},"dcap_verifier":null})");
  ASSERT_TRUE(config.has_value());
  ASSERT_EQ(config->warnings.size(), 1U);
  EXPECT_NE(config->warnings[0].find("nvidia_verifier"), std::string::npos);
}

TEST(VerifierConfigTest, ErrorsNameTheMember) {
  const struct {
    const char* text;
    const char* part;
  } cases[] = {
      {"[]", "verifier_config"},
      {R"({"snp":{}})", "verifier_config.snp: unknown member"},
      {R"({"snp_verifer":{}})", "\"snp_verifier\""},
      {R"({"sample":"no"})", "sample"},
      {R"({"snp_verifier":{"vcek_source":[]}})", "\"vcek_sources\""},
      {R"({"snp_verifier":{"vcek_sources":{}}})", "vcek_sources"},
      {R"({"snp_verifier":{"vcek_sources":[{}]}})", "vcek_sources[0].type"},
      {R"({"snp_verifier":{"vcek_sources":[{"type":"kds"}]}})", "\"kds\""},
      {R"({"snp_verifier":{"vcek_sources":[{"type":"KDS","path":"/"}]}})",
       "vcek_sources[0].path: unknown"},
      {R"({"snp_verifier":{"vcek_sources":[{"type":"KDS","base_url":1}]}})",
       "base_url"},
      {R"({"snp_verifier":{"min_report_version":1}})", "min_report_version"},
      {R"({"snp_verifier":{"min_report_version":6}})", "min_report_version"},
      {R"({"snp_verifier":{"check_dates":1}})", "check_dates"},
  };
  for (const auto& c : cases) {
    const auto config = Read(c.text);
    ASSERT_FALSE(config.has_value()) << c.text;
    EXPECT_EQ(config.error().code, ErrorCode::kInvalidInput) << c.text;
    EXPECT_NE(config.error().Text().find(c.part), std::string::npos)
        << config.error().Text();
  }
}

}  // namespace
}  // namespace vouchsafe::registry
