#include "apps/vouchsafe-load/report.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace vouchsafe::load {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// "VmRSS:     1234 kB"
uint64_t StatusField(const std::string& status, const std::string& name) {
  const size_t at = status.find("\n" + name + ":");
  if (at == std::string::npos) return 0;
  const size_t digit = status.find_first_of("0123456789", at);
  uint64_t value = 0;
  if (digit != std::string::npos) {
    std::from_chars(status.data() + digit, status.data() + status.size(),
                    value);
  }
  return value;
}

std::string Number(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

}  // namespace

Result<ProcessUse> ParseProcess(const std::string& stat,
                                const std::string& status,
                                uint64_t ticks_per_second) {
  // The command in parentheses may hold anything; fields count after it.
  const size_t close = stat.rfind(')');
  if (close == std::string::npos) {
    return Fail(ErrorCode::kInvalidInput, "--pid: no such process");
  }
  constexpr int kUserTime = 11;  // utime, after the state
  const char* at = stat.data() + close + 1;
  const char* end = stat.data() + stat.size();
  uint64_t ticks = 0;
  for (int field = -1; field <= kUserTime + 1 && at < end; ++field) {
    while (at < end && *at == ' ') ++at;
    const char* stop = std::find(at, end, ' ');
    uint64_t value = 0;
    if (field >= kUserTime - 1) {
      std::from_chars(at, stop, value);
      if (field == kUserTime - 1 || field == kUserTime) ticks += value;
    }
    at = stop;
  }
  ProcessUse use;
  use.cpu_us = ticks * 1'000'000 / ticks_per_second;
  use.rss_kib = StatusField(status, "VmRSS");
  use.rss_anon_kib = StatusField(status, "RssAnon");
  return use;
}

Result<ProcessUse> ReadProcess(uint64_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/";
  return ParseProcess(ReadAll(folder + "stat"), ReadAll(folder + "status"),
                      static_cast<uint64_t>(sysconf(_SC_CLK_TCK)));
}

uint32_t Percentile(const std::vector<uint32_t>& sorted, double percent) {
  if (sorted.empty()) return 0;
  const double rank =
      std::ceil(percent / 100.0 * static_cast<double>(sorted.size()));
  const auto index = static_cast<size_t>(std::max(rank, 1.0)) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

Report Summarise(std::string scenario, std::vector<Tally> tallies,
                 double seconds, const std::optional<ProcessUse>& before,
                 const std::optional<ProcessUse>& after) {
  Report report;
  report.scenario = std::move(scenario);
  report.connections = tallies.size();
  report.seconds = seconds;
  std::vector<uint32_t> all;
  for (Tally& tally : tallies) {
    all.insert(all.end(), tally.latencies_us.begin(), tally.latencies_us.end());
    report.bytes += tally.bytes;
    for (const auto& [what, count] : tally.errors) {
      report.errors[what] += count;
    }
  }
  std::sort(all.begin(), all.end());
  report.good = all.size();
  report.p50_us = Percentile(all, 50);
  report.p99_us = Percentile(all, 99);
  report.max_us = all.empty() ? 0 : all.back();
  report.process = after;
  if (before && after && !all.empty()) {
    report.cpu_us_per_request =
        static_cast<double>(after->cpu_us - before->cpu_us) /
        static_cast<double>(all.size());
  }
  return report;
}

std::string ToText(const Report& report) {
  std::string out = report.scenario + ", " +
                    std::to_string(report.connections) + " connections, " +
                    Number(report.seconds, 2) + " s\n";
  out += "  rate     " +
         Number(static_cast<double>(report.good) / report.seconds, 1) + "/s\n";
  out += "  latency  p50 " + Number(report.p50_us / 1000.0, 3) + " ms, p99 " +
         Number(report.p99_us / 1000.0, 3) + " ms, max " +
         Number(report.max_us / 1000.0, 3) + " ms\n";
  out += "  bytes    " + std::to_string(report.bytes) + "\n";
  if (report.cpu_us_per_request) {
    out += "  server   " + Number(*report.cpu_us_per_request, 1) +
           " us CPU a request, RSS " + std::to_string(report.process->rss_kib) +
           " KiB (RssAnon " + std::to_string(report.process->rss_anon_kib) +
           ")\n";
  }
  for (const auto& [what, count] : report.errors) {
    out += "  error    " + what + ": " + std::to_string(count) + "\n";
  }
  return out;
}

json::Value ToJson(const Report& report) {
  json::Object out;
  out.Set("scenario", report.scenario);
  out.Set("connections", report.connections);
  out.Set("seconds", json::Decimal{Number(report.seconds, 3)});
  out.Set("requests", report.good);
  out.Set("rate_per_s",
          json::Decimal{
              Number(static_cast<double>(report.good) / report.seconds, 1)});
  out.Set("p50_us", report.p50_us);
  out.Set("p99_us", report.p99_us);
  out.Set("max_us", report.max_us);
  out.Set("bytes", report.bytes);
  json::Object errors;
  for (const auto& [what, count] : report.errors) errors.Set(what, count);
  out.Set("errors", std::move(errors));
  if (report.cpu_us_per_request) {
    out.Set("server_cpu_us_per_request",
            json::Decimal{Number(*report.cpu_us_per_request, 1)});
    out.Set("server_rss_kib", report.process->rss_kib);
    out.Set("server_rss_anon_kib", report.process->rss_anon_kib);
  }
  return out;
}

}  // namespace vouchsafe::load
