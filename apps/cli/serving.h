#pragma once

// What the servers' programs share.

#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "config/config.h"
#include "net/server.h"

namespace vouchsafe::cli {

// On standard error, as RUST_LOG says; "info" without it.
Result<std::unique_ptr<Logger>> MakeLogger();

// --unknown-keys: "reject" or "warn".
Result<config::UnknownKeys> ParseUnknownKeys(const std::string& text);

// --print-limits, a line each.
void PrintLimits(const net::ServerLimits& limits);

}  // namespace vouchsafe::cli
