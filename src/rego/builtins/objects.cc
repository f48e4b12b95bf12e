// object.* and json.filter, json.remove.

#include <algorithm>

#include "rego/builtins/families.h"
#include "rego/builtins/json_path.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

// Array, set or object (of which the keys count), or an error was noted.
bool KeyList(BuiltinCall& call, const Value& value, size_t operand) {
  if (value.is_collection()) {
    call.budget.Items(value.size());
    return true;
  }
  call.WrongTypes(operand, "object, set, array", value);
  return false;
}

bool Listed(const Value& list, const Value& key) {
  if (!list.is_array()) return list.Get(key).defined();
  const auto items = list.items();
  return std::find(items.begin(), items.end(), key) != items.end();
}

Value Select(BuiltinCall& call, Args args, bool keep) {
  if (!call.Is(args, 0, Kind::kObject) || !KeyList(call, args[1], 2)) {
    return {};
  }
  call.budget.Items(args[0].size());
  std::vector<Value> keys, values;
  for (size_t i = 0; i < args[0].size(); ++i) {
    if (args[1].is_array()) call.budget.Items(args[1].size());
    if (Listed(args[1], args[0].keys()[i]) != keep) continue;
    keys.push_back(args[0].keys()[i]);
    values.push_back(args[0].values()[i]);
  }
  return MakeSortedObject(call.arena, keys, values);
}

Value Filter(BuiltinCall& call, Args args) { return Select(call, args, true); }
Value Remove(BuiltinCall& call, Args args) { return Select(call, args, false); }

Value ObjectGet(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kObject)) return {};
  if (!args[1].is_array()) {
    const Value found = args[0].Get(args[1]);
    return found.defined() ? found : args[2];
  }
  call.budget.Items(args[1].size());
  Value at = args[0];
  for (const Value& key : args[1].items()) {
    at = at.Get(key);
    if (!at.defined()) return args[2];
  }
  return at;
}

Value Keys(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kObject)) return {};
  call.budget.Items(args[0].size());
  return MakeSortedSet(call.arena, args[0].keys());
}

Value Merge(BuiltinCall& call, const Value& a, const Value& b) {
  if (!a.is_object() || !b.is_object()) return b;
  call.budget.Items(a.size() + b.size());
  call.arena.Need((a.size() + size_t{b.size()}) * 2 * sizeof(Value));
  std::vector<Value> keys, values;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    const int order = i == a.size()   ? 1
                      : j == b.size() ? -1
                                      : Compare(a.keys()[i], b.keys()[j]);
    keys.push_back(order <= 0 ? a.keys()[i] : b.keys()[j]);
    values.push_back(order < 0   ? a.values()[i]
                     : order > 0 ? b.values()[j]
                                 : Merge(call, a.values()[i], b.values()[j]));
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return MakeSortedObject(call.arena, keys, values);
}

Value ObjectUnion(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kObject) || !call.Is(args, 1, Kind::kObject)) {
    return {};
  }
  return Merge(call, args[0], args[1]);
}

Value ObjectUnionN(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kArray)) return {};
  Value out = Value::EmptyObject();
  for (const Value& item : args[0].items()) {
    if (!item.is_object()) {
      return call.Wrong(
          1, "array of objects",
          "array containing " + std::string(KindName(item.kind())));
    }
    out = Merge(call, out, item);
  }
  return out;
}

// One after the other somewhere in it.
bool SubArray(BuiltinCall& call, const Value& super, const Value& sub) {
  call.budget.Step(1 + size_t{super.size()} * sub.size());
  const auto have = super.items(), want = sub.items();
  return want.empty() || std::search(have.begin(), have.end(), want.begin(),
                                     want.end()) != have.end();
}

bool SubObject(BuiltinCall& call, const Value& super, const Value& sub) {
  call.budget.Items(sub.size());
  for (size_t i = 0; i < sub.size(); ++i) {
    const Value have = super.Get(sub.keys()[i]);
    const Value& want = sub.values()[i];
    if (!have.defined()) return false;
    if (have.is_object() && want.is_object()) {
      if (!SubObject(call, have, want)) return false;
    } else if (have.is_set() && want.is_set()) {
      for (const Value& item : want.items()) {
        if (!have.Get(item).defined()) return false;
      }
    } else if (have.is_array() && want.is_array()) {
      if (!SubArray(call, have, want)) return false;
    } else if (!(have == want)) {
      return false;
    }
  }
  return true;
}

Value Subset(BuiltinCall& call, Args args) {
  const Value& super = args[0];
  const Value& sub = args[1];
  if (super.is_object() && sub.is_object()) {
    return Value::Bool(SubObject(call, super, sub));
  }
  if (super.is_array() && sub.is_array()) {
    return Value::Bool(SubArray(call, super, sub));
  }
  if ((super.is_set() || super.is_array()) && sub.is_set()) {
    call.budget.Step(1 + size_t{super.size()} * sub.size());
    for (const Value& item : sub.items()) {
      if (!Listed(super, item)) return Value::Bool(false);
    }
    return Value::Bool(true);
  }
  call.error = {"eval_type_error",
                "object.subset: both arguments object.subset must be of the "
                "same type or array and set"};
  return {};
}

