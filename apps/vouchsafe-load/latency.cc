#include "apps/vouchsafe-load/latency.h"

#include <algorithm>
#include <bit>

namespace vouchsafe::load {

// Below 64: itself. Above: which power of two, and its next six bits.
size_t LatencyHistogram::StepOf(uint64_t us) {
  us = std::min(us, (uint64_t{1} << kMaxBits) - 1);
  const unsigned width = static_cast<unsigned>(std::bit_width(us));
  if (width <= kStepBits) return static_cast<size_t>(us);
  const unsigned shift = width - 1 - kStepBits;
  return (size_t{shift} << kStepBits) + static_cast<size_t>(us >> shift);
}

uint64_t LatencyHistogram::UpperEnd(size_t step) {
  if (step < (size_t{2} << kStepBits)) return step;
  const size_t shift = (step >> kStepBits) - 1;
  const uint64_t mantissa = step - (shift << kStepBits);
  return ((mantissa + 1) << shift) - 1;
}

void LatencyHistogram::Record(std::chrono::microseconds latency) {
  const auto us = static_cast<uint64_t>(std::max<int64_t>(latency.count(), 0));
  ++counts_[StepOf(us)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  for (size_t i = 0; i < kSteps; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_us_ = std::max(max_us_, other.max_us_);
}

uint64_t LatencyHistogram::PercentileMicros(uint32_t per_mille) const {
  const uint64_t rank =
      std::max<uint64_t>((count_ * per_mille + 999) / 1000, 1);
  uint64_t seen = 0;
  for (size_t i = 0; i < kSteps; ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(UpperEnd(i), max_us_);
  }
  return 0;
}

}  // namespace vouchsafe::load
