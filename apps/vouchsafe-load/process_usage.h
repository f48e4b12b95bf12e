#pragma once

// What a process used, from /proc (proc(5)).

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace vouchsafe::load {

struct ProcessUsage {
  uint64_t cpu_us = 0;   // user and system, all threads; steps of a clock tick
  uint64_t rss_kib = 0;  // VmRSS
  uint64_t rss_anon_kib = 0;  // RssAnon
};

// utime + stime of /proc/PID/stat. The program's name may hold anything, so
// fields are counted from its last ')'.
Result<uint64_t> ParseCpuMicros(std::string_view stat,
                                uint64_t ticks_per_second);
// "VmRSS:     1234 kB" of /proc/PID/status; kNotFound without that line.
Result<uint64_t> ParseStatusKib(std::string_view status, std::string_view name);

// kNotFound when there is no such process.
Result<ProcessUsage> ReadProcessUsage(uint64_t pid);

}  // namespace vouchsafe::load
