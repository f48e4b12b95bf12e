#pragma once

// Work that waits, in two lanes, quick and slow, which get equal processor time
// when both have work: clients whose requests take long (a P-384 key costs
// eight times a P-256 one) cannot starve the others. First come, first served
// within a lane. Internal to net/; not thread-safe.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>

namespace vouchsafe::net {

class Work {
 public:
  virtual ~Work() = default;
  // Answers the processor time it took. Must not throw. The pool does not
  // touch the object after calling it.
  virtual std::chrono::nanoseconds Run() = 0;

  // What earlier work of the same origin took; zero when there was none.
  std::chrono::nanoseconds expected{0};
};

class FairQueue {
 public:
  enum class Lane : size_t { kQuick, kSlow };
  struct Taken {
    Work* work;
    Lane lane;
  };

  bool empty() const { return lanes_[0].empty() && lanes_[1].empty(); }
  size_t size() const { return lanes_[0].size() + lanes_[1].size(); }

  // Slow is what takes longer than the mean of all work.
  void Push(Work* work) {
    const size_t lane = work->expected > mean_ ? 1 : 0;
    // A lane that was idle has saved nothing up.
    if (lanes_[lane].empty()) {
      spent_[lane] = std::max(spent_[lane], now_);
    }
    lanes_[lane].push_back(work);
  }

  // From the lane that had less time so far. Not when empty.
  Taken Pop() {
    size_t lane = spent_[0] <= spent_[1] ? 0 : 1;
    if (lanes_[lane].empty()) lane = 1 - lane;
    now_ = std::max(now_, spent_[lane]);
    Work* work = lanes_[lane].front();
    lanes_[lane].pop_front();
    return {work, static_cast<Lane>(lane)};
  }

  // After each piece of work: how long it took.
  void Spent(Lane lane, std::chrono::nanoseconds time) {
    spent_[static_cast<size_t>(lane)] += time;
    mean_ += (time - mean_) / kMemory;
  }

 private:
  static constexpr int kMemory = 64;  // pieces of work that the mean recalls

  std::array<std::deque<Work*>, 2> lanes_;
  std::array<std::chrono::nanoseconds, 2> spent_{};
  std::chrono::nanoseconds now_{0};  // spent by whose turn it was last
  std::chrono::nanoseconds mean_{0};
};

}  // namespace vouchsafe::net
