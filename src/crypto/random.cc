#include "crypto/random.h"

#include <openssl/rand.h>

#include <algorithm>

#include "crypto/ossl.h"

namespace vouchsafe::crypto {

void SystemRandom::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    const size_t size = std::min(out.size(), internal::kMaxInput);
    internal::Must(RAND_bytes(out.data(), static_cast<int>(size)) == 1,
                   "no randomness");
    out = out.subspan(size);
  }
}

}  // namespace vouchsafe::crypto
