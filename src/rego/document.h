#pragma once

#include "rego/rego.h"
#include "rego/value.h"

namespace vouchsafe::rego {

struct Document::Data {
  static constexpr size_t kMostBytes = size_t{256} << 20;
  Arena arena{kMostBytes};
  Value root;
  size_t bytes = 0;  // of JSON
};

// JSON text to a value in `arena`. May throw Halt when the arena is full.
Result<Value> ReadJson(Arena& arena, std::string_view text,
                       const json::ParseOptions& options);

}  // namespace vouchsafe::rego
