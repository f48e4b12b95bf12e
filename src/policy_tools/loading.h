#pragma once

// What the commands on policies work on: policy files, documents and stored
// reference values, read once and compiled.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "policy_tools/recording.h"
#include "rego/rego.h"

namespace vouchsafe::policy_tools {

// The function by which an attestation policy asks for reference values.
inline constexpr std::string_view kReferenceValueFunction =
    "query_reference_value";

struct PolicySetup {
  // Files, folders (*.rego below them), pipes; "-" is the standard input.
  std::vector<std::string> policies;
  // JSON, or YAML by the extension. "-" as above, once in all.
  std::optional<std::string> input;
  std::vector<std::string> data;  // objects, merged
  // An object of reference values by id; absent: nothing is stored.
  std::optional<std::string> reference_values;
  // A recording (recording.h) of the same policies and documents: the function
  // is answered from it, and nothing else is asked.
  std::optional<std::string> replay;
  rego::Version version = rego::Version::kV1;
  rego::Level level = rego::Level::kLenient;
  bool strict_errors = true;  // false: a failing built-in is undefined
};

// Answers from a table. Thread-safe.
class ReferenceTable {
 public:
  explicit ReferenceTable(json::Value stored) : stored_(std::move(stored)) {}
  // Null when nothing is stored; kInvalidInput unless asked with a string.
  Result<json::Value> Ask(std::span<const json::Value> arguments) const;

 private:
  const json::Value stored_;
};

struct Loaded {
  std::vector<rego::Source> sources;
  std::optional<rego::Document> input;
  std::optional<rego::Document> data;
  std::string input_text;  // as read, for measurements
  std::shared_ptr<ReferenceTable> references;
  rego::CompileResult compiled;  // the program is null when it was refused
  // What is asked, and at which time (that of the recording that is replayed);
  // with the answers of an evaluation it is its recording.
  Recording question;
  std::optional<rego::HostAnswers> replay;

  // Borrows this.
  rego::Request Request() const;
};

// kInvalidInput, kNotFound, kTooLarge; kConflict when what is replayed is of
// something else. That the policy is refused is no error
// here: look at `compiled`.
Result<Loaded> Load(const PolicySetup& setup);

// The sources of a setup alone; names are the paths.
Result<std::vector<rego::Source>> LoadSources(
    const std::vector<std::string>& paths);
// The standard functions and query_reference_value, answered by `table`.
rego::Builtins ToolBuiltins(std::shared_ptr<ReferenceTable> table);

}  // namespace vouchsafe::policy_tools
