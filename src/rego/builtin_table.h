#pragma once

// The standard functions by name. A family adds its functions in one Register
// function in builtins/.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rego/value.h"

namespace vouchsafe::rego {

class BuiltinCall;  // builtin_call.h

// Undefined, with BuiltinCall's error set or not, when there is no value.
using BuiltinFunction = Value (*)(BuiltinCall& call,
                                  std::span<const Value> args);

struct Builtin {
  std::string_view name;
  uint8_t arity = 0;
  BuiltinFunction function = nullptr;  // null: known, and not offered
  bool relation = false;  // answers an array: each element is one solution
};

class BuiltinTable {
 public:
  void Add(std::string_view name, uint8_t arity, BuiltinFunction function,
           bool relation = false) {
    rows_.push_back({name, arity, function, relation});
  }
  void Sort();
  // Index; -1 when there is none.
  int Find(std::string_view name) const;
  const Builtin& at(size_t index) const { return rows_[index]; }
  size_t size() const { return rows_.size(); }

 private:
  std::vector<Builtin> rows_;
};

// All of them. Built once, immutable.
const BuiltinTable& StandardBuiltins();

}  // namespace vouchsafe::rego
