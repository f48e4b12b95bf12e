#pragma once

// What a built-in function gets besides its arguments, and how it refuses them.

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "rego/budget.h"
#include "rego/builtin_table.h"
#include "rego/number.h"
#include "rego/print.h"

namespace vouchsafe::rego {

struct Pattern;  // builtins/patterns.h
class Zone;      // builtins/zone.h

// State of one evaluation that built-ins share.
struct BuiltinState {
  int64_t now_ns = 0;
  uint64_t seed = 0;
  // Compiled patterns, valid or not; bounded.
  std::unordered_map<std::string, std::shared_ptr<const Pattern>> patterns;
  size_t pattern_bytes = 0;  // what they may hold by now, at most
  // Time zones by name; bounded.
  std::unordered_map<std::string, std::shared_ptr<const Zone>> zones;
};

struct BuiltinError {
  std::string code;  // eval_type_error, eval_builtin_error
  std::string message;
};

class BuiltinCall {
 public:
  BuiltinCall(std::string_view function, Budget& budget_in,
              BuiltinState& state_in)
      : name(function),
        budget(budget_in),
        arena(budget_in.arena),
        state(state_in) {}

  // "NAME: text".
  Value Fail(const std::string& text);
  // "NAME: operand N must be TYPE but got TYPE"; operands count from 1.
  Value WrongType(size_t operand, std::string_view want, const Value& got);
  Value WrongTypes(size_t operand, std::string_view wants, const Value& got);
  // "NAME: operand N TEXT", a type error.
  Value Operand(size_t operand, std::string_view text);
  // "NAME: operand N must be WANT but got GOT".
  Value Wrong(size_t operand, std::string_view want, std::string_view got);
  // Has the kind, or WrongType was noted.
  bool Is(std::span<const Value> args, size_t index, Kind kind);

  Value Text(std::string_view text) {
    budget.Bytes(text.size());
    return MakeText(arena, text);
  }

  std::string_view name;
  Budget& budget;
  Arena& arena;
  BuiltinState& state;
  std::optional<BuiltinError> error;
};

// Text handling shared by families. Counts by code point; an invalid byte is
// one.
size_t CodePointLength(std::string_view text, size_t at);
size_t CountCodePoints(std::string_view text);

}  // namespace vouchsafe::rego
