#pragma once

// X.509 certificates and revocation lists (RFC 5280), parsed once and
// immutable; cheap to copy, safe to share.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"

namespace vouchsafe::crypto {

inline constexpr size_t kMaxCertificateSize = 64 * 1024;

class Certificate {
 public:
  // One certificate, nothing after it.
  static Result<Certificate> FromDer(ByteView der);
  // The first CERTIFICATE block.
  static Result<Certificate> FromPem(std::string_view pem);
  // Every CERTIFICATE block, at most `max`; at least one.
  static Result<std::vector<Certificate>> ListFromPem(std::string_view pem,
                                                      size_t max = 64);

  const Bytes& der() const;
  std::string Pem() const;
  const std::array<uint8_t, 32>& Sha256Fingerprint() const;  // of the DER
  // The key; an error for kinds that PublicKey does not have.
  Result<PublicKey> public_key() const;
  // SHA-256 of the SubjectPublicKeyInfo.
  std::array<uint8_t, 32> SpkiSha256() const;

  std::string SubjectText() const;  // RFC 2253 text, for people
  std::string IssuerText() const;
  // The first commonName; empty when there is none.
  std::string SubjectCommonName() const;
  std::string IssuerCommonName() const;
  // DER of the names, for comparison.
  ByteView SubjectDer() const;
  ByteView IssuerDer() const;
  Bytes SerialNumber() const;  // big-endian magnitude
  int64_t NotBeforeUnixS() const;
  int64_t NotAfterUnixS() const;
  int Version() const;  // 3
  bool IsCa() const;    // basicConstraints CA = true
  std::optional<uint32_t> PathLength() const;
  // keyUsage; false when the extension is absent.
  bool HasKeyUsage() const;
  bool CanSignCertificates() const;
  bool CanSignCrls() const;
  // extnValue content (inside the OCTET STRING) of the extension with this
  // dotted OID; nullopt when absent. An extension that occurs twice fails
  // FromDer.
  std::optional<Bytes> Extension(std::string_view dotted_oid) const;

  // Only the signature: by the algorithm the certificate names, which must be
  // one of ours and the same in both places.
  bool SignedBy(const PublicKey& issuer_key) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit Certificate(std::shared_ptr<const Impl> impl)
      : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// RFC 5280 section 6 by OpenSSL: `leaf` to one of `anchors` (self-signed),
// `untrusted` in any order, at `unix_s`. No partial chains, no purpose.
// kUntrusted with OpenSSL's reason and the depth when it does not hold.
Result<> VerifyChain(const Certificate& leaf,
                     const std::vector<Certificate>& untrusted,
                     const std::vector<Certificate>& anchors, int64_t unix_s);

class Crl {
 public:
  static Result<Crl> FromDer(ByteView der);
  static Result<Crl> FromPem(std::string_view pem);

  bool SignedBy(const PublicKey& issuer_key) const;
  ByteView IssuerDer() const;
  std::string IssuerText() const;
  int64_t ThisUpdateUnixS() const;
  std::optional<int64_t> NextUpdateUnixS() const;
  // By serial number.
  bool Revokes(const Certificate& certificate) const;
  // The same for a certificate that is not at hand: big-endian magnitude
  // without leading zeros, as Certificate::SerialNumber gives it.
  bool RevokesSerial(ByteView serial) const;

 private:
  struct Impl;
  explicit Crl(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// Content of DER values inside vendor extensions: one value, nothing after it.
Result<uint64_t> DerInteger(ByteView der);       // 0 to 2^63-1
Result<std::string> DerIa5String(ByteView der);  // printable ASCII
Result<Bytes> DerOctetString(ByteView der);

}  // namespace vouchsafe::crypto
