#pragma once

// AES-GCM (SP 800-38D) and AES Key Wrap (RFC 3394). Thread-safe.

#include <array>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace vouchsafe::crypto {

struct GcmSealed {
  Bytes ciphertext;
  std::array<uint8_t, 16> tag;
};

// Keys of 16, 24 or 32 bytes; an IV of 12 bytes (other lengths: kUnsupported).
Result<GcmSealed> AesGcmSeal(const SecretBytes& key, ByteView iv, ByteView aad,
                             ByteView plaintext);
// One error for every failure to authenticate; the tag must have 16 bytes.
Result<SecretBytes> AesGcmOpen(const SecretBytes& key, ByteView iv,
                               ByteView aad, ByteView ciphertext, ByteView tag);

// RFC 3394, default IV; data a multiple of 8 bytes, at least 16.
Result<Bytes> AesKeyWrap(const SecretBytes& kek, const SecretBytes& key);
Result<SecretBytes> AesKeyUnwrap(const SecretBytes& kek, ByteView wrapped);

}  // namespace vouchsafe::crypto
