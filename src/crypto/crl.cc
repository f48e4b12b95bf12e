#include <algorithm>

#include "crypto/cert_impl.h"
#include "crypto/pem.h"

namespace vouchsafe::crypto {

namespace {

using internal::DerReader;

// A CRL of 16 MiB holds several 100,000 entries.
constexpr size_t kMaxCrlSize = size_t{16} << 20;

tl::unexpected<Error> Malformed() {
  return Fail(ErrorCode::kInvalidInput, "CRL: malformed DER");
}

// RFC 5280 section 5.2: what is critical and unknown must be understood, or
// the list not used. That is so for partial, indirect and delta lists too
// (issuingDistributionPoint, deltaCRLIndicator).
Result<> CheckExtensions(ByteView content, const char* where) {
  const auto extensions = internal::ReadExtensions(content);
  if (!extensions || internal::HasDuplicates(*extensions)) return Malformed();
  for (const internal::Extension& extension : *extensions) {
    if (extension.critical) {
      return Fail(ErrorCode::kUnsupported,
                  std::string("CRL: critical extension ") + where +
                      " (partial, indirect and delta lists are not offered)");
    }
  }
  return {};
}

Result<> ReadEntry(DerReader entry, std::vector<std::string>& serials) {
  serials.push_back(ToText(entry.Take(internal::kTagInteger)));
  const auto date = internal::ReadTime(entry);
  const auto extensions = entry.TakeIf(internal::kTagSequence);
  if (!entry.End() || !date || serials.back().empty()) return Malformed();
  return extensions ? CheckExtensions(*extensions, "of an entry") : Result<>();
}

}  // namespace

struct Crl::Impl {
  Bytes der;
  internal::SignedDer parts;  // views into der, as all below
  ByteView inner_algorithm;
  ByteView issuer;
  internal::X509NamePtr issuer_name;
  int64_t this_update = 0;
  std::optional<int64_t> next_update;
  std::vector<std::string> serials;  // INTEGER contents, sorted

  Result<> ReadBody();
  Result<> ReadRevoked(DerReader& in);
};

Result<> Crl::Impl::ReadRevoked(DerReader& in) {
  const auto list = in.TakeIf(internal::kTagSequence);
  if (!list) return {};
  DerReader entries(*list);
  while (!entries.End()) {
    const DerReader entry = entries.Sub(internal::kTagSequence);
    if (!entries.ok()) return Malformed();
    TRY(ReadEntry(entry, serials));
  }
  std::sort(serials.begin(), serials.end());
  return {};
}

Result<> Crl::Impl::ReadBody() {
  DerReader outer(parts.body);
  DerReader in = outer.Sub(internal::kTagSequence);
  const auto version = in.TakeIf(internal::kTagInteger);
  inner_algorithm = in.Take(internal::kTagSequence);
  issuer = in.TakeWhole(internal::kTagSequence);
  const auto from = internal::ReadTime(in);
  if (!from || (version && !Equal(*version, Bytes{1}))) return Malformed();
  this_update = *from;
  if (internal::NextIsTime(in)) {
    next_update = internal::ReadTime(in);
    if (!next_update) return Malformed();
  }
  TRY(ReadRevoked(in));
  const auto wrapped = in.TakeIf(internal::ContextTag(0));
  if (!in.End() || !outer.End()) return Malformed();
  if (!wrapped) return {};
  const auto list = internal::SingleValue(*wrapped, internal::kTagSequence);
  return list ? CheckExtensions(*list, "of the list") : Malformed();
}

Result<Crl> Crl::FromDer(ByteView der) {
  if (der.size() > kMaxCrlSize) {
    return Fail(ErrorCode::kTooLarge, "CRL: " + std::to_string(der.size()) +
                                          " bytes, want at most 16 MiB");
  }
  auto impl = std::make_shared<Impl>();
  impl->der = ToBytes(der);
  const auto parts = internal::ReadSigned(impl->der);
  if (!parts) return Malformed();
  impl->parts = *parts;
  TRY(impl->ReadBody());
  const unsigned char* at = impl->issuer.data();
  impl->issuer_name.reset(
      d2i_X509_NAME(nullptr, &at, static_cast<long>(impl->issuer.size())));
  if (impl->issuer_name == nullptr) {
    return internal::OpenSslFail(ErrorCode::kInvalidInput, "CRL: issuer");
  }
  return Crl(std::move(impl));
}

Result<Crl> Crl::FromPem(std::string_view pem) {
  const internal::PemBlock block = TRY(internal::FirstPemBlock(pem));
  if (block.label != "X509 CRL") {
    return Fail(ErrorCode::kInvalidInput,
                "CRL: PEM block of another kind, want X509 CRL");
  }
  return FromDer(block.der.view());
}

bool Crl::SignedBy(const PublicKey& issuer_key) const {
  return internal::VerifySigned(impl_->parts, impl_->inner_algorithm,
                                issuer_key);
}

ByteView Crl::IssuerDer() const { return impl_->issuer; }
std::string Crl::IssuerText() const {
  return internal::NameText(impl_->issuer_name.get());
}
int64_t Crl::ThisUpdateUnixS() const { return impl_->this_update; }
std::optional<int64_t> Crl::NextUpdateUnixS() const {
  return impl_->next_update;
}

bool Crl::Revokes(const Certificate& certificate) const {
  return std::binary_search(impl_->serials.begin(), impl_->serials.end(),
                            ToText(certificate.impl().serial));
}

bool Crl::RevokesSerial(ByteView serial) const {
  // As an INTEGER's content: a zero byte keeps a large number positive.
  std::string content = ToText(serial);
  if (!serial.empty() && serial[0] >= 0x80) content.insert(0, 1, '\0');
  return std::binary_search(impl_->serials.begin(), impl_->serials.end(),
                            content);
}

}  // namespace vouchsafe::crypto
