#pragma once

// Internal to crypto/: what certificates and CRLs have in common (RFC 5280
// sections 4.1 and 5.1): a signed body, times, extensions.

#include <openssl/x509.h>

#include <optional>
#include <vector>

#include "crypto/der_reader.h"
#include "crypto/keys.h"

namespace vouchsafe::crypto::internal {

// SEQUENCE { body, AlgorithmIdentifier, BIT STRING }. Views into the input.
struct SignedDer {
  ByteView body;       // with tag and length: what is signed
  ByteView algorithm;  // content of the outer AlgorithmIdentifier
  ByteView signature;
};
std::optional<SignedDer> ReadSigned(ByteView der);

// By the algorithm named: RSASSA-PKCS1-v1_5, RSASSA-PSS (MGF1 with the same
// hash, salt as long as the hash) and ECDSA with SHA-256, -384 and -512, and
// Ed25519. `inner_algorithm` (of the body) must be the same bytes.
bool VerifySigned(const SignedDer& signed_der, ByteView inner_algorithm,
                  const PublicKey& key);

struct Extension {
  ByteView oid;
  bool critical = false;
  ByteView value;  // inside the OCTET STRING
};
// Content of the SEQUENCE OF Extension. nullopt when malformed.
std::optional<std::vector<Extension>> ReadExtensions(ByteView content);
const Extension* FindExtension(const std::vector<Extension>& extensions,
                               ByteView oid);
bool HasDuplicates(const std::vector<Extension>& extensions);

// UTCTime or GeneralizedTime in RFC 5280's forms, years 0 to 9999.
std::optional<int64_t> ReadTime(DerReader& in);
bool NextIsTime(const DerReader& in);

// RFC 2253 text of a Name.
std::string NameText(const X509_NAME* name);

}  // namespace vouchsafe::crypto::internal
