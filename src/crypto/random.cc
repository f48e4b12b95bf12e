#include "crypto/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>

#include "crypto/ossl.h"

namespace vouchsafe::crypto {
namespace {

void Draw(std::span<uint8_t> out) {
  while (!out.empty()) {
    const size_t size = std::min(out.size(), internal::kMaxInput);
    internal::Must(RAND_bytes(out.data(), static_cast<int>(size)) == 1,
                   "no randomness");
    out = out.subspan(size);
  }
}

}  // namespace

SystemRandom::~SystemRandom() { OPENSSL_cleanse(pool_.data(), pool_.size()); }

void SystemRandom::Fill(std::span<uint8_t> out) {
  if (out.size() > kSmall) {
    Draw(out);
    return;
  }
  const std::lock_guard lock(mutex_);
  const int process = getpid();
  if (left_ < out.size() || owner_ != process) {
    Draw(pool_);
    left_ = pool_.size();
    owner_ = process;
  }
  const std::span<uint8_t> taken =
      std::span(pool_).last(left_).first(out.size());
  std::copy(taken.begin(), taken.end(), out.begin());
  OPENSSL_cleanse(taken.data(), taken.size());
  left_ -= out.size();
}

}  // namespace vouchsafe::crypto
