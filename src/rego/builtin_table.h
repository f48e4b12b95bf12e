#pragma once

// The standard functions by name: all that the language's library declares,
// with their types. A family adds what it offers in one Register function in
// builtins/.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rego/builtin_types.h"
#include "rego/value.h"

namespace vouchsafe::rego {

class BuiltinCall;  // builtin_call.h

// Undefined, with BuiltinCall's error set or not, when there is no value.
using BuiltinFunction = Value (*)(BuiltinCall& call,
                                  std::span<const Value> args);

inline constexpr uint8_t kAnyArity = 255;

struct Builtin {
  std::string_view name;
  uint8_t arity = 0;                   // kAnyArity: print
  BuiltinFunction function = nullptr;  // null: known, and not offered
  bool relation = false;    // answers an array: each element is one solution
  bool deprecated = false;  // refused in v1
  bool varying = false;     // may answer otherwise next time: never folded
  bool infix = false;       // written as an operator; `with` cannot replace it
  Signature signature;
};

class BuiltinTable {
 public:
  // Once for each name, before Offer.
  void Declare(Builtin row) { rows_.push_back(std::move(row)); }
  void Sort();
  // What a declared name does.
  void Offer(std::string_view name, BuiltinFunction function);

  // Index; -1 when there is none.
  int Find(std::string_view name) const;
  const Builtin& at(size_t index) const { return rows_[index]; }
  size_t size() const { return rows_.size(); }

 private:
  std::vector<Builtin> rows_;
};

// All of them. Built once, immutable.
const BuiltinTable& StandardBuiltins();

// What another library does for names that are declared here and that this
// one leaves to it (Builtins::With in rego.h).
struct BuiltinSupply {
  struct Row {
    std::string_view name;
    BuiltinFunction function;
  };
  // Names that are declared.
  explicit BuiltinSupply(std::span<const Row> rows);

  std::vector<BuiltinFunction> functions;  // by index in StandardBuiltins
};

// Null when `supply`, which may be null, has none.
BuiltinFunction SuppliedFunction(const BuiltinSupply* supply, size_t index);

}  // namespace vouchsafe::rego
