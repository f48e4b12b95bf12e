#include "as/default_policies.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "as/test_service.h"
#include "policy/text_scan.h"
#include "tests/support/shared_data.h"
#include "verifier/core/tee.h"

namespace vouchsafe::as {
namespace {

using vouchsafe::testing::ReadFile;

struct Verdict {
  std::string status;
  int executables = 0;
  int hardware = 0;
  int configuration = 0;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

std::ostream& operator<<(std::ostream& out, const Verdict& v) {
  return out << v.status << " executables " << v.executables << " hardware "
             << v.hardware << " configuration " << v.configuration;
}

Verdict VerdictOf(const json::Value& submod) {
  Verdict out;
  out.status = *submod.Find("ear.status")->if_string();
  const json::Value* vector = submod.Find("ear.trustworthiness-vector");
  const auto number = [&](std::string_view name) {
    return static_cast<int>(*vector->Find(name)->int64());
  };
  out.executables = number("executables");
  out.hardware = number("hardware");
  out.configuration = number("configuration");
  return out;
}

// One device with these claims, judged with these reference values.
Verdict Judge(std::string_view tee, std::string_view tee_class,
              std::string_view claims, std::string_view values) {
  TestService service({}, tee);
  service.fake->devices = {ClaimsOf(tee_class, claims)};
  service.Register(values);
  VerificationRequest request;
  request.tee = tee;
  const json::Value token = service.Claims({{request}, {}});
  const json::Value* submod =
      token.At("/submods/" + std::string(tee_class) + "0");
  if (submod == nullptr) {
    ADD_FAILURE() << json::Write(token);
    return {};
  }
  return VerdictOf(*submod);
}

TEST(DefaultPolicies, EveryClassHasOne) {
  std::set<std::string> ids;
  for (const DefaultPolicy& policy : DefaultPolicies()) {
    ids.insert(std::string(policy.id));
  }
  for (const TeeInfo& tee : AllTees()) {
    EXPECT_TRUE(ids.count("default_" + std::string(tee.tee_class))) << tee.name;
  }
  EXPECT_TRUE(ids.count("default_switch"));
  EXPECT_TRUE(ids.count("default_ppcie"));
}

TEST(DefaultPolicies, EveryTeeIsJudged) {
  std::set<std::string> read;
  for (const DefaultPolicy& policy : DefaultPolicies()) {
    for (const policy::Seen& seen : policy::InputPaths(policy.text)) {
      read.insert(seen.text.substr(0, seen.text.find('.')));
    }
  }
  for (const TeeInfo& tee : AllTees()) {
    EXPECT_TRUE(read.count(std::string(tee.name))) << tee.name;
  }
}

struct Row {
  const char* name;
  const char* tee;
  const char* tee_class;
  const char* claims;
  const char* values;
  Verdict want;
};

const Verdict kNothingKnown{"contraindicated", 33, 97, 36};

const char kSgx[] =
    R"({"header":{"vendor_id":"939a7233f79c4ca9940a0db3957f0607"},"body":)"
    R"({"mr_enclave":"aa","mr_signer":"bb","isv_prod_id":"0100",)"
    R"("isv_svn":"0200","attributes.flags":"0500000000000000"},)"
    R"("tcb_status":"UpToDate","collateral_expiration_status":"0",)"
    R"("advisory_ids":["INTEL-SA-1"]})";
const char kTdx[] =
    R"({"quote":{"header":{"tee_type":"81000000",)"
    R"("vendor_id":"939a7233f79c4ca9940a0db3957f0607"},"body":{"mr_td":"t",)"
    R"("mr_seam":"m","xfam":"e7","rtmr_0":"0","rtmr_1":"1","rtmr_2":"2",)"
    R"("rtmr_3":"3"}},"td_attributes":{"debug":false},)"
    R"("tcb_status":"UpToDate","collateral_expiration_status":"0",)"
    R"("advisory_ids":[],"uefi_event_logs":[{"type_name":)"
    R"("EV_EFI_BOOT_SERVICES_APPLICATION","details":{"device_paths":)"
    R"x(["File(kernel)"]},"digests":[{"digest":"k"}]},{"type_name":)x"
    R"("EV_EVENT_TAG","details":{"string":"LOADED_IMAGE::LoadOptions"},)"
    R"("digests":[{"digest":"p"}]}],"tpm":{"pcr11":"0b"}})";
const char kTdxValues[] =
    R"({"mr_td":["t"],"xfam":["e7"],"rtmr_1":["1"],"rtmr_2":["2"],)"
    R"("tdvfkernel":"k","tdvfkernelparams":"p"})";
const char kAzSnp[] =
    R"({"measurement":"m","reported_tcb_bootloader":"1",)"
    R"("reported_tcb_microcode":"2","reported_tcb_snp":"3",)"
    R"("reported_tcb_tee":"4","policy_debug_allowed":"true",)"
    R"("policy_migrate_ma":"false","platform_smt_enabled":"true",)"
    R"("platform_tsme_enabled":"true","policy_abi_major":"0",)"
    R"("policy_abi_minor":"1","policy_single_socket":"false",)"
    R"("policy_smt_allowed":"true","tpm":{"pcr11":"0b"}})";
const char kAzSnpValues[] =
    R"({"measurement":["m"],"snp_pcr11":["0b"],"tcb_bootloader":["1"],)"
    R"("tcb_microcode":["2"],"tcb_snp":["3"],"tcb_tee":["4"],)"
    R"("smt_enabled":["true"],"tsme_enabled":["true"],"abi_major":["0"],)"
    R"("abi_minor":["1"],"single_socket":["false"],"smt_allowed":["true"]})";
const char kNras[] =
    R"({"x-nvidia-gpu-attestation-report-cert-chain":)"
    R"({"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"good"},)"
    R"("x-nvidia-gpu-attestation-report-cert-chain-fwid-match":true,)"
    R"("x-nvidia-gpu-attestation-report-parsed":true,)"
    R"("x-nvidia-gpu-attestation-report-signature-verified":true,)"
    R"("x-nvidia-gpu-arch-check":true,"secboot":true,"dbgstat":"disabled",)"
    R"("x-nvidia-gpu-vbios-version":"v","x-nvidia-gpu-driver-version":"d",)"
    R"("x-nvidia-gpu-vbios-rim-cert-chain":)"
    R"({"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"good"},)"
    R"("x-nvidia-gpu-driver-rim-cert-chain":)"
    R"({"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"CHAIN"},)"
    R"("x-nvidia-gpu-vbios-rim-fetched":true,)"
    R"("x-nvidia-gpu-vbios-rim-measurements-available":true,)"
    R"("x-nvidia-gpu-vbios-rim-schema-validated":true,)"
    R"("x-nvidia-gpu-vbios-rim-signature-verified":true,)"
    R"("x-nvidia-gpu-vbios-rim-version-match":true,)"
    R"("x-nvidia-gpu-driver-rim-fetched":true,)"
    R"("x-nvidia-gpu-driver-rim-measurements-available":true,)"
    R"("x-nvidia-gpu-driver-rim-schema-validated":true,)"
    R"("x-nvidia-gpu-driver-rim-signature-verified":true,)"
    R"("x-nvidia-gpu-driver-rim-version-match":true,"measres":"success"})";

