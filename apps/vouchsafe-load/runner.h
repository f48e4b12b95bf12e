#pragma once

// Runs workloads side by side, a thread each, and adds up what they saw.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/vouchsafe-load/latency.h"
#include "apps/vouchsafe-load/workload.h"

namespace vouchsafe::load {

// How long: `requests` operations over all connections, or, when that is 0,
// for so many seconds. Operations under way are finished.
struct Extent {
  uint64_t seconds = 5;
  uint64_t requests = 0;
  // Operations begun a second over all connections, whether or not earlier
  // ones are done; a latency then counts from when its turn was, so waiting
  // shows. 0: each connection begins when it has its answer.
  uint64_t rate = 0;
};

struct Tally {
  LatencyHistogram latencies;              // of operations that succeeded
  std::map<std::string, uint64_t> errors;  // "status 503", "unavailable"
  std::string first_error;                 // its words; empty without one
  uint64_t gave_up = 0;  // connections that ended after repeated failures
  Traffic traffic;
  std::chrono::microseconds elapsed{0};

  uint64_t failed() const;
  void Merge(const Tally& other);  // not `elapsed`
};

// Each workload is prepared already. Failures go into the tally; a connection
// on which nothing was answered five times in a row gives up.
Tally RunLoad(const std::vector<std::unique_ptr<Workload>>& workloads,
              const Extent& extent);

}  // namespace vouchsafe::load
