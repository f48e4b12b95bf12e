#pragma once

// Tokens to a syntax tree. Stops at the first error. Nothing recurses deeper
// than Limits::nesting, and trees are no deeper than kMaxTreeDepth.

#include <memory>
#include <optional>

#include "rego/ast.h"
#include "rego/rego.h"

namespace vouchsafe::rego {

struct Parsed {
  std::unique_ptr<Module> module;  // null on error
  std::optional<Diagnostic> error;
};

enum class Keywords { kStable, kExperimental };  // may `and`, `or` be imported?

// Borrows `source.text`.
Parsed Parse(const Source& source, Version version, const Limits& limits,
             Keywords keywords = Keywords::kStable);
// Expressions alone, as a module without rules whose only body they are.
Parsed ParseQuery(const Source& source, Version version, const Limits& limits);

}  // namespace vouchsafe::rego
