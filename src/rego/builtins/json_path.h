#pragma once

// Paths into documents: "/a/b~1c" or an array of keys.

#include <vector>

#include "rego/builtin_call.h"

namespace vouchsafe::rego {

using JsonPath = std::vector<Value>;

// False, and an error noted for operand 2, when it is neither.
bool ReadJsonPath(BuiltinCall& call, const Value& value, JsonPath* out);

}  // namespace vouchsafe::rego
