#pragma once

// A fixed number of threads behind a bounded queue. Internal to net/.

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "net/fair_queue.h"

namespace vouchsafe::net {

// Thread-safe.
class WorkPool {
 public:
  WorkPool(size_t threads, size_t max_queued);
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // A place in the queue, or false when it is full. Each success must be
  // followed by one Post.
  bool TryReserve();
  // Borrows `work` until its Run is called.
  void Post(Work* work);
  size_t Waiting() const;
  // Runs what is queued, then joins. Idempotent.
  void Stop();

 private:
  void Loop();
  void WakeOne();  // with mutex_ held

  const size_t max_queued_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  FairQueue queue_;
  size_t reserved_ = 0;  // places promised or queued
  size_t idle_ = 0;      // threads without work
  size_t asleep_ = 0;    // of these, those that wait for a signal
  // One thread at a time is woken, and wakes the next if work is left: on a
  // busy machine one thread then serves a burst without the others being
  // switched to.
  bool waking_ = false;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace vouchsafe::net
