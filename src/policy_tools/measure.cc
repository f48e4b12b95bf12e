#include "policy_tools/measure.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <thread>

#include "json/write.h"
#include "policy_tools/eval.h"

namespace vouchsafe::policy_tools {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr size_t kMostRuns = 1'000'000;

Figure Take(const std::string& name, std::chrono::milliseconds time,
            const std::function<void()>& work) {
  work();  // warm
  std::vector<nanoseconds> runs;
  const auto begin = steady_clock::now();
  auto before = begin;
  while (runs.empty() || (before - begin < time && runs.size() < kMostRuns)) {
    work();
    const auto after = steady_clock::now();
    runs.push_back(after - before);
    before = after;
  }
  std::sort(runs.begin(), runs.end());
  return {name, runs.size(), runs[runs.size() / 2],
          runs[runs.size() - 1 - runs.size() / 100]};
}

double PerSecond(size_t threads, std::chrono::milliseconds time,
                 const std::function<void()>& work) {
  std::atomic<uint64_t> done = 0;
  const auto begin = steady_clock::now();
  {
    std::vector<std::jthread> pool;
    for (size_t i = 0; i < threads; ++i) {
      pool.emplace_back([&] {
        uint64_t own = 0;
        do {
          work();
          ++own;
        } while (steady_clock::now() - begin < time);
        done += own;
      });
    }
  }
  const std::chrono::duration<double> taken = steady_clock::now() - begin;
  return static_cast<double>(done.load()) / taken.count();
}

std::string Microseconds(nanoseconds time) {
  char text[64];
  std::snprintf(text, sizeof text, "%14.3f",
                static_cast<double>(time.count()) / 1000);
  return text;
}

std::string Padded(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

}  // namespace

Result<Measurements> Measure(const PolicySetup& setup, const Loaded& loaded,
                             const MeasureOptions& options) {
  const auto answer = TRY(Eval(loaded, {std::nullopt, options.entries}));
  if (!answer.ok()) {
    return Fail(ErrorCode::kInvalidInput, EvalText(loaded, answer));
  }
  Measurements out;
  out.stats = answer.stats;
  out.input_bytes = loaded.input_text.size();
  for (const rego::Source& source : loaded.sources) {
    out.policy_bytes += source.text.size();
  }
  const rego::Program& program = *loaded.compiled.program;
  out.program_bytes = program.MemoryBytes();
  rego::CompileOptions compile;
  compile.version = setup.version;
  compile.level = setup.level;
  const rego::Builtins builtins = ToolBuiltins(loaded.references);
  rego::Request request = loaded.Request();
  request.entries = ServiceEntries(program);
  if (!options.entries.empty()) request.entries.clear();
  for (const std::string& path : options.entries) {
    request.entries.push_back(program.Find(path));
  }
  const bool has_input = loaded.input.has_value();
  out.figures.push_back(Take("compile", options.time, [&] {
    rego::Compile(loaded.sources, builtins, compile);
  }));
  if (has_input) {
    out.figures.push_back(Take("parse input", options.time, [&] {
      (void)rego::Document::FromJson(loaded.input_text);
    }));
  }
  out.figures.push_back(Take("evaluate", options.time,
                             [&] { rego::Evaluate(program, request); }));
  const auto whole = [&] {
    rego::Request own = request;
    std::optional<rego::Document> input;
    if (has_input) {
      auto parsed = rego::Document::FromJson(loaded.input_text);
      if (parsed) input = std::move(*parsed);
      if (input) own.input = &*input;
    }
    std::string text;
    for (const rego::Answer& one : rego::Evaluate(program, own).answers) {
      text += json::Write(one.value);
    }
  };
  out.figures.push_back(Take("whole", options.time, whole));
  out.throughput.push_back({1, PerSecond(1, options.time, whole)});
  if (options.threads > 1) {
    out.throughput.push_back(
        {options.threads, PerSecond(options.threads, options.time, whole)});
  }
  return out;
}

std::string MeasureText(const Measurements& measured) {
  std::string out = "               median (us)       p99 (us)        runs\n";
  for (const Figure& figure : measured.figures) {
    char runs[32];
    std::snprintf(runs, sizeof runs, "%12llu",
                  static_cast<unsigned long long>(figure.runs));
    out += Padded(figure.name, 12) + Microseconds(figure.median) + " " +
           Microseconds(figure.p99) + runs + "\n";
  }
  for (const Throughput& one : measured.throughput) {
    char text[96];
    std::snprintf(text, sizeof text, "whole, %zu thread%s: %.0f a second\n",
                  one.threads, one.threads == 1 ? "" : "s", one.per_second);
    out += text;
  }
  return out + "policy " + std::to_string(measured.policy_bytes) +
         " bytes, program " + std::to_string(measured.program_bytes) +
         " bytes, input " + std::to_string(measured.input_bytes) +
         " bytes\none evaluation: " + std::to_string(measured.stats.steps) +
         " steps, " + std::to_string(measured.stats.arena_bytes) +
         " arena bytes, " + std::to_string(measured.stats.host_calls) +
         " host calls\n";
}

json::Value MeasureJson(const Measurements& measured) {
  json::Object out;
  json::Array figures;
  for (const Figure& figure : measured.figures) {
    json::Object one;
    one.Set("name", figure.name);
    one.Set("runs", figure.runs);
    one.Set("median_ns", static_cast<int64_t>(figure.median.count()));
    one.Set("p99_ns", static_cast<int64_t>(figure.p99.count()));
    figures.push_back(std::move(one));
  }
  out.Set("figures", std::move(figures));
  json::Array throughput;
  for (const Throughput& line : measured.throughput) {
    json::Object one;
    one.Set("threads", static_cast<uint64_t>(line.threads));
    one.Set("per_second", static_cast<uint64_t>(line.per_second));
    throughput.push_back(std::move(one));
  }
  out.Set("throughput", std::move(throughput));
  out.Set("policy_bytes", static_cast<uint64_t>(measured.policy_bytes));
  out.Set("input_bytes", static_cast<uint64_t>(measured.input_bytes));
  out.Set("program_bytes", static_cast<uint64_t>(measured.program_bytes));
  out.Set("steps", measured.stats.steps);
  out.Set("arena_bytes", static_cast<uint64_t>(measured.stats.arena_bytes));
  out.Set("host_calls", static_cast<uint64_t>(measured.stats.host_calls));
  return out;
}

}  // namespace vouchsafe::policy_tools
