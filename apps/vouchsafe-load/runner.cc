#include "apps/vouchsafe-load/runner.h"

#include <atomic>
#include <thread>

namespace vouchsafe::load {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kMaxSilentFailures = 5;

std::chrono::microseconds Since(Steady::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() -
                                                               start);
}

// Whether another operation may begin; shared by all threads.
class Admission {
 public:
  Admission(const Extent& extent, Steady::time_point start)
      : left_(extent.requests),
        counted_(extent.requests > 0),
        end_(start + std::chrono::seconds(extent.seconds)) {}

  bool Take() {
    if (!counted_) return Steady::now() < end_;
    uint64_t left = left_.load();
    while (left > 0 && !left_.compare_exchange_weak(left, left - 1)) {
    }
    return left > 0;
  }

 private:
  std::atomic<uint64_t> left_;
  const bool counted_;
  const Steady::time_point end_;
};

// When one connection's operations begin.
class Pace {
 public:
  Pace(const Extent& extent, size_t connection, size_t connections,
       Steady::time_point start)
      : rate_(extent.rate),
        step_(connections),
        turn_(connection),
        start_(start) {}

  // Waits for the next turn; when it was.
  Steady::time_point Next() {
    if (rate_ == 0) return Steady::now();
    const auto at =
        start_ + std::chrono::nanoseconds(turn_ * 1'000'000'000 / rate_);
    turn_ += step_;
    std::this_thread::sleep_until(at);
    return at;
  }

 private:
  const uint64_t rate_;
  const uint64_t step_;
  uint64_t turn_;
  const Steady::time_point start_;
};

std::string Kind(const Error& error, int status) {
  if (status != 0 && status != 200) return "status " + std::to_string(status);
  return std::string(ErrorCodeName(error.code));
}

void Work(Workload& workload, Admission& admission, Pace pace, Tally& tally) {
  int silent = 0;
  while (admission.Take()) {
    const Steady::time_point start = pace.Next();
    const Result<> result = workload.Once();
    if (result) {
      tally.latencies.Record(Since(start));
      silent = 0;
      continue;
    }
    const int status = workload.connection().last_status();
    ++tally.errors[Kind(result.error(), status)];
    if (tally.first_error.empty()) tally.first_error = result.error().Text();
    silent = status == 0 ? silent + 1 : 0;
    if (silent == kMaxSilentFailures) {
      ++tally.gave_up;
      break;
    }
  }
  tally.traffic = workload.connection().traffic();
}

}  // namespace

uint64_t Tally::failed() const {
  uint64_t out = 0;
  for (const auto& [kind, count] : errors) out += count;
  return out;
}

void Tally::Merge(const Tally& other) {
  latencies.Merge(other.latencies);
  for (const auto& [kind, count] : other.errors) errors[kind] += count;
  if (first_error.empty()) first_error = other.first_error;
  gave_up += other.gave_up;
  for (const auto& [status, count] : other.traffic.statuses) {
    traffic.statuses[status] += count;
  }
  traffic.bytes_sent += other.traffic.bytes_sent;
  traffic.bytes_received += other.traffic.bytes_received;
  traffic.connects += other.traffic.connects;
}

Tally RunLoad(const std::vector<std::unique_ptr<Workload>>& workloads,
              const Extent& extent) {
  // What preparing cost is not part of the measurement.
  for (const auto& workload : workloads) workload->connection().StartOver();
  std::vector<Tally> tallies(workloads.size());
  const Steady::time_point start = Steady::now();
  Admission admission(extent, start);
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < workloads.size(); ++i) {
      const Pace pace(extent, i, workloads.size(), start);
      threads.emplace_back(
          [&, i, pace] { Work(*workloads[i], admission, pace, tallies[i]); });
    }
  }
  Tally out;
  out.elapsed = Since(start);
  for (const Tally& tally : tallies) out.Merge(tally);
  return out;
}

}  // namespace vouchsafe::load
