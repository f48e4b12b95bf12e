#include "rego/recursion.h"

#include <algorithm>

#include "rego/keyed.h"
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

namespace {

// Rules by the constant start of their path, as OPA takes them: each entry
// with constant keys of a rule that collects is one of its own.
class Units {
 public:
  explicit Units(const Tree& tree) : tree_(tree), units_(1) {
    of_node_.resize(tree.nodes.size(), Tree::kNone);
    for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
      const Node& node = tree.nodes[i];
      for (const Definition& definition : node.definitions) {
        if (definition.own == Tree::kNone) Add(i, definition);
      }
      if (node.fallback.rule) Add(i, node.fallback);
    }
  }

  struct Unit {
    std::map<Value, uint32_t, ValueLess> children;
    std::vector<const Definition*> definitions;
    bool function = false;
  };
  const std::vector<Unit>& all() const { return units_; }

  // What one definition refers to, sorted.
  std::vector<uint32_t> UsesOf(const Rule& rule) const {
    std::vector<uint32_t> out;
    const Term* head = nullptr;
    WalkRule(rule, [&](const Term* term) {
      if (term->kind == TermKind::kCall && term->callee == Callee::kUser) {
        if (of_node_[term->target] != Tree::kNone) {
          out.push_back(of_node_[term->target]);
        }
      }
      const bool ref = term->kind == TermKind::kRef;
      const Term* root = ref ? term->items[0] : term;
      if (root->kind != TermKind::kVar || root->local >= 0 ||
          root->text != "data" || (!ref && term == head)) {
        return;
      }
      if (ref) head = root;
      Follow(*term, 1, 0, &out);
    });
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  uint32_t Make(uint32_t unit, const Value& key) {
    const auto found = units_[unit].children.find(key);
    if (found != units_[unit].children.end()) return found->second;
    const auto made = static_cast<uint32_t>(units_.size());
    units_.emplace_back();
    units_[unit].children.emplace(key, made);
    return made;
  }

  void Add(uint32_t node, const Definition& definition) {
    uint32_t at = 0;
    for (const std::string& key : tree_.nodes[node].keys) {
      at = Make(at, Value::Text(key));
    }
    of_node_[node] = at;
    const HeadKeys head = HeadKeysOf(definition);
    const bool set = definition.rule->kind == RuleKind::kSet;
    for (size_t i = 0; i + (set ? 1 : 0) < head.size(); ++i) {
      const Value key = head.Known(i);
      if (!key.defined()) break;
      at = Make(at, key);
    }
    units_[at].function = definition.rule->kind == RuleKind::kFunction;
    units_[at].definitions.push_back(&definition);
  }

  void Insert(uint32_t unit, std::vector<uint32_t>* out) const {
    const Unit& one = units_[unit];
    if (!one.definitions.empty() && !one.function) out->push_back(unit);
  }
  void InsertBelow(uint32_t unit, std::vector<uint32_t>* out) const {
    Insert(unit, out);
    for (const auto& [key, child] : units_[unit].children) {
      InsertBelow(child, out);
    }
  }
  void Follow(const Term& ref, size_t at, uint32_t unit,
              std::vector<uint32_t>* out) const {
    if (ref.kind != TermKind::kRef || at >= ref.items.size()) {
      return InsertBelow(unit, out);
    }
    const Term* key = ref.items[at];
    const auto& children = units_[unit].children;
    if (key->kind == TermKind::kScalar) {
      const auto child = children.find(key->scalar);
      if (child == children.end()) return;
      Insert(child->second, out);
      return Follow(ref, at + 1, child->second, out);
    }
    for (const auto& [name, child] : children) {
      Insert(child, out);
      Follow(ref, at + 1, child, out);
    }
  }

  const Tree& tree_;
  std::vector<Unit> units_;  // units_[0] is `data`
  std::vector<uint32_t> of_node_;
};

// "data.p.q[k]".
std::string NameOf(const Definition& definition) {
  std::vector<std::string> package;
  for (const std::string_view key : definition.module->package) {
    package.emplace_back(key);
  }
  return PathText(package) + "." + HeadText(*definition.rule);
}

}  // namespace

std::vector<bool> Cyclic(const Uses& uses) {
  std::vector<bool> out(uses.size());
  const std::vector<uint32_t> group = GroupsOf(uses);
  std::vector<uint32_t> sizes(uses.size() + 1);
  for (const uint32_t one : group) ++sizes[one];
  for (uint32_t i = 0; i < uses.size(); ++i) {
    out[i] = sizes[group[i]] > 1 ||
             std::binary_search(uses[i].begin(), uses[i].end(), i);
  }
  return out;
}

void CheckRecursion(const Tree& tree, const Uses& by_node, CompileClock* clock,
                    Findings* findings) {
  // No cycle of whole rules, so none of their parts either.
  const std::vector<bool> some = Cyclic(by_node);
  if (std::find(some.begin(), some.end(), true) == some.end()) return;
  const Units units(tree);
  Uses uses(units.all().size());
  for (size_t i = 0; i < uses.size(); ++i) {
    for (const Definition* definition : units.all()[i].definitions) {
      const std::vector<uint32_t> more = units.UsesOf(*definition->rule);
      clock->Tick(16 + more.size());
      uses[i].insert(uses[i].end(), more.begin(), more.end());
    }
    std::sort(uses[i].begin(), uses[i].end());
    uses[i].erase(std::unique(uses[i].begin(), uses[i].end()), uses[i].end());
  }
  const std::vector<bool> cyclic = Cyclic(uses);
  const std::vector<uint32_t> group = GroupsOf(uses);
  for (uint32_t i = 0; i < uses.size(); ++i) {
    if (!cyclic[i]) continue;
    for (const Definition* definition : units.all()[i].definitions) {
      if (definition->rule->is_default) continue;
      if (findings->at(Step::kRecursion).size() >= kMostFindings) return;
      const std::vector<uint32_t> way =
          WayBack(i, units.UsesOf(*definition->rule), uses, group);
      if (way.empty()) continue;
      const std::string name = NameOf(*definition);
      std::string text = "rule " + name + " is recursive: " + name;
      for (const uint32_t unit : way) {
        text += " -> " +
                (unit == i ? name : NameOf(*units.all()[unit].definitions[0]));
      }
      findings->Add(Step::kRecursion, "rego_recursion_error", std::move(text),
                    *definition->module, definition->rule->span);
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
