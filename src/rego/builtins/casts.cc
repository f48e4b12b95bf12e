// Functions of the first version of the language: any, all, set_diff, cast_*.

#include <algorithm>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

bool List(BuiltinCall& call, Args args) {
  if (args[0].is_array() || args[0].is_set()) {
    call.budget.Items(args[0].size());
    return true;
  }
  call.WrongTypes(1, "array, set", args[0]);
  return false;
}

bool IsTrue(const Value& value) { return value.is_true(); }

Value Any(BuiltinCall& call, Args args) {
  if (!List(call, args)) return {};
  const auto items = args[0].items();
  return Value::Bool(std::any_of(items.begin(), items.end(), IsTrue));
}

Value All(BuiltinCall& call, Args args) {
  if (!List(call, args)) return {};
  const auto items = args[0].items();
  return Value::Bool(std::all_of(items.begin(), items.end(), IsTrue));
}

Value SetDiff(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kSet) || !call.Is(args, 1, Kind::kSet)) {
    return {};
  }
  call.budget.Items(args[0].size() + size_t{args[1].size()});
  std::vector<Value> out;
  for (const Value& item : args[0].items()) {
    if (!args[1].Get(item).defined()) out.push_back(item);
  }
  return MakeSortedSet(call.arena, out);
}

Value CastArray(BuiltinCall& call, Args args) {
  if (!List(call, args)) return {};
  return MakeArray(call.arena, args[0].items());
}

Value CastSet(BuiltinCall& call, Args args) {
  if (!List(call, args)) return {};
  const auto items = args[0].items();
  return MakeSet(call.arena, std::vector<Value>(items.begin(), items.end()));
}

template <Kind kKind>
Value CastSame(BuiltinCall& call, Args args) {
  return call.Is(args, 0, kKind) ? args[0] : Value();
}

}  // namespace

void RegisterCasts(BuiltinTable& table) {
  table.Offer("any", Any);
  table.Offer("all", All);
  table.Offer("set_diff", SetDiff);
  table.Offer("cast_array", CastArray);
  table.Offer("cast_set", CastSet);
  table.Offer("cast_string", CastSame<Kind::kString>);
  table.Offer("cast_boolean", CastSame<Kind::kBool>);
  table.Offer("cast_null", CastSame<Kind::kNull>);
  table.Offer("cast_object", CastSame<Kind::kObject>);
}

}  // namespace vouchsafe::rego
