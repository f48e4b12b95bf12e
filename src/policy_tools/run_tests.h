#pragma once

// vouchsafe policy test: the rules of a policy whose names begin with test_.
// One passes when it is true. An object or set of cases passes when no case of
// the object is other than true. Rules that begin with todo_test_ are skipped.

#include <chrono>
#include <string>
#include <vector>

#include "json/value.h"
#include "policy_tools/loading.h"

namespace vouchsafe::policy_tools {

enum class TestVerdict { kPass, kFail, kError, kSkipped };
std::string_view TestVerdictName(TestVerdict verdict);  // "PASS", ...

struct TestResult {
  std::string path;  // "data.policy_test.test_allow"
  std::string file;
  int row = 0;
  TestVerdict verdict = TestVerdict::kFail;
  std::chrono::nanoseconds time{0};
  // What was wrong, with the source line: of a failure or an error.
  std::string detail;
};

// Of the compiled policy, in the order of their paths. `filter`: only those
// whose path contains it. `coverage`, of that program, counts what they reach;
// may be null.
std::vector<TestResult> RunTests(const Loaded& loaded,
                                 const std::string& filter,
                                 rego::Coverage* coverage = nullptr);

bool AllPassed(const std::vector<TestResult>& results);

enum class TestDetail { kBrief, kEach };  // each test, or only what is amiss
// By file, then "PASS: 3/4", "FAIL: 1/4" and so on.
std::string TestText(const std::vector<TestResult>& results, TestDetail detail);
json::Value TestJson(const std::vector<TestResult>& results);

}  // namespace vouchsafe::policy_tools
