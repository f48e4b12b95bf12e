#pragma once

// Figures of one run: latencies, rate, what the server spent.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::load {

// One thread's findings.
struct Tally {
  std::vector<uint32_t> latencies_us;
  std::map<std::string, uint64_t> errors;  // what went wrong -> how often
  uint64_t bytes = 0;
};

// What the kernel says of the server's process.
struct ProcessUse {
  uint64_t cpu_us = 0;
  uint64_t rss_kib = 0;
  uint64_t rss_anon_kib = 0;
};
Result<ProcessUse> ReadProcess(uint64_t pid);
// Text of /proc/PID/stat and /proc/PID/status; for ReadProcess and tests.
Result<ProcessUse> ParseProcess(const std::string& stat,
                                const std::string& status,
                                uint64_t ticks_per_second);

struct Report {
  std::string scenario;
  uint64_t connections = 0;
  double seconds = 0;
  uint64_t good = 0;
  uint64_t bytes = 0;
  uint32_t p50_us = 0;
  uint32_t p99_us = 0;
  uint32_t max_us = 0;
  std::map<std::string, uint64_t> errors;
  std::optional<double> cpu_us_per_request;
  std::optional<ProcessUse> process;  // after the run
};

// `sorted` ascending; the smallest value that at least `percent` of all do not
// exceed (nearest rank). 0 when empty.
uint32_t Percentile(const std::vector<uint32_t>& sorted, double percent);

Report Summarise(std::string scenario, std::vector<Tally> tallies,
                 double seconds, const std::optional<ProcessUse>& before,
                 const std::optional<ProcessUse>& after);

std::string ToText(const Report& report);
json::Value ToJson(const Report& report);

}  // namespace vouchsafe::load
