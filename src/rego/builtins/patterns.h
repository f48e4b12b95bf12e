#pragma once

// Compiled patterns of one evaluation: RE2, linear time, bounded.

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

#include "rego/builtin_call.h"

namespace vouchsafe::rego {

inline re2::StringPiece Piece(std::string_view text) {
  return {text.data(), text.size()};
}

struct Pattern {
  std::unique_ptr<const re2::RE2> regex;  // null when `error` says why
  std::string error;                      // as Go says it
  bool ok() const { return regex != nullptr; }
};

// Never null. Compiled once for an evaluation.
std::shared_ptr<const Pattern> CompilePattern(BuiltinCall& call,
                                              std::string_view pattern);
// For a match over `bytes` of text.
void ChargeMatch(BuiltinCall& call, const re2::RE2& pattern, size_t bytes);

// Somewhere in the text; charged. The pattern is ok().
bool Matches(BuiltinCall& call, const Pattern& pattern, std::string_view text);

}  // namespace vouchsafe::rego
