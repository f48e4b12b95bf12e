#pragma once

// The strict JSON reader: UTF-8 checked, one value, nothing after it, no
// comments, depth bounded without recursion, equal keys refused or resolved.
// An error names line, column and what was wanted.

#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::json {

inline constexpr size_t kMaxDepth = 128;

enum class DuplicateKeys { kReject, kLastWins };

struct ParseOptions {
  DuplicateKeys duplicates = DuplicateKeys::kReject;
  size_t max_depth = kMaxDepth;
  size_t max_size = size_t{64} << 20;  // bytes; kTooLarge beyond
  size_t max_number_digits = 4096;     // of one number's text
};

// Pure and thread-safe.
Result<Value> Parse(std::string_view text, const ParseOptions& options = {});

// Events of the same reader, for those who fill a value of their own (rego/).
// Views are valid during the call only. Keys and strings are unescaped and
// checked UTF-8. Equal keys are not looked for here. A returned error ends the
// parse with it.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Result<> OnNull() = 0;
  virtual Result<> OnBool(bool value) = 0;
  virtual Result<> OnNumber(std::string_view text) = 0;  // as written
  virtual Result<> OnString(std::string_view text) = 0;
  virtual Result<> OnArrayBegin() = 0;
  virtual Result<> OnArrayEnd() = 0;
  virtual Result<> OnObjectBegin() = 0;
  virtual Result<> OnKey(std::string_view key) = 0;
  virtual Result<> OnObjectEnd() = 0;
};
Result<> ParseEvents(std::string_view text, Handler& handler,
                     const ParseOptions& options = {});

// The Value of a number's text, as Parse makes it.
Value NumberFromText(std::string_view text);

}  // namespace vouchsafe::json
