#include "rego/recursion.h"

#include <algorithm>

#include "rego/walk.h"

namespace vouchsafe::rego {
namespace {

// More findings than this help nobody.
constexpr size_t kMostFindings = 100;

void AddRules(const Tree& tree, uint32_t node, std::vector<uint32_t>* out) {
  if (tree.nodes[node].has_rule()) {
    if (!tree.nodes[node].is_function()) out->push_back(node);
    return;
  }
  for (const auto& [key, child] : tree.nodes[node].children) {
    AddRules(tree, child, out);
  }
}

// The rules that a reference to `data` may need, from key `at` on below
// `node`. A key that is known only later may be any child.
void AddReference(const Tree& tree, const Term& ref, size_t at, uint32_t node,
                  std::vector<uint32_t>* out) {
  const bool all = ref.kind != TermKind::kRef || at >= ref.items.size();
  if (all || tree.nodes[node].has_rule()) return AddRules(tree, node, out);
  const Term* key = ref.items[at];
  if (key->kind == TermKind::kScalar) {
    const uint32_t child = key->scalar.is_string()
                               ? tree.Child(node, key->scalar.text())
                               : Tree::kNone;
    if (child != Tree::kNone) AddReference(tree, ref, at + 1, child, out);
    return;
  }
  for (const auto& [name, child] : tree.nodes[node].children) {
    AddReference(tree, ref, at + 1, child, out);
  }
}

// Strongly connected components (Tarjan), without recursion. group[i] is the
// number of i's component; components are numbered so that what a node uses
// has a smaller number or the same.
std::vector<uint32_t> GroupsOf(const Uses& uses) {
  const auto count = static_cast<uint32_t>(uses.size());
  std::vector<uint32_t> group(count), order(count), low(count), stack;
  std::vector<bool> on_stack(count);
  struct Visit {
    uint32_t node;
    size_t next = 0;
  };
  uint32_t clock = 0, groups = 0;
  for (uint32_t root = 0; root < count; ++root) {
    if (order[root] != 0) continue;
    std::vector<Visit> visits = {{root}};
    while (!visits.empty()) {
      Visit& visit = visits.back();
      const uint32_t node = visit.node;
      if (order[node] == 0) {
        order[node] = low[node] = ++clock;
        stack.push_back(node);
        on_stack[node] = true;
      }
      if (visit.next < uses[node].size()) {
        const uint32_t to = uses[node][visit.next++];
        if (order[to] == 0) {
          visits.push_back({to});
        } else if (on_stack[to]) {
          low[node] = std::min(low[node], order[to]);
        }
        continue;
      }
      if (low[node] == order[node]) {
        for (uint32_t member = count; member != node;) {
          member = stack.back();
          stack.pop_back();
          on_stack[member] = false;
          group[member] = groups;
        }
        ++groups;
      }
      visits.pop_back();
      if (visits.empty()) continue;
      uint32_t& up = low[visits.back().node];
      up = std::min(up, low[node]);
    }
  }
  return group;
}

// A shortest way from `first` (already used by `node`) back to `node` within
// one component, as nodes; empty when there is none.
std::vector<uint32_t> WayBack(uint32_t node, const std::vector<uint32_t>& first,
                              const Uses& uses,
                              const std::vector<uint32_t>& group) {
  std::vector<uint32_t> from(uses.size(), Tree::kNone), queue;
  const auto reach = [&](uint32_t to, uint32_t before) {
    if (from[to] != Tree::kNone || group[to] != group[node]) return;
    from[to] = before;
    queue.push_back(to);
  };
  for (const uint32_t to : first) reach(to, node);
  for (size_t i = 0; i < queue.size() && from[node] == Tree::kNone; ++i) {
    for (const uint32_t to : uses[queue[i]]) reach(to, queue[i]);
  }
  if (from[node] == Tree::kNone) return {};
  std::vector<uint32_t> way = {node};
  for (uint32_t at = from[node]; at != node; at = from[at]) way.push_back(at);
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace

std::vector<uint32_t> UsesOf(const Rule& rule, const Tree& tree) {
  std::vector<uint32_t> out;
  // The head of a reference is seen again as a term of its own.
  std::vector<const Term*> heads;
  WalkRule(rule, [&](const Term* term) {
    if (term->kind == TermKind::kCall && term->callee == Callee::kUser) {
      out.push_back(term->target);
    }
    const bool ref = term->kind == TermKind::kRef;
    const Term* root = ref ? term->items[0] : term;
    if (root->kind != TermKind::kVar || root->local >= 0 ||
        root->text != "data") {
      return;
    }
    if (!ref && !heads.empty() && heads.back() == term) return;
    if (ref) heads.push_back(root);
    AddReference(tree, *term, 1, 0, &out);
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Uses UsesOf(const Tree& tree, CompileClock* clock) {
  Uses uses(tree.nodes.size());
  for (size_t i = 0; i < uses.size(); ++i) {
    const Node& node = tree.nodes[i];
    for (const Definition& definition : node.definitions) {
      const std::vector<uint32_t> some = UsesOf(*definition.rule, tree);
      clock->Tick(16 + some.size());
      uses[i].insert(uses[i].end(), some.begin(), some.end());
    }
    if (node.fallback.rule) {
      const std::vector<uint32_t> some = UsesOf(*node.fallback.rule, tree);
      uses[i].insert(uses[i].end(), some.begin(), some.end());
    }
    std::sort(uses[i].begin(), uses[i].end());
    uses[i].erase(std::unique(uses[i].begin(), uses[i].end()), uses[i].end());
  }
  return uses;
}

void CheckRecursion(const Tree& tree, const Uses& uses, Findings* findings) {
  const std::vector<uint32_t> group = GroupsOf(uses);
  std::vector<uint32_t> sizes(uses.size() + 1);
  for (const uint32_t g : group) ++sizes[g];
  for (uint32_t i = 0; i < uses.size(); ++i) {
    const bool self = std::binary_search(uses[i].begin(), uses[i].end(), i);
    if (sizes[group[i]] == 1 && !self) continue;
    for (const Definition& definition : tree.nodes[i].definitions) {
      if (findings->at(Step::kRecursion).size() >= kMostFindings) return;
      const std::vector<uint32_t> way =
          WayBack(i, UsesOf(*definition.rule, tree), uses, group);
      if (way.empty()) continue;
      const std::string& path = tree.nodes[i].path;
      std::string text = "rule " + path + " is recursive: " + path;
      for (const uint32_t node : way) text += " -> " + tree.nodes[node].path;
      findings->Add(Step::kRecursion, "rego_recursion_error", std::move(text),
                    *definition.module, definition.rule->span);
    }
  }
}

std::vector<uint32_t> DependencyOrder(const Uses& uses) {
  const std::vector<uint32_t> group = GroupsOf(uses);
  std::vector<uint32_t> out(uses.size());
  for (uint32_t i = 0; i < out.size(); ++i) out[i] = i;
  std::stable_sort(out.begin(), out.end(),
                   [&](uint32_t a, uint32_t b) { return group[a] < group[b]; });
  return out;
}

}  // namespace vouchsafe::rego