std::string With(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

TEST(DefaultPolicies, Outcomes) {
  const std::string debug_tdx =
      With(kTdx, R"("debug":false)", R"("debug":true)");
  const std::string stale_tdx = With(kTdx, R"(status":"0")", R"(status":"1")");
  const std::string no_kernel = With(kTdxValues, R"("k")", R"("other")");
  const std::string told_seam =
      With(kTdxValues, R"({"mr_td")", R"({"mr_seam":["x"],"mr_td")");
  const std::string told_rtmr =
      With(kTdxValues, R"({"mr_td")", R"({"rtmr_3":["x"],"mr_td")");
  const std::string closed_az =
      With(kAzSnp, R"(allowed":"true")", R"(allowed":"false")");
  const std::string debug_sgx = With(kSgx, "0500", "0700");
  const std::string good_nras = With(kNras, "CHAIN", "good");
  const std::string bad_nras = With(kNras, "CHAIN", "revoked");
  const Row rows[] = {
      {"sgx all",
       "sgx",
       "cpu",
       kSgx,
       R"({"sgx_mr_enclave":["aa"],"sgx_isv_prod_id":["0100"],)"
       R"("sgx_isv_svn":["0200"]})",
       {"affirming", 3, 2, 2}},
      {"sgx signer told",
       "sgx",
       "cpu",
       kSgx,
       R"({"sgx_mr_enclave":["aa"],"sgx_mr_signer":["cc"]})",
       {"warning", 33, 2, 3}},
      {"sgx advisory not accepted",
       "sgx",
       "cpu",
       kSgx,
       R"({"accepted_advisory_ids":["INTEL-SA-2"]})",
       {"contraindicated", 33, 97, 3}},
      {"sgx debug",
       "sgx",
       "cpu",
       debug_sgx.c_str(),
       R"({"sgx_mr_enclave":["aa"]})",
       {"warning", 3, 2, 36}},
      {"tdx none", "tdx", "cpu", kTdx, "{}", kNothingKnown},
      {"tdx all", "tdx", "cpu", kTdx, kTdxValues, {"affirming", 3, 2, 2}},
      {"tdx other kernel",
       "tdx",
       "cpu",
       kTdx,
       no_kernel.c_str(),
       {"affirming", 4, 2, 2}},
      {"tdx debug",
       "tdx",
       "cpu",
       debug_tdx.c_str(),
       kTdxValues,
       {"warning", 3, 2, 36}},
      {"tdx stale collateral",
       "tdx",
       "cpu",
       stale_tdx.c_str(),
       kTdxValues,
       {"contraindicated", 3, 97, 2}},
      {"tdx seam told",
       "tdx",
       "cpu",
       kTdx,
       told_seam.c_str(),
       {"contraindicated", 3, 97, 2}},
      {"tdx rtmr_3 told",
       "tdx",
       "cpu",
       kTdx,
       told_rtmr.c_str(),
       {"warning", 33, 2, 2}},
      {"az-tdx all",
       "az-tdx-vtpm",
       "cpu",
       kTdx,
       R"({"mr_td":["t"],"xfam":["e7"],"tdx_pcr11":["0b"]})",
       {"affirming", 3, 2, 2}},
      {"az-tdx debug",
       "az-tdx-vtpm",
       "cpu",
       debug_tdx.c_str(),
       R"({"mr_td":["t"],"xfam":["e7"],"tdx_pcr11":["0b"]})",
       {"warning", 3, 2, 36}},
      {"az-snp debug",
       "az-snp-vtpm",
       "cpu",
       kAzSnp,
       kAzSnpValues,
       {"warning", 3, 2, 36}},
      {"az-snp all",
       "az-snp-vtpm",
       "cpu",
       closed_az.c_str(),
       kAzSnpValues,
       {"affirming", 3, 2, 2}},
      {"tpm none",
       "tpm",
       "cpu",
       R"({"ak_public":"a","pcr11":"0b"})",
       "{}",
       {"contraindicated", 33, 97, 0}},
      {"tpm all",
       "tpm",
       "cpu",
       R"({"ak_public":"a","pcr11":"0b"})",
       R"({"trusted_aks":["a"],"tpm_pcr11":["0b"]})",
       {"affirming", 3, 2, 0}},
      {"se none told",
       "se",
       "cpu",
       R"({"tag":"t","image_phkh":"i","attestation_phkh":"a"})",
       "{}",
       {"affirming", 3, 2, 2}},
      {"se other image told",
       "se",
       "cpu",
       R"({"tag":"t","image_phkh":"i","attestation_phkh":"a"})",
       R"({"se_tag":["x"],"se_attestation_phkh":["x"]})",
       {"contraindicated", 33, 97, 2}},
      {"cca none", "cca", "cpu", R"({"realm":{},"platform":{}})", "{}",
       kNothingKnown},
      {"cca all",
       "cca",
       "cpu",
       R"({"realm":{"cca-realm-initial-measurement":"m",)"
       R"("cca-realm-extensible-measurements":["e"],)"
       R"("cca-realm-personalization-value":"p"},)"
       R"("platform":{"cca-platform-implementation-id":"i",)"
       R"("cca-platform-instance-id":"j"}})",
       R"({"cca_realm_initial_measurement":["m"],)"
       R"("cca_platform_implementation_id":["i"],)"
       R"("cca_realm_personalization_value":["p"]})",
       {"affirming", 3, 2, 2}},
      {"csv",
       "csv",
       "cpu",
       R"({"measure":"m","serial_number":"s",)"
       R"("policy":{"nodbg":1,"es":1,"nosend":0}})",
       R"({"csv_measure":["m"],"csv_serial_number":["s"]})",
       {"affirming", 3, 2, 3}},
      {"csv debug",
       "csv",
       "cpu",
       R"({"measure":"m","serial_number":"s",)"
       R"("policy":{"nodbg":0,"es":1,"nosend":1}})",
       R"({"csv_measure":["m"],"csv_serial_number":["s"]})",
       {"warning", 3, 2, 36}},
      {"dcu none", "hygondcu", "dcu", R"({"body":{"measure":"m"}})", "{}",
       kNothingKnown},
      {"dcu all",
       "hygondcu",
       "dcu",
       R"({"body":{"measure":"m","chip_id":"c","version":1}})",
       R"({"dcu_measure":["m"],"dcu_chip_id":["c"],"dcu_version":[1]})",
       {"affirming", 3, 2, 2}},
      {"dpu all",
       "nvidia-dpu",
       "nvidia-dpu",
       R"({"accumulated_fwid":"f","device_serial":"s","device_class":"c",)"
       R"("firmware_layers_count":3})",
       R"({"dpu_accumulated_fwid":["f"],"dpu_device_serial":["s"],)"
       R"("dpu_device_class":["c"],"dpu_firmware_layers_count":[3]})",
       {"affirming", 3, 2, 2}},
      {"gpu by NRAS",
       "nvidia",
       "gpu",
       good_nras.c_str(),
       R"({"allowed_vbios_versions":["v"],"allowed_driver_versions":["d"]})",
       {"affirming", 3, 2, 2}},
      {"gpu driver manifest revoked",
       "nvidia",
       "gpu",
       bad_nras.c_str(),
       "{}",
       {"warning", 33, 2, 3}},
      {"gpu here",
       "nvidia",
       "gpu",
       R"({"arch":"Hopper","measurements":{"1":"aa","2":"bb"}})",
       R"({"allowed_gpu_archs":["Hopper"],)"
       R"("NVIDIA_Corporation.GPU.measurement_1":["aa"]})",
       {"warning", 3, 2, 36}},
      {"gpu here, one differs", "nvidia", "gpu",
       R"({"arch":"Hopper","measurements":{"1":"aa","2":"bb"}})",
       R"({"NVIDIA_Corporation.GPU.measurement_1":["aa"],)"
       R"("NVIDIA_Corporation.GPU.measurement_2":["cc"]})",
       kNothingKnown},
      {"sampledevice",
       "sampledevice",
       "gpu",
       R"({"svn":"1"})",
       R"({"device_svn":["1"]})",
       {"warning", 33, 32, 36}},
      {"sampledevice none", "sampledevice", "gpu", R"({"svn":"1"})", "{}",
       kNothingKnown},
      {"ppcie",
       "nvidia",
       "ppcie",
       R"({"switch_count":4,"gpu_count":8})",
       "{}",
       {"affirming", 0, 0, 2}},
      {"switch none", "nvidia", "switch", "{}", "{}", kNothingKnown},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(Judge(row.tee, row.tee_class, row.claims, row.values), row.want);
  }
}

// A device about which everything is known and told.
struct Complete {
  const char* tee;
  const char* tee_class;
  std::string claims;
  std::string values;
  const char* status = "affirming";
};

std::vector<Complete> CompleteDevices() {
  const std::string tdx =
      With(kTdx, R"("advisory_ids":[])", R"("advisory_ids":["INTEL-SA-1"])");
  return {
      {"sample", "cpu",
       R"({"launch_digest":"d","svn":"1","platform_version":{"major":1,)"
       R"("minor":4},"debug":false})",
       R"({"launch_digest":["d"],"svn":["1"],"major_version":1,)"
       R"("minimum_minor_version":4})",
       "warning"},
      {"snp", "cpu",
       R"({"measurement":"m","reported_tcb_bootloader":1,)"
       R"("reported_tcb_microcode":2,"reported_tcb_snp":3,)"
       R"("reported_tcb_tee":4,"policy_debug_allowed":false,)"
       R"("policy_migrate_ma":false,"platform_smt_enabled":true,)"
       R"("platform_tsme_enabled":false,"policy_abi_major":0,)"
       R"("policy_abi_minor":1,"policy_single_socket":false,)"
       R"("policy_smt_allowed":true})",
       R"({"snp_launch_measurement":["m"],"snp_bootloader":[1],)"
       R"("snp_microcode":[2],"snp_snp_svn":[3],"snp_tee_svn":[4],)"
       R"("snp_smt_enabled":true,"snp_tsme_enabled":false,)"
       R"("snp_guest_abi_major":0,"snp_guest_abi_minor":1,)"
       R"("snp_single_socket":false,"snp_smt_allowed":true})"},
      {"az-snp-vtpm", "cpu",
       With(kAzSnp, R"(allowed":"true")", R"(allowed":"false")"), kAzSnpValues},
      {"tdx", "cpu", tdx,
       With(kTdxValues, R"({"mr_td")",
            R"({"mr_seam":["m"],"rtmr_0":["0"],"rtmr_3":["3"],)"
            R"("accepted_advisory_ids":["INTEL-SA-1"],"mr_td")")},
      {"az-tdx-vtpm", "cpu", tdx,
       R"({"mr_td":["t"],"xfam":["e7"],"tdx_pcr11":["0b"],"mr_seam":["m"],)"
       R"("accepted_advisory_ids":["INTEL-SA-1"]})"},
      {"sgx", "cpu", kSgx,
       R"({"sgx_mr_enclave":["aa"],"sgx_mr_signer":["bb"],)"
       R"("sgx_isv_prod_id":["0100"],"sgx_isv_svn":["0200"],)"
       R"("accepted_advisory_ids":["INTEL-SA-1"]})"},
      {"tpm", "cpu", R"({"ak_public":"a","pcr11":"0b"})",
       R"({"trusted_aks":["a"],"tpm_pcr11":["0b"]})"},
      {"se", "cpu", R"({"tag":"t","image_phkh":"i","attestation_phkh":"a"})",
       R"({"se_tag":["t"],"se_image_phkh":["i"],)"
       R"("se_attestation_phkh":["a"]})"},
      {"cca", "cpu",
       R"({"realm":{"cca-realm-initial-measurement":"m",)"
       R"("cca-realm-extensible-measurements":["e"],)"
       R"("cca-realm-personalization-value":"p"},)"
       R"("platform":{"cca-platform-implementation-id":"i",)"
       R"("cca-platform-instance-id":"j"}})",
       R"({"cca_realm_initial_measurement":["m"],)"
       R"("cca_realm_extensible_measurements":["e"],)"
       R"("cca_platform_implementation_id":["i"],)"
       R"("cca_platform_instance_id":["j"],)"
       R"("cca_realm_personalization_value":["p"]})"},
      {"csv", "cpu",
       R"({"measure":"m","serial_number":"s","rtmr1":"1","rtmr2":"2",)"
       R"("policy":{"nodbg":1,"es":1,"nosend":1}})",
       R"({"csv_measure":["m"],"csv_serial_number":["s"],"csv_rtmr1":["1"],)"
       R"("csv_rtmr2":["2"]})"},
      {"hygondcu", "dcu",
       R"({"body":{"measure":"m","chip_id":"c","version":1}})",
       R"({"dcu_measure":["m"],"dcu_chip_id":["c"],"dcu_version":[1]})"},
      {"nvidia-dpu", "nvidia-dpu",
       R"({"accumulated_fwid":"f","device_serial":"s","device_class":"c",)"
       R"("firmware_layers_count":3})",
       R"({"dpu_accumulated_fwid":["f"],"dpu_device_serial":["s"],)"
       R"("dpu_device_class":["c"],"dpu_firmware_layers_count":[3]})"},
      {"nvidia", "gpu", With(kNras, "CHAIN", "good"),
       R"({"allowed_vbios_versions":["v"],"allowed_driver_versions":["d"]})"},
      {"nvidia", "gpu",
       R"({"measurements":{"1":"aa","2":"bb"},"arch":"HOPPER"})",
       R"({"allowed_gpu_archs":["HOPPER"],)"
       R"("NVIDIA_Corporation.GPU.measurement_1":["aa"],)"
       R"("NVIDIA_Corporation.GPU.measurement_2":["bb"]})",
       "warning"},
      {"sampledevice", "gpu", R"({"svn":"1"})", R"({"device_svn":["1"]})",
       "warning"},
      {"nvidia", "switch",
       R"({"x-nvidia-switch-attestation-report-cert-chain":)"
       R"({"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"good"},)"
       R"("x-nvidia-switch-attestation-report-cert-chain-fwid-match":true,)"
       R"("x-nvidia-switch-attestation-report-parsed":true,)"
       R"("x-nvidia-switch-attestation-report-signature-verified":true,)"
       R"("x-nvidia-switch-arch-check":true,"secboot":true,)"
       R"("dbgstat":"disabled","x-nvidia-switch-bios-version":"b",)"
       R"("x-nvidia-switch-bios-rim-cert-chain":)"
       R"({"x-nvidia-cert-status":"valid","x-nvidia-cert-ocsp-status":"good"},)"
       R"("x-nvidia-switch-bios-rim-fetched":true,)"
       R"("x-nvidia-switch-bios-rim-measurements-available":true,)"
       R"("x-nvidia-switch-bios-rim-schema-validated":true,)"
       R"("x-nvidia-switch-bios-rim-signature-verified":true,)"
       R"("x-nvidia-switch-bios-rim-version-match":true,)"
       R"("measres":"success"})",
       R"({"allowed_switch_bios_versions":["b"]})"},
  };
}

