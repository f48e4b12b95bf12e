// walk, graph.*.

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
    return call.WrongType(2, "{array, set}", args[1]);
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

// Every path through the graph to a node without edges, out of the graph, or
// back to itself.
class PathFinder {
 public:
  PathFinder(BuiltinCall& call, const Value& graph)
      : call_(call), graph_(graph) {}

  void From(const Value& node) {
    const Value edges = graph_.Get(node);
    if (!edges.defined()) return;
    Enter(node, edges);
    while (!open_.empty()) {
      Level& level = open_.back();
      if (level.next == level.edges.size()) {
        Leave();
        continue;
      }
      // A node that the search starts at may come once more.
      const bool first = open_.size() == 1;
      Visit(level.edges[level.next++], first);
    }
  }

  Value Done() { return MakeSet(call_.arena, std::move(paths_)); }

 private:
  struct Level {
    std::span<const Value> edges;
    size_t next = 0;
  };

  void Visit(const Value& node, bool first) {
    call_.budget.Step(4);
    if (!first && on_path_.contains(node)) return Commit();
    const Value edges = graph_.Get(node);
    if (!edges.defined()) return Commit();
    Enter(node, edges);
  }

  void Enter(const Value& node, const Value& edges) {
    call_.arena.Need((path_.size() + 1) * 128);
    path_.push_back(node);
    ++on_path_[node];
    const bool list = edges.is_array() || edges.is_set();
    open_.push_back({list ? edges.items() : std::span<const Value>(), 0});
    if (open_.back().edges.empty()) Commit();
  }

  void Leave() {
    const auto at = on_path_.find(path_.back());
    if (--at->second == 0) on_path_.erase(at);
    path_.pop_back();
    open_.pop_back();
  }

  void Commit() {
    call_.budget.Items(path_.size());
    call_.arena.Need((paths_.size() + 1) * 2 * sizeof(Value));
    paths_.push_back(MakeArray(call_.arena, path_));
  }

  BuiltinCall& call_;
  const Value& graph_;
  std::vector<Value> path_;
  std::map<Value, size_t, ValueLess> on_path_;
  std::vector<Level> open_;
  std::vector<Value> paths_;
};

Value ReachablePaths(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kObject)) return {};
  if (!args[1].is_array() && !args[1].is_set()) {
    return call.WrongType(2, "{array, set}", args[1]);
  }
  PathFinder finder(call, args[0]);
  for (const Value& node : args[1].items()) finder.From(node);
  return finder.Done();
}

}  // namespace

void RegisterGraph(BuiltinTable& table) {
  table.Offer("walk", Walk);
  table.Offer("graph.reachable", Reachable);
  table.Offer("graph.reachable_paths", ReachablePaths);
}

}  // namespace vouchsafe::rego
