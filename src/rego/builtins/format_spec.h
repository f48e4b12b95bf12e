#pragma once

// One directive of a Go format, and the verbs that write an argument.

#include <string>
#include <string_view>

#include "rego/builtin_call.h"

namespace vouchsafe::rego {

struct FormatSpec {
  bool plus = false, minus = false, sharp = false, space = false, zero = false;
  bool has_width = false, has_precision = false;
  size_t width = 0, precision = 0;
};

// Appends to a bounded text.
class FormatWriter {
 public:
  explicit FormatWriter(BuiltinCall& call) : call_(call) {}

  void Put(std::string_view text);
  // As Go's fmt prints the argument: integers, fractions as doubles, strings
  // bare, all else as the language's text. `verb` is one code point.
  void PutArg(std::string_view verb, FormatSpec spec, const Value& value);
  // "int=3"
  void PutTyped(const FormatSpec& spec, const Value& value);

  std::string out;

 private:
  void Fill(const FormatSpec& spec, size_t count);
  void Pad(const FormatSpec& spec, std::string_view text);
  void Bad(std::string_view verb, const FormatSpec& spec, const Value& value);
  void PutInt(char verb, std::string_view name, FormatSpec spec,
              const Value& value);
  void PutDigits(char verb, FormatSpec spec, int64_t value);
  void PutPoint(char verb, FormatSpec spec, int64_t code);
  void PutBig(char verb, std::string_view name, const FormatSpec& spec,
              const Value& value);
  void PutFloat(char verb, std::string_view name, const FormatSpec& spec,
                const Value& value);
  void PutText(char verb, std::string_view name, const FormatSpec& spec,
               const Value& value, std::string_view text);
  void PutHex(const FormatSpec& spec, std::string_view text, bool upper);

  BuiltinCall& call_;
};

}  // namespace vouchsafe::rego
