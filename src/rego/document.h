#pragma once

#include "rego/rego.h"
#include "rego/value.h"

namespace vouchsafe::rego {

struct Document::Data {
  Arena arena{size_t{256} << 20};
  Value root;
};

// JSON text to a value in `arena`. May throw Halt when the arena is full.
Result<Value> ReadJson(Arena& arena, std::string_view text,
                       const json::ParseOptions& options);

}  // namespace vouchsafe::rego
