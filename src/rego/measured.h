#pragma once

// For tests: the processor time of this thread and the most memory that it
// held while something ran.

#include <cstddef>

namespace vouchsafe::rego::testing {

struct Cost {
  double cpu_ms = 0;
  size_t peak_bytes = 0;  // from operator new, beyond what was held before
};

// Sanitizers make everything slower; bounds of time are multiplied by this.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr double kSlower = 15;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr double kSlower = 15;
#else
inline constexpr double kSlower = 1;
#endif
#else
inline constexpr double kSlower = 1;
#endif

class Meter {
 public:
  Meter();
  Cost Read() const;

 private:
  double start_ms_;
};

}  // namespace vouchsafe::rego::testing
