#pragma once

// A one-pass JSON reader for documents. It accepts only what the strict reader
// (json/parse.h) accepts, with the same values; whatever looks unusual to it,
// it leaves to that one.

#include "json/parse.h"
#include "rego/value.h"

namespace vouchsafe::rego {

// Undefined when the text is left to the strict reader. Strings point into a
// copy of the text in `arena`. May throw Halt when the arena is full.
Value FastJson(Arena& arena, std::string_view text,
               const json::ParseOptions& options);

}  // namespace vouchsafe::rego
