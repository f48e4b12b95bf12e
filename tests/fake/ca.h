#pragma once

// A certificate authority for tests: certificates and CRLs with every field
// chosen, right or wrong. A mistake in a spec aborts the test program.
//
//   const auto& root_key = fake::RsaKey(0);
//   fake::CertSpec root = fake::CaSpec("ARK-Test", root_key.Public());
//   auto ark = fake::MakeCertificate(root, root_key);

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/keys.h"
#include "crypto/x509.h"

namespace vouchsafe::fake {

// 2020-01-01 and 2050-01-01.
inline constexpr int64_t kNotBefore = 1577836800;
inline constexpr int64_t kNotAfter = 2524608000;

enum class Signing {
  kAuto,                  // RSA: kPssSha384; EC: the curve's hash; Ed25519
  kPssSha256,             // salt 32
  kPssSha384,             // salt 48, as AMD's
  kPssSha384WithTrailer,  // the same with trailerField written out
  kPkcs1Sha256,
  kPkcs1Sha384,
  kEcdsaSha256,
  kEcdsaSha384,
  kEcdsaSha512,
  kEd25519,
};

// One RelativeDistinguishedName. `type` is C, ST, L, O, OU, CN or a dotted OID.
struct Rdn {
  std::string type;
  std::string value;  // C as PrintableString, others as UTF8String
};
using Name = std::vector<Rdn>;
Name CommonName(const std::string& cn);
// OU=Engineering, C=US, L=Santa Clara, ST=CA, O=Advanced Micro Devices, CN.
Name AmdName(const std::string& cn);

struct ExtensionSpec {
  std::string oid;  // dotted
  Bytes value;      // inside the OCTET STRING, any bytes
  bool critical = false;
};

// Bits of keyUsage (RFC 5280 section 4.2.1.3).
inline constexpr uint32_t kDigitalSignature = 1u << 0;
inline constexpr uint32_t kKeyCertSign = 1u << 5;
inline constexpr uint32_t kCrlSign = 1u << 6;

struct CertSpec {
  Name subject;
  Name issuer;
  crypto::PublicKey key;  // the subject's
  Bytes serial = {1};     // big-endian magnitude
  int64_t not_before_unix_s = kNotBefore;
  int64_t not_after_unix_s = kNotAfter;
  std::optional<bool> ca = {};  // basicConstraints, critical; absent if unset
  std::optional<uint32_t> path_length = {};
  std::optional<uint32_t> key_usage = {};      // critical; absent if unset
  std::vector<ExtensionSpec> extensions = {};  // in this order, after those
  Signing signing = Signing::kAuto;
  // The algorithm named inside, when it shall differ from the outer one.
  std::optional<Signing> inner_signing = {};
  int version = 3;
};

// A self-issued CA with keyCertSign and cRLSign; subject and issuer CN = `cn`.
CertSpec CaSpec(const std::string& cn, const crypto::PublicKey& key);
// No basicConstraints, no keyUsage.
CertSpec LeafSpec(const std::string& cn, const std::string& issuer_cn,
                  const crypto::PublicKey& key);

Bytes MakeCertificateDer(const CertSpec& spec,
                         const crypto::PrivateKey& issuer_key);
crypto::Certificate MakeCertificate(const CertSpec& spec,
                                    const crypto::PrivateKey& issuer_key);

struct CrlSpec {
  Name issuer;
  std::vector<Bytes> serials;  // big-endian magnitudes
  int64_t this_update_unix_s = kNotBefore;
  std::optional<int64_t> next_update_unix_s = kNotAfter;
  std::vector<ExtensionSpec> extensions = {};
  Signing signing = Signing::kAuto;
};
Bytes MakeCrlDer(const CrlSpec& spec, const crypto::PrivateKey& issuer_key);
crypto::Crl MakeCrl(const CrlSpec& spec, const crypto::PrivateKey& issuer_key);

// Keys made once per process; equal arguments give the same key. `index` tells
// several apart. Thread-safe. 4096 bits take a second or two to make.
const crypto::PrivateKey& RsaKey(int index, size_t bits = 2048);
const crypto::PrivateKey& EcKey(
    int index, crypto::KeyType curve = crypto::KeyType::kEcP384);

// DER for extension values.
Bytes DerInteger(uint64_t value);
Bytes DerIa5String(const std::string& text);
Bytes DerOctetString(ByteView content);

}  // namespace vouchsafe::fake
