#include "apps/cli/serving.h"

#include <cstdio>
#include <cstdlib>

namespace vouchsafe::cli {

Result<std::unique_ptr<Logger>> MakeLogger() {
  const char* filter = std::getenv("RUST_LOG");
  const LogLevel level = TRY_CONTEXT(
      ParseLogFilter(filter == nullptr ? "info" : filter), "RUST_LOG");
  return MakeStderrLogger(level);
}

void DeclareServing(Command& root, ServingFlags& flags) {
  root.Option("--unknown-keys", &flags.unknown_keys, "reject|warn",
              "What unknown keys in the configuration do");
  root.Flag("--check-config", &flags.check_config,
            "Say whether the configuration is good, and exit");
  root.Flag("--print-config", &flags.print_config,
            "Print the effective configuration, secrets masked, and exit");
  root.Flag("--print-limits", &flags.print_limits,
            "Print every limit of the server, and exit");
  root.Flag("--config-reference", &flags.config_reference,
            "Print the reference of the configuration, Markdown, and exit");
}

void ReloadTls(net::Server& server, Logger& logger) {
  const auto reloaded = server.ReloadTls();
  if (!reloaded) {
    logger.Error("TLS files not reloaded, the old ones stay in use",
                 {{"reason", reloaded.error().Text()}});
  }
}

Result<config::UnknownKeys> ParseUnknownKeys(const std::string& text) {
  if (text == "reject") return config::UnknownKeys::kReject;
  if (text == "warn") return config::UnknownKeys::kWarn;
  return Fail(ErrorCode::kInvalidInput,
              "--unknown-keys: want reject or warn, got " + text);
}

void PrintLimits(const net::ServerLimits& limits) {
  const auto line = [](const char* name, uint64_t value, const char* unit) {
    std::printf("%-24s %12llu %s\n", name,
                static_cast<unsigned long long>(value), unit);
  };
  const auto ms = [&line](const char* name, std::chrono::milliseconds value) {
    line(name, static_cast<uint64_t>(value.count()), "ms");
  };
  line("max_body_bytes", limits.max_body_bytes, "bytes");
  line("max_head_bytes", limits.max_head_bytes, "bytes");
  line("max_head_fields", limits.max_head_fields, "fields");
  line("max_connections", limits.max_connections, "connections");
  line("max_turned_away", limits.max_turned_away, "connections");
  line("max_queued_work", limits.max_queued_work, "requests");
  ms("handshake_timeout", limits.handshake_timeout);
  ms("head_timeout", limits.head_timeout);
  ms("body_timeout", limits.body_timeout);
  ms("write_timeout", limits.write_timeout);
  ms("keep_alive_timeout", limits.keep_alive_timeout);
  ms("request_deadline", limits.request_deadline);
  ms("drain_timeout", limits.drain_timeout);
}

}  // namespace vouchsafe::cli
