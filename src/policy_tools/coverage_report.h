#pragma once

// vouchsafe policy test --coverage: which lines of the policies the tests
// reached, in the form of `opa test --coverage`. A line counts when an
// expression begins on it, and is covered when all of these were reached.

#include <cstdint>
#include <string>
#include <vector>

#include "json/value.h"
#include "rego/rego.h"

namespace vouchsafe::policy_tools {

struct FileCoverage {
  std::string file;
  std::vector<int> covered;  // rows from 1, ascending
  std::vector<int> not_covered;
};

struct CoverageReport {
  std::vector<FileCoverage> files;  // by name
  size_t covered = 0;               // lines
  size_t not_covered = 0;

  // Exactly, not rounded; always when there is no line.
  bool reaches(uint64_t percent) const {
    return covered * 100 >= percent * (covered + not_covered);
  }
};

CoverageReport MakeCoverageReport(const rego::Coverage& coverage);

// A line a file, "p.rego: 83.33% (5 of 6 lines), not covered: 9-11, 14", then
// the same of all.
std::string CoverageText(const CoverageReport& report);
// {"files": {NAME: {"covered": [{"start": {"row"}, "end": {"row"}}],
// "not_covered": [the same], "covered_lines", "not_covered_lines",
// "coverage"}}, "covered_lines", "not_covered_lines", "coverage"}; lists that
// would be empty are left out.
json::Value CoverageJson(const CoverageReport& report);

}  // namespace vouchsafe::policy_tools
