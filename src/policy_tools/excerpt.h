#pragma once

// Findings and errors with the source line they are about, as text and JSON.

#include <span>
#include <string>

#include "json/value.h"
#include "rego/rego.h"

namespace vouchsafe::policy_tools {

// The line with its number, and a caret below the column (1 or less: below the
// first character). Empty when the place is not in the sources.
//      4 | 	x == 2
//        | 	^
std::string Excerpt(std::span<const rego::Source> sources,
                    const rego::Location& place);

// "error: FILE:ROW:COL: CODE: MESSAGE" and the excerpt.
std::string FindingText(std::span<const rego::Source> sources,
                        const rego::Diagnostic& finding);
std::string ErrorText(std::span<const rego::Source> sources,
                      const rego::EvalError& error);

json::Object FindingJson(const rego::Diagnostic& finding);
json::Object ErrorJson(const rego::EvalError& error);

bool HasErrors(std::span<const rego::Diagnostic> findings);

}  // namespace vouchsafe::policy_tools
