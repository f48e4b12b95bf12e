#pragma once

// The attestation report: 1184 bytes, little-endian, versions 2 to 5 (AMD
// 56860, ATTESTATION_REPORT; spec 2.2). Pure; all functions are thread-safe.

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "verifier/snp/generation.h"

namespace vouchsafe::snp {

inline constexpr size_t kReportSize = 0x4A0;
inline constexpr size_t kSignedSize = 0x2A0;  // from the start
inline constexpr uint32_t kOldestReportVersion = 2;
inline constexpr uint32_t kNewestReportVersion = 5;
// CPUID_FAM_ID, _MOD_ID and _STEP are there from this version on.
inline constexpr uint32_t kCpuidReportVersion = 3;
// LAUNCH_ and CURRENT_MIT_VECTOR are.
inline constexpr uint32_t kMitigationReportVersion = 5;

using ReportBytes = std::array<uint8_t, kReportSize>;

// TCB_VERSION as it stands in the report; its layout depends on the generation.
using RawTcb = std::array<uint8_t, 8>;

struct Tcb {
  uint8_t bootloader = 0;
  uint8_t tee = 0;
  uint8_t snp = 0;
  uint8_t microcode = 0;
  std::optional<uint8_t> fmc;  // Turin only
  friend bool operator==(const Tcb&, const Tcb&) = default;
};

// fmc is set exactly for Turin.
Tcb DecodeTcb(const RawTcb& raw, Generation generation);
// An fmc that the generation has no place for is dropped, a missing one is 0.
RawTcb EncodeTcb(const Tcb& tcb, Generation generation);

struct FirmwareVersion {
  uint8_t major = 0;
  uint8_t minor = 0;
  uint8_t build = 0;
};

// Bits of POLICY.
struct GuestPolicy {
  static constexpr uint64_t kSmtAllowed = uint64_t{1} << 16;
  static constexpr uint64_t kMigrateMa = uint64_t{1} << 18;
  static constexpr uint64_t kDebugAllowed = uint64_t{1} << 19;
  static constexpr uint64_t kSingleSocket = uint64_t{1} << 20;
  static constexpr uint64_t kCxlAllowed = uint64_t{1} << 21;
  static constexpr uint64_t kMemAes256Xts = uint64_t{1} << 22;
  static constexpr uint64_t kRaplDisabled = uint64_t{1} << 23;
  static constexpr uint64_t kCiphertextHiding = uint64_t{1} << 24;
  static constexpr uint64_t kPageSwapDisabled = uint64_t{1} << 25;
};

// Bits of PLATFORM_INFO. Unknown ones are passed on, never refused.
struct PlatformInfo {
  static constexpr uint64_t kSmt = uint64_t{1} << 0;
  static constexpr uint64_t kTsme = uint64_t{1} << 1;
  static constexpr uint64_t kEcc = uint64_t{1} << 2;
  static constexpr uint64_t kRaplDisabled = uint64_t{1} << 3;
  static constexpr uint64_t kCiphertextHiding = uint64_t{1} << 4;
  static constexpr uint64_t kAliasCheckComplete = uint64_t{1} << 5;
  static constexpr uint64_t kTio = uint64_t{1} << 7;
};

enum class SigningKey : uint8_t { kVcek = 0, kVlek = 1, kNone = 7 };

struct Report {
  uint32_t version = 0;
  uint32_t guest_svn = 0;
  uint64_t policy = 0;
  std::array<uint8_t, 16> family_id{};
  std::array<uint8_t, 16> image_id{};
  uint32_t vmpl = 0;
  uint32_t signature_algo = 0;
  RawTcb current_tcb{};
  uint64_t platform_info = 0;
  uint32_t key_info = 0;
  std::array<uint8_t, 64> report_data{};
  std::array<uint8_t, 48> measurement{};
  std::array<uint8_t, 32> host_data{};
  std::array<uint8_t, 48> id_key_digest{};
  std::array<uint8_t, 48> author_key_digest{};
  std::array<uint8_t, 32> report_id{};
  std::array<uint8_t, 32> report_id_ma{};
  RawTcb reported_tcb{};
  uint8_t cpuid_family = 0;    // 0 in version 2
  uint8_t cpuid_model = 0;     // 0 in version 2
  uint8_t cpuid_stepping = 0;  // 0 in version 2
  std::array<uint8_t, 64> chip_id{};
  RawTcb committed_tcb{};
  FirmwareVersion current;
  FirmwareVersion committed;
  RawTcb launch_tcb{};
  uint64_t launch_mit_vector = 0;         // 0 before version 5
  uint64_t current_mit_vector = 0;        // 0 before version 5
  std::array<uint8_t, 72> signature_r{};  // little-endian
  std::array<uint8_t, 72> signature_s{};  // little-endian

  // What was parsed: the signature is checked over these, never over a
  // re-encoding.
  ReportBytes bytes{};

  ByteView SignedBytes() const { return ByteView(bytes).first(kSignedSize); }
  bool author_key_enabled() const { return (key_info & 1U) != 0; }
  bool chip_key_masked() const { return (key_info & 2U) != 0; }
  uint8_t signing_key() const {
    return static_cast<uint8_t>((key_info >> 2U) & 7U);
  }
};

// The fields of exactly 1184 bytes; fields that the version does not have are
// zero. Takes any version and any content: judging is verify.h's. kInvalidInput
// for another size.
Result<Report> ParseReport(ByteView bytes);

// The bytes of the fields, reserved ones zero; `report.bytes` is not read.
ReportBytes SerializeReport(const Report& report);

// Offset of the first reserved byte that is not zero, those within the TCB
// versions included. Reserved bits within POLICY, PLATFORM_INFO and KEY_INFO
// are not looked at: firmware gives them meanings without a new version.
std::optional<size_t> FirstReservedNonZero(const Report& report,
                                           Generation generation);

}  // namespace vouchsafe::snp
