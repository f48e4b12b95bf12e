#pragma once

// An evaluation as a file (rego.md sections 12 and 16): what the host answered
// and what the answers depend on, so that it can be repeated and explained
// later without asking anybody. Policies and documents are named by digest, not
// kept: evidence is in no recording. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"
#include "rego/rego.h"

namespace vouchsafe::policy_tools {

struct Recording {
  std::string policy_sha384;  // hex; of the texts, as Program::SourceSha384
  std::string input_sha384;   // hex, of the sorted JSON; empty: no document
  std::string data_sha384;
  rego::Version version = rego::Version::kV1;
  bool strict_errors = true;
  int64_t time_unix_ns = 0;  // of time.now_ns
  rego::HostAnswers answers;
};

// The text for a document of that value.
std::string DocumentSha384(const json::Value& value);

// {"recording": 1, "policy_sha384", "input_sha384" (or null), "data_sha384"
// (the same), "language": "v1", "undefined_on_error", "time_unix_ns",
// "answers": [{"function", "arguments", "answer"}]}
json::Value ToJson(const Recording& recording);
// kInvalidInput: other members, other types, another form. `name` of the file
// is for messages.
Result<Recording> ReadRecording(std::string_view text, const std::string& name);

// Everything but time and answers is the same; kConflict says what is not.
Result<> CheckSameQuestion(const Recording& recorded, const Recording& now,
                           const std::string& name);

}  // namespace vouchsafe::policy_tools
