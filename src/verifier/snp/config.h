#pragma once

// What can be configured of the snp verifier (`verifier_config.snp_verifier`;
// spec 2.7). Read from JSON by verifier/registry.

#include <cstdint>
#include <string>
#include <vector>

namespace vouchsafe::snp {

struct VcekSourceConfig {
  enum class Type { kKds, kOfflineStore };
  Type type = Type::kKds;
  // Of kKds; no slash is added at its end but that of "/vcek/v1".
  std::string base_url = "https://kdsintf.amd.com";
  // Of kOfflineStore: the folder that holds vcek/ and crl/.
  std::string path =
      "/opt/confidential-containers/attestation-service/kds-store";
};

struct SnpConfig {
  // Asked in order. Empty: evidence must carry its VEK.
  std::vector<VcekSourceConfig> vcek_sources = {VcekSourceConfig{}};
  uint32_t min_report_version = 2;
  bool check_dates = false;       // of the VEK
  bool check_revocation = false;  // of ASK and ASVK; fetches AMD's list
  size_t max_cached_veks = 4096;
};

}  // namespace vouchsafe::snp
