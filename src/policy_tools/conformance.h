#pragma once

// Conformance: the cases of the Open Policy Agent project (YAML), cases of
// modules that must be refused, and cases of whole policies (cases.json) are
// run through the engine and judged: results as sets of answers, errors by
// code and by text. What is not offered is skipped by name (skips.cc).

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::policy_tools {

// How much a category counts. All of the first three must pass.
enum class Tier { kLanguage, kParity, kSuperset, kNice, kOut };
std::string_view TierName(Tier tier);
// Of a category; one that is not known counts as kLanguage.
Tier TierOf(std::string_view category);

enum class Verdict { kPassed, kFailed, kSkipped };
std::string_view VerdictName(Verdict verdict);

struct CaseResult {
  std::string id;        // "v1/strings/test-strings-1.yaml#0"
  std::string note;      // the case's own name; need not be unique
  std::string suite;     // "v0", "v1", "compile", "policies"
  std::string category;  // the folder of its file
  Tier tier = Tier::kLanguage;
  Verdict verdict = Verdict::kFailed;
  std::string wanted;  // of a failure
  std::string got;     // of a failure; of a skip: the reason
};

// The reason why a case is not run; empty when it is.
std::string_view SkipReason(std::string_view id, std::string_view note);

struct ConformanceOptions {
  std::string filter;  // only cases whose id or note contains it
};

// Files and folders (searched for *.yaml and cases.json; each index.json found
// must be matched by the files beside it). kNotFound when there is no case.
Result<std::vector<CaseResult>> RunConformance(
    const std::vector<std::string>& paths, const ConformanceOptions& options);

enum class Detail {
  kBrief,  // failures by name
  kFull,   // with wanted and got, and what was skipped
};
// A table per category and per tier, the failures, and as the last line
// "N passed, N failed, N skipped".
std::string ConformanceText(const std::vector<CaseResult>& results,
                            Detail detail);
json::Value ConformanceJson(const std::vector<CaseResult>& results);

}  // namespace vouchsafe::policy_tools
