#include "verifier/snp/report.h"

#include <algorithm>
#include <span>
#include <vector>

#include "base/byte_reader.h"

namespace vouchsafe::snp {
namespace {

// Where a part of the TCB stands within its 8 bytes.
struct TcbLayout {
  int fmc;  // -1: none
  size_t bootloader;
  size_t tee;
  size_t snp;
  size_t microcode;
  size_t first_reserved;
  size_t reserved_size;
};
constexpr TcbLayout kFamily19{-1, 0, 1, 6, 7, 2, 4};
constexpr TcbLayout kFamily1A{0, 1, 2, 3, 7, 4, 3};

const TcbLayout& LayoutOf(Generation generation) {
  return generation == Generation::kTurin ? kFamily1A : kFamily19;
}

FirmwareVersion ReadFirmwareVersion(ByteReader& in) {
  FirmwareVersion version;
  version.build = in.U8();
  version.minor = in.U8();
  version.major = in.U8();
  return version;
}

// Writes front to back into bytes that are zero.
class Writer {
 public:
  explicit Writer(std::span<uint8_t> out) : out_(out) {}
  void Uint(uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      out_[at_++] = static_cast<uint8_t>(value >> (8 * i));
    }
  }
  void Copy(ByteView bytes) {
    std::copy(bytes.begin(), bytes.end(),
              out_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += bytes.size();
  }
  void Version(const FirmwareVersion& version) {
    Uint(version.build, 1);
    Uint(version.minor, 1);
    Uint(version.major, 1);
  }
  void Skip(size_t size) { at_ += size; }

 private:
  std::span<uint8_t> out_;
  size_t at_ = 0;
};

struct Range {
  size_t offset;
  size_t size;
};

}  // namespace

Tcb DecodeTcb(const RawTcb& raw, Generation generation) {
  const TcbLayout& at = LayoutOf(generation);
  Tcb tcb;
  tcb.bootloader = raw[at.bootloader];
  tcb.tee = raw[at.tee];
  tcb.snp = raw[at.snp];
  tcb.microcode = raw[at.microcode];
  if (at.fmc >= 0) tcb.fmc = raw[static_cast<size_t>(at.fmc)];
  return tcb;
}

RawTcb EncodeTcb(const Tcb& tcb, Generation generation) {
  const TcbLayout& at = LayoutOf(generation);
  RawTcb raw{};
  raw[at.bootloader] = tcb.bootloader;
  raw[at.tee] = tcb.tee;
  raw[at.snp] = tcb.snp;
  raw[at.microcode] = tcb.microcode;
  if (at.fmc >= 0) raw[static_cast<size_t>(at.fmc)] = tcb.fmc.value_or(0);
  return raw;
}

Result<Report> ParseReport(ByteView bytes) {
  ByteReader in(bytes, "snp report");
  Report r;
  r.version = in.U32le();                 // 0x000
  r.guest_svn = in.U32le();               // 0x004
  r.policy = in.U64le();                  // 0x008
  r.family_id = in.Array<16>();           // 0x010
  r.image_id = in.Array<16>();            // 0x020
  r.vmpl = in.U32le();                    // 0x030
  r.signature_algo = in.U32le();          // 0x034
  r.current_tcb = in.Array<8>();          // 0x038
  r.platform_info = in.U64le();           // 0x040
  r.key_info = in.U32le();                // 0x048
  in.Skip(4);                             // 0x04C
  r.report_data = in.Array<64>();         // 0x050
  r.measurement = in.Array<48>();         // 0x090
  r.host_data = in.Array<32>();           // 0x0C0
  r.id_key_digest = in.Array<48>();       // 0x0E0
  r.author_key_digest = in.Array<48>();   // 0x110
  r.report_id = in.Array<32>();           // 0x140
  r.report_id_ma = in.Array<32>();        // 0x160
  r.reported_tcb = in.Array<8>();         // 0x180
  r.cpuid_family = in.U8();               // 0x188
  r.cpuid_model = in.U8();                // 0x189
  r.cpuid_stepping = in.U8();             // 0x18A
  in.Skip(21);                            // 0x18B
  r.chip_id = in.Array<64>();             // 0x1A0
  r.committed_tcb = in.Array<8>();        // 0x1E0
  r.current = ReadFirmwareVersion(in);    // 0x1E8
  in.Skip(1);                             // 0x1EB
  r.committed = ReadFirmwareVersion(in);  // 0x1EC
  in.Skip(1);                             // 0x1EF
  r.launch_tcb = in.Array<8>();           // 0x1F0
  r.launch_mit_vector = in.U64le();       // 0x1F8
  r.current_mit_vector = in.U64le();      // 0x200
  in.Skip(152);                           // 0x208
  r.signature_r = in.Array<72>();         // 0x2A0
  r.signature_s = in.Array<72>();         // 0x2E8
  in.Skip(368);                           // 0x330
  TRY(in.End());
  if (r.version < kCpuidReportVersion) {
    r.cpuid_family = r.cpuid_model = r.cpuid_stepping = 0;
  }
  if (r.version < kMitigationReportVersion) {
    r.launch_mit_vector = r.current_mit_vector = 0;
  }
  std::copy(bytes.begin(), bytes.end(), r.bytes.begin());
  return r;
}

ReportBytes SerializeReport(const Report& r) {
  ReportBytes bytes{};
  Writer out(bytes);
  out.Uint(r.version, 4);
  out.Uint(r.guest_svn, 4);
  out.Uint(r.policy, 8);
  out.Copy(r.family_id);
  out.Copy(r.image_id);
  out.Uint(r.vmpl, 4);
  out.Uint(r.signature_algo, 4);
  out.Copy(r.current_tcb);
  out.Uint(r.platform_info, 8);
  out.Uint(r.key_info, 4);
  out.Skip(4);
  out.Copy(r.report_data);
  out.Copy(r.measurement);
  out.Copy(r.host_data);
  out.Copy(r.id_key_digest);
  out.Copy(r.author_key_digest);
  out.Copy(r.report_id);
  out.Copy(r.report_id_ma);
  out.Copy(r.reported_tcb);
  out.Uint(r.cpuid_family, 1);
  out.Uint(r.cpuid_model, 1);
  out.Uint(r.cpuid_stepping, 1);
  out.Skip(21);
  out.Copy(r.chip_id);
  out.Copy(r.committed_tcb);
  out.Version(r.current);
  out.Skip(1);
  out.Version(r.committed);
  out.Skip(1);
  out.Copy(r.launch_tcb);
  out.Uint(r.launch_mit_vector, 8);
  out.Uint(r.current_mit_vector, 8);
  out.Skip(152);
  out.Copy(r.signature_r);
  out.Copy(r.signature_s);
  return bytes;
}

std::optional<size_t> FirstReservedNonZero(const Report& report,
                                           Generation generation) {
  const bool has_cpuid = report.version >= kCpuidReportVersion;
  const bool has_mitigations = report.version >= kMitigationReportVersion;
  const TcbLayout& tcb = LayoutOf(generation);
  const Range ranges[] = {
      {0x038 + tcb.first_reserved, tcb.reserved_size},
      {0x04C, 4},
      {0x180 + tcb.first_reserved, tcb.reserved_size},
      has_cpuid ? Range{0x18B, 21} : Range{0x188, 24},
      {0x1E0 + tcb.first_reserved, tcb.reserved_size},
      {0x1EB, 1},
      {0x1EF, 1},
      {0x1F0 + tcb.first_reserved, tcb.reserved_size},
      has_mitigations ? Range{0x208, 152} : Range{0x1F8, 168},
      {0x330, 368},
  };
  for (const Range& range : ranges) {
    for (size_t i = range.offset; i < range.offset + range.size; ++i) {
      if (report.bytes[i] != 0) return i;
    }
  }
  return std::nullopt;
}

}  // namespace vouchsafe::snp
