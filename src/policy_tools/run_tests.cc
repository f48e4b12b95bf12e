#include "policy_tools/run_tests.h"

#include <algorithm>
#include <map>

#include "json/write.h"
#include "policy_tools/excerpt.h"

namespace vouchsafe::policy_tools {
namespace {

bool IsTrue(const json::Value& value) {
  return value.if_bool() != nullptr && *value.if_bool();
}

std::string_view LastPart(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == path.npos ? path : path.substr(dot + 1);
}

// What the value of a test says, when it is not a pass.
std::string Complaint(const json::Value& value) {
  if (IsTrue(value) || value.if_array() != nullptr) return {};
  if (value.if_object() == nullptr) return "is " + json::Write(value);
  std::string out;
  for (const json::Member& member : *value.if_object()) {
    if (IsTrue(member.value)) continue;
    out += (out.empty() ? "" : "; ") + member.name + " is " +
           json::Write(member.value);
  }
  return out;
}

// What was tried, without the first line, which says that it is undefined.
std::string Tries(const std::string& text) {
  const size_t end = text.find('\n');
  return end == text.npos ? std::string() : text.substr(end + 1);
}

TestResult RunOne(const Loaded& loaded, const std::string& path,
                  rego::Coverage* coverage) {
  TestResult out;
  out.path = path;
  rego::Request request = loaded.Request();
  request.explain = true;
  request.coverage = coverage;
  request.entries = {loaded.compiled.program->Find(path)};
  const auto begin = std::chrono::steady_clock::now();
  const rego::Outcome outcome =
      rego::Evaluate(*loaded.compiled.program, request);
  out.time = std::chrono::steady_clock::now() - begin;
  for (const rego::Tried& tried : outcome.tried) {
    if (tried.rule != path || out.row > 0) continue;
    out.file = tried.location.file;
    out.row = tried.location.row;
  }
  if (outcome.error) {
    out.verdict = TestVerdict::kError;
    out.detail = ErrorText(loaded.sources, *outcome.error);
    if (out.file.empty()) out.file = outcome.error->location.file;
    return out;
  }
  const rego::Answer& answer = outcome.answers[0];
  if (answer.location.row > 0) {
    out.file = answer.location.file;
    out.row = answer.location.row;
  }
  if (!answer.defined()) {
    request.coverage = nullptr;
    const rego::Explanation why =
        rego::Why(*loaded.compiled.program, request, request.entries.front());
    out.detail = "is undefined\n" + Tries(why.text);
    return out;
  }
  out.detail = Complaint(answer.value);
  if (out.detail.empty()) out.verdict = TestVerdict::kPass;
  return out;
}

std::string Milliseconds(std::chrono::nanoseconds time) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time);
  if (us.count() < 10'000) return std::to_string(us.count()) + "µs";
  return std::to_string(us.count() / 1000) + "ms";
}

std::string Indented(const std::string& text) {
  std::string out;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    out += "  " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

std::map<TestVerdict, size_t> Count(const std::vector<TestResult>& results) {
  std::map<TestVerdict, size_t> out;
  for (const TestResult& result : results) ++out[result.verdict];
  return out;
}

}  // namespace

std::string_view TestVerdictName(TestVerdict verdict) {
  switch (verdict) {
    case TestVerdict::kPass:
      return "PASS";
    case TestVerdict::kFail:
      return "FAIL";
    case TestVerdict::kError:
      return "ERROR";
    case TestVerdict::kSkipped:
      return "SKIPPED";
  }
  return "";
}

std::vector<TestResult> RunTests(const Loaded& loaded,
                                 const std::string& filter,
                                 rego::Coverage* coverage) {
  std::vector<TestResult> out;
  if (!loaded.compiled.program) return out;
  for (const std::string& path : loaded.compiled.program->Entries()) {
    if (path.find(filter) == path.npos) continue;
    const std::string_view name = LastPart(path);
    if (name.starts_with("test_"))
      out.push_back(RunOne(loaded, path, coverage));
    if (name.starts_with("todo_test_")) {
      out.emplace_back();
      out.back().path = path;
      out.back().verdict = TestVerdict::kSkipped;
    }
  }
  return out;
}

bool AllPassed(const std::vector<TestResult>& results) {
  return std::all_of(results.begin(), results.end(),
                     [](const TestResult& result) {
                       return result.verdict == TestVerdict::kPass ||
                              result.verdict == TestVerdict::kSkipped;
                     });
}

std::string TestText(const std::vector<TestResult>& results,
                     TestDetail detail) {
  std::string out;
  std::string file;
  for (const TestResult& result : results) {
    const bool amiss = result.verdict == TestVerdict::kFail ||
                       result.verdict == TestVerdict::kError;
    if (!amiss && detail == TestDetail::kBrief) continue;
    if (result.file != file && !result.file.empty()) out += result.file + ":\n";
    file = result.file;
    out += result.path + ": " + std::string(TestVerdictName(result.verdict));
    if (result.verdict != TestVerdict::kSkipped) {
      out += " (" + Milliseconds(result.time) + ")";
    }
    out += "\n" + Indented(result.detail);
  }
  if (!out.empty()) out += std::string(60, '-') + "\n";
  const std::string all = "/" + std::to_string(results.size()) + "\n";
  for (const auto& [verdict, count] : Count(results)) {
    out += std::string(TestVerdictName(verdict)) + ": " +
           std::to_string(count) + all;
  }
  return out;
}

json::Value TestJson(const std::vector<TestResult>& results) {
  json::Array out;
  for (const TestResult& result : results) {
    json::Object one;
    one.Set("path", result.path);
    one.Set("file", result.file);
    one.Set("row", result.row);
    one.Set("result", TestVerdictName(result.verdict));
    one.Set("nanoseconds", static_cast<int64_t>(result.time.count()));
    if (!result.detail.empty()) one.Set("detail", result.detail);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace vouchsafe::policy_tools
