#pragma once

#include "base/random.h"

namespace vouchsafe::crypto {

// The operating system's generator by OpenSSL's RAND_bytes. Thread-safe.
class SystemRandom final : public RandomSource {
 public:
  void Fill(std::span<uint8_t> out) override;
};

}  // namespace vouchsafe::crypto
