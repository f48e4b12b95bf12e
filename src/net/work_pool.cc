#include "net/work_pool.h"

namespace vouchsafe::net {

WorkPool::WorkPool(size_t threads, size_t max_queued)
    : max_queued_(max_queued), idle_(threads) {
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { Loop(); });
  }
}

WorkPool::~WorkPool() { Stop(); }

bool WorkPool::TryReserve() {
  std::lock_guard lock(mutex_);
  // Work that an idle thread will take at once does not wait.
  if (reserved_ >= max_queued_ + idle_) return false;
  ++reserved_;
  return true;
}

void WorkPool::Post(Work* work) {
  std::lock_guard lock(mutex_);
  queue_.Push(work);
  WakeOne();
}

void WorkPool::WakeOne() {
  if (queue_.empty() || asleep_ == 0 || waking_) return;
  waking_ = true;
  wake_.notify_one();
}

size_t WorkPool::Waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkPool::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkPool::Loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!stopping_ && queue_.empty()) {
      ++asleep_;
      wake_.wait(lock);
      --asleep_;
      waking_ = false;
    }
    if (queue_.empty()) return;
    const FairQueue::Taken taken = queue_.Pop();
    --reserved_;
    --idle_;
    WakeOne();
    lock.unlock();
    const std::chrono::nanoseconds took = taken.work->Run();
    lock.lock();
    queue_.Spent(taken.lane, took);
    ++idle_;
  }
}

}  // namespace vouchsafe::net
