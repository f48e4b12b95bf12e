#pragma once

// One conformance case, run and judged.

#include <string>

#include "json/value.h"
#include "rego/rego.h"

namespace vouchsafe::policy_tools {

struct Judgement {
  bool passed = false;
  std::string wanted;  // of a failure
  std::string got;
};
Judgement Pass();
Judgement Miss(std::string wanted, std::string got);

// Equal as values of the language: numbers as the decimals they denote.
bool SameValue(const json::Value& a, const json::Value& b);
// Compact JSON, shortened.
std::string ShortJson(const json::Value& value);

// A case with a query: v0 or v1 modules, data, input, wanted answers or error.
Judgement JudgeQueryCase(const json::Value& test, rego::Version version);
// A case of modules that must be refused (want_errors).
Judgement JudgeCompileCase(const json::Value& test);
// A policy with its documents and what each entry must give. Paths in the case
// are below `folder`.
Judgement JudgePolicyCase(const json::Value& test, const std::string& folder);

// modules as sources "test-0.rego" and so on.
std::vector<rego::Source> ModulesOf(const json::Value& test);
// false when absent.
bool FlagOf(const json::Value& test, std::string_view name);
// Empty when absent.
std::string TextOf(const json::Value& test, std::string_view name);

}  // namespace vouchsafe::policy_tools
