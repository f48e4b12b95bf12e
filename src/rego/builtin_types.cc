#include "rego/builtin_types.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace vouchsafe::rego {
namespace {

using Of = Type::Of;

struct Named {
  std::string_view name;
  Of of;
};

constexpr Named kNames[] = {
    {"any", Of::kAny},       {"null", Of::kNull},     {"boolean", Of::kBoolean},
    {"number", Of::kNumber}, {"string", Of::kString}, {"array", Of::kArray},
    {"object", Of::kObject}, {"set", Of::kSet},
};

std::string_view NameOf(Of of) {
  for (const Named& named : kNames) {
    if (named.of == of) return named.name;
  }
  return "any";  // kOneOf
}

class Reader {
 public:
  explicit Reader(std::string_view text) : all_(text), text_(text) {}

  Signature Read() {
    Signature out;
    const size_t open = text_.find('(');
    if (open == std::string_view::npos) Bad();
    out.name = text_.substr(0, open);
    text_.remove_prefix(open + 1);
    while (!Take(")")) {
      if (Take("any...")) {
        out.variadic = true;
      } else {
        out.args.push_back(ReadType());
      }
      if (!Take(", ") && !text_.starts_with(")")) Bad();
    }
    out.has_result = Take(" ");
    if (out.has_result) out.result = ReadType();
    if (!text_.empty()) Bad();
    return out;
  }

 private:
  [[noreturn]] void Bad() const {
    std::fprintf(stderr, "bad signature: %.*s\n", static_cast<int>(all_.size()),
                 all_.data());
    std::abort();
  }
  bool Take(std::string_view what) {
    if (!text_.starts_with(what)) return false;
    text_.remove_prefix(what.size());
    return true;
  }

  Type ReadType() {
    Type out;
    const size_t length = std::min(
        text_.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), text_.size());
    const auto* named = std::find_if(
        std::begin(kNames), std::end(kNames),
        [&](const Named& n) { return n.name == text_.substr(0, length); });
    if (named == std::end(kNames)) Bad();
    out.of = named->of;
    text_.remove_prefix(length);
    const bool fixed = Take("<");
    if (fixed) ReadFixed(out);
    const bool more = Take("[");
    if (more) {
      out.rest.push_back(ReadType());
      if (out.of == Of::kObject) {
        out.key = std::move(out.rest);
        if (!Take(": ")) Bad();
        out.rest = {ReadType()};
      }
      if (!Take("]")) Bad();
    }
    const bool collection =
        out.of == Of::kArray || out.of == Of::kObject || out.of == Of::kSet;
    if (collection && !fixed && !more) {
      out.rest.emplace_back();
      if (out.of == Of::kObject) out.key.emplace_back();
    }
    return out;
  }

  void ReadFixed(Type& out) {
    if (out.of == Of::kAny) out.of = Of::kOneOf;
    do {
      if (out.of == Of::kObject) {
        const size_t colon = text_.find(": ");
        if (colon == std::string_view::npos) Bad();
        std::string key(text_.substr(0, colon));
        text_.remove_prefix(colon + 2);
        out.fields.push_back({std::move(key), ReadType()});
      } else {
        out.parts.push_back(ReadType());
      }
    } while (Take(", "));
    if (!Take(">")) Bad();
  }

  std::string_view all_;
  std::string_view text_;
};

// The type of element `index`; null when an array of the type has none there.
const Type* ElementAt(const Type& array, size_t index) {
  if (index < array.parts.size()) return &array.parts[index];
  return array.rest.empty() ? nullptr : &array.rest[0];
}

bool ArraysOverlap(const Type& a, const Type& b) {
  const size_t fixed = std::max(a.parts.size(), b.parts.size());
  for (size_t i = 0; i < fixed; ++i) {
    const Type* x = ElementAt(a, i);
    const Type* y = ElementAt(b, i);
    if (x == nullptr || y == nullptr || !MayOverlap(*x, *y)) return false;
  }
  return true;
}

const Type* FieldOf(const Type& object, std::string_view key) {
  for (const auto& [name, type] : object.fields) {
    if (name == key) return &type;
  }
  if (object.rest.empty()) return nullptr;
  const bool strings = (KindsOf(object.key[0]) & KindBit(Kind::kString)) != 0;
  return strings ? &object.rest[0] : nullptr;
}

