#pragma once

// What a run came to, for people and as JSON.

#include <optional>
#include <string>

#include "apps/vouchsafe-load/process_usage.h"
#include "apps/vouchsafe-load/runner.h"
#include "json/value.h"

namespace vouchsafe::load {

struct ServerUsage {
  ProcessUsage before;
  ProcessUsage after;
};

struct Report {
  std::string mode;
  uint64_t connections = 0;
  uint64_t requests_each = 1;  // requests in one operation
  Tally tally;
  std::optional<ServerUsage> server;  // with --pid

  // Operations that succeeded, a second; 0 when no time passed.
  double PerSecond() const;
  // Of the server, over all operations, failed ones too; 0 without any.
  double CpuMicrosEach() const;
};

// Lines, the last ended.
std::string ToText(const Report& report);
json::Value ToJson(const Report& report);

}  // namespace vouchsafe::load
