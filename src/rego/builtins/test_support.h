#pragma once

// Tables of calls and what they must give, for the tests of the families. The
// rows of all of them together are held against the list of declared names in
// rows_test.cc.

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "json/write.h"
#include "rego/rego.h"

namespace vouchsafe::rego::testing {

struct CallCase {
  const char* call;  // an expression
  // JSON; "-" undefined; after "! " a part of the error's text.
  const char* want;

  bool fails() const { return std::string_view(want).starts_with("! "); }
};

// The rows of each family's test.
std::span<const CallCase> CollectionRows();
std::span<const CallCase> EncodingRows();
std::span<const CallCase> NetRows();
std::span<const CallCase> NumberRows();
std::span<const CallCase> OperatorRows();
std::span<const CallCase> PatternRows();
std::span<const CallCase> SprintfRows();
std::span<const CallCase> StringRows();
std::span<const CallCase> TimeRows();
std::span<const CallCase> UnitRows();

// JSON, "-", or after "! " the error's text.
inline std::string ValueOf(const std::string& call, const Builtins& builtins,
                           const Limits& limits = {}) {
  CompileOptions options;
  options.version = Version::kV0;  // which knows the oldest functions too
  const CompileResult compiled =
      Compile(Source{"t.rego", "package p\nx = y { y := " + call + " }"},
              builtins, options);
  if (!compiled.program) return "? " + compiled.diagnostics[0].message;
  Request request;
  request.entries = {compiled.program->Find("data.p.x")};
  request.limits = limits;
  const Outcome outcome = Evaluate(*compiled.program, request);
  if (outcome.error) return "! " + outcome.error->Text();
  if (outcome.answers[0].state != State::kDefined) return "-";
  return json::Write(outcome.answers[0].value);
}

inline void CheckCalls(std::span<const CallCase> cases,
                       const Builtins& builtins = Builtins::Standard()) {
  for (const CallCase& one : cases) {
    SCOPED_TRACE(one.call);
    const std::string got = ValueOf(one.call, builtins);
    if (!one.fails()) {
      EXPECT_EQ(got, one.want);
      continue;
    }
    ASSERT_TRUE(got.starts_with("! ")) << got;
    EXPECT_NE(got.find(std::string_view(one.want).substr(2)), std::string::npos)
        << got;
  }
}

}  // namespace vouchsafe::rego::testing