bool FieldsFit(const Type& fields, const Type& other) {
  return std::all_of(fields.fields.begin(), fields.fields.end(),
                     [&](const auto& field) {
                       const Type* there = FieldOf(other, field.name);
                       return there && MayOverlap(field.type, *there);
                     });
}

}  // namespace

Signature ParseSignature(std::string_view text) { return Reader(text).Read(); }

std::string TypeText(const Type& type) {
  std::string out(NameOf(type.of));
  const auto list = [&](std::string_view item) {
    out += out.back() == '<' ? "" : ", ";
    out += item;
  };
  if (!type.parts.empty() || !type.fields.empty()) {
    out += "<";
    for (const Type& part : type.parts) list(TypeText(part));
    for (const auto& [key, value] : type.fields) {
      list(key + ": " + TypeText(value));
    }
    out += ">";
  }
  if (type.rest.empty()) return out;
  out += "[";
  if (!type.key.empty()) out += TypeText(type.key[0]) + ": ";
  return out + TypeText(type.rest[0]) + "]";
}

std::string ArgsText(const Signature& signature) {
  std::string out = "(";
  for (size_t i = 0; i < signature.args.size(); ++i) {
    out += (i > 0 ? ", " : "") + TypeText(signature.args[i]);
  }
  if (signature.variadic) out += "any...";
  return out + ")";
}

uint16_t KindsOf(const Type& type) {
  switch (type.of) {
    case Of::kNull:
      return KindBit(Kind::kNull);
    case Of::kBoolean:
      return KindBit(Kind::kBool);
    case Of::kNumber:
      return KindBit(Kind::kNumber);
    case Of::kString:
      return KindBit(Kind::kString);
    case Of::kArray:
      return KindBit(Kind::kArray);
    case Of::kObject:
      return KindBit(Kind::kObject);
    case Of::kSet:
      return KindBit(Kind::kSet);
    case Of::kOneOf: {
      unsigned kinds = 0;
      for (const Type& part : type.parts) kinds |= KindsOf(part);
      return static_cast<uint16_t>(kinds);
    }
    case Of::kAny:
      break;
  }
  return KindBit(Kind::kNull) | KindBit(Kind::kBool) | KindBit(Kind::kNumber) |
         KindBit(Kind::kString) | KindBit(Kind::kArray) |
         KindBit(Kind::kObject) | KindBit(Kind::kSet);
}

bool MayOverlap(const Type& a, const Type& b) {
  if (a.of == Of::kAny || b.of == Of::kAny) return true;
  if (a.of == Of::kOneOf) {
    return std::any_of(a.parts.begin(), a.parts.end(),
                       [&](const Type& part) { return MayOverlap(part, b); });
  }
  if (b.of == Of::kOneOf) return MayOverlap(b, a);
  if (a.of != b.of) return false;
  switch (a.of) {
    case Of::kArray:
      return ArraysOverlap(a, b);
    case Of::kObject:
      return FieldsFit(a, b) && FieldsFit(b, a);
    default:
      return true;  // the empty set is of every set type
  }
}

Type TypeOf(const Value& value) {
  Type out;
  switch (value.kind()) {
    case Kind::kNull:
      out.of = Of::kNull;
      break;
    case Kind::kBool:
      out.of = Of::kBoolean;
      break;
    case Kind::kNumber:
      out.of = Of::kNumber;
      break;
    case Kind::kString:
      out.of = Of::kString;
      break;
    case Kind::kArray:
      out.of = Of::kArray;
      for (const Value& item : value.items()) {
        out.parts.push_back(TypeOf(item));
      }
      break;
    case Kind::kSet: {
      out.of = Of::kSet;
      Type members;
      members.of = Of::kOneOf;
      for (const Value& item : value.items()) {
        members.parts.push_back(TypeOf(item));
      }
      if (!members.parts.empty()) out.rest.push_back(std::move(members));
      break;
    }
    case Kind::kObject:
      out.of = Of::kObject;
      for (size_t i = 0; i < value.size(); ++i) {
        const Value& key = value.keys()[i];
        if (key.is_string()) {
          out.fields.push_back(
              {std::string(key.text()), TypeOf(value.values()[i])});
          continue;
        }
        out.key.assign(1, Type());
        out.rest.assign(1, Type());
      }
      break;
    default:
      break;
  }
  return out;
}

}  // namespace vouchsafe::rego
