#include "rego/builtin_call.h"

namespace vouchsafe::rego {

Value BuiltinCall::Fail(const std::string& text) {
  error = {"eval_builtin_error", std::string(name) + ": " + text};
  return {};
}

Value BuiltinCall::Wrong(size_t operand, std::string_view want,
                         std::string_view got) {
  return Operand(
      operand, "must be " + std::string(want) + " but got " + std::string(got));
}

Value BuiltinCall::Operand(size_t operand, std::string_view text) {
  error = {"eval_type_error", std::string(name) + ": operand " +
                                  std::to_string(operand) + " " +
                                  std::string(text)};
  return {};
}

Value BuiltinCall::WrongType(size_t operand, std::string_view want,
                             const Value& got) {
  return Wrong(operand, want, KindName(got.kind()));
}

Value BuiltinCall::WrongTypes(size_t operand, std::string_view wants,
                              const Value& got) {
  return Wrong(operand, "one of {" + std::string(wants) + "}",
               KindName(got.kind()));
}

bool BuiltinCall::Is(std::span<const Value> args, size_t index, Kind kind) {
  if (args[index].kind() == kind) return true;
  WrongType(index + 1, KindName(kind), args[index]);
  return false;
}

size_t CodePointLength(std::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  size_t length = first < 0xc2    ? 1
                  : first < 0xe0  ? 2
                  : first < 0xf0  ? 3
                  : first <= 0xf4 ? 4
                                  : 1;
  if (at + length > text.size()) return 1;
  for (size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return 1;
  }
  return length;
}

size_t CountCodePoints(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); at += CodePointLength(text, at)) {
    ++count;
  }
  return count;
}

}  // namespace vouchsafe::rego