// Every value in it, each changed alone: (path, the whole with that change).
using Changed = std::vector<std::pair<std::string, json::Value>>;
// Numbers change by `by`: a claim falls, a wanted minimum rises.
Changed ChangeEach(const json::Value& value, int64_t by) {
  Changed out;
  if (const json::Object* object = value.if_object()) {
    for (const json::Member& member : *object) {
      for (auto& [path, changed] : ChangeEach(member.value, by)) {
        json::Object copy = *object;
        copy.Set(member.name, std::move(changed));
        out.emplace_back("/" + member.name + path, std::move(copy));
      }
    }
  } else if (const json::Array* array = value.if_array()) {
    for (size_t i = 0; i < array->size(); ++i) {
      for (auto& [path, changed] : ChangeEach((*array)[i], by)) {
        json::Array copy = *array;
        copy[i] = std::move(changed);
        out.emplace_back("/" + std::to_string(i) + path, std::move(copy));
      }
    }
  } else if (const bool* flag = value.if_bool()) {
    out.emplace_back("", !*flag);
  } else if (const auto number = value.int64()) {
    out.emplace_back("", *number + by);
  } else {
    out.emplace_back("", "zz");
  }
  return out;
}

// Claims that stand in the fixtures and that no rule of that TEE reads.
bool IsUnread(std::string_view tee, const std::string& path) {
  const auto has = [&](const char* part) {
    return path.find(part) != std::string::npos;
  };
  if (tee == "tdx") return has("/tpm/");
  if (tee == "az-tdx-vtpm") return has("/rtmr_") || has("/uefi_event_logs/");
  return false;
}

