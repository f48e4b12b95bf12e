#pragma once

// vouchsafe policy fmt: a policy in the usual layout. Tabs; a rule's body line
// by line; lists that were broken stay broken, one more comma at the end; one
// blank line between rules; imports sorted in their groups. Comments stay
// where they were. What is printed reads as the same tree as what was read,
// and formatting it again changes nothing.

#include <string>

#include "base/result.h"
#include "rego/rego.h"

namespace vouchsafe::policy_tools {

// The text in that layout. kInvalidInput with place and reason when it does
// not parse; kInternal when the result would not read as the same tree.
Result<std::string> FormatPolicy(const rego::Source& source,
                                 rego::Version version);

// What `after` changes, in the unified form with three lines around each
// change; empty when they are equal.
std::string UnifiedDiff(const std::string& name, const std::string& before,
                        const std::string& after);

}  // namespace vouchsafe::policy_tools
