#include "net/fair_queue.h"

#include <gtest/gtest.h>

#include <array>

namespace vouchsafe::net {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

class Nothing final : public Work {
 public:
  explicit Nothing(nanoseconds usual) { expected = usual; }
  nanoseconds Run() override { return expected; }
};

TEST(FairQueue, KeepsOrderWithinALane) {
  std::array<Nothing, 3> work{Nothing{nanoseconds(0)}, Nothing{nanoseconds(0)},
                              Nothing{nanoseconds(0)}};
  FairQueue queue;
  for (Nothing& one : work) queue.Push(&one);
  EXPECT_EQ(queue.size(), 3u);
  for (Nothing& one : work) EXPECT_EQ(queue.Pop().work, &one);
  EXPECT_TRUE(queue.empty());
}

// Both lanes always have work, of 100 and 800 us: each gets half of the time.
TEST(FairQueue, SlowWorkGetsHalfTheTimeAtMost) {
  Nothing quick{microseconds(100)};
  Nothing slow{microseconds(800)};
  FairQueue queue;
  // Until the mean is known everything not expected to take none is slow.
  for (int i = 0; i < 1'000; ++i) {
    queue.Spent(FairQueue::Lane::kQuick, microseconds(300));
    queue.Spent(FairQueue::Lane::kSlow, microseconds(300));
  }
  queue.Push(&quick);
  queue.Push(&slow);
  nanoseconds spent_quick{0}, spent_slow{0};
  for (int i = 0; i < 10'000; ++i) {
    const FairQueue::Taken taken = queue.Pop();
    EXPECT_EQ(taken.lane == FairQueue::Lane::kQuick, taken.work == &quick);
    queue.Push(taken.work);
    queue.Spent(taken.lane, taken.work->expected);
    (taken.work == &quick ? spent_quick : spent_slow) += taken.work->expected;
  }
  const double share = static_cast<double>(spent_quick.count()) /
                       static_cast<double>((spent_quick + spent_slow).count());
  EXPECT_NEAR(share, 0.5, 0.05);
}

TEST(FairQueue, AnIdleLaneSavesNothingUp) {
  Nothing quick{microseconds(1)};
  Nothing slow{microseconds(800)};
  FairQueue queue;
  for (int i = 0; i < 1'000; ++i) {
    queue.Push(&quick);
    queue.Spent(queue.Pop().lane, microseconds(300));
  }
  // The slow lane had no time so far; it may not now have all of it.
  queue.Push(&quick);
  queue.Push(&slow);
  int quick_first = 0;
  for (int i = 0; i < 100; ++i) {
    const FairQueue::Taken taken = queue.Pop();
    if (taken.work == &quick) ++quick_first;
    queue.Push(taken.work);
    queue.Spent(taken.lane, taken.work->expected);
  }
  EXPECT_GT(quick_first, 90);
}

}  // namespace
}  // namespace vouchsafe::net