// Each rule, the other way round: whatever of a complete device's claims or of
// the reference values is changed, the verdict gets worse.
TEST(DefaultPolicies, EveryClaimAndEveryReferenceValueCounts) {
  size_t tried = 0;
  for (const Complete& device : CompleteDevices()) {
    SCOPED_TRACE(std::string(device.tee) + " " + device.tee_class);
    TestService service({}, device.tee);
    const json::Value claims = *json::Parse(device.claims);
    const json::Value values = *json::Parse(device.values);
    VerificationRequest request;
    request.tee = device.tee;
    const auto judge = [&](const json::Value& now) {
      service.fake->devices = {{device.tee_class, *now.if_object()}};
      const json::Value token = service.Claims({{request}, {}});
      const json::Value* submod =
          token.At("/submods/" + std::string(device.tee_class) + "0");
      EXPECT_NE(submod, nullptr) << json::Write(token);
      return submod == nullptr ? Verdict{} : VerdictOf(*submod);
    };
    service.Register(device.values);
    const Verdict full = judge(claims);
    EXPECT_EQ(full.status, device.status);
    for (const auto& [path, changed] : ChangeEach(claims, -1000)) {
      if (IsUnread(device.tee, path)) continue;
      const Verdict worse = judge(changed);
      EXPECT_NE(worse, full) << "claim " << path;
      EXPECT_TRUE(worse.executables >= full.executables &&
                  worse.hardware >= full.hardware &&
                  worse.configuration >= full.configuration)
          << "claim " << path << ": " << worse;
      ++tried;
    }
    for (const auto& [path, changed] : ChangeEach(values, 1000)) {
      service.Register(json::Write(changed));
      EXPECT_NE(judge(claims), full) << "reference value " << path;
      ++tried;
    }
  }
  EXPECT_GT(tried, 150u);
}

