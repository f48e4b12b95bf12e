#pragma once

// Internal to crypto/: the fetched EVP_MD of a Hash. Lives as long as the
// process.

#include <openssl/evp.h>

#include "crypto/hash.h"

namespace vouchsafe::crypto::internal {

const EVP_MD* Md(Hash hash);

// True for the hashes that signatures may use: SHA-256, SHA-384, SHA-512.
bool IsSignatureHash(Hash hash);

}  // namespace vouchsafe::crypto::internal