bool Paths(BuiltinCall& call, const Value& list, std::vector<JsonPath>* out) {
  if (!list.is_array() && !list.is_set()) {
    call.WrongTypes(2, "set, array", list);
    return false;
  }
  for (const Value& item : list.items()) {
    JsonPath path;
    if (!ReadJsonPath(call, item, &path)) return false;
    call.budget.Items(path.size() + 1);
    out->push_back(std::move(path));
  }
  return true;
}

// The key of an array's element is the text of its index.
bool SameKey(const Value& collection, const Value& key, const Value& want) {
  if (!collection.is_array()) return key == want;
  return want.is_string() && want.text() == std::to_string(key.integer());
}

struct Cursor {
  const JsonPath* path;
  size_t at;
};

// What the paths select (or all but that), level by level.
Value Cut(BuiltinCall& call, const Value& value,
          const std::vector<Cursor>& cursors, bool keep) {
  for (const Cursor& cursor : cursors) {
    if (cursor.at >= cursor.path->size()) return keep ? value : Value();
  }
  if (cursors.empty()) return keep ? Value() : value;
  if (!value.is_collection()) return keep ? Value() : value;
  std::vector<Value> keys, values;
  for (size_t i = 0; i < value.size(); ++i) {
    call.budget.Step(cursors.size());
    const Value key = value.is_array() ? Value::Int(static_cast<int64_t>(i))
                                       : value.items()[i];
    std::vector<Cursor> inner;
    for (const Cursor& cursor : cursors) {
      if (SameKey(value, key, (*cursor.path)[cursor.at])) {
        inner.push_back({cursor.path, cursor.at + 1});
      }
    }
    if (inner.empty() && keep) continue;
    const Value item = value.is_object() ? value.values()[i] : value.items()[i];
    const Value cut = Cut(call, item, inner, keep);
    if (!cut.defined()) continue;
    keys.push_back(key);
    values.push_back(cut);
  }
  if (keep && values.empty() && !value.is_object()) {
    return value.is_array() ? Value::EmptyArray() : Value::EmptySet();
  }
  if (value.is_object()) return MakeSortedObject(call.arena, keys, values);
  if (value.is_array()) return MakeArray(call.arena, values);
  return MakeSet(call.arena, std::move(values));
}

Value JsonCut(BuiltinCall& call, Args args, bool keep) {
  if (!call.Is(args, 0, Kind::kObject)) return {};
  std::vector<JsonPath> paths;
  if (!Paths(call, args[1], &paths)) return {};
  std::vector<Cursor> cursors;
  for (const JsonPath& path : paths) {
    if (!path.empty()) cursors.push_back({&path, 0});
  }
  const Value out = Cut(call, args[0], cursors, keep);
  return out.defined() ? out : Value::EmptyObject();
}

Value JsonFilter(BuiltinCall& call, Args args) {
  return JsonCut(call, args, true);
}
Value JsonRemove(BuiltinCall& call, Args args) {
  return JsonCut(call, args, false);
}

}  // namespace

bool ReadJsonPath(BuiltinCall& call, const Value& value, JsonPath* out) {
  if (value.is_array()) {
    out->assign(value.items().begin(), value.items().end());
    return true;
  }
  if (!value.is_string()) {
    call.Wrong(2,
               "one of {set, array} containing string paths or array of "
               "path segments",
               KindName(value.kind()));
    return false;
  }
  std::string_view text = value.text();
  if (text.empty()) return true;
  while (text.starts_with("/")) text.remove_prefix(1);
  for (bool more = true; more;) {
    const size_t end = text.find('/');
    more = end != std::string_view::npos;
    std::string key(text.substr(0, end));
    for (size_t at = 0; (at = key.find('~', at)) != std::string::npos; ++at) {
      const std::string two = key.substr(at, 2);
      if (two == "~1") key.replace(at, 2, "/");
      if (two == "~0") key.replace(at, 2, "~");
    }
    out->push_back(call.Text(key));
    if (more) text.remove_prefix(end + 1);
  }
  return true;
}

void RegisterObjects(BuiltinTable& table) {
  table.Offer("object.filter", Filter);
  table.Offer("object.remove", Remove);
  table.Offer("object.get", ObjectGet);
  table.Offer("object.keys", Keys);
  table.Offer("object.union", ObjectUnion);
  table.Offer("object.union_n", ObjectUnionN);
  table.Offer("object.subset", Subset);
  table.Offer("json.filter", JsonFilter);
  table.Offer("json.remove", JsonRemove);
}

}  // namespace vouchsafe::rego
