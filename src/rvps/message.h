#pragma once

// The registration message (rvps.md section 3) and its extractors (section 5).
// All functions are pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::rvps {

inline constexpr std::string_view kMessageVersion = "0.1.0";

struct Message {
  std::string type;     // the extractor's name
  std::string payload;  // its input, still encoded
};

// kInvalidInput for anything that is not such an envelope or names another
// version. `provenance` is read as `payload`; both together are an error.
Result<Message> ParseMessage(std::string_view text);

struct NamedValue {
  std::string name;
  json::Value value;
};

// The values a message registers. Equal names of one message are merged into
// one list without repetitions (decision 7). kInvalidInput for a payload that
// does not decode; kUnsupported, by name, for an extractor that is not built.
Result<std::vector<NamedValue>> Extract(const Message& message);

}  // namespace vouchsafe::rvps
