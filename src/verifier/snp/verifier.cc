#include "verifier/snp/verifier.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/encoding.h"
#include "verifier/snp/checks.h"
#include "verifier/snp/claims.h"
#include "verifier/snp/evidence.h"
#include "verifier/snp/vcek_source.h"

namespace vouchsafe::snp {
namespace {

constexpr std::string_view kChainRefused =
    "Certificate chain provided by user failed to verify";
constexpr std::string_view kFetchedRefused =
    "Certificate chain from KDS failed verification";

// The first VEK counts, as in Trustee.
const CertificateEntry* FirstVek(const Evidence& evidence) {
  for (const CertificateEntry& entry : evidence.chain) {
    if (entry.label == CertificateLabel::kVcek ||
        entry.label == CertificateLabel::kVlek) {
      return &entry;
    }
  }
  return nullptr;
}

// What VerifyVek would find again for a certificate that it has seen.
Result<> RecordProvenBefore(CheckLog& log) {
  for (const Check* check : {&kVekKind, &kVekIssuer, &kVekSignature,
                             &kVekProduct, &kVekStructVersion}) {
    TRY(log.Require(*check, true, CheckValue::OfText("proven before")));
  }
  return {};
}

// Codes of the collateral cache in terms of evidence: that nobody knows the
// chip is a matter of the evidence, the rest is not.
Error FetchError(Error error) {
  if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUntrusted;
  return WithContext(std::move(error),
                     "Failed to fetch VCEK from any configured source");
}

}  // namespace

SnpVerifier::SnpVerifier(const SnpConfig& config,
                         std::shared_ptr<const Roots> roots,
                         std::shared_ptr<collateral::Provider> collateral)
    : config_(config),
      roots_(std::move(roots)),
      collateral_(std::move(collateral)),
      cache_(config.max_cached_veks) {}

std::span<const ClaimSpec> SnpVerifier::claim_specs() const {
  return SnpClaimSpecs();
}

Result<std::vector<TeeClaims>> SnpVerifier::Evaluate(
    const json::Value& json, const Expected& expected, VerifyReport& out,
    const RequestContext& context) const {
  const Evidence evidence =
      TRY_CONTEXT(ParseEvidence(json), "Deserialize SNP Evidence failed");
  TRY(CheckReportVersion(evidence.version, config_.min_report_version,
                         out.checks));
  const CertificateEntry* entry = FirstVek(evidence);
  if (!evidence.chain.empty()) {
    const auto found = entry == nullptr
                           ? std::nullopt
                           : std::optional<const CertificateEntry*>(entry);
    TRY_CONTEXT(out.checks.RequireSome(kChainVekPresent, found),
                "If a cert chain is provided, it must include a VCEK/VLEK");
  }
  const WithVek got =
      TRY(entry != nullptr ? FromEvidence(evidence, *entry, out)
                           : FromSources(evidence, out, context));
  TRY(CheckConfigured(got.vek, out, context));
  const VerifiedReport verified =
      TRY(Verify(got.report, got.vek, expected, out.checks));
  std::vector<TeeClaims> claims;
  claims.push_back(TeeClaims{"cpu", MakeClaims(verified)});
  return claims;
}

Result<SnpVerifier::Candidate> SnpVerifier::Look(ByteView certificate) const {
  Candidate candidate;
  candidate.digest = VekCache::DigestOf(certificate);
  candidate.proven = cache_.Find(candidate.digest);
  if (candidate.proven.has_value()) {
    candidate.vek = candidate.proven->shared();
  } else {
    candidate.vek = TRY(ParseVek(certificate));
  }
  return candidate;
}

Result<VerifiedVek> SnpVerifier::Admit(const Candidate& candidate,
                                       Generation generation,
                                       CheckLog& log) const {
  if (candidate.proven.has_value() &&
      candidate.proven->generation() == generation) {
    TRY(RecordProvenBefore(log));
    return *candidate.proven;
  }
  VerifiedVek vek = TRY(VerifyVek(candidate.vek, generation, *roots_, log));
  cache_.Put(candidate.digest, vek);
  return vek;
}

Result<SnpVerifier::WithVek> SnpVerifier::FromEvidence(
    const Evidence& evidence, const CertificateEntry& entry,
    VerifyReport& out) const {
  std::optional<Generation> generation;
  if (evidence.version >= kCpuidReportVersion) {
    generation = TRY(CheckProcessor(evidence.cpuid_family, evidence.cpuid_model,
                                    out.checks));
  }
  const Candidate candidate = TRY_CONTEXT(Look(entry.data), kChainRefused);
  const Vek& parsed = *candidate.vek;
  if (!generation.has_value()) {
    generation =
        TRY_CONTEXT(GenerationOfVek(parsed, out.checks), kChainRefused);
  }
  Report report = TRY(MakeReport(evidence, *generation, out.checks));
  TRY(CheckSuppliedChain(evidence.chain, parsed.kind, *generation, *roots_,
                         out.checks));
  TRY_CONTEXT(CheckVekLabel(parsed, entry.label, out.checks), kChainRefused);
  VerifiedVek vek =
      TRY_CONTEXT(Admit(candidate, *generation, out.checks), kChainRefused);
  out.collateral.push_back({std::string(VekKindName(vek.kind())),
                            HexEncode(candidate.digest), "evidence",
                            vek.vek().certificate.NotAfterUnixS()});
  return WithVek{std::move(report), std::move(vek)};
}

Result<SnpVerifier::WithVek> SnpVerifier::FromSources(
    const Evidence& evidence, VerifyReport& out,
    const RequestContext& context) const {
  if (evidence.version >= kCpuidReportVersion) {
    const Generation generation = TRY(CheckProcessor(
        evidence.cpuid_family, evidence.cpuid_model, out.checks));
    return Fetch(evidence, generation, out, context);
  }
  // A version 2 report does not say; its TCB layout is that of these two.
  Result<WithVek> got = Fetch(evidence, Generation::kMilan, out, context);
  if (got || got.error().check != nullptr) return got;
  TRY(context.Alive());
  return Fetch(evidence, Generation::kGenoa, out, context);
}

Result<SnpVerifier::WithVek> SnpVerifier::Fetch(
    const Evidence& evidence, Generation generation, VerifyReport& out,
    const RequestContext& context) const {
  Report report = TRY(MakeReport(evidence, generation, out.checks));
  // Only the provider has VLEKs, so there is nobody to ask for one.
  TRY(out.checks.Require(
      kChainVekPresent,
      report.signing_key() != static_cast<uint8_t>(SigningKey::kVlek),
      CheckValue::OfText("signed by a VLEK, and no chain given")));
  const VcekId id = VcekId::Of(report, generation);
  auto found =
      collateral_->Get({std::string(kVcekCollateral), id.Text()}, context);
  if (!found) return tl::unexpected(FetchError(std::move(found).error()));
  const collateral::Object& object = **found;
  const Candidate candidate = TRY_CONTEXT(Look(object.bytes), kFetchedRefused);
  VerifiedVek vek =
      TRY_CONTEXT(Admit(candidate, generation, out.checks), kFetchedRefused);
  out.collateral.push_back(
      {"vcek", id.Text(), object.source, object.expires_unix_s});
  return WithVek{std::move(report), std::move(vek)};
}

Result<> SnpVerifier::CheckConfigured(const VerifiedVek& vek, VerifyReport& out,
                                      const RequestContext& context) const {
  const int64_t now_unix_s = context.clock->UnixSeconds();
  if (config_.check_dates) {
    TRY(CheckVekDates(vek.vek(), now_unix_s, out.checks));
  } else {
    out.checks.Skip(kVekDates, "check_dates is off");
  }
  if (!config_.check_revocation) {
    out.checks.Skip(kCrlNotRevoked, "check_revocation is off");
    return {};
  }
  const std::string id = CrlIdText(vek.kind(), vek.generation());
  auto found = collateral_->Get({std::string(kCrlCollateral), id}, context);
  if (!found) {
    Error error = std::move(found).error();
    // A list must exist: that nobody has it is not the guest's fault.
    if (error.code == ErrorCode::kNotFound)
      error.code = ErrorCode::kUnavailable;
    return tl::unexpected(WithContext(std::move(error), "snp revocation list"));
  }
  const collateral::Object& object = **found;
  const crypto::Crl crl =
      TRY_CONTEXT(crypto::Crl::FromDer(object.bytes), "snp revocation list");
  out.collateral.push_back({"crl", id, object.source, crl.NextUpdateUnixS()});
  return CheckRevocation(crl, vek, *roots_, now_unix_s, out.checks);
}

}  // namespace vouchsafe::snp