TEST(DefaultPolicies, ValidatedIdentifiersComeFromTheAgentPolicy) {
  TestService service;
  service.fake->devices = {ClaimsOf("cpu", R"({"init_data":"00"})")};
  VerificationRequest request;
  request.tee = "snp";
  request.init_data = InitData{InitData::Toml{
      "version = \"1\"\nalgorithm = \"sha256\"\n[data]\n\"policy.rego\" = "
      "'''policy_data := {\"containers\": [{\"OCI\": {\"Annotations\": "
      "{\"io.kubernetes.cri.image-name\": \"i/n:1\"}, \"Process\": "
      "{\"User\": "
      "{\"UID\": 7}}}}, {\"OCI\": {}}]}'''\n"}};
  const json::Value claims = service.Claims({{request}, {}});
  const json::Value* identifiers =
      claims.At("/submods/cpu0/ear.trustee.identifiers");
  ASSERT_NE(identifiers, nullptr) << json::Write(claims);
  EXPECT_EQ(*identifiers,
            *json::Parse(R"({"validated":{"container_images":["i/n:1"],)"
                         R"("container_uids":[7]}})"))
      << json::Write(*identifiers);
}

// Rows of the recorded outcomes that our decisions change, and how.
const std::map<std::string, Verdict>& Exceptions() {
  static const std::map<std::string, Verdict> all = {
      // Decision 11: sample evidence never affirms.
      {"sample: all match", {"warning", 3, 32, 2}},
      {"sample: launch_digest = [\"x\"]", {"warning", 33, 32, 2}},
      {"sample: launch_digest = \"abcde\"", {"warning", 33, 32, 2}},
      {"sample: launch_digest = [\"x\", \"abcde\"]", {"warning", 3, 32, 2}},
      {"sample: launch_digest = []", {"warning", 33, 32, 2}},
      {"sample: launch_digest = null", {"warning", 33, 32, 2}},
      {"sample: major_version = 1.0", {"warning", 3, 32, 2}},
      {"sample: minimum_minor_version = 4", {"warning", 3, 32, 2}},
      {"sample: all match again", {"warning", 3, 32, 2}},
      // Decision 6: a missing minimum is not met.
      {"sample: minimum_minor_version = null", {"contraindicated", 3, 97, 2}},
      // Decision 6: a TPM is worth what its attestation key is worth.
      {"tpm: no reference values", {"contraindicated", 33, 97, 0}},
      {"tpm: trusted_aks = [\"x\"]", {"contraindicated", 33, 97, 0}},
  };
  return all;
}

