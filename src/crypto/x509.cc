#include "crypto/x509.h"

#include <algorithm>

#include "crypto/cert_impl.h"
#include "crypto/pem.h"

namespace vouchsafe::crypto {

namespace {

using internal::DerReader;
using internal::SingleValue;

// RFC 5280 section 4.2.1.
constexpr uint8_t kKeyUsageOid[] = {0x55, 0x1d, 0x0f};
constexpr uint8_t kBasicConstraintsOid[] = {0x55, 0x1d, 0x13};
constexpr uint32_t kKeyCertSign = 1u << 5;
constexpr uint32_t kCrlSign = 1u << 6;

tl::unexpected<Error> Malformed(std::string_view what) {
  return Fail(ErrorCode::kInvalidInput,
              "certificate: malformed " + std::string(what));
}

Result<int> ReadVersion(DerReader& in) {
  const auto wrapped = in.TakeIf(internal::ContextTag(0));
  if (!wrapped) return 1;
  const auto number = SingleValue(*wrapped, internal::kTagInteger);
  // v1 is the default; some write it out.
  if (!number || number->size() != 1 || (*number)[0] > 2) {
    return Malformed("version");
  }
  return (*number)[0] + 1;
}

Result<> ReadValidity(DerReader in, Certificate::Impl& out) {
  const auto not_before = internal::ReadTime(in);
  const auto not_after = internal::ReadTime(in);
  if (!not_before || !not_after || !in.End()) return Malformed("validity");
  out.not_before = *not_before;
  out.not_after = *not_after;
  return {};
}

// Section 4.2.1.9. The default FALSE is seen written out.
Result<> ReadBasicConstraints(Certificate::Impl& out) {
  const auto* extension =
      internal::FindExtension(out.extensions, kBasicConstraintsOid);
  if (extension == nullptr) return {};
  DerReader outer(extension->value);
  DerReader in = outer.Sub(internal::kTagSequence);
  if (const auto ca = in.TakeIf(internal::kTagBoolean)) {
    if (ca->size() != 1) return Malformed("basicConstraints");
    out.is_ca = (*ca)[0] != 0;
  }
  if (const auto length = in.TakeIf(internal::kTagInteger)) {
    const auto number = internal::UnsignedInteger(*length);
    if (!number || number->size() > 3) return Malformed("basicConstraints");
    uint32_t value = 0;
    for (const uint8_t byte : *number) value = value << 8 | byte;
    out.path_length = value;
  }
  if (!in.End() || !outer.End()) return Malformed("basicConstraints");
  return {};
}

// Section 4.2.1.3: a BIT STRING, bit 0 first; at most 9 bits are defined.
Result<> ReadKeyUsage(Certificate::Impl& out) {
  const auto* extension = internal::FindExtension(out.extensions, kKeyUsageOid);
  if (extension == nullptr) return {};
  const auto bits = SingleValue(extension->value, internal::kTagBitString);
  if (!bits || bits->empty() || bits->size() > 5 || (*bits)[0] > 7 ||
      (bits->size() == 1 && (*bits)[0] != 0)) {
    return Malformed("keyUsage");
  }
  uint32_t usage = 0;
  for (size_t i = 0; i + 1 < bits->size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      if (((*bits)[i + 1] & (0x80u >> bit)) != 0) usage |= 1u << (8 * i + bit);
    }
  }
  out.key_usage = usage;
  return {};
}

Result<> ReadBody(Certificate::Impl& out) {
  DerReader outer(out.parts.body);
  DerReader in = outer.Sub(internal::kTagSequence);
  out.version = TRY(ReadVersion(in));
  out.serial = in.Take(internal::kTagInteger);
  out.inner_algorithm = in.Take(internal::kTagSequence);
  out.issuer = in.TakeWhole(internal::kTagSequence);
  const DerReader validity = in.Sub(internal::kTagSequence);
  out.subject = in.TakeWhole(internal::kTagSequence);
  out.spki = in.TakeWhole(internal::kTagSequence);
  in.TakeIf(internal::PrimitiveContextTag(1));  // unique identifiers
  in.TakeIf(internal::PrimitiveContextTag(2));
  const auto wrapped = in.TakeIf(internal::ContextTag(3));
  if (!in.End() || !outer.End() || out.serial.empty()) return Malformed("DER");
  TRY(ReadValidity(validity, out));
  if (!wrapped) return {};
  const auto list = SingleValue(*wrapped, internal::kTagSequence);
  auto extensions = list ? internal::ReadExtensions(*list) : std::nullopt;
  if (!extensions) return Malformed("extensions");
  if (internal::HasDuplicates(*extensions)) {
    return Fail(ErrorCode::kInvalidInput,
                "certificate: the same extension occurs twice");
  }
  out.extensions = *std::move(extensions);
  TRY(ReadBasicConstraints(out));
  return ReadKeyUsage(out);
}

// The first commonName as UTF-8.
std::string CommonName(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) {
    internal::DrainErrors();
    return "";
  }
  std::string out(reinterpret_cast<const char*>(text),
                  static_cast<size_t>(size));
  OPENSSL_free(text);
  return out;
}

}  // namespace

