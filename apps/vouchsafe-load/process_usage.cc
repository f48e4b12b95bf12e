#include "apps/vouchsafe-load/process_usage.h"

#include <unistd.h>

#include <charconv>

#include "apps/cli/command_line.h"

namespace vouchsafe::load {
namespace {

constexpr size_t kMaxProcFile = 64 << 10;

// The next word; empty at the end.
std::string_view NextWord(std::string_view& text) {
  const size_t start = text.find_first_not_of(" \t\n");
  if (start == text.npos) return {};
  text.remove_prefix(start);
  const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
  text.remove_prefix(word.size());
  return word;
}

Result<uint64_t> ParseNumber(std::string_view word) {
  uint64_t out = 0;
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, out);
  if (word.empty() || error != std::errc() || stop != end) {
    return Fail(ErrorCode::kInvalidInput, "/proc: not a number");
  }
  return out;
}

Result<std::string> ReadProcFile(uint64_t pid, const char* name) {
  const std::string path = "/proc/" + std::to_string(pid) + "/" + name;
  auto text = cli::ReadFile(path, kMaxProcFile);
  if (!text) {
    return Fail(ErrorCode::kNotFound,
                "--pid: no process " + std::to_string(pid));
  }
  return text;
}

}  // namespace

Result<uint64_t> ParseCpuMicros(std::string_view stat,
                                uint64_t ticks_per_second) {
  const size_t name_end = stat.rfind(')');
  if (name_end == stat.npos || ticks_per_second == 0) {
    return Fail(ErrorCode::kInvalidInput, "/proc/PID/stat: unknown form");
  }
  stat.remove_prefix(name_end + 1);
  for (int field = 3; field < 14; ++field) NextWord(stat);
  const uint64_t user = TRY(ParseNumber(NextWord(stat)));
  const uint64_t system = TRY(ParseNumber(NextWord(stat)));
  return (user + system) * 1'000'000 / ticks_per_second;
}

Result<uint64_t> ParseStatusKib(std::string_view status,
                                std::string_view name) {
  while (!status.empty()) {
    const std::string_view line = status.substr(0, status.find('\n'));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      std::string_view rest = line.substr(name.size() + 1);
      return ParseNumber(NextWord(rest));
    }
    status.remove_prefix(std::min(line.size() + 1, status.size()));
  }
  return Fail(ErrorCode::kNotFound,
              "/proc/PID/status: no " + std::string(name));
}

Result<ProcessUsage> ReadProcessUsage(uint64_t pid) {
  const std::string stat = TRY(ReadProcFile(pid, "stat"));
  const std::string status = TRY(ReadProcFile(pid, "status"));
  const auto ticks = static_cast<uint64_t>(sysconf(_SC_CLK_TCK));
  ProcessUsage out;
  out.cpu_us = TRY(ParseCpuMicros(stat, ticks));
  out.rss_kib = TRY(ParseStatusKib(status, "VmRSS"));
  out.rss_anon_kib = TRY(ParseStatusKib(status, "RssAnon"));
  return out;
}

}  // namespace vouchsafe::load