std::string RecordedClaims(const std::string& tee) {
  const std::map<std::string, std::string> files = {
      {"sample", "sample/expected-claims-sample.json"},
      {"snp", "snp/expected-claims-genoa-v3.json"},
      {"az-snp-vtpm", "az-snp-vtpm/expected-claims-v1.json"},
      {"tpm", "tpm/expected-claims-tpm.json"},
      {"cca", "cca/cca-claims.json"}};
  if (tee == "se") {
    return R"({"tag":"t","image_phkh":"i","attestation_phkh":"a"})";
  }
  const auto file = files.find(tee);
  if (file == files.end()) return "{}";
  const auto path = vouchsafe::testing::SharedPath("evidence/" + file->second);
  return path ? ReadFile(*path) : "{}";
}

TEST(DefaultPolicies, AgreeWithTheRecordedOutcomesButForOurDecisions) {
  SHARED_OR_SKIP(path, "goldens/ear/default-policy-outcomes.json");
  const json::Value recorded = *json::Parse(ReadFile(path));
  json::Object values;  // of the last "all match" row, then one changed
  size_t seen = 0;
  std::set<std::string> used;
  for (const json::Value& row : *recorded.Find("rows")->if_array()) {
    const std::string tee = *row.Find("tee")->if_string();
    const std::string note = *row.Find("note")->if_string();
    const std::string name = tee + ": " + note;
    SCOPED_TRACE(name);
    const json::Object& given = *row.Find("reference_values")->if_object();
    json::Object now;
    if (note.starts_with("all match") || given.empty()) {
      values = given;
      now = given;
    } else {
      now = values;
      for (const auto& member : given) now.Set(member.name, member.value);
    }
    const auto& [submod, outcome] = *row.Find("submods")->if_object()->begin();
    const std::string tee_class = submod.substr(0, submod.size() - 1);
    Verdict want = VerdictOf(outcome);
    if (const auto it = Exceptions().find(name); it != Exceptions().end()) {
      want = it->second;
      used.insert(name);
    }
    EXPECT_EQ(Judge(tee, tee_class, RecordedClaims(tee), json::Write(now)),
              want);
    ++seen;
  }
  EXPECT_EQ(seen, 60u);
  EXPECT_EQ(used.size(), Exceptions().size()) << "an exception nobody needs";
}

}  // namespace
}  // namespace vouchsafe::as
