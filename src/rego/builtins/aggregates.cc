// count sum product max min sort, array.*, union and intersection of sets.

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

// An array or set, or WrongTypes was noted.
bool List(BuiltinCall& call, const Value& value, size_t operand = 1) {
  if (value.is_array() || value.is_set()) {
    call.budget.Items(value.size());
    return true;
  }
  call.WrongTypes(operand, "set, array", value);
  return false;
}

Value Count(BuiltinCall& call, Args args) {
  if (args[0].is_string()) {
    call.budget.Bytes(args[0].size());
    return Value::Int(static_cast<int64_t>(CountCodePoints(args[0].text())));
  }
  if (args[0].is_collection()) return Value::Int(args[0].size());
  return call.WrongTypes(1, "array, object, set, string", args[0]);
}

bool AllNumbers(BuiltinCall& call, const Value& list) {
  for (const Value& item : list.items()) {
    if (item.is_number()) continue;
    const std::string kind(KindName(list.kind()));
    call.Wrong(1, kind + " of numbers",
               kind + " containing " + std::string(KindName(item.kind())));
    return false;
  }
  return true;
}

// Integers exactly; with a fraction among them all are rounded to 64 bits of
// mantissa, from the first one on.
Value Fold(BuiltinCall& call, Args args, int64_t start,
           Value (*step)(Arena&, const Value&, const Value&),
           long double (*rounded)(long double, long double)) {
  if (!List(call, args[0]) || !AllNumbers(call, args[0])) return {};
  const auto items = args[0].items();
  if (!std::all_of(items.begin(), items.end(), IsInteger)) {
    long double out = static_cast<long double>(start);
    for (const Value& item : items) {
      if (!item.is_int()) call.budget.Bytes(item.size());
      out = rounded(out, AsLongDouble(item));
    }
    const Value value = FromLongDouble(call.arena, out);
    if (value.defined()) return value;
    ThrowLimit("limit_number", "a number is too large");
  }
  Value out = Value::Int(start);
  for (const Value& item : items) {
    if (!out.is_int()) call.budget.Bytes(size_t{out.size()} * 16);
    out = step(call.arena, out, item);
  }
  return out;
}

Value Sum(BuiltinCall& call, Args args) {
  return Fold(call, args, 0, Add,
              [](long double a, long double b) { return a + b; });
}
Value Product(BuiltinCall& call, Args args) {
  return Fold(call, args, 1, Multiply,
              [](long double a, long double b) { return a * b; });
}

Value Max(BuiltinCall& call, Args args) {
  if (!List(call, args[0]) || args[0].size() == 0) return {};
  const auto items = args[0].items();
  return *std::max_element(items.begin(), items.end(), ValueLess());
}

Value Min(BuiltinCall& call, Args args) {
  if (!List(call, args[0]) || args[0].size() == 0) return {};
  const auto items = args[0].items();
  return *std::min_element(items.begin(), items.end(), ValueLess());
}

Value Sort(BuiltinCall& call, Args args) {
  if (!List(call, args[0])) return {};
  call.budget.Items(size_t{args[0].size()} * 8);
  std::vector<Value> items(args[0].items().begin(), args[0].items().end());
  std::sort(items.begin(), items.end(), ValueLess());
  return MakeArray(call.arena, items);
}

Value ArrayConcat(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kArray) || !call.Is(args, 1, Kind::kArray)) {
    return {};
  }
  call.budget.Items(args[0].size() + args[1].size());
  std::vector<Value> out(args[0].items().begin(), args[0].items().end());
  out.insert(out.end(), args[1].items().begin(), args[1].items().end());
  return MakeArray(call.arena, out);
}

Value ArrayReverse(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kArray)) return {};
  call.budget.Items(args[0].size());
  std::vector<Value> out(args[0].items().rbegin(), args[0].items().rend());
  return MakeArray(call.arena, out);
}

Value ArraySlice(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kArray) || !call.Is(args, 1, Kind::kNumber) ||
      !call.Is(args, 2, Kind::kNumber)) {
    return {};
  }
  const auto from = AsInt64(args[1]), to = AsInt64(args[2]);
  if (!from) return call.Wrong(2, "integer number", "floating-point number");
  if (!to) return call.Wrong(3, "integer number", "floating-point number");
  const int64_t size = args[0].size();
  const int64_t end = std::clamp<int64_t>(*to, 0, size);
  const int64_t begin = std::clamp<int64_t>(*from, 0, end);
  call.budget.Items(static_cast<size_t>(end - begin));
  return MakeArray(call.arena,
                   args[0].items().subspan(static_cast<size_t>(begin),
                                           static_cast<size_t>(end - begin)));
}

Value ArrayFlatten(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kArray)) return {};
  std::vector<Value> out;
  for (const Value& item : args[0].items()) {
    if (!item.is_array()) {
      out.push_back(item);
      continue;
    }
    call.budget.Items(item.size());
    call.arena.Need((out.size() + item.size()) * sizeof(Value));
    out.insert(out.end(), item.items().begin(), item.items().end());
  }
  return MakeArray(call.arena, out);
}

bool SetOfSets(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kSet)) return false;
  for (const Value& item : args[0].items()) {
    if (item.is_set()) {
      call.budget.Items(item.size());
      continue;
    }
    call.Wrong(1, "set of sets",
               "set containing " + std::string(KindName(item.kind())));
    return false;
  }
  return true;
}

Value Union(BuiltinCall& call, Args args) {
  if (!SetOfSets(call, args)) return {};
  std::vector<Value> out;
  for (const Value& set : args[0].items()) {
    call.arena.Need((out.size() + set.size()) * sizeof(Value));
    out.insert(out.end(), set.items().begin(), set.items().end());
  }
  return MakeSet(call.arena, std::move(out));
}

Value Intersection(BuiltinCall& call, Args args) {
  if (!SetOfSets(call, args)) return {};
  if (args[0].size() == 0) return Value::EmptySet();
  std::vector<Value> out;
  for (const Value& item : args[0].items()[0].items()) {
    call.budget.Step(args[0].size());
    const bool everywhere =
        std::all_of(args[0].items().begin(), args[0].items().end(),
                    [&](const Value& set) { return set.Get(item).defined(); });
    if (everywhere) out.push_back(item);
  }
  return MakeSortedSet(call.arena, out);
}

}  // namespace

void RegisterAggregates(BuiltinTable& table) {
  table.Offer("count", Count);
  table.Offer("sum", Sum);
  table.Offer("product", Product);
  table.Offer("max", Max);
  table.Offer("min", Min);
  table.Offer("sort", Sort);
  table.Offer("array.concat", ArrayConcat);
  table.Offer("array.reverse", ArrayReverse);
  table.Offer("array.slice", ArraySlice);
  table.Offer("array.flatten", ArrayFlatten);
  table.Offer("union", Union);
  table.Offer("intersection", Intersection);
}

}  // namespace vouchsafe::rego
