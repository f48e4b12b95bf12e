#pragma once

// Randomness is passed in. crypto/random.h has the real source.

#include <cstdint>
#include <mutex>
#include <span>

#include "base/bytes.h"

namespace vouchsafe {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills with unpredictable bytes; aborts the process if that is impossible,
  // since no caller could go on safely. Thread-safe.
  virtual void Fill(std::span<uint8_t> out) = 0;

  Bytes Get(size_t size) {
    Bytes out(size);
    Fill(out);
    return out;
  }
};

// Repeatable bytes for tests: a counter hashed by a simple generator. Never in
// a program.
class FixedRandom final : public RandomSource {
 public:
  explicit FixedRandom(uint64_t seed = 1) : state_(seed) {}
  void Fill(std::span<uint8_t> out) override {
    const std::lock_guard lock(mutex_);
    for (auto& byte : out) {
      state_ = state_ * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<uint8_t>(state_ >> 56);
    }
  }

 private:
  std::mutex mutex_;
  uint64_t state_;
};

}  // namespace vouchsafe
