#include "rego/infer_types.h"

#include <algorithm>

namespace vouchsafe::rego {
namespace {

using Of = Type::Of;

constexpr size_t kMostParts = 16;   // of a union
constexpr size_t kMostItems = 32;   // of an array or object written out
constexpr uint16_t kMostDepth = 8;  // of a value written out

void AddPart(const Type& type, std::vector<Type>* parts) {
  if (type.of == Of::kOneOf) {
    for (const Type& part : type.parts) AddPart(part, parts);
    return;
  }
  for (const Type& part : *parts) {
    if (SameType(part, type)) return;
  }
  parts->push_back(type);
}

// The results for the alternatives of a type that have one, joined.
template <class F>
std::optional<Type> OverParts(const Type& type, const F& f) {
  std::optional<Type> out;
  for (const Type& part : type.parts) {
    const std::optional<Type> some = f(part);
    if (some) out = out ? Union(*out, *some) : *some;
  }
  return out;
}

Type UnionOf(const std::vector<Type>& types) {
  if (types.empty()) return Type();
  Type out = types[0];
  for (const Type& type : types) out = Union(out, type);
  return out;
}

std::optional<Type> SelectIndex(const Type& array, const Value& key) {
  if (!key.is_int() || key.integer() < 0) return std::nullopt;
  const auto index = static_cast<size_t>(key.integer());
  if (index < array.parts.size()) return array.parts[index];
  if (array.rest.empty()) return std::nullopt;
  return array.rest[0];
}

std::optional<Type> SelectField(const Type& object, const Value& key) {
  for (const auto& [name, type] : object.fields) {
    if (key.is_string() && key.text() == name) return type;
  }
  if (object.rest.empty()) return std::nullopt;
  if (!MayOverlap(object.key[0], TypeOfConstant(key))) return std::nullopt;
  return object.rest[0];
}

}  // namespace

Type SimpleType(Of of) {
  Type out;
  out.of = of;
  return out;
}

Type ArrayOf(Type element) {
  Type out = SimpleType(Of::kArray);
  out.rest.push_back(std::move(element));
  return out;
}

Type SetOf(Type member) {
  Type out = SimpleType(Of::kSet);
  out.rest.push_back(std::move(member));
  return out;
}

Type ObjectOf(Type key, Type value) {
  Type out = SimpleType(Of::kObject);
  out.key.push_back(std::move(key));
  out.rest.push_back(std::move(value));
  return out;
}

bool SameType(const Type& a, const Type& b) {
  const auto same = [](const std::vector<Type>& x, const std::vector<Type>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), SameType);
  };
  return a.of == b.of && same(a.parts, b.parts) && same(a.rest, b.rest) &&
         same(a.key, b.key) &&
         std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(),
                    b.fields.end(), [](const auto& x, const auto& y) {
                      return x.name == y.name && SameType(x.type, y.type);
                    });
}

Type Union(const Type& a, const Type& b) {
  if (a.of == Of::kAny || b.of == Of::kAny) return Type();
  if (SameType(a, b)) return a;
  Type out = SimpleType(Of::kOneOf);
  AddPart(a, &out.parts);
  AddPart(b, &out.parts);
  if (out.parts.size() > kMostParts) return Type();
  if (out.parts.size() > 1) return out;
  const Type only = out.parts[0];
  return only;
}

std::optional<Type> KeyType(const Type& type) {
  switch (type.of) {
    case Of::kAny:
      return Type();
    case Of::kArray:
      return SimpleType(Of::kNumber);
    case Of::kSet:
      return type.rest.empty() ? Type() : type.rest[0];
    case Of::kObject: {
      std::vector<Type> keys = type.key;
      if (!type.fields.empty()) keys.push_back(SimpleType(Of::kString));
      return UnionOf(keys);
    }
    case Of::kOneOf:
      return OverParts(type, KeyType);
    default:
      return std::nullopt;
  }
}

std::optional<Type> ValueType(const Type& type) {
  switch (type.of) {
    case Of::kAny:
      return Type();
    case Of::kArray:
    case Of::kSet:
    case Of::kObject: {
      std::vector<Type> values = type.parts;
      values.insert(values.end(), type.rest.begin(), type.rest.end());
      for (const auto& [name, value] : type.fields) values.push_back(value);
      return UnionOf(values);
    }
    case Of::kOneOf:
      return OverParts(type, ValueType);
    default:
      return std::nullopt;
  }
}

std::optional<Type> Select(const Type& type, const Value& key) {
  switch (type.of) {
    case Of::kAny:
      return Type();
    case Of::kArray:
      return SelectIndex(type, key);
    case Of::kObject:
      return SelectField(type, key);
    case Of::kSet:
      if (type.rest.empty()) return TypeOfConstant(key);
      if (!MayOverlap(type.rest[0], TypeOfConstant(key))) return std::nullopt;
      return type.rest[0];
    case Of::kOneOf:
      return OverParts(type,
                       [&](const Type& part) { return Select(part, key); });
    default:
      return std::nullopt;
  }
}

Type TypeOfConstant(const Value& value) {
  if (value.is_collection() &&
      (value.size() > kMostItems || value.depth() > kMostDepth)) {
    return value.is_array() ? ArrayOf(Type())
           : value.is_set() ? SetOf(Type())
                            : ObjectOf(Type(), Type());
  }
  return TypeOf(value);
}

}  // namespace vouchsafe::rego
