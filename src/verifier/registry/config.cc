#include "verifier/registry/config.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "json/fields.h"
#include "verifier/snp/report.h"

namespace vouchsafe::registry {
namespace {

using json::Fields;

// Sections of verifiers that are not in this build.
constexpr std::string_view kNotBuilt[] = {
    "dcap_verifier", "nvidia_dpu_verifier", "nvidia_verifier", "tpm_verifier"};

// Levenshtein distance.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

Result<> RefuseUnknown(const Fields& in,
                       std::span<const std::string_view> known) {
  for (const json::Member& member : in.object()) {
    if (std::find(known.begin(), known.end(), member.name) != known.end()) {
      continue;
    }
    const auto nearest = std::min_element(
        known.begin(), known.end(),
        [&member](std::string_view a, std::string_view b) {
          return Distance(a, member.name) < Distance(b, member.name);
        });
    return Fail(ErrorCode::kInvalidInput,
                in.PathOf(member.name) +
                    ": unknown member; the nearest known one is \"" +
                    std::string(*nearest) + "\"");
  }
  return {};
}

Result<snp::VcekSourceConfig> ParseSource(const json::Value& value,
                                          const std::string& path) {
  const Fields in = TRY(Fields::Of(value, path));
  const std::string type = TRY(in.String("type"));
  snp::VcekSourceConfig source;
  if (type == "KDS") {
    constexpr std::string_view kKnown[] = {"base_url", "type"};
    TRY(RefuseUnknown(in, kKnown));
    source.type = snp::VcekSourceConfig::Type::kKds;
    auto base_url = TRY(in.OptionalString("base_url"));
    if (base_url.has_value()) source.base_url = *std::move(base_url);
    return source;
  }
  if (type == "OfflineStore") {
    constexpr std::string_view kKnown[] = {"path", "type"};
    TRY(RefuseUnknown(in, kKnown));
    source.type = snp::VcekSourceConfig::Type::kOfflineStore;
    auto folder = TRY(in.OptionalString("path"));
    if (folder.has_value()) source.path = *std::move(folder);
    return source;
  }
  return Fail(ErrorCode::kInvalidInput,
              in.PathOf("type") + ": \"" + type +
                  "\", want \"KDS\" or \"OfflineStore\"");
}

Result<std::vector<snp::VcekSourceConfig>> ParseSources(const Fields& in) {
  std::vector<snp::VcekSourceConfig> sources;
  const json::Array* list = TRY(in.ArrayOf("vcek_sources"));
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string path =
        in.PathOf("vcek_sources") + "[" + std::to_string(i) + "]";
    snp::VcekSourceConfig source = TRY(ParseSource((*list)[i], path));
    sources.push_back(std::move(source));
  }
  return sources;
}

Result<snp::SnpConfig> ParseSnp(const Fields& in) {
  constexpr std::string_view kKnown[] = {"check_dates", "check_revocation",
                                         "min_report_version", "vcek_sources"};
  TRY(RefuseUnknown(in, kKnown));
  snp::SnpConfig config;
  if (in.Optional("vcek_sources") != nullptr) {
    config.vcek_sources = TRY(ParseSources(in));
  }
  const auto version =
      TRY(in.OptionalUint("min_report_version", snp::kNewestReportVersion));
  if (version.has_value()) {
    if (*version < snp::kOldestReportVersion) {
      return Fail(ErrorCode::kInvalidInput,
                  in.PathOf("min_report_version") + ": " +
                      std::to_string(*version) + ", want 2 to 5");
    }
    config.min_report_version = static_cast<uint32_t>(*version);
  }
  const auto dates = TRY(in.OptionalBool("check_dates"));
  config.check_dates = dates.value_or(config.check_dates);
  const auto revocation = TRY(in.OptionalBool("check_revocation"));
  config.check_revocation = revocation.value_or(config.check_revocation);
  return config;
}

}  // namespace

Result<VerifierConfig> ParseVerifierConfig(const json::Value& value) {
  VerifierConfig config;
  if (value.is_null()) return config;
  const Fields in = TRY(Fields::Of(value, "verifier_config"));
  constexpr std::string_view kOwn[] = {"sample", "snp_verifier"};
  std::vector<std::string_view> known(std::begin(kOwn), std::end(kOwn));
  known.insert(known.end(), std::begin(kNotBuilt), std::end(kNotBuilt));
  TRY(RefuseUnknown(in, known));
  for (std::string_view name : kNotBuilt) {
    if (in.Optional(name) == nullptr) continue;
    config.warnings.push_back(in.PathOf(name) +
                              ": this verifier is not in this build, so its "
                              "section has no effect");
  }
  const auto sample = TRY(in.OptionalBool("sample"));
  config.sample = sample.value_or(config.sample);
  if (in.Optional("snp_verifier") != nullptr) {
    const Fields snp = TRY(in.ObjectOf("snp_verifier"));
    config.snp = TRY(ParseSnp(snp));
  }
  return config;
}

}  // namespace vouchsafe::registry
