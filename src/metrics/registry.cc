#include "metrics/registry.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>

namespace vouchsafe::metrics {
namespace {

constexpr std::string_view kOther = "other";
constexpr size_t kMaxLabelValue = 128;  // bytes

// 15 digits say every count exactly, and print 0.1 as it was written.
std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[40];
  std::snprintf(text, sizeof text, "%.15g", value);
  return text;
}

void AppendEscaped(std::string_view text, bool quotes, std::string& out) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

void AppendHead(std::string_view name, std::string_view type,
                std::string_view help, std::string& out) {
  out += "# HELP ";
  out += name;
  out += ' ';
  AppendEscaped(help, false, out);
  out += "\n# TYPE ";
  out += name;
  out += ' ';
  out += type;
  out += '\n';
}

using LabelPair = std::pair<std::string_view, std::string_view>;

void AppendSample(std::string_view name, const std::vector<LabelPair>& labels,
                  const std::string& value, std::string& out) {
  out += name;
  char separator = '{';
  for (const auto& [label, text] : labels) {
    out += separator;
    out += label;
    out += "=\"";
    AppendEscaped(text, true, out);
    out += '"';
    separator = ',';
  }
  if (!labels.empty()) out += '}';
  out += ' ';
  out += value;
  out += '\n';
}

std::vector<LabelPair> Pairs(const std::vector<std::string>& names,
                             const std::vector<std::string>& values) {
  std::vector<LabelPair> out;
  for (size_t i = 0; i < names.size(); ++i) {
    out.emplace_back(names[i], values[i]);
  }
  return out;
}

void AppendHistogram(const std::string& name,
                     const std::vector<LabelPair>& labels,
                     const Histogram& histogram, std::string& out) {
  const std::vector<uint64_t> counts = histogram.counts();
  uint64_t total = 0;
  std::vector<LabelPair> with = labels;
  with.emplace_back("le", "");
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    const std::string bound =
        i < histogram.bounds().size() ? Number(histogram.bounds()[i]) : "+Inf";
    with.back().second = bound;
    AppendSample(name + "_bucket", with, std::to_string(total), out);
  }
  AppendSample(name + "_sum", labels, Number(histogram.sum()), out);
  AppendSample(name + "_count", labels, std::to_string(total), out);
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
  assert(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::Observe(double value) {
  const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  counts_[static_cast<size_t>(at - bounds_.begin())].fetch_add(
      1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::vector<uint64_t> Histogram::counts() const {
  std::vector<uint64_t> out;
  for (const auto& count : counts_) {
    out.push_back(count.load(std::memory_order_relaxed));
  }
  return out;
}

template <class Metric>
Metric& Family<Metric>::With(std::vector<std::string> values) {
  assert(values.size() == labels_.size());
  for (std::string& value : values) {
    if (value.size() > kMaxLabelValue) value.resize(kMaxLabelValue);
  }
  const std::lock_guard lock(mutex_);
  auto it = by_values_.find(values);
  if (it == by_values_.end()) {
    if (by_values_.size() >= kMostSeries) {
      values.assign(labels_.size(), std::string(kOther));
    }
    it = by_values_.try_emplace(std::move(values)).first;
    if (it->second == nullptr) it->second = make_();
  }
  return *it->second;
}

template <class Metric>
std::vector<std::pair<std::vector<std::string>, const Metric*>>
Family<Metric>::All() const {
  std::vector<std::pair<std::vector<std::string>, const Metric*>> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [values, metric] : by_values_) {
    out.emplace_back(values, metric.get());
  }
  return out;
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

void Writer::Sample(std::string_view name, std::string_view type,
                    std::string_view help, double value, Labels labels) {
  auto it = families_.find(name);
  if (it == families_.end()) {
    it = families_.emplace(std::string(name), "").first;
    AppendHead(name, type, help, it->second);
  }
  std::vector<LabelPair> pairs;
  for (const auto& [label, text] : labels) pairs.emplace_back(label, text);
  AppendSample(name, pairs, Number(value), it->second);
}

void Writer::Counter(std::string_view name, std::string_view help, double value,
                     Labels labels) {
  Sample(name, "counter", help, value, labels);
}

void Writer::Gauge(std::string_view name, std::string_view help, double value,
                   Labels labels) {
  Sample(name, "gauge", help, value, labels);
}

Registry::Entry& Registry::At(std::string name, std::string help) {
  Entry& entry = entries_[std::move(name)];
  if (entry.help.empty()) entry.help = std::move(help);
  return entry;
}

CounterFamily& Registry::AddCounters(std::string name, std::string help,
                                     std::vector<std::string> labels) {
  const std::lock_guard lock(mutex_);
  Entry& entry = At(std::move(name), std::move(help));
  assert(entry.gauges == nullptr && entry.histograms == nullptr);
  if (entry.counters == nullptr) {
    entry.counters = std::make_unique<CounterFamily>(
        std::move(labels), [] { return std::make_unique<Counter>(); });
  }
  return *entry.counters;
}

Counter& Registry::AddCounter(std::string name, std::string help) {
  return AddCounters(std::move(name), std::move(help), {}).With({});
}

Gauge& Registry::AddGauge(std::string name, std::string help) {
  const std::lock_guard lock(mutex_);
  Entry& entry = At(std::move(name), std::move(help));
  assert(entry.counters == nullptr && entry.histograms == nullptr);
  if (entry.gauges == nullptr) {
    entry.gauges = std::make_unique<GaugeFamily>(
        std::vector<std::string>(), [] { return std::make_unique<Gauge>(); });
  }
  return entry.gauges->With({});
}

HistogramFamily& Registry::AddHistograms(std::string name, std::string help,
                                         std::vector<std::string> labels,
                                         std::vector<double> bounds) {
  const std::lock_guard lock(mutex_);
  Entry& entry = At(std::move(name), std::move(help));
  assert(entry.counters == nullptr && entry.gauges == nullptr);
  if (entry.histograms == nullptr) {
    entry.histograms = std::make_unique<HistogramFamily>(
        std::move(labels),
        [bounds] { return std::make_unique<Histogram>(bounds); });
  }
  return *entry.histograms;
}

Histogram& Registry::AddHistogram(std::string name, std::string help,
                                  std::vector<double> bounds) {
  return AddHistograms(std::move(name), std::move(help), {}, std::move(bounds))
      .With({});
}

void Registry::AddSource(std::function<void(Writer&)> source) {
  const std::lock_guard lock(mutex_);
  sources_.push_back(std::move(source));
}

std::string Registry::Text() const {
  Writer writer;
  std::vector<std::function<void(Writer&)>> sources;
  {
    const std::lock_guard lock(mutex_);
    sources = sources_;
    for (const auto& [name, entry] : entries_) {
      std::string& text = writer.families_[name];
      const char* type = entry.counters != nullptr ? "counter"
                         : entry.gauges != nullptr ? "gauge"
                                                   : "histogram";
      AppendHead(name, type, entry.help, text);
      if (entry.counters != nullptr) {
        for (const auto& [values, metric] : entry.counters->All()) {
          AppendSample(name, Pairs(entry.counters->labels(), values),
                       std::to_string(metric->value()), text);
        }
      }
      if (entry.gauges != nullptr) {
        for (const auto& [values, metric] : entry.gauges->All()) {
          AppendSample(name, Pairs(entry.gauges->labels(), values),
                       std::to_string(metric->value()), text);
        }
      }
      if (entry.histograms != nullptr) {
        for (const auto& [values, metric] : entry.histograms->All()) {
          AppendHistogram(name, Pairs(entry.histograms->labels(), values),
                          *metric, text);
        }
      }
    }
  }
  for (const auto& source : sources) source(writer);
  std::string out;
  for (const auto& [name, text] : writer.families_) out += text;
  return out;
}

}  // namespace vouchsafe::metrics
