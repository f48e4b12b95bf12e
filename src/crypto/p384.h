#pragma once

// Internal to crypto/: the fast path of P-384 verification.

#include <array>

#include "crypto/hash.h"
#include "crypto/key_impl.h"

namespace vouchsafe::crypto::internal {

// True: the signature holds. False: ask OpenSSL (nettle 3.8 refuses one valid
// edge case). The key is on P-384; its point is prepared once per key.
// Thread-safe.
bool NettleVerifiesP384(const KeyImpl& key,
                        const std::array<uint8_t, 48>& digest, ByteView r,
                        ByteView s);
// OpenSSL's answer, for any curve (sign.cc). `r` and `s` are big-endian.
bool OpenSslVerifiesEcdsa(const KeyImpl& key, Hash hash, ByteView message,
                          ByteView r, ByteView s);

}  // namespace vouchsafe::crypto::internal
