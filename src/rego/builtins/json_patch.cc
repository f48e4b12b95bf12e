// json.patch: RFC 6902 on immutable values, with sets as well. A patch that
// cannot be applied makes the call undefined.

#include <charconv>

#include "rego/builtins/families.h"
#include "rego/builtins/json_path.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;
using Path = std::span<const Value>;

// Position in an array of `size` elements; "-" is the end.
std::optional<size_t> IndexOf(const Value& key, size_t size) {
  if (key.is_int()) {
    if (key.integer() < 0) return std::nullopt;
    return static_cast<size_t>(key.integer());
  }
  if (!key.is_string()) return std::nullopt;
  const std::string_view text = key.text();
  if (text == "-") return size;
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  size_t index = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return index;
}

class Patcher {
 public:
  explicit Patcher(BuiltinCall& call) : call_(call) {}

  // Each is undefined when the path does not allow it.
  static Value Get(Value value, Path path) {
    for (const Value& key : path) {
      value = Child(value, key);
      if (!value.defined()) return {};
    }
    return value;
  }

  Value Add(const Value& into, Path path, const Value& value) {
    if (path.empty()) return value;
    if (path.size() > 1) {
      return Replace(into, path[0],
                     Add(Child(into, path[0]), path.subspan(1), value));
    }
    switch (into.kind()) {
      case Kind::kArray: {
        const auto index = IndexOf(path[0], into.size());
        if (!index || *index > into.size()) return {};
        std::vector<Value> items = Items(into);
        items.insert(items.begin() + static_cast<std::ptrdiff_t>(*index),
                     value);
        return MakeArray(call_.arena, items);
      }
      case Kind::kObject: {
        std::vector<Pair> pairs = Pairs(into);
        pairs.push_back({path[0], value});
        return MakeObject(call_.arena, std::move(pairs));
      }
      case Kind::kSet: {
        if (!(path[0] == value)) return {};
        std::vector<Value> items = Items(into);
        items.push_back(value);
        return MakeSet(call_.arena, std::move(items));
      }
      default:
        return {};
    }
  }

  Value Remove(const Value& from, Path path) {
    if (path.empty()) return {};
    if (!Child(from, path[0]).defined()) return {};
    if (path.size() > 1) {
      return Replace(from, path[0],
                     Remove(Child(from, path[0]), path.subspan(1)));
    }
    return Replace(from, path[0], std::nullopt);
  }

 private:
  static Value Child(const Value& value, const Value& key) {
    if (!value.is_array()) return value.Get(key);
    const auto index = IndexOf(key, value.size());
    return index && *index < value.size() ? value.items()[*index] : Value();
  }

  std::vector<Value> Items(const Value& value) {
    call_.budget.Items(value.size());
    call_.arena.Need((value.size() + size_t{1}) * sizeof(Value));
    return {value.items().begin(), value.items().end()};
  }
  std::vector<Pair> Pairs(const Value& value) {
    call_.budget.Items(value.size());
    call_.arena.Need((value.size() + size_t{1}) * sizeof(Pair));
    std::vector<Pair> out;
    out.reserve(value.size() + size_t{1});
    for (size_t i = 0; i < value.size(); ++i) {
      out.push_back({value.keys()[i], value.values()[i]});
    }
    return out;
  }

  // The child that is there becomes another one, or goes when there is none.
  Value Replace(const Value& parent, const Value& key,
                const std::optional<Value>& child) {
    if (child && !child->defined()) return {};
    if (parent.is_object()) {
      std::vector<Pair> pairs;
      for (const Pair& pair : Pairs(parent)) {
        if (!(pair.key == key)) {
          pairs.push_back(pair);
        } else if (child) {
          pairs.push_back({pair.key, *child});
        }
      }
      return MakeObject(call_.arena, std::move(pairs));
    }
    std::vector<Value> items = Items(parent);
    if (parent.is_array()) {
      const size_t index = IndexOf(key, parent.size()).value_or(items.size());
      if (index >= items.size()) return {};
      if (child) {
        items[index] = *child;
      } else {
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
      }
      return MakeArray(call_.arena, items);
    }
    std::erase(items, key);
    if (child) items.push_back(*child);
    return MakeSet(call_.arena, std::move(items));
  }

  BuiltinCall& call_;
};

struct Operation {
  std::string_view name;
  JsonPath path;
  JsonPath from;
  Value value;
};

bool ReadOperation(BuiltinCall& call, const Value& item, Operation* out) {
  const Value name = item.Get("op");
  if (!name.is_string()) return false;
  out->name = name.text();
  constexpr std::string_view kNames[] = {"add",  "remove", "replace",
                                         "move", "copy",   "test"};
  if (std::find(std::begin(kNames), std::end(kNames), out->name) ==
      std::end(kNames)) {
    return false;
  }
  const Value path = item.Get("path");
  if (!path.defined() || !ReadJsonPath(call, path, &out->path)) return false;
  if (out->name == "move" || out->name == "copy") {
    const Value from = item.Get("from");
    return from.defined() && ReadJsonPath(call, from, &out->from);
  }
  out->value = item.Get("value");
  return out->name == "remove" || out->value.defined();
}

Value Apply(BuiltinCall& call, const Value& document, const Operation& op) {
  Patcher patcher(call);
  if (op.name == "add") return patcher.Add(document, op.path, op.value);
  if (op.name == "remove") return patcher.Remove(document, op.path);
  if (op.name == "replace") {
    if (op.path.empty()) return op.value;
    const Value rest = patcher.Remove(document, op.path);
    return rest.defined() ? patcher.Add(rest, op.path, op.value) : Value();
  }
  if (op.name == "test") {
    const Value found = Patcher::Get(document, op.path);
    call.budget.Items(found.size());
    return found.defined() && found == op.value ? document : Value();
  }
  const Value moved = Patcher::Get(document, op.from);
  if (!moved.defined()) return {};
  if (op.name == "copy") return patcher.Add(document, op.path, moved);
  if (op.from.empty()) return op.path.empty() ? document : Value();
  const Value rest = patcher.Remove(document, op.from);
  return rest.defined() ? patcher.Add(rest, op.path, moved) : Value();
}

Value JsonPatch(BuiltinCall& call, Args args) {
  if (!call.Is(args, 1, Kind::kArray)) return {};
  Value document = args[0];
  for (const Value& item : args[1].items()) {
    Operation operation;
    if (!item.is_object() || !ReadOperation(call, item, &operation)) {
      call.error.reset();
      return {};
    }
    call.budget.Items(operation.path.size() + operation.from.size() + 8);
    document = Apply(call, document, operation);
    if (!document.defined()) return {};
  }
  return document;
}

}  // namespace

void RegisterJsonPatch(BuiltinTable& table) {
  table.Offer("json.patch", JsonPatch);
}

}  // namespace vouchsafe::rego
