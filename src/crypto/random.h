#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "base/random.h"

namespace vouchsafe::crypto {

// The operating system's generator by OpenSSL's RAND_bytes. Thread-safe.
//
// Small requests (ids, nonces, keys) are served from a pool of bytes drawn
// ahead, since each draw costs a microsecond; what was handed out is wiped. A
// process that forked draws anew.
class SystemRandom final : public RandomSource {
 public:
  SystemRandom() = default;
  ~SystemRandom() override;
  SystemRandom(const SystemRandom&) = delete;
  SystemRandom& operator=(const SystemRandom&) = delete;
  void Fill(std::span<uint8_t> out) override;

 private:
  static constexpr size_t kSmall = 64;

  std::mutex mutex_;
  std::array<uint8_t, 1024> pool_{};
  size_t left_ = 0;  // unused bytes, at the end of pool_
  int owner_ = 0;    // process that drew them
};

}  // namespace vouchsafe::crypto
