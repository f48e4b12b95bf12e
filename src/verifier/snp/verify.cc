#include "verifier/snp/verify.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "crypto/sign.h"
#include "verifier/snp/checks.h"

namespace vouchsafe::snp {
namespace {

constexpr uint32_t kEcdsaP384Sha384 = 1;
constexpr size_t kScalarSize = 48;

// A signature part is a little-endian integer in 72 bytes.
std::array<uint8_t, kScalarSize> BigEndianScalar(
    const std::array<uint8_t, 72>& part) {
  std::array<uint8_t, kScalarSize> out{};
  std::reverse_copy(part.begin(), part.begin() + kScalarSize, out.begin());
  return out;
}

bool IsCanonical(const std::array<uint8_t, 72>& part) {
  return IsAllZero(ByteView(part).subspan(kScalarSize));
}

// The pinned certificate itself, or another for the same key and name that
// AMD's ARK signed.
bool IsPinned(const crypto::Certificate& certificate, const RootKey& pinned,
              const RootKey& ark) {
  if (certificate.Sha256Fingerprint() == pinned.certificate_sha256) return true;
  return certificate.SpkiSha256() == pinned.spki_sha256 &&
         Equal(certificate.SubjectDer(), pinned.subject_der) &&
         certificate.SignedBy(ark.key);
}

Result<> CheckSupplied(const Check& check, const CertificateEntry& entry,
                       const RootKey& pinned, const RootKey& ark,
                       CheckLog& log) {
  const auto certificate = TRY(ParseCertificate(entry.data));
  return log.Require(check, IsPinned(certificate, pinned, ark),
                     CheckValue::OfText(certificate.SubjectCommonName()));
}

// The chip id, as far as the VCEK's hardware id must repeat it.
bool FitsChip(const Report& report, Generation generation,
              const Bytes& hardware_id) {
  const ByteView chip_id = report.chip_id;
  if (IsAllZero(chip_id)) return true;  // masked
  if (generation != Generation::kTurin) return Equal(chip_id, hardware_id);
  return Equal(chip_id.first(8), hardware_id) && IsAllZero(chip_id.subspan(8));
}

Result<> RequireSpl(const Check& check, std::optional<uint64_t> certified,
                    uint8_t reported, CheckLog& log) {
  if (!certified.has_value()) {
    return log.Require(check, false,
                       CheckValue::OfText("no such extension in the VEK"));
  }
  return log.RequireEqual(check, uint64_t{reported}, *certified);
}

Result<> CheckTcb(const Report& report, const VerifiedVek& vek, CheckLog& log) {
  const Tcb tcb = DecodeTcb(report.reported_tcb, vek.generation());
  const VekExtensions& in = vek.vek().extensions;
  TRY_CONTEXT(RequireSpl(kTcbMicrocode, in.microcode, tcb.microcode, log),
              "Microcode version mismatch");
  TRY_CONTEXT(RequireSpl(kTcbSnp, in.snp, tcb.snp, log),
              "SNP version mismatch");
  TRY_CONTEXT(RequireSpl(kTcbTee, in.tee, tcb.tee, log),
              "TEE version mismatch");
  TRY_CONTEXT(RequireSpl(kTcbBootloader, in.bootloader, tcb.bootloader, log),
              "Boot loader version mismatch");
  if (!tcb.fmc.has_value()) return {};
  TRY_CONTEXT(RequireSpl(kTcbFmc, in.fmc, *tcb.fmc, log),
              "FMC version mismatch");
  return {};
}

Result<> CheckSignature(const Report& report, const VerifiedVek& vek,
                        CheckLog& log) {
  TRY(log.RequireEqual(kSignatureAlgorithm, uint64_t{kEcdsaP384Sha384},
                       uint64_t{report.signature_algo}));
  TRY(log.Require(kSignatureCanonical, IsCanonical(report.signature_r) &&
                                           IsCanonical(report.signature_s)));
  const bool good = TRY(crypto::VerifyEcdsaP384Sha384(
      vek.vek().key, report.SignedBytes(), BigEndianScalar(report.signature_r),
      BigEndianScalar(report.signature_s)));
  return log.Require(kReportSignature, good);
}

Result<> CheckKeyInfo(const Report& report, const VerifiedVek& vek,
                      CheckLog& log) {
  const SigningKey want =
      vek.kind() == VekKind::kVcek ? SigningKey::kVcek : SigningKey::kVlek;
  TRY(log.RequireEqual(kSigningKey, static_cast<uint64_t>(want),
                       uint64_t{report.signing_key()}));
  return log.Require(kChipKeyUnmasked, !report.chip_key_masked());
}

Result<> CheckChipId(const Report& report, const VerifiedVek& vek,
                     CheckLog& log) {
  const std::optional<Bytes>& hardware_id = vek.vek().extensions.hardware_id;
  if (!hardware_id.has_value()) {
    log.Skip(kChipId, "a VLEK names no chip");
    return {};
  }
  return log.Require(kChipId, FitsChip(report, vek.generation(), *hardware_id),
                     CheckValue::OfBytes(*hardware_id));
}

Result<> CheckReserved(const Report& report, Generation generation,
                       CheckLog& log) {
  const std::optional<size_t> offset = FirstReservedNonZero(report, generation);
  return log.Require(
      kReservedZero, !offset.has_value(),
      offset.has_value() ? CheckValue::OfNumber(*offset) : CheckValue());
}

Result<> CheckBindings(const Report& report, const Expected& expected,
                       CheckLog& log) {
  if (expected.report_data.has_value()) {
    const Bytes want = Fit(*expected.report_data, report.report_data.size());
    TRY_CONTEXT(log.RequireEqual(kReportData, want, report.report_data),
                "Report Data Mismatch");
  } else {
    log.Skip(kReportData, "no report data expected");
  }
  if (expected.init_data_digest.has_value()) {
    const Bytes want = Fit(*expected.init_data_digest, report.host_data.size());
    TRY_CONTEXT(log.RequireEqual(kHostData, want, report.host_data),
                "Host Data Mismatch");
  } else {
    log.Skip(kHostData, "no init data given");
  }
  return {};
}

Result<const GenerationRoots*> RootsOf(Generation generation,
                                       const Roots& roots) {
  const GenerationRoots* found = roots.Find(generation);
  if (found == nullptr) {
    return Fail(ErrorCode::kUntrusted,
                "no roots for " + std::string(GenerationName(generation)));
  }
  return found;
}

}  // namespace

Result<> CheckReportVersion(uint32_t version, uint32_t minimum, CheckLog& log) {
  const uint32_t floor = std::max(minimum, kOldestReportVersion);
  TRY_CONTEXT(log.RequireAtLeast(kVersionMinimum, floor, version),
              "Attestation Report version is too old. Please update your "
              "firmware.");
  TRY_CONTEXT(log.Require(kVersionKnown, version <= kNewestReportVersion,
                          CheckValue::OfNumber(version)),
              "Unexpected attestation report version. Check SNP Firmware ABI "
              "specification");
  return {};
}

Result<Generation> CheckProcessor(std::optional<uint8_t> family,
                                  std::optional<uint8_t> model, CheckLog& log) {
  Result<Generation> generation =
      Fail(ErrorCode::kUntrusted,
           "Attestation report version 3+ is missing CPU family ID");
  if (family.has_value()) {
    generation = model.has_value()
                     ? GenerationOfCpu(*family, *model)
                     : Result<Generation>(
                           Fail(ErrorCode::kUntrusted, "missing CPU model ID"));
  }
  if (generation.has_value()) {
    return log.RequireOk(kProcessor, std::move(generation));
  }
  // Not TRY_CONTEXT with a literal: the text says which part is unknown.
  const std::string text = generation.error().message;
  return TRY_CONTEXT(log.RequireOk(kProcessor, std::move(generation)), text);
}

Result<Generation> GenerationOfVek(const Vek& vek, CheckLog& log) {
  return log.RequireSome(
      kVekGeneration, vek.issuer_generation,
      CheckValue::OfText(vek.certificate.IssuerCommonName()));
}

Result<> CheckSuppliedChain(std::span<const CertificateEntry> chain,
                            VekKind kind, Generation generation,
                            const Roots& roots, CheckLog& log) {
  const GenerationRoots* pinned = TRY(RootsOf(generation, roots));
  const CertificateEntry* ask = nullptr;
  for (const CertificateEntry& entry : chain) {
    if (entry.label == CertificateLabel::kAsk) ask = &entry;
    if (entry.label != CertificateLabel::kArk) continue;
    TRY_CONTEXT(CheckSupplied(kChainArk, entry, pinned->ark, pinned->ark, log),
                "Provided ARK has an invalid signature");
  }
  if (ask == nullptr) return {};
  TRY_CONTEXT(
      CheckSupplied(kChainAsk, *ask, pinned->IssuerOf(kind), pinned->ark, log),
      "Certificate chain provided by user failed to verify");
  return {};
}

Result<> CheckVekLabel(const Vek& vek, CertificateLabel label, CheckLog& log) {
  const VekKind want =
      label == CertificateLabel::kVlek ? VekKind::kVlek : VekKind::kVcek;
  return log.RequireEqual(kVekLabel, VekKindName(want), VekKindName(vek.kind));
}

Result<VerifiedVek> VerifyVek(std::shared_ptr<const Vek> vek,
                              Generation generation, const Roots& roots,
                              CheckLog& log) {
  const GenerationRoots* pinned = TRY(RootsOf(generation, roots));
  const RootKey& issuer = pinned->IssuerOf(vek->kind);
  const crypto::Certificate& certificate = vek->certificate;
  TRY(log.Require(kVekKind, vek->consistent,
                  CheckValue::OfText(certificate.SubjectCommonName())));
  TRY(log.Require(kVekIssuer,
                  Equal(issuer.subject_der, certificate.IssuerDer()),
                  CheckValue::OfText(certificate.IssuerText())));
  TRY(log.Require(kVekSignature, certificate.SignedBy(issuer.key)));
  const VekExtensions& extensions = vek->extensions;
  const std::string product = extensions.product_name.value_or("");
  TRY(log.Require(kVekProduct, product.starts_with(GenerationName(generation)),
                  CheckValue::OfText(product)));
  const uint64_t struct_version = generation == Generation::kTurin ? 1 : 0;
  TRY(log.Require(kVekStructVersion,
                  extensions.struct_version == struct_version,
                  CheckValue::OfNumber(extensions.struct_version.value_or(0))));
  return VerifiedVek(std::move(vek), generation);
}

Result<> CheckVekDates(const Vek& vek, int64_t now_unix_s, CheckLog& log) {
  const crypto::Certificate& certificate = vek.certificate;
  return log.Require(kVekDates,
                     certificate.NotBeforeUnixS() <= now_unix_s &&
                         now_unix_s <= certificate.NotAfterUnixS(),
                     CheckValue::OfText(FormatRfc3339(
                         certificate.NotAfterUnixS() * 1'000'000)));
}

Result<> CheckRevocation(const crypto::Crl& crl, const VerifiedVek& vek,
                         const Roots& roots, int64_t now_unix_s,
                         CheckLog& log) {
  const GenerationRoots* pinned = TRY(RootsOf(vek.generation(), roots));
  TRY(log.Require(kCrlIssuer, Equal(crl.IssuerDer(), pinned->ark.subject_der),
                  CheckValue::OfText(crl.IssuerText())));
  TRY(log.Require(kCrlSignature, crl.SignedBy(pinned->ark.key)));
  const std::optional<int64_t> until = crl.NextUpdateUnixS();
  TRY(log.Require(
      kCrlCurrent,
      crl.ThisUpdateUnixS() <= now_unix_s && until.has_value() &&
          now_unix_s <= *until,
      CheckValue::OfText(until.has_value() ? FormatRfc3339(*until * 1'000'000)
                                           : "no next update")));
  const RootKey& issuer = pinned->IssuerOf(vek.kind());
  return log.Require(kCrlNotRevoked, !crl.RevokesSerial(issuer.serial),
                     CheckValue::OfBytes(issuer.serial));
}

Result<VerifiedReport> Verify(const Report& report, const VerifiedVek& vek,
                              const Expected& expected, CheckLog& log) {
  TRY(CheckReserved(report, vek.generation(), log));
  TRY_CONTEXT(CheckSignature(report, vek, log),
              "Report signature verification against VEK signature failed");
  TRY(CheckKeyInfo(report, vek, log));
  TRY_CONTEXT(CheckChipId(report, vek, log), "Chip ID mismatch");
  TRY_CONTEXT(CheckTcb(report, vek, log), "Reported TCB values do not match");
  TRY_CONTEXT(log.RequireEqual(kVmpl, uint64_t{0}, uint64_t{report.vmpl}),
              "VMPL Check Failed");
  TRY(CheckBindings(report, expected, log));
  return VerifiedReport(report, vek);
}

}  // namespace vouchsafe::snp
