#pragma once

// Round after round: start, find everything again, write, kill.

#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "bench/chaos/server_process.h"
#include "bench/chaos/summary.h"

namespace vouchsafe::chaos {

struct Options {
  uint64_t kills = 1000;
  uint64_t seed = 0;
  size_t writers = 4;
  size_t resources = 16;
  std::chrono::milliseconds window{60};  // a kill falls within, after the start
};

// The error is of the run itself; what was found is in the summary.
Result<Summary> Run(const Options& options, ServerPlan plan);

}  // namespace vouchsafe::chaos
