#include "apps/vouchsafe-load/report.h"

#include <cstdio>

namespace vouchsafe::load {
namespace {

std::string Fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string Millis(uint64_t us) {
  return Fixed(static_cast<double>(us) / 1000, 2) + " ms";
}

std::string Line(const char* name, const std::string& text) {
  std::string out = std::string("  ") + name;
  out.resize(18, ' ');
  return out + text + "\n";
}

std::string Listed(const std::map<std::string, uint64_t>& counts) {
  std::string out;
  for (const auto& [name, count] : counts) {
    out += (out.empty() ? "" : ", ") + name + ": " + std::to_string(count);
  }
  return out.empty() ? "none" : out;
}

std::map<std::string, uint64_t> ByStatus(const Traffic& traffic) {
  std::map<std::string, uint64_t> out;
  for (const auto& [status, count] : traffic.statuses) {
    out[std::to_string(status)] = count;
  }
  return out;
}

json::Object Counts(const std::map<std::string, uint64_t>& counts) {
  json::Object out;
  for (const auto& [name, count] : counts) out.Set(name, count);
  return out;
}

std::string ServerLines(const Report& report) {
  const ProcessUsage& before = report.server->before;
  const ProcessUsage& after = report.server->after;
  return Line("server CPU",
              Fixed(report.CpuMicrosEach(), 0) + " us per operation") +
         Line("server VmRSS", std::to_string(before.rss_kib) + " KiB before, " +
                                  std::to_string(after.rss_kib) + " after") +
         Line("server RssAnon",
              std::to_string(before.rss_anon_kib) + " KiB before, " +
                  std::to_string(after.rss_anon_kib) + " after");
}

json::Object ServerJson(const Report& report) {
  json::Object out;
  out.Set("cpu_us_per_operation",
          json::Decimal{Fixed(report.CpuMicrosEach(), 1)});
  out.Set("rss_before_kib", report.server->before.rss_kib);
  out.Set("rss_after_kib", report.server->after.rss_kib);
  out.Set("rss_anon_before_kib", report.server->before.rss_anon_kib);
  out.Set("rss_anon_after_kib", report.server->after.rss_anon_kib);
  return out;
}

json::Object LatencyJson(const LatencyHistogram& latencies) {
  json::Object out;
  out.Set("p50", latencies.PercentileMicros(500));
  out.Set("p99", latencies.PercentileMicros(990));
  out.Set("max", latencies.max_us());
  return out;
}

}  // namespace

double Report::PerSecond() const {
  if (tally.elapsed.count() <= 0) return 0;
  return static_cast<double>(tally.latencies.count()) * 1e6 /
         static_cast<double>(tally.elapsed.count());
}

double Report::CpuMicrosEach() const {
  const uint64_t operations = tally.latencies.count() + tally.failed();
  if (!server || operations == 0) return 0;
  return static_cast<double>(server->after.cpu_us - server->before.cpu_us) /
         static_cast<double>(operations);
}

std::string ToText(const Report& report) {
  const Tally& tally = report.tally;
  const LatencyHistogram& latencies = tally.latencies;
  std::string out = report.mode + ": " + std::to_string(report.connections) +
                    " connections, " +
                    Fixed(static_cast<double>(tally.elapsed.count()) / 1e6, 2) +
                    " s\n";
  out += Line("operations",
              std::to_string(latencies.count()) + " of " +
                  std::to_string(report.requests_each) +
                  (report.requests_each == 1 ? " request" : " requests"));
  out += Line("rate", Fixed(report.PerSecond(), 1) + " per second");
  out +=
      Line("latency", "p50 " + Millis(latencies.PercentileMicros(500)) +
                          ", p99 " + Millis(latencies.PercentileMicros(990)) +
                          ", max " + Millis(latencies.max_us()));
  out += Line("answers", Listed(ByStatus(tally.traffic)));
  out += Line("errors", Listed(tally.errors));
  if (tally.gave_up > 0) {
    out += Line("gave up", std::to_string(tally.gave_up) + " connections");
  }
  out += Line("bytes", std::to_string(tally.traffic.bytes_sent) + " sent, " +
                           std::to_string(tally.traffic.bytes_received) +
                           " received");
  out += Line("connects", std::to_string(tally.traffic.connects));
  if (report.server) out += ServerLines(report);
  return out;
}

json::Value ToJson(const Report& report) {
  const Tally& tally = report.tally;
  json::Object out;
  out.Set("mode", report.mode);
  out.Set("connections", report.connections);
  out.Set("elapsed_us", int64_t{tally.elapsed.count()});
  out.Set("operations", tally.latencies.count());
  out.Set("requests_each", report.requests_each);
  out.Set("per_second", json::Decimal{Fixed(report.PerSecond(), 1)});
  out.Set("latency_us", LatencyJson(tally.latencies));
  out.Set("answers", Counts(ByStatus(tally.traffic)));
  out.Set("errors", Counts(tally.errors));
  out.Set("gave_up", tally.gave_up);
  out.Set("bytes_sent", tally.traffic.bytes_sent);
  out.Set("bytes_received", tally.traffic.bytes_received);
  out.Set("connects", tally.traffic.connects);
  if (report.server) out.Set("server", ServerJson(report));
  return out;
}

}  // namespace vouchsafe::load
