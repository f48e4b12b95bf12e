#pragma once

// vouchsafe policy bench: how long a policy takes. Medians over many runs of a
// given time; nothing is printed or read meanwhile.

#include <chrono>
#include <string>
#include <vector>

#include "json/value.h"
#include "policy_tools/loading.h"

namespace vouchsafe::policy_tools {

struct Figure {
  std::string name;  // "compile", "parse input", "evaluate", "whole"
  uint64_t runs = 0;
  std::chrono::nanoseconds median{0};
  std::chrono::nanoseconds p99{0};
};

struct Throughput {
  size_t threads = 0;
  double per_second = 0;  // whole answers of all threads together
};

struct Measurements {
  std::vector<Figure> figures;
  std::vector<Throughput> throughput;
  size_t policy_bytes = 0;
  size_t input_bytes = 0;
  size_t program_bytes = 0;
  rego::Stats stats;  // of one evaluation
};

struct MeasureOptions {
  std::vector<std::string> entries;     // none: those that services ask for
  std::chrono::milliseconds time{500};  // of each figure
  size_t threads = 2;                   // throughput is taken with 1 and this
};

// compile: text to program. parse input: JSON text to a document (when there
// is an input). evaluate: all entries. whole: input text to answers as text,
// the program being there. kInvalidInput when the policy is refused or the
// evaluation fails.
Result<Measurements> Measure(const PolicySetup& setup, const Loaded& loaded,
                             const MeasureOptions& options);

std::string MeasureText(const Measurements& measured);
json::Value MeasureJson(const Measurements& measured);

}  // namespace vouchsafe::policy_tools