Result<Certificate> Certificate::FromDer(ByteView der) {
  if (der.size() > kMaxCertificateSize) {
    return Fail(ErrorCode::kTooLarge,
                "certificate: " + std::to_string(der.size()) +
                    " bytes, want at most 65536");
  }
  auto impl = std::make_shared<Impl>();
  impl->der = ToBytes(der);
  const auto parts = internal::ReadSigned(impl->der);
  if (!parts) return Malformed("DER");
  impl->parts = *parts;
  TRY(ReadBody(*impl));
  const unsigned char* at = impl->der.data();
  impl->x509.reset(d2i_X509(nullptr, &at, static_cast<long>(impl->der.size())));
  if (impl->x509 == nullptr) {
    return internal::OpenSslFail(ErrorCode::kInvalidInput, "certificate");
  }
  if (at != impl->der.data() + impl->der.size()) return Malformed("DER");
  impl->fingerprint = Sha256(impl->der);
  return Certificate(std::move(impl));
}

Result<Certificate> Certificate::FromPem(std::string_view pem) {
  while (true) {
    const internal::PemBlock block = TRY(internal::FirstPemBlock(pem));
    if (block.label == "CERTIFICATE") return FromDer(block.der.view());
    pem.remove_prefix(block.end);
  }
}

Result<std::vector<Certificate>> Certificate::ListFromPem(std::string_view pem,
                                                          size_t max) {
  std::vector<Certificate> out;
  while (pem.find("-----BEGIN ") != std::string_view::npos) {
    const internal::PemBlock block = TRY(internal::FirstPemBlock(pem));
    pem.remove_prefix(block.end);
    if (block.label != "CERTIFICATE") continue;
    if (out.size() == max) {
      return Fail(ErrorCode::kTooLarge,
                  "PEM: over " + std::to_string(max) + " certificates");
    }
    out.push_back(TRY(FromDer(block.der.view())));
  }
  if (out.empty()) {
    return Fail(ErrorCode::kInvalidInput, "PEM: no certificate");
  }
  return out;
}

const Bytes& Certificate::der() const { return impl_->der; }

std::string Certificate::Pem() const {
  return internal::WritePem("CERTIFICATE", impl_->der);
}

const std::array<uint8_t, 32>& Certificate::Sha256Fingerprint() const {
  return impl_->fingerprint;
}

Result<PublicKey> Certificate::public_key() const {
  std::call_once(impl_->key_once,
                 [this] { impl_->key = PublicKey::FromSpkiDer(impl_->spki); });
  return *impl_->key;
}

std::array<uint8_t, 32> Certificate::SpkiSha256() const {
  return Sha256(impl_->spki);
}

std::string Certificate::SubjectText() const {
  return internal::NameText(X509_get_subject_name(impl_->x509.get()));
}
std::string Certificate::IssuerText() const {
  return internal::NameText(X509_get_issuer_name(impl_->x509.get()));
}
std::string Certificate::SubjectCommonName() const {
  return CommonName(X509_get_subject_name(impl_->x509.get()));
}
std::string Certificate::IssuerCommonName() const {
  return CommonName(X509_get_issuer_name(impl_->x509.get()));
}
ByteView Certificate::SubjectDer() const { return impl_->subject; }
ByteView Certificate::IssuerDer() const { return impl_->issuer; }

Bytes Certificate::SerialNumber() const {
  ByteView serial = impl_->serial;
  while (serial.size() > 1 && serial[0] == 0) serial = serial.subspan(1);
  return ToBytes(serial);
}

int64_t Certificate::NotBeforeUnixS() const { return impl_->not_before; }
int64_t Certificate::NotAfterUnixS() const { return impl_->not_after; }
int Certificate::Version() const { return impl_->version; }
bool Certificate::IsCa() const { return impl_->is_ca; }
std::optional<uint32_t> Certificate::PathLength() const {
  return impl_->path_length;
}
bool Certificate::HasKeyUsage() const { return impl_->key_usage.has_value(); }
bool Certificate::CanSignCertificates() const {
  return (impl_->key_usage.value_or(0) & kKeyCertSign) != 0;
}
bool Certificate::CanSignCrls() const {
  return (impl_->key_usage.value_or(0) & kCrlSign) != 0;
}

std::optional<Bytes> Certificate::Extension(std::string_view dotted_oid) const {
  const auto oid = internal::OidFromDotted(dotted_oid);
  if (!oid) return std::nullopt;
  const auto* extension = internal::FindExtension(impl_->extensions, *oid);
  if (extension == nullptr) return std::nullopt;
  return ToBytes(extension->value);
}

bool Certificate::SignedBy(const PublicKey& issuer_key) const {
  return internal::VerifySigned(impl_->parts, impl_->inner_algorithm,
                                issuer_key);
}

}  // namespace vouchsafe::crypto
