// walk, graph.reachable.

#include <map>

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

// Every [path, value] below the document, itself first.
Value Walk(BuiltinCall& call, Args args) {
  std::vector<Value> out;
  struct Open {
    std::vector<Value> path;
    Value value;
  };
  std::vector<Open> open = {{{}, args[0]}};
  while (!open.empty()) {
    const Open now = std::move(open.back());
    open.pop_back();
    call.budget.Items(now.path.size() + 8);
    call.arena.Need((out.size() + open.size()) * sizeof(Open));
    out.push_back(MakeArray(
        call.arena,
        std::vector<Value>{MakeArray(call.arena, now.path), now.value}));
    if (!now.value.is_collection()) continue;
    for (size_t i = now.value.size(); i-- > 0;) {
      Open next = {now.path, now.value.is_object() ? now.value.values()[i]
                                                   : now.value.items()[i]};
      next.path.push_back(now.value.is_array()
                              ? Value::Int(static_cast<int64_t>(i))
                              : now.value.items()[i]);
      open.push_back(std::move(next));
    }
  }
  return MakeArray(call.arena, out);
}

Value Reachable(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kObject)) return {};
  if (!args[1].is_array() && !args[1].is_set()) {
    return call.WrongTypes(2, "set, array", args[1]);
  }
  std::map<Value, bool, ValueLess> seen;
  std::vector<Value> open(args[1].items().begin(), args[1].items().end());
  while (!open.empty()) {
    const Value node = open.back();
    open.pop_back();
    call.budget.Step(4);
    const Value edges = args[0].Get(node);
    if (!edges.defined()) continue;
    call.arena.Need((seen.size() + 1) * 64 + open.size() * sizeof(Value));
    if (!seen.emplace(node, true).second) continue;
    if (!edges.is_array() && !edges.is_set()) continue;
    call.budget.Items(edges.size());
    open.insert(open.end(), edges.items().begin(), edges.items().end());
  }
  std::vector<Value> out;
  for (const auto& [node, unused] : seen) out.push_back(node);
  return MakeSortedSet(call.arena, out);
}

}  // namespace

void RegisterGraph(BuiltinTable& table) {
  table.Offer("walk", Walk);
  table.Offer("graph.reachable", Reachable);
}

}  // namespace vouchsafe::rego
