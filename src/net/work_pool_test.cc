#include "net/work_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

#include "tests/support/threads.h"

namespace vouchsafe::net {
namespace {

class Blocking final : public Work {
 public:
  std::chrono::nanoseconds Run() override {
    started.count_down();
    go.wait();
    return {};
  }
  std::latch started{1};
  std::latch go{1};
};

class Counting final : public Work {
 public:
  explicit Counting(std::atomic<int>& count) : count_(count) {}
  std::chrono::nanoseconds Run() override {
    ++count_;
    return {};
  }

 private:
  std::atomic<int>& count_;
};

TEST(WorkPoolTest, RefusesWhenThreadsAndQueueAreFull) {
  std::atomic<int> count = 0;
  Blocking first;
  Counting second(count);
  WorkPool pool(1, 1);
  ASSERT_TRUE(pool.TryReserve());
  pool.Post(&first);
  first.started.wait();
  ASSERT_TRUE(pool.TryReserve());
  pool.Post(&second);
  EXPECT_EQ(pool.Waiting(), 1u);
  EXPECT_FALSE(pool.TryReserve());
  first.go.count_down();
  pool.Stop();
  EXPECT_EQ(count, 1);
  EXPECT_EQ(pool.Waiting(), 0u);
}

TEST(WorkPoolTest, StopRunsWhatIsQueued) {
  std::atomic<int> count = 0;
  Counting work(count);
  WorkPool pool(3, 1000);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(pool.TryReserve());
    pool.Post(&work);
  }
  pool.Stop();
  pool.Stop();
  EXPECT_EQ(count, 1000);
}

TEST(WorkPoolTest, NoQueueAtAllStillUsesIdleThreads) {
  Blocking first;
  WorkPool pool(1, 0);
  ASSERT_TRUE(pool.TryReserve());
  EXPECT_FALSE(pool.TryReserve());
  pool.Post(&first);
  first.started.wait();
  EXPECT_FALSE(pool.TryReserve());
  first.go.count_down();
}

TEST(WorkPoolTest, ManyThreadsPost) {
  std::atomic<int> count = 0;
  std::atomic<int> posted = 0;
  Counting work(count);
  WorkPool pool(3, 10);
  testing::InThreads(4, [&](size_t) {
    for (int i = 0; i < 500; ++i) {
      if (!pool.TryReserve()) continue;
      pool.Post(&work);
      ++posted;
      (void)pool.Waiting();
    }
  });
  pool.Stop();
  EXPECT_GT(posted, 0);
  EXPECT_EQ(count, posted);
}

}  // namespace
}  // namespace vouchsafe::net
