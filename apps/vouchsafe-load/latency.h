#pragma once

// Latencies in bounded memory: 64 steps to each power of two, so a percentile
// is too high by less than 1/64 of itself. The largest is exact.

#include <array>
#include <chrono>
#include <cstdint>

namespace vouchsafe::load {

class LatencyHistogram {
 public:
  void Record(std::chrono::microseconds latency);
  void Merge(const LatencyHistogram& other);

  uint64_t count() const { return count_; }
  uint64_t max_us() const { return max_us_; }
  // The smallest recorded latency that at least `per_mille` of all do not
  // exceed (nearest rank), to the upper end of its step; 0 when there is none.
  uint64_t PercentileMicros(uint32_t per_mille) const;

 private:
  static constexpr unsigned kStepBits = 6;
  static constexpr unsigned kMaxBits = 32;  // longer ones count as 71 minutes
  static constexpr size_t kSteps = (kMaxBits - kStepBits + 1) << kStepBits;

  static size_t StepOf(uint64_t us);
  static uint64_t UpperEnd(size_t step);

  std::array<uint64_t, kSteps> counts_{};
  uint64_t count_ = 0;
  uint64_t max_us_ = 0;
};

}  // namespace vouchsafe::load
