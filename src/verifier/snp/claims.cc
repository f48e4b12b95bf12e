#include "verifier/snp/claims.h"

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "base/encoding.h"

namespace vouchsafe::snp {
namespace {

constexpr ClaimSpec kSpecs[] = {
    {"policy_abi_major", "number", "Guest policy: lowest ABI major version"},
    {"policy_abi_minor", "number", "Guest policy: lowest ABI minor version"},
    {"policy_smt_allowed", "boolean", "Guest policy: SMT is allowed"},
    {"policy_migrate_ma", "boolean",
     "Guest policy: a migration agent is allowed"},
    {"policy_debug_allowed", "boolean", "Guest policy: debugging is allowed"},
    {"policy_single_socket", "boolean",
     "Guest policy: only on a single socket"},
    {"policy_cxl_allowed", "boolean", "Guest policy: CXL is allowed"},
    {"policy_mem_aes_256_xts", "boolean",
     "Guest policy: memory must be encrypted with AES-256-XTS"},
    {"policy_rapl_disabled", "boolean",
     "Guest policy: running average power limit must be off"},
    {"policy_ciphertext_hiding", "boolean",
     "Guest policy: ciphertext hiding must be on"},
    {"policy_page_swap_disabled", "boolean",
     "Guest policy: pages must not be swapped or moved"},
    {"reported_tcb_bootloader", "number",
     "Reported TCB, the one the VEK is for: boot loader"},
    {"reported_tcb_tee", "number", "Reported TCB: TEE"},
    {"reported_tcb_snp", "number", "Reported TCB: SNP firmware"},
    {"reported_tcb_microcode", "number", "Reported TCB: microcode"},
    {"reported_tcb_fmc", "number", "Reported TCB: FMC (Turin only)"},
    {"current_tcb_bootloader", "number", "Running TCB: boot loader"},
    {"current_tcb_tee", "number", "Running TCB: TEE"},
    {"current_tcb_snp", "number", "Running TCB: SNP firmware"},
    {"current_tcb_microcode", "number", "Running TCB: microcode"},
    {"current_tcb_fmc", "number", "Running TCB: FMC (Turin only)"},
    {"committed_tcb_bootloader", "number",
     "TCB below which the host cannot go back: boot loader"},
    {"committed_tcb_tee", "number", "Committed TCB: TEE"},
    {"committed_tcb_snp", "number", "Committed TCB: SNP firmware"},
    {"committed_tcb_microcode", "number", "Committed TCB: microcode"},
    {"committed_tcb_fmc", "number", "Committed TCB: FMC (Turin only)"},
    {"launch_tcb_bootloader", "number",
     "TCB when the guest was launched or imported: boot loader"},
    {"launch_tcb_tee", "number", "Launch TCB: TEE"},
    {"launch_tcb_snp", "number", "Launch TCB: SNP firmware"},
    {"launch_tcb_microcode", "number", "Launch TCB: microcode"},
    {"launch_tcb_fmc", "number", "Launch TCB: FMC (Turin only)"},
    {"current_version_major", "number", "Running firmware: major version"},
    {"current_version_minor", "number", "Running firmware: minor version"},
    {"current_version_build", "number", "Running firmware: build"},
    {"committed_version_major", "number", "Committed firmware: major version"},
    {"committed_version_minor", "number", "Committed firmware: minor version"},
    {"committed_version_build", "number", "Committed firmware: build"},
    {"platform_smt_enabled", "boolean", "Platform: SMT is on"},
    {"platform_tsme_enabled", "boolean",
     "Platform: transparent memory encryption is on"},
    {"platform_ecc_enabled", "boolean", "Platform: memory has ECC"},
    {"platform_rapl_disabled", "boolean",
     "Platform: running average power limit is off"},
    {"platform_ciphertext_hiding", "boolean",
     "Platform: ciphertext hiding is on"},
    {"platform_alias_check_complete", "boolean",
     "Platform: memory was checked for aliased addresses"},
    {"platform_tio_enabled", "boolean", "Platform: trusted I/O is on"},
    {"platform_info", "number", "PLATFORM_INFO as one number"},
    {"measurement", "string", "Launch digest, hex"},
    {"report_data", "string", "REPORT_DATA, hex"},
    {"init_data", "string", "HOST_DATA, hex"},
    {"chip_id", "string", "CHIP_ID, hex; zeros when masked"},
    {"guest_svn", "number", "Security version of the guest"},
    {"vmpl", "number", "Privilege level that asked for the report"},
    {"family_id", "string", "Family of the guest, hex"},
    {"image_id", "string", "Image of the guest, hex"},
    {"id_key_digest", "string", "SHA-384 of the ID key, hex"},
    {"author_key_digest", "string", "SHA-384 of the author key, hex"},
    {"author_key_enabled", "boolean", "An author key signed the ID key"},
    {"report_id", "string", "Identifier of this guest, hex"},
    {"report_id_ma", "string", "Identifier of its migration agent, hex"},
    {"signing_key", "string", "What signed the report: vcek or vlek"},
    {"csp_id", "string", "Cloud provider that the VLEK was issued to"},
    {"processor", "string", "Milan, Genoa or Turin"},
    {"cpuid_family", "number", "CPU family (report version 3 and later)"},
    {"cpuid_model", "number", "CPU model (report version 3 and later)"},
    {"cpuid_stepping", "number", "CPU stepping (report version 3 and later)"},
    {"launch_mit_vector", "number",
     "Mitigations at launch (report version 5 and later)"},
    {"current_mit_vector", "number",
     "Mitigations now (report version 5 and later)"},
    {"report_version", "number", "Version of the report"},
};

void SetBits(json::Object& out, uint64_t policy, uint64_t platform) {
  struct Bit {
    std::string_view name;
    uint64_t mask;
  };
  constexpr Bit kPolicy[] = {
      {"policy_smt_allowed", GuestPolicy::kSmtAllowed},
      {"policy_migrate_ma", GuestPolicy::kMigrateMa},
      {"policy_debug_allowed", GuestPolicy::kDebugAllowed},
      {"policy_single_socket", GuestPolicy::kSingleSocket},
      {"policy_cxl_allowed", GuestPolicy::kCxlAllowed},
      {"policy_mem_aes_256_xts", GuestPolicy::kMemAes256Xts},
      {"policy_rapl_disabled", GuestPolicy::kRaplDisabled},
      {"policy_ciphertext_hiding", GuestPolicy::kCiphertextHiding},
      {"policy_page_swap_disabled", GuestPolicy::kPageSwapDisabled},
  };
  constexpr Bit kPlatform[] = {
      {"platform_smt_enabled", PlatformInfo::kSmt},
      {"platform_tsme_enabled", PlatformInfo::kTsme},
      {"platform_ecc_enabled", PlatformInfo::kEcc},
      {"platform_rapl_disabled", PlatformInfo::kRaplDisabled},
      {"platform_ciphertext_hiding", PlatformInfo::kCiphertextHiding},
      {"platform_alias_check_complete", PlatformInfo::kAliasCheckComplete},
      {"platform_tio_enabled", PlatformInfo::kTio},
  };
  for (const Bit& bit : kPolicy) out.Add(bit.name, (policy & bit.mask) != 0);
  for (const Bit& bit : kPlatform) {
    out.Add(bit.name, (platform & bit.mask) != 0);
  }
}

void SetTcb(json::Object& out, const std::string& prefix, const RawTcb& raw,
            Generation generation) {
  const Tcb tcb = DecodeTcb(raw, generation);
  out.Add(prefix + "_bootloader", int{tcb.bootloader});
  out.Add(prefix + "_tee", int{tcb.tee});
  out.Add(prefix + "_snp", int{tcb.snp});
  out.Add(prefix + "_microcode", int{tcb.microcode});
  if (tcb.fmc.has_value()) out.Add(prefix + "_fmc", int{*tcb.fmc});
}

void SetFirmware(json::Object& out, const std::string& prefix,
                 const FirmwareVersion& version) {
  out.Add(prefix + "_major", int{version.major});
  out.Add(prefix + "_minor", int{version.minor});
  out.Add(prefix + "_build", int{version.build});
}

void SetIdentity(json::Object& out, const Report& report) {
  out.Add("measurement", HexEncode(report.measurement));
  out.Add("report_data", HexEncode(report.report_data));
  out.Add("init_data", HexEncode(report.host_data));
  out.Add("chip_id", HexEncode(report.chip_id));
  out.Add("guest_svn", report.guest_svn);
  out.Add("vmpl", report.vmpl);
  out.Add("family_id", HexEncode(report.family_id));
  out.Add("image_id", HexEncode(report.image_id));
  out.Add("id_key_digest", HexEncode(report.id_key_digest));
  out.Add("author_key_digest", HexEncode(report.author_key_digest));
  out.Add("author_key_enabled", report.author_key_enabled());
  out.Add("report_id", HexEncode(report.report_id));
  out.Add("report_id_ma", HexEncode(report.report_id_ma));
}

void SetVersioned(json::Object& out, const Report& report) {
  out.Add("report_version", report.version);
  if (report.version >= kCpuidReportVersion) {
    out.Add("cpuid_family", int{report.cpuid_family});
    out.Add("cpuid_model", int{report.cpuid_model});
    out.Add("cpuid_stepping", int{report.cpuid_stepping});
  }
  if (report.version >= kMitigationReportVersion) {
    out.Add("launch_mit_vector", report.launch_mit_vector);
    out.Add("current_mit_vector", report.current_mit_vector);
  }
}

}  // namespace

json::Object MakeClaims(const VerifiedReport& verified) {
  const Report& report = verified.report();
  const Generation generation = verified.generation();
  json::Object out;
  out.Reserve(std::size(kSpecs));
  out.Add("policy_abi_major", static_cast<int>((report.policy >> 8U) & 0xFFU));
  out.Add("policy_abi_minor", static_cast<int>(report.policy & 0xFFU));
  SetBits(out, report.policy, report.platform_info);
  out.Add("platform_info", report.platform_info);
  SetTcb(out, "reported_tcb", report.reported_tcb, generation);
  SetTcb(out, "current_tcb", report.current_tcb, generation);
  SetTcb(out, "committed_tcb", report.committed_tcb, generation);
  SetTcb(out, "launch_tcb", report.launch_tcb, generation);
  SetFirmware(out, "current_version", report.current);
  SetFirmware(out, "committed_version", report.committed);
  SetIdentity(out, report);
  SetVersioned(out, report);
  out.Add("processor", GenerationName(generation));
  out.Add("signing_key", VekKindName(verified.vek().kind()));
  const auto& csp_id = verified.vek().vek().extensions.csp_id;
  if (csp_id.has_value()) out.Add("csp_id", *csp_id);
  return out;
}

std::span<const ClaimSpec> SnpClaimSpecs() { return kSpecs; }

}  // namespace vouchsafe::snp
