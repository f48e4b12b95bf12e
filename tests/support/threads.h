#pragma once

// Several threads that begin together, for tests of what is shared.

#include <gtest/gtest.h>

#include <cstddef>
#include <latch>
#include <thread>
#include <vector>

namespace vouchsafe::testing {

// So that `testing::Test` means gtest's inside namespace vouchsafe too.
using namespace ::testing;  // NOLINT(google-build-using-namespace)

// Calls work(0), ..., work(count - 1) at the same time; returns when all did.
template <class Work>
void InThreads(size_t count, const Work& work) {
  std::latch begin(static_cast<std::ptrdiff_t>(count));
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&begin, &work, i] {
      begin.arrive_and_wait();
      work(i);
    });
  }
}

}  // namespace vouchsafe::testing
