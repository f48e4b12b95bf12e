#include "verifier/sample/sample.h"

#include <optional>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "json/fields.h"
#include "verifier/sample/checks.h"

namespace vouchsafe::sample {
namespace {

constexpr ClaimSpec kSampleClaims[] = {
    {"svn", "string", "Security version, as sent"},
    {"launch_digest", "string", "Always \"abcde\""},
    {"platform_version", "object", "Always 1.4"},
    {"platform_version.major", "number", "Always 1"},
    {"platform_version.minor", "number", "Always 4"},
    {"debug", "boolean", "Always false"},
    {"report_data", "string", "Report data, base64 as sent"},
    {"init_data", "string", "The expected init data digest, base64"},
};
constexpr ClaimSpec kDeviceClaims[] = {
    {"svn", "string", "Security version, as sent"},
    {"report_data", "string", "Report data, base64 as sent"},
};

struct SampleEvidence {
  std::string svn;
  std::string report_data;  // base64, as sent
};

Result<SampleEvidence> Parse(const json::Value& value) {
  const json::Fields in = TRY(json::Fields::Of(value, "evidence"));
  SampleEvidence evidence;
  evidence.svn = TRY(in.String("svn"));
  if (in.object().Find("report_data") != nullptr) {
    evidence.report_data = TRY(in.String("report_data"));
  }
  return evidence;
}

Result<> CheckReportData(const SampleEvidence& evidence,
                         const Expected& expected, CheckLog& log) {
  if (!expected.report_data.has_value()) {
    log.Skip(kReportData, "no report data expected");
    return {};
  }
  const Bytes got = TRY_CONTEXT(Base64Decode(evidence.report_data),
                                "sample evidence, report_data");
  const Result<> equal =
      log.RequireEqual(kReportData, *expected.report_data, got);
  if (equal) return {};
  // Both texts are Trustee's, the second caused by the first.
  return tl::unexpected(WithContext(
      WithContext(equal.error(),
                  "REPORT_DATA is different from that in Sample Quote"),
      "Evidence's identity verification error."));
}

std::vector<TeeClaims> One(std::string tee_class, json::Object claims) {
  std::vector<TeeClaims> all;
  all.push_back(TeeClaims{std::move(tee_class), std::move(claims)});
  return all;
}

}  // namespace

std::span<const ClaimSpec> SampleClaimSpecs() { return kSampleClaims; }
std::span<const ClaimSpec> SampleDeviceClaimSpecs() { return kDeviceClaims; }

Result<std::vector<TeeClaims>> SampleVerifier::Evaluate(
    const json::Value& value, const Expected& expected, VerifyReport& report,
    const RequestContext& /*context*/) const {
  SampleEvidence evidence =
      TRY_CONTEXT(Parse(value), "Deserialize Quote failed.");
  TRY(CheckReportData(evidence, expected, report.checks));
  json::Object platform_version;
  platform_version.Set("major", 1);
  platform_version.Set("minor", 4);
  json::Object claims;
  claims.Set("svn", std::move(evidence.svn));
  claims.Set("report_data", std::move(evidence.report_data));
  claims.Set("launch_digest", "abcde");
  claims.Set("platform_version", std::move(platform_version));
  claims.Set("debug", false);
  // Nothing in the evidence could confirm it: it is passed on as expected.
  if (expected.init_data_digest.has_value()) {
    claims.Set("init_data", Base64Encode(*expected.init_data_digest));
  }
  return One("cpu", std::move(claims));
}

std::span<const ClaimSpec> SampleVerifier::claim_specs() const {
  return SampleClaimSpecs();
}

Result<std::vector<TeeClaims>> SampleDeviceVerifier::Evaluate(
    const json::Value& value, const Expected& expected, VerifyReport& report,
    const RequestContext& /*context*/) const {
  SampleEvidence evidence =
      TRY_CONTEXT(Parse(value), "Deserialize Quote failed.");
  TRY(CheckReportData(evidence, expected, report.checks));
  json::Object claims;
  claims.Set("svn", std::move(evidence.svn));
  claims.Set("report_data", std::move(evidence.report_data));
  return One("gpu", std::move(claims));
}

std::span<const ClaimSpec> SampleDeviceVerifier::claim_specs() const {
  return SampleDeviceClaimSpecs();
}

}  // namespace vouchsafe::sample
