#pragma once

// The declared types of built-in functions, and their notation (that of the
// language's own error messages):
//
//   any null boolean number string
//   any<A, B>            one of A and B
//   array[T]             elements of T; "array" alone: of any
//   array<A, B>          just these two elements
//   set[T]               "set" alone: of any
//   object[K: V]         "object" alone: of any to any
//   object<op: string>   these keys; with [K: V] after it, further ones too

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rego/value.h"

namespace vouchsafe::rego {

struct TypeField;

struct Type {
  enum class Of : uint8_t {
    kAny,
    kNull,
    kBoolean,
    kNumber,
    kString,
    kArray,
    kObject,
    kSet,
    kOneOf,
  };

  Of of = Of::kAny;
  // kArray: the fixed elements, first to last. kOneOf: the alternatives.
  std::vector<Type> parts;
  // kObject: the fixed keys, in order of declaration.
  std::vector<TypeField> fields;
  // One element or none. kArray: elements after the fixed ones; kSet: members;
  // kObject: values under other keys, which are of `key`.
  std::vector<Type> rest;
  std::vector<Type> key;
};

struct TypeField {
  std::string name;
  Type type;
};

struct Signature {
  std::string_view name;
  std::vector<Type> args;
  bool variadic = false;  // any number of arguments of any type (print)
  bool has_result = true;
  Type result;
};

// In the notation above.
std::string TypeText(const Type& type);
// "(number, any<array[string], set[string]>)".
std::string ArgsText(const Signature& signature);

// Kinds that a value of the type may have: bit 1 << Kind.
uint16_t KindsOf(const Type& type);
constexpr uint16_t KindBit(Kind kind) {
  return static_cast<uint16_t>(1u << static_cast<unsigned>(kind));
}
// May one value be of both types? False only when none can: no value of one
// kind, or of arrays, objects and sets whose parts exclude each other.
bool MayOverlap(const Type& a, const Type& b);
// The narrowest type of a value.
Type TypeOf(const Value& value);

// "name(string, number) boolean", as in builtins/declared.cc. Of our own
// tables alone; a fault in one ends the program.
Signature ParseSignature(std::string_view text);

}  // namespace vouchsafe::rego
