#pragma once

// Registry: named families of counters, gauges and histograms, written as the
// text that Prometheus reads (exposition format 0.0.4). A service has one,
// passes it to what counts, and shows it under /metrics.
//
//   metrics::Counter& refused = registry.AddCounter("as_refused_total", "...");
//   refused.Add();
//   metrics::CounterFamily& checks =
//       registry.AddCounters("as_checks_failed_total", "...", {"check"});
//   checks.With({"snp.report.signature"}).Add();
//   registry.AddSource([&](metrics::Writer& out) {
//     out.Gauge("as_pool_queue", "Requests waiting.", stats.queued);
//   });
//
// Thread-safe. What Add* and With return lives as long as the registry. Names
// and labels are facts of the program; label values may come from outside, so
// each family takes at most kMostSeries of them: more are counted under
// "other". Adding a family under a name that is there gives that family (an
// assertion fails when it is of another kind).

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace vouchsafe::metrics {

inline constexpr size_t kMostSeries = 256;
inline constexpr std::string_view kContentType =
    "text/plain; version=0.0.4; charset=utf-8";

class Counter {
 public:
  void Add(uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t by) { value_.fetch_add(by, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Bounds are upper limits, ascending, without infinity.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void Observe(double value);
  const std::vector<double>& bounds() const { return bounds_; }
  // Observations up to each bound and beyond the last, not summed up.
  std::vector<uint64_t> counts() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

// One metric for each set of label values.
template <class Metric>
class Family {
 public:
  using Make = std::function<std::unique_ptr<Metric>()>;
  Family(std::vector<std::string> labels, Make make)
      : labels_(std::move(labels)), make_(std::move(make)) {}

  // As many values as labels.
  Metric& With(std::vector<std::string> values);
  const std::vector<std::string>& labels() const { return labels_; }
  // By their values, in byte order.
  std::vector<std::pair<std::vector<std::string>, const Metric*>> All() const;

 private:
  const std::vector<std::string> labels_;
  const Make make_;
  mutable std::mutex mutex_;
  std::map<std::vector<std::string>, std::unique_ptr<Metric>> by_values_;
};

using CounterFamily = Family<Counter>;
using GaugeFamily = Family<Gauge>;
using HistogramFamily = Family<Histogram>;

// What a source adds when somebody asks: numbers that are kept elsewhere.
class Writer {
 public:
  using Labels =
      std::initializer_list<std::pair<std::string_view, std::string>>;
  void Counter(std::string_view name, std::string_view help, double value,
               Labels labels = {});
  void Gauge(std::string_view name, std::string_view help, double value,
             Labels labels = {});

 private:
  friend class Registry;
  void Sample(std::string_view name, std::string_view type,
              std::string_view help, double value, Labels labels);
  // Help, type and samples by name: a family stands in one piece.
  std::map<std::string, std::string, std::less<>> families_;
};

class Registry {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& AddCounter(std::string name, std::string help);
  Gauge& AddGauge(std::string name, std::string help);
  Histogram& AddHistogram(std::string name, std::string help,
                          std::vector<double> bounds);
  CounterFamily& AddCounters(std::string name, std::string help,
                             std::vector<std::string> labels);
  HistogramFamily& AddHistograms(std::string name, std::string help,
                                 std::vector<std::string> labels,
                                 std::vector<double> bounds);
  // Called for every Text; must be quick, thread-safe and live as long.
  void AddSource(std::function<void(Writer&)> source);

  // All families by name.
  std::string Text() const;

 private:
  struct Entry {
    std::string help;
    std::unique_ptr<CounterFamily> counters;
    std::unique_ptr<GaugeFamily> gauges;
    std::unique_ptr<HistogramFamily> histograms;
  };
  Entry& At(std::string name, std::string help);

  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<std::function<void(Writer&)>> sources_;
};

}  // namespace vouchsafe::metrics
