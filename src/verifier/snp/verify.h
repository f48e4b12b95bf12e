#pragma once

// Verification of SEV-SNP evidence (spec 2.5): pure, no I/O, no clock. Errors
// begin with the texts that Trustee gives and point to the named check.
//
//   TRY(CheckReportVersion(version, minimum, log));
//   TRY(CheckSuppliedChain(chain, kind, roots, log));
//   VerifiedVek vek = TRY(VerifyVek(parsed, generation, roots, log));
//   VerifiedReport report = TRY(Verify(report, vek, expected, log));
//
// Thread-safe but for the log, which is the caller's.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "checks/check_log.h"
#include "crypto/x509.h"
#include "verifier/core/verifier.h"
#include "verifier/snp/certs.h"
#include "verifier/snp/evidence.h"
#include "verifier/snp/generation.h"
#include "verifier/snp/report.h"
#include "verifier/snp/roots.h"

namespace vouchsafe::snp {

// A VEK that chains to AMD's root of one generation. Made by VerifyVek only.
class VerifiedVek {
 public:
  const Vek& vek() const { return *vek_; }
  std::shared_ptr<const Vek> shared() const { return vek_; }
  VekKind kind() const { return vek_->kind; }
  Generation generation() const { return generation_; }

 private:
  friend Result<VerifiedVek> VerifyVek(std::shared_ptr<const Vek> vek,
                                       Generation generation,
                                       const Roots& roots, CheckLog& log);
  VerifiedVek(std::shared_ptr<const Vek> vek, Generation generation)
      : vek_(std::move(vek)), generation_(generation) {}
  std::shared_ptr<const Vek> vek_;
  Generation generation_;
};

// A report whose signature, certificate, TCB and bindings hold. Made by Verify
// only.
class VerifiedReport {
 public:
  const Report& report() const { return report_; }
  const VerifiedVek& vek() const { return vek_; }
  Generation generation() const { return vek_.generation(); }

 private:
  friend Result<VerifiedReport> Verify(const Report& report,
                                       const VerifiedVek& vek,
                                       const Expected& expected, CheckLog& log);
  VerifiedReport(Report report, VerifiedVek vek)
      : report_(std::move(report)), vek_(std::move(vek)) {}
  Report report_;
  VerifiedVek vek_;
};

// At least `minimum`, and one that is known.
Result<> CheckReportVersion(uint32_t version, uint32_t minimum, CheckLog& log);

// Of a report of version 3 or later. nullopt: the evidence did not say.
Result<Generation> CheckProcessor(std::optional<uint8_t> family,
                                  std::optional<uint8_t> model, CheckLog& log);

// A report of version 2 names no processor: the VEK's issuer does.
Result<Generation> GenerationOfVek(const Vek& vek, CheckLog& log);

// Client copies of ARK and ASK are never used; they are compared with what is
// pinned. The last ASK entry counts, as in Trustee.
Result<> CheckSuppliedChain(std::span<const CertificateEntry> chain,
                            VekKind kind, Generation generation,
                            const Roots& roots, CheckLog& log);

// The VEK is of the kind of its label in the evidence, which nobody signed.
Result<> CheckVekLabel(const Vek& vek, CertificateLabel label, CheckLog& log);

Result<VerifiedVek> VerifyVek(std::shared_ptr<const Vek> vek,
                              Generation generation, const Roots& roots,
                              CheckLog& log);

// Configurable (off by default): the VEK's validity dates.
Result<> CheckVekDates(const Vek& vek, int64_t now_unix_s, CheckLog& log);

// Configurable: the ASK or ASVK that signed the VEK is not revoked. AMD does
// not revoke single VEKs.
Result<> CheckRevocation(const crypto::Crl& crl, const VerifiedVek& vek,
                         const Roots& roots, int64_t now_unix_s, CheckLog& log);

// The report against its VEK and what it must be bound to.
Result<VerifiedReport> Verify(const Report& report, const VerifiedVek& vek,
                              const Expected& expected, CheckLog& log);

}  // namespace vouchsafe::snp
