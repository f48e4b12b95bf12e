#pragma once

// Signatures. The algorithm is the caller's (from the key or from the format),
// never the message's. Verification answers a bool: false is a bad signature,
// malformed included; an Error is only a key of the wrong kind.

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/keys.h"

namespace vouchsafe::crypto {

enum class SignatureScheme {
  kEcdsa,     // any of the three curves
  kRsaPkcs1,  // RSASSA-PKCS1-v1_5
  kRsaPss,    // MGF1 with the same hash, salt as long as the hash
  kEd25519,   // the hash is not used
};

// ECDSA signatures are r || s, each of the curve's CoordinateSize, big-endian
// (IEEE P1363, RFC 7515): anything else is a bad signature.
Result<bool> Verify(const PublicKey& key, SignatureScheme scheme, Hash hash,
                    ByteView message, ByteView signature);
// The same with an ASN.1 DER ECDSA-Sig-Value, strict DER.
Result<bool> VerifyEcdsaDer(const PublicKey& key, Hash hash, ByteView message,
                            ByteView signature);
Result<Bytes> Sign(const PrivateKey& key, SignatureScheme scheme, Hash hash,
                   ByteView message);

// P-384 with SHA-384, the one signature that bounds SEV-SNP: nettle first
// (half the time of OpenSSL 3.0), and OpenSSL decides when nettle says no,
// since nettle 3.8 refuses one valid edge case. r and s as 48 bytes big-endian.
// `key` must be on P-384.
Result<bool> VerifyEcdsaP384Sha384(const PublicKey& key, ByteView message,
                                   ByteView r, ByteView s);

}  // namespace vouchsafe::crypto
