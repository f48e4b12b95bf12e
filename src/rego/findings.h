#pragma once

// What the passes of the analysis find, kept apart by step: at the level of
// OPA the first step that finds something is the last one reported.

#include <array>
#include <string>
#include <vector>

#include "rego/ast.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

// In the order in which OPA's compiler takes them.
enum class Step : uint8_t {
  kNames,       // imports, redefined documents
  kLocals,      // declarations and assignments
  kVoidCalls,   // print(...) as a value
  kUndeclared,  // variables of print and of template strings
  kAnnotations,
  kWith,       // what `with` may replace
  kConflicts,  // rules of one path
  kFunctions,  // unknown ones, and numbers of arguments
  kSafety,     // variables that nothing binds
  kRecursion,
  kTypes,
  kDeprecated,
  kLint,  // warnings at every level
};
inline constexpr size_t kSteps = 13;

class Findings {
 public:
  void Add(Step step, Diagnostic finding) {
    steps_[static_cast<size_t>(step)].push_back(std::move(finding));
  }
  void Add(Step step, std::string code, std::string message,
           const Module& module, const Span& span);
  void Compile(Step step, std::string message, const Module& module,
               const Span& span) {
    Add(step, "rego_compile_error", std::move(message), module, span);
  }
  void Type(Step step, std::string message, const Module& module,
            const Span& span) {
    Add(step, "rego_type_error", std::move(message), module, span);
  }

  std::vector<Diagnostic>& at(Step step) {
    return steps_[static_cast<size_t>(step)];
  }

 private:
  std::array<std::vector<Diagnostic>, kSteps> steps_;
};

Diagnostic Finding(std::string code, std::string message, const Module& module,
                   const Span& span);

}  // namespace vouchsafe::rego
