#pragma once

// SEV-SNP evidence as guests send it, in two JSON shapes (spec 2.1): the
// current one, and the older one that has `_author_key_en`.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "checks/check_log.h"
#include "json/value.h"
#include "verifier/snp/generation.h"
#include "verifier/snp/report.h"

namespace vouchsafe::snp {

inline constexpr size_t kMaxCertificateEntries = 16;
inline constexpr size_t kMaxCertificateEntrySize = 8 * 1024;

enum class CertificateLabel {
  kEmpty,
  kArk,
  kAsk,  // an ASVK too: they share a GUID
  kVcek,
  kVlek,
  kCrl,
  kOther,
};

// One entry of the host's certificate table. The label is not authenticated.
struct CertificateEntry {
  CertificateLabel label = CertificateLabel::kEmpty;
  Bytes data;  // DER or PEM, not yet parsed
};

// Shape checked, nothing verified. The layout of the TCB versions depends on
// the processor generation, which a version 2 report does not name, so the
// report's bytes are made in a second step.
struct Evidence {
  bool old_shape = false;
  uint32_t version = 0;
  // As sent; absent and null alike. In the old shape they are taken from the
  // reserved bytes that became these fields.
  std::optional<uint8_t> cpuid_family;
  std::optional<uint8_t> cpuid_model;
  std::vector<CertificateEntry> chain;  // empty: absent, null or []

  // Parts of the report for MakeReport.
  struct Unplaced {
    std::optional<uint8_t> cpuid_stepping;
    std::optional<uint64_t> launch_mit_vector;
    std::optional<uint64_t> current_mit_vector;
    Tcb current_tcb;
    Tcb reported_tcb;
    Tcb committed_tcb;
    Tcb launch_tcb;
  };
  Unplaced unplaced;    // current shape only
  ReportBytes bytes{};  // all the rest, in place
};

// kInvalidInput, naming the member: missing, of the wrong type, size or range;
// names of both shapes mixed; more certificates or larger ones than allowed.
// Unknown members are ignored.
Result<Evidence> ParseEvidence(const json::Value& evidence);

// The report of the evidence, for a processor of `generation`. A member that
// the report has no signed place for must be null or absent (kUnsignedMembers).
Result<Report> MakeReport(const Evidence& evidence, Generation generation,
                          CheckLog& log);

}  // namespace vouchsafe::snp
