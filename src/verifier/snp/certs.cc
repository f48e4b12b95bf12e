#include "verifier/snp/certs.h"

#include <utility>

#include "base/encoding.h"

namespace vouchsafe::snp {
namespace {

using crypto::Certificate;

constexpr std::string_view kPemBegin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view kArc = "1.3.6.1.4.1.3704.1.";

Error Undecodable(std::string_view suffix, const Error& cause) {
  return Error{ErrorCode::kUntrusted,
               "VEK extension " + std::string(kArc) + std::string(suffix) +
                   ": " + cause.Text(),
               nullptr,
               {}};
}

std::optional<Bytes> Find(const Certificate& certificate,
                          std::string_view suffix) {
  return certificate.Extension(std::string(kArc) + std::string(suffix));
}

Result<std::optional<uint64_t>> ReadInteger(const Certificate& certificate,
                                            std::string_view suffix) {
  const std::optional<Bytes> content = Find(certificate, suffix);
  if (!content.has_value()) return std::optional<uint64_t>();
  const Result<uint64_t> value = crypto::DerInteger(*content);
  if (!value) return tl::unexpected(Undecodable(suffix, value.error()));
  return std::optional<uint64_t>(*value);
}

Result<std::optional<std::string>> ReadText(const Certificate& certificate,
                                            std::string_view suffix) {
  const std::optional<Bytes> content = Find(certificate, suffix);
  if (!content.has_value()) return std::optional<std::string>();
  const Result<std::string> value = crypto::DerIa5String(*content);
  if (!value) return tl::unexpected(Undecodable(suffix, value.error()));
  return std::optional<std::string>(*value);
}

// 64 raw bytes (8 on Turin), or the same inside an OCTET STRING. Both occur.
std::optional<Bytes> ReadHardwareId(const Certificate& certificate) {
  std::optional<Bytes> content = Find(certificate, "4");
  if (!content.has_value()) return std::nullopt;
  const Result<Bytes> inner = crypto::DerOctetString(*content);
  if (inner && (inner->size() == 64 || inner->size() == 8)) return *inner;
  return content;
}

bool IsConsistent(const Certificate& certificate, VekKind kind,
                  const VekExtensions& extensions) {
  const bool vcek = kind == VekKind::kVcek;
  const bool vlek_issuer =
      certificate.IssuerCommonName().starts_with("SEV-VLEK-");
  return certificate.SubjectCommonName() == (vcek ? "SEV-VCEK" : "SEV-VLEK") &&
         vlek_issuer == !vcek && extensions.hardware_id.has_value() == vcek &&
         extensions.csp_id.has_value() == !vcek;
}

}  // namespace

std::string_view VekKindName(VekKind kind) {
  return kind == VekKind::kVcek ? "vcek" : "vlek";
}

Result<VekExtensions> ReadVekExtensions(const Certificate& certificate) {
  VekExtensions out;
  out.struct_version = TRY(ReadInteger(certificate, "1"));
  out.product_name = TRY(ReadText(certificate, "2"));
  out.bootloader = TRY(ReadInteger(certificate, "3.1"));
  out.tee = TRY(ReadInteger(certificate, "3.2"));
  out.snp = TRY(ReadInteger(certificate, "3.3"));
  out.microcode = TRY(ReadInteger(certificate, "3.8"));
  out.fmc = TRY(ReadInteger(certificate, "3.9"));
  out.hardware_id = ReadHardwareId(certificate);
  out.csp_id = TRY(ReadText(certificate, "5"));
  return out;
}

Result<Certificate> ParseCertificate(ByteView der_or_pem) {
  Result<Certificate> certificate =
      AsText(der_or_pem).starts_with(kPemBegin)
          ? Certificate::FromPem(AsText(der_or_pem))
          : Certificate::FromDer(der_or_pem);
  if (!certificate) {
    return Fail(ErrorCode::kUntrusted,
                "not a certificate: " + certificate.error().Text());
  }
  return certificate;
}

Result<std::shared_ptr<const Vek>> ParseVek(ByteView der_or_pem) {
  Certificate certificate = TRY(ParseCertificate(der_or_pem));
  Result<crypto::PublicKey> key = certificate.public_key();
  if (!key || key->type() != crypto::KeyType::kEcP384) {
    return Fail(ErrorCode::kUntrusted, "the VEK's key is not on P-384");
  }
  VekExtensions extensions = TRY(ReadVekExtensions(certificate));
  const VekKind kind = certificate.SubjectCommonName() == "SEV-VLEK"
                           ? VekKind::kVlek
                           : VekKind::kVcek;
  const bool consistent = IsConsistent(certificate, kind, extensions);
  const auto generation = GenerationOfIssuer(certificate.IssuerCommonName());
  return std::shared_ptr<const Vek>(std::make_shared<Vek>(
      Vek{std::move(certificate), *std::move(key), std::move(extensions), kind,
          consistent, generation}));
}

}  // namespace vouchsafe::snp
