#pragma once

// What the servers' programs share.

#include <memory>
#include <string>
#include <vector>

#include "apps/cli/command_line.h"
#include "base/log.h"
#include "base/result.h"
#include "config/config.h"
#include "net/server.h"

namespace vouchsafe::cli {

// On standard error, as RUST_LOG says; "info" without it.
Result<std::unique_ptr<Logger>> MakeLogger();

// Flags that every server has, beside its own.
struct ServingFlags {
  std::string unknown_keys = "reject";
  bool check_config = false;
  bool print_config = false;
  bool print_limits = false;
  bool config_reference = false;
};
void DeclareServing(Command& root, ServingFlags& flags);

// --unknown-keys: "reject" or "warn".
Result<config::UnknownKeys> ParseUnknownKeys(const std::string& text);

// --print-limits, a line each.
void PrintLimits(const net::ServerLimits& limits);

// SIGHUP: reads certificate and key again, and says when that failed.
void ReloadTls(net::Server& server, Logger& logger);

}  // namespace vouchsafe::cli
