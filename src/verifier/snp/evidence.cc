#include "verifier/snp/evidence.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "json/fields.h"
#include "verifier/snp/checks.h"

namespace vouchsafe::snp {
namespace {

using json::Fields;

constexpr size_t kCpuidOffset = 0x188;
constexpr size_t kLaunchMitigationOffset = 0x1F8;
constexpr size_t kCurrentMitigationOffset = 0x200;

struct Member {
  std::string_view name;
  size_t offset;
  size_t size;
};

// Integers of both shapes.
constexpr Member kIntegers[] = {
    {"version", 0x000, 4}, {"guest_svn", 0x004, 4}, {"policy", 0x008, 8},
    {"vmpl", 0x030, 4},    {"sig_algo", 0x034, 4},  {"plat_info", 0x040, 8},
};
// Byte arrays of both shapes.
constexpr Member kArrays[] = {
    {"family_id", 0x010, 16},         {"image_id", 0x020, 16},
    {"report_data", 0x050, 64},       {"measurement", 0x090, 48},
    {"host_data", 0x0C0, 32},         {"id_key_digest", 0x0E0, 48},
    {"author_key_digest", 0x110, 48}, {"report_id", 0x140, 32},
    {"report_id_ma", 0x160, 32},      {"chip_id", 0x1A0, 64},
};
// What only the older shape has. Its reserved arrays are signed bytes.
constexpr Member kOldIntegers[] = {
    {"_author_key_en", 0x048, 4},  {"_reserved_0", 0x04C, 4},
    {"current_build", 0x1E8, 1},   {"current_minor", 0x1E9, 1},
    {"current_major", 0x1EA, 1},   {"_reserved_2", 0x1EB, 1},
    {"committed_build", 0x1EC, 1}, {"committed_minor", 0x1ED, 1},
    {"committed_major", 0x1EE, 1}, {"_reserved_3", 0x1EF, 1},
};
constexpr Member kOldArrays[] = {
    {"_reserved_1", 0x188, 24},
    {"_reserved_4", 0x1F8, 168},
};
constexpr Member kTcbs[] = {
    {"current_tcb", 0x038, 8},
    {"reported_tcb", 0x180, 8},
    {"committed_tcb", 0x1E0, 8},
    {"launch_tcb", 0x1F0, 8},
};
// What only the current shape has.
constexpr std::string_view kNewNames[] = {
    "key_info", "cpuid_fam_id", "cpuid_mod_id",      "cpuid_step",
    "current",  "committed",    "launch_mit_vector", "current_mit_vector",
};

void PutUint(ReportBytes& bytes, size_t offset, size_t size, uint64_t value) {
  for (size_t i = 0; i < size; ++i) {
    bytes[offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

void PutBytes(ReportBytes& bytes, size_t offset, ByteView value) {
  std::copy(value.begin(), value.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

constexpr uint64_t MaxOf(size_t size) {
  return size == 8 ? UINT64_MAX : (uint64_t{1} << (8 * size)) - 1;
}

Result<> ReadIntegers(const Fields& in, std::span<const Member> members,
                      ReportBytes& bytes) {
  for (const Member& member : members) {
    const uint64_t value = TRY(in.Uint(member.name, MaxOf(member.size)));
    PutUint(bytes, member.offset, member.size, value);
  }
  return {};
}

Result<> ReadArrays(const Fields& in, std::span<const Member> members,
                    ReportBytes& bytes) {
  for (const Member& member : members) {
    const Bytes value = TRY(in.ByteArray(member.name, member.size));
    PutBytes(bytes, member.offset, value);
  }
  return {};
}

// A name of the other shape, even as null, is a mixture.
Result<> RefuseName(const Fields& in, std::string_view name) {
  if (in.object().Find(name) == nullptr) return {};
  return Fail(ErrorCode::kInvalidInput,
              in.PathOf(name) +
                  ": members of the current and of the older shape are mixed");
}

Result<uint8_t> U8(const Fields& in, std::string_view name) {
  const uint64_t value = TRY(in.Uint(name, UINT8_MAX));
  return static_cast<uint8_t>(value);
}

Result<std::optional<uint8_t>> OptionalU8(const Fields& in,
                                          std::string_view name) {
  const auto value = TRY(in.OptionalUint(name, UINT8_MAX));
  if (!value.has_value()) return std::optional<uint8_t>();
  return std::optional<uint8_t>(static_cast<uint8_t>(*value));
}

Result<> ReadSignature(const Fields& report, bool old_shape,
                       ReportBytes& bytes) {
  const Fields in = TRY(report.ObjectOf("signature"));
  constexpr Member kParts[] = {{"r", 0x2A0, 72}, {"s", 0x2E8, 72}};
  constexpr Member kRest[] = {{"_reserved", 0x330, 368}};
  TRY(ReadArrays(in, kParts, bytes));
  if (!old_shape) return RefuseName(in, "_reserved");
  return ReadArrays(in, kRest, bytes);
}

// The older shape knows the layout of family 19h only; with its reserved bytes
// it carries that of Turin just as well.
Result<> ReadOldTcb(const Fields& report, const Member& member,
                    ReportBytes& bytes) {
  const Fields in = TRY(report.ObjectOf(member.name));
  TRY(RefuseName(in, "fmc"));
  const Member numbers[] = {
      {"bootloader", member.offset, 1},
      {"tee", member.offset + 1, 1},
      {"snp", member.offset + 6, 1},
      {"microcode", member.offset + 7, 1},
  };
  const Member arrays[] = {{"_reserved", member.offset + 2, 4}};
  TRY(ReadIntegers(in, numbers, bytes));
  return ReadArrays(in, arrays, bytes);
}

Result<> ReadOldShape(const Fields& in, Evidence& evidence) {
  for (std::string_view name : kNewNames) TRY(RefuseName(in, name));
  TRY(ReadIntegers(in, kOldIntegers, evidence.bytes));
  TRY(ReadArrays(in, kOldArrays, evidence.bytes));
  for (const Member& member : kTcbs) {
    TRY(ReadOldTcb(in, member, evidence.bytes));
  }
  if (evidence.version >= kCpuidReportVersion) {
    evidence.cpuid_family = evidence.bytes[kCpuidOffset];
    evidence.cpuid_model = evidence.bytes[kCpuidOffset + 1];
  }
  return {};
}

Result<Tcb> ReadTcb(const Fields& report, std::string_view name) {
  const Fields in = TRY(report.ObjectOf(name));
  TRY(RefuseName(in, "_reserved"));
  Tcb tcb;
  tcb.fmc = TRY(OptionalU8(in, "fmc"));
  tcb.bootloader = TRY(U8(in, "bootloader"));
  tcb.tee = TRY(U8(in, "tee"));
  tcb.snp = TRY(U8(in, "snp"));
  tcb.microcode = TRY(U8(in, "microcode"));
  return tcb;
}

Result<> ReadFirmware(const Fields& report, std::string_view name,
                      size_t offset, ReportBytes& bytes) {
  const Fields in = TRY(report.ObjectOf(name));
  const Member numbers[] = {
      {"build", offset, 1}, {"minor", offset + 1, 1}, {"major", offset + 2, 1}};
  return ReadIntegers(in, numbers, bytes);
}

Result<> ReadCurrentShape(const Fields& in, Evidence& evidence) {
  for (const Member& member : kOldIntegers) TRY(RefuseName(in, member.name));
  for (const Member& member : kOldArrays) TRY(RefuseName(in, member.name));
  constexpr Member kKeyInfo[] = {{"key_info", 0x048, 4}};
  TRY(ReadIntegers(in, kKeyInfo, evidence.bytes));
  TRY(ReadFirmware(in, "current", 0x1E8, evidence.bytes));
  TRY(ReadFirmware(in, "committed", 0x1EC, evidence.bytes));
  Evidence::Unplaced& unplaced = evidence.unplaced;
  unplaced.current_tcb = TRY(ReadTcb(in, "current_tcb"));
  unplaced.reported_tcb = TRY(ReadTcb(in, "reported_tcb"));
  unplaced.committed_tcb = TRY(ReadTcb(in, "committed_tcb"));
  unplaced.launch_tcb = TRY(ReadTcb(in, "launch_tcb"));
  evidence.cpuid_family = TRY(OptionalU8(in, "cpuid_fam_id"));
  evidence.cpuid_model = TRY(OptionalU8(in, "cpuid_mod_id"));
  unplaced.cpuid_stepping = TRY(OptionalU8(in, "cpuid_step"));
  unplaced.launch_mit_vector = TRY(in.OptionalUint("launch_mit_vector"));
  unplaced.current_mit_vector = TRY(in.OptionalUint("current_mit_vector"));
  return {};
}

Result<CertificateLabel> ReadLabel(const json::Value& value,
                                   const std::string& path) {
  constexpr std::pair<std::string_view, CertificateLabel> kNames[] = {
      {"Empty", CertificateLabel::kEmpty}, {"ARK", CertificateLabel::kArk},
      {"ASK", CertificateLabel::kAsk},     {"VCEK", CertificateLabel::kVcek},
      {"VLEK", CertificateLabel::kVlek},   {"CRL", CertificateLabel::kCrl},
  };
  if (const std::string* name = value.if_string()) {
    for (const auto& [known, label] : kNames) {
      if (*name == known) return label;
    }
  }
  const json::Value* other = value.Find("OTHER");
  if (other != nullptr && other->is_string() &&
      value.if_object()->size() == 1) {
    return CertificateLabel::kOther;
  }
  return Fail(ErrorCode::kInvalidInput,
              path +
                  ": want Empty, ARK, ASK, VCEK, VLEK, CRL or "
                  "{\"OTHER\": uuid}");
}

Result<CertificateEntry> ReadEntry(const json::Value& value,
                                   const std::string& path) {
  const Fields in = TRY(Fields::Of(value, path));
  CertificateEntry entry;
  const json::Value* label = TRY(in.Any("cert_type"));
  entry.label = TRY(ReadLabel(*label, in.PathOf("cert_type")));
  const json::Array* data = TRY(in.ArrayOf("data"));
  if (data->size() > kMaxCertificateEntrySize) {
    return Fail(ErrorCode::kInvalidInput,
                in.PathOf("data") + ": " + std::to_string(data->size()) +
                    " bytes, at most " +
                    std::to_string(kMaxCertificateEntrySize));
  }
  entry.data = TRY(in.ByteArray("data"));
  return entry;
}

Result<std::vector<CertificateEntry>> ReadChain(const Fields& evidence) {
  std::vector<CertificateEntry> chain;
  if (evidence.Optional("cert_chain") == nullptr) return chain;
  const json::Array* entries = TRY(evidence.ArrayOf("cert_chain"));
  if (entries->size() > kMaxCertificateEntries) {
    return Fail(ErrorCode::kInvalidInput,
                evidence.PathOf("cert_chain") + ": " +
                    std::to_string(entries->size()) + " entries, at most " +
                    std::to_string(kMaxCertificateEntries));
  }
  chain.reserve(entries->size());
  for (size_t i = 0; i < entries->size(); ++i) {
    const std::string path =
        evidence.PathOf("cert_chain") + "[" + std::to_string(i) + "]";
    CertificateEntry entry = TRY(ReadEntry((*entries)[i], path));
    chain.push_back(std::move(entry));
  }
  return chain;
}

// Members without a signed place in this report. Null is absent.
const char* FirstUnsignedMember(const Evidence& evidence,
                                Generation generation) {
  const Evidence::Unplaced& unplaced = evidence.unplaced;
  if (generation != Generation::kTurin) {
    for (const Tcb* tcb : {&unplaced.current_tcb, &unplaced.reported_tcb,
                           &unplaced.committed_tcb, &unplaced.launch_tcb}) {
      if (tcb->fmc.has_value()) return "fmc";
    }
  }
  if (evidence.version < kCpuidReportVersion) {
    if (evidence.cpuid_family.has_value()) return "cpuid_fam_id";
    if (evidence.cpuid_model.has_value()) return "cpuid_mod_id";
    if (unplaced.cpuid_stepping.has_value()) return "cpuid_step";
  }
  if (evidence.version < kMitigationReportVersion) {
    if (unplaced.launch_mit_vector.has_value()) return "launch_mit_vector";
    if (unplaced.current_mit_vector.has_value()) return "current_mit_vector";
  }
  return nullptr;
}

void Place(const Evidence& evidence, Generation generation,
           ReportBytes& bytes) {
  const Evidence::Unplaced& from = evidence.unplaced;
  PutBytes(bytes, 0x038, EncodeTcb(from.current_tcb, generation));
  PutBytes(bytes, 0x180, EncodeTcb(from.reported_tcb, generation));
  PutBytes(bytes, 0x1E0, EncodeTcb(from.committed_tcb, generation));
  PutBytes(bytes, 0x1F0, EncodeTcb(from.launch_tcb, generation));
  if (evidence.version >= kCpuidReportVersion) {
    bytes[kCpuidOffset] = evidence.cpuid_family.value_or(0);
    bytes[kCpuidOffset + 1] = evidence.cpuid_model.value_or(0);
    bytes[kCpuidOffset + 2] = from.cpuid_stepping.value_or(0);
  }
  if (evidence.version >= kMitigationReportVersion) {
    PutUint(bytes, kLaunchMitigationOffset, 8,
            from.launch_mit_vector.value_or(0));
    PutUint(bytes, kCurrentMitigationOffset, 8,
            from.current_mit_vector.value_or(0));
  }
}

}  // namespace

Result<Evidence> ParseEvidence(const json::Value& value) {
  const Fields top = TRY(Fields::Of(value, "evidence"));
  const Fields in = TRY(top.ObjectOf("attestation_report"));
  Evidence evidence;
  const uint64_t version = TRY(in.Uint("version", UINT32_MAX));
  evidence.version = static_cast<uint32_t>(version);
  evidence.old_shape = in.object().Find("_author_key_en") != nullptr;
  TRY(ReadIntegers(in, kIntegers, evidence.bytes));
  TRY(ReadArrays(in, kArrays, evidence.bytes));
  if (evidence.old_shape) {
    TRY(ReadOldShape(in, evidence));
  } else {
    TRY(ReadCurrentShape(in, evidence));
  }
  TRY(ReadSignature(in, evidence.old_shape, evidence.bytes));
  evidence.chain = TRY(ReadChain(top));
  return evidence;
}

Result<Report> MakeReport(const Evidence& evidence, Generation generation,
                          CheckLog& log) {
  if (evidence.old_shape) {
    log.Skip(kUnsignedMembers, "the older shape has no such member");
    return ParseReport(evidence.bytes);
  }
  const char* member = FirstUnsignedMember(evidence, generation);
  TRY(log.Require(
      kUnsignedMembers, member == nullptr,
      member == nullptr ? CheckValue() : CheckValue::OfText(member)));
  ReportBytes bytes = evidence.bytes;
  Place(evidence, generation, bytes);
  return ParseReport(bytes);
}

}  // namespace vouchsafe::snp
