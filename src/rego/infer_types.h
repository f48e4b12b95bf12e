#pragma once

// What the checker of operand types computes with types (builtin_types.h).
// Types stay small: beyond a bound they widen to "any".

#include <optional>

#include "rego/builtin_types.h"

namespace vouchsafe::rego {

inline const Type kAnyType;

Type SimpleType(Type::Of of);
Type ArrayOf(Type element);
Type SetOf(Type member);
Type ObjectOf(Type key, Type value);

bool SameType(const Type& a, const Type& b);
// A value of one or the other.
Type Union(const Type& a, const Type& b);
// Of the keys and values of a collection type; none for scalars.
std::optional<Type> KeyType(const Type& type);
std::optional<Type> ValueType(const Type& type);
// What a constant key finds; none when it finds nothing in any such value.
std::optional<Type> Select(const Type& type, const Value& key);
// TypeOf, bounded.
Type TypeOfConstant(const Value& value);

}  // namespace vouchsafe::rego
