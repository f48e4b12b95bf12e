#pragma once

// The named checks of SEV-SNP, in the order in which they are made. Also used
// by verifiers that embed an SNP report.

#include "checks/check.h"

namespace vouchsafe::snp {

// The report.
inline constexpr Check kVersionMinimum{
    "snp.report.version_minimum",
    "The report's version is at least the configured minimum",
    "Setting snp_verifier.min_report_version",
    "Update the host's SEV-SNP firmware, or lower min_report_version."};
inline constexpr Check kVersionKnown{
    "snp.report.version_known", "The report's version is known (2 to 5)",
    "AMD 56860, ATTESTATION_REPORT, VERSION",
    "The firmware is newer than this program: update the program."};
inline constexpr Check kProcessor{
    "snp.report.processor",
    "The report names a processor whose AMD roots are pinned",
    "AMD 56860, ATTESTATION_REPORT, CPUID_FAM_ID and CPUID_MOD_ID",
    "Milan, Genoa (with Bergamo and Siena) and Turin are supported."};
inline constexpr Check kUnsignedMembers{
    "snp.evidence.unsigned_members",
    "The evidence has no member that the report's version or processor does "
    "not sign",
    "AMD 56860, ATTESTATION_REPORT and TCB_VERSION layouts",
    "Leave out fmc before Turin, cpuid_* in version 2 and the mitigation "
    "vectors before version 5."};
inline constexpr Check kReservedZero{
    "snp.report.reserved_zero", "Reserved bytes of the report are zero",
    "AMD 56860, ATTESTATION_REPORT",
    "The report was altered, or its firmware is newer than this program."};
inline constexpr Check kSignatureAlgorithm{
    "snp.report.signature_algorithm",
    "The report is signed with ECDSA P-384 and SHA-384",
    "AMD 56860, ATTESTATION_REPORT, SIGNATURE_ALGO",
    "The evidence was altered: collect it again."};
inline constexpr Check kSignatureCanonical{
    "snp.report.signature_canonical",
    "Bytes 48 to 71 of the signature's R and S are zero",
    "AMD 56860, ECDSA P-384 signature format",
    "The evidence was altered: collect it again."};

// The certificate chain.
inline constexpr Check kChainVekPresent{
    "snp.chain.vek_present", "A certificate chain in the evidence has a VEK",
    "AMD 56860, SNP_EXT_GUEST_REQUEST certificate table",
    "Load the VCEK or VLEK into the host's certificate table, or send no "
    "chain, so that the VCEK is fetched."};
inline constexpr Check kChainArk{
    "snp.chain.ark", "A supplied ARK is AMD's for this processor",
    "AMD 57230, certificate chain",
    "Replace the ARK in the host's certificate table, or leave it out."};
inline constexpr Check kChainAsk{
    "snp.chain.ask",
    "A supplied ASK or ASVK is AMD's for this processor and kind of key",
    "AMD 57230, certificate chain",
    "Replace the ASK in the host's certificate table, or leave it out."};
inline constexpr Check kVekGeneration{
    "snp.vek.generation",
    "The VEK's issuer names a processor generation whose roots are pinned",
    "AMD 57230, issuer of VCEK and VLEK",
    "The certificate is not AMD's, or its processor is not supported."};
inline constexpr Check kVekKind{
    "snp.vek.kind",
    "Names and extensions agree on whether the VEK is a VCEK or a VLEK",
    "AMD 57230, VCEK and VLEK certificate formats",
    "The certificate is not AMD's: fetch it again."};
inline constexpr Check kVekLabel{
    "snp.vek.label", "The VEK is of the kind that the evidence says it is",
    "AMD 56860, certificate table GUIDs",
    "Load the certificate under its own GUID (VCEK or VLEK)."};
inline constexpr Check kVekIssuer{
    "snp.vek.issuer", "The VEK's issuer is the subject of AMD's ASK or ASVK",
    "RFC 5280 section 6.1.3 (a)(4)",
    "The certificate belongs to another processor generation, or is not "
    "AMD's."};
inline constexpr Check kVekSignature{
    "snp.vek.signature", "The VEK is signed by AMD's ASK or ASVK",
    "AMD 57230, RSASSA-PSS with SHA-384",
    "The certificate was altered, or is not AMD's: fetch it again."};
inline constexpr Check kVekProduct{
    "snp.vek.product", "The VEK's product name is that of the generation",
    "AMD 57230, extension productName",
    "The certificate belongs to another processor generation."};
inline constexpr Check kVekStructVersion{
    "snp.vek.struct_version",
    "The VEK's structVersion is that of the generation (1 on Turin, else 0)",
    "AMD 57230, extension structVersion",
    "The certificate belongs to another processor generation."};
inline constexpr Check kVekDates{
    "snp.vek.dates", "The VEK is within its validity dates",
    "RFC 5280 section 4.1.2.5; setting snp_verifier.check_dates",
    "Renew the certificate on the host (a VLEK lives for one year)."};

// Revocation, when configured.
inline constexpr Check kCrlIssuer{
    "snp.crl.issuer", "The revocation list is issued by AMD's ARK",
    "RFC 5280 section 6.3.3", "Fetch the list of this generation again."};
inline constexpr Check kCrlSignature{
    "snp.crl.signature", "The revocation list is signed by AMD's ARK",
    "AMD 57230, certificate revocation list",
    "The list was altered: fetch it again."};
inline constexpr Check kCrlCurrent{
    "snp.crl.current", "The revocation list is current",
    "RFC 5280 section 5.1.2.5", "Fetch a newer list."};
inline constexpr Check kCrlNotRevoked{
    "snp.crl.not_revoked", "The ASK or ASVK that signed the VEK is not revoked",
    "AMD 57230, certificate revocation list",
    "AMD has withdrawn the key: update the host and its certificates."};

// The report against its VEK.
inline constexpr Check kReportSignature{
    "snp.report.signature", "The report is signed by the VEK",
    "AMD 56860, ATTESTATION_REPORT, SIGNATURE",
    "Evidence was altered, or the certificate belongs to another chip or TCB: "
    "fetch the certificate again."};
inline constexpr Check kSigningKey{
    "snp.report.signing_key",
    "The report says that it was signed by the kind of key that signed it",
    "AMD 56860, ATTESTATION_REPORT, SIGNING_KEY",
    "Send the certificate that fits the host (VCEK or VLEK)."};
inline constexpr Check kChipKeyUnmasked{
    "snp.report.chip_key_unmasked", "The chip key was not masked",
    "AMD 56860, ATTESTATION_REPORT, MASK_CHIP_KEY",
    "Clear MASK_CHIP_KEY in the host's SNP configuration."};
inline constexpr Check kChipId{
    "snp.vek.chip_id",
    "The VCEK's hardware id is the report's chip id, or that is masked",
    "AMD 57230, extension hwID",
    "The certificate belongs to another chip: fetch it again."};
inline constexpr Check kTcbMicrocode{
    "snp.tcb.microcode", "The VEK is for the reported microcode version",
    "AMD 57230, extension ucodeSPL",
    "Fetch the certificate for the reported TCB."};
inline constexpr Check kTcbSnp{
    "snp.tcb.snp", "The VEK is for the reported SNP firmware version",
    "AMD 57230, extension snpSPL",
    "Fetch the certificate for the reported TCB."};
inline constexpr Check kTcbTee{"snp.tcb.tee",
                               "The VEK is for the reported TEE version",
                               "AMD 57230, extension teeSPL",
                               "Fetch the certificate for the reported TCB."};
inline constexpr Check kTcbBootloader{
    "snp.tcb.bootloader", "The VEK is for the reported boot loader version",
    "AMD 57230, extension blSPL",
    "Fetch the certificate for the reported TCB."};
inline constexpr Check kTcbFmc{
    "snp.tcb.fmc", "The VEK is for the reported FMC version (Turin)",
    "AMD 57230, extension fmcSPL",
    "Fetch the certificate for the reported TCB."};
inline constexpr Check kVmpl{
    "snp.report.vmpl", "The report was asked for at VMPL 0",
    "AMD 56860, ATTESTATION_REPORT, VMPL",
    "Attest from the most privileged level of the guest."};

// What the evidence is bound to.
inline constexpr Check kReportData{
    "snp.binding.report_data",
    "REPORT_DATA is the expected report data, padded or cut to 64 bytes",
    "AMD 56860, ATTESTATION_REPORT, REPORT_DATA",
    "The evidence was made for another nonce or key: attest again."};
inline constexpr Check kHostData{
    "snp.binding.host_data",
    "HOST_DATA is the init data digest, padded or cut to 32 bytes",
    "AMD 56860, ATTESTATION_REPORT, HOST_DATA",
    "Launch the guest with the init data that it sends."};

inline constexpr const Check* kSnpChecks[] = {
    &kVersionMinimum,
    &kVersionKnown,
    &kProcessor,
    &kUnsignedMembers,
    &kReservedZero,
    &kSignatureAlgorithm,
    &kSignatureCanonical,
    &kChainVekPresent,
    &kChainArk,
    &kChainAsk,
    &kVekGeneration,
    &kVekKind,
    &kVekLabel,
    &kVekIssuer,
    &kVekSignature,
    &kVekProduct,
    &kVekStructVersion,
    &kVekDates,
    &kCrlIssuer,
    &kCrlSignature,
    &kCrlCurrent,
    &kCrlNotRevoked,
    &kReportSignature,
    &kSigningKey,
    &kChipKeyUnmasked,
    &kChipId,
    &kTcbMicrocode,
    &kTcbSnp,
    &kTcbTee,
    &kTcbBootloader,
    &kTcbFmc,
    &kVmpl,
    &kReportData,
    &kHostData,
};

}  // namespace vouchsafe::snp
