#pragma once

// What one evaluation may use: steps, time, memory. Counting throws Halt when
// a limit is passed.

#include <algorithm>
#include <chrono>
#include <stop_token>

#include "rego/arena.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

class Budget {
 public:
  Budget(const Limits& allowed, std::stop_token stop)
      : limits(allowed),
        arena(allowed.memory_bytes, true),
        stop_(std::move(stop)),
        deadline_(std::chrono::steady_clock::now() + allowed.time),
        next_check_(std::min(kStride, allowed.steps)) {}

  void Step(uint64_t count = 1) {
    steps_ += count;
    if (steps_ >= next_check_) Check();
  }
  // For `bytes` handled inside a built-in.
  void Bytes(size_t bytes) { Step(1 + bytes / 64); }
  void Items(size_t items) { Step(1 + items / 8); }
  // Before work that cannot be stopped and that may take as long as so many
  // steps, 50 ns each: it must not pass the time by more than a tenth of a
  // second.
  void Ahead(uint64_t steps) {
    constexpr std::chrono::milliseconds kMostOver{100};
    const std::chrono::nanoseconds worst(
        std::min<uint64_t>(steps, 1'000'000'000) * 50);
    if (std::chrono::steady_clock::now() + worst > deadline_ + kMostOver) {
      ThrowLimit("limit_time", "the evaluation takes longer than allowed");
    }
  }
  // Time spent in the host does not count.
  void AddHostTime(std::chrono::steady_clock::duration spent) {
    deadline_ += spent;
    host_time += spent;
  }
  uint64_t steps() const { return steps_; }

  const Limits limits;
  Arena arena;
  size_t host_calls = 0;
  std::chrono::nanoseconds host_time{0};

  const std::stop_token& stop() const { return stop_; }

 private:
  static constexpr uint64_t kStride = 2048;

  void Check() {
    if (steps_ > limits.steps) {
      ThrowLimit("limit_steps", "the evaluation takes more steps than allowed");
    }
    if (stop_.stop_requested()) {
      ThrowLimit("cancelled", "the evaluation was cancelled");
    }
    if (std::chrono::steady_clock::now() > deadline_) {
      ThrowLimit("limit_time", "the evaluation takes longer than allowed");
    }
    next_check_ = steps_ + kStride;
    if (next_check_ > limits.steps) next_check_ = limits.steps + 1;
  }

  std::stop_token stop_;
  std::chrono::steady_clock::time_point deadline_;
  uint64_t steps_ = 0;
  uint64_t next_check_;
};

}  // namespace vouchsafe::rego
