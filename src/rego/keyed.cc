#include "rego/keyed.h"

#include <algorithm>
#include <map>
#include <set>

#include "rego/recursion.h"
#include "rego/walk.h"

namespace vouchsafe::rego {
namespace {

// Without a need, this many parts of one rule at most: more of them may cost
// more than the rule as a whole.
constexpr size_t kFewKeys = 4;
// Definitions that are planned again for parts, in all.
constexpr size_t kMostAgain = 20'000;

bool Collects(const Node& node) {
  return node.has_rule() &&
         (node.kind() == RuleKind::kSet || node.kind() == RuleKind::kObject);
}

struct Reads {
  bool whole = false;
  std::set<KeyedRead> parts;
};

// How references read the collecting rules.
class ReadFinder {
 public:
  explicit ReadFinder(const Tree& tree) : tree_(tree) {}

  void See(const Term* term) {
    if (term->kind == TermKind::kVar) {
      // The head of a reference was seen with it.
      if (!IsData(term) || term == head_) return;
      Below(0);
      return;
    }
    if (term->kind != TermKind::kRef || !IsData(term->items[0])) return;
    head_ = term->items[0];
    Follow(*term, 1, 0);
  }

  std::map<uint32_t, Reads> found;

 private:
  static bool IsData(const Term* term) {
    return term->kind == TermKind::kVar && term->local < 0 &&
           term->text == "data";
  }

  void Below(uint32_t node) {
    if (tree_.nodes[node].has_rule()) {
      found[node].whole = true;
      return;
    }
    for (const auto& [key, child] : tree_.nodes[node].children) Below(child);
  }

  void Follow(const Term& ref, size_t at, uint32_t node) {
    if (tree_.nodes[node].has_rule()) {
      std::vector<Value> keys = KeysRead(tree_.nodes[node], ref, at);
      if (keys.empty()) {
        found[node].whole = true;
      } else {
        found[node].parts.insert({node, std::move(keys)});
      }
      return;
    }
    if (at >= ref.items.size()) return Below(node);
    const Term* key = ref.items[at];
    if (key->kind != TermKind::kScalar) {
      for (const auto& [name, child] : tree_.nodes[node].children) Below(child);
      return;
    }
    if (!key->scalar.is_string()) return;
    const uint32_t child = tree_.Child(node, key->scalar.text());
    if (child != Tree::kNone) Follow(ref, at + 1, child);
  }

  const Tree& tree_;
  const Term* head_ = nullptr;
};

}  // namespace

bool KeyedRead::operator<(const KeyedRead& other) const {
  if (node != other.node) return node < other.node;
  return std::lexicographical_compare(keys.begin(), keys.end(),
                                      other.keys.begin(), other.keys.end(),
                                      ValueLess());
}

Value HeadKeys::Known(size_t i) const {
  if (i < inner.size()) return Value::Text(inner[i]);
  const Term* term = terms[i - inner.size()];
  return term->kind == TermKind::kScalar ? term->scalar : Value();
}

HeadKeys HeadKeysOf(const Definition& definition) {
  HeadKeys out;
  out.inner = definition.inner;
  const Rule& rule = *definition.rule;
  if (rule.head->kind == TermKind::kRef) {
    // The head's own constant texts are part of the path.
    size_t fixed = 1;
    const auto& items = rule.head->items;
    while (fixed < items.size() && items[fixed]->kind == TermKind::kScalar &&
           items[fixed]->scalar.is_string()) {
      ++fixed;
    }
    out.terms.assign(items.begin() + static_cast<std::ptrdiff_t>(fixed),
                     items.end());
  }
  if (rule.kind == RuleKind::kSet) out.terms.push_back(rule.key);
  return out;
}

bool MayGive(const HeadKeys& head, const std::vector<Value>& keys) {
  for (size_t i = 0; i < std::min(head.size(), keys.size()); ++i) {
    const Value known = head.Known(i);
    if (known.defined() && !(known == keys[i])) return false;
  }
  return true;
}

std::vector<Value> KeysRead(const Node& node, const Term& ref, size_t at) {
  std::vector<Value> out;
  if (ref.kind != TermKind::kRef || !Collects(node)) return out;
  for (; at < ref.items.size() && out.size() < node.head_keys; ++at) {
    if (ref.items[at]->kind != TermKind::kScalar) break;
    out.push_back(ref.items[at]->scalar);
  }
  return out;
}

KeyedReads KeyedReadsOf(const Tree& tree, CompileClock* clock) {
  KeyedReads out;
  if (std::none_of(tree.nodes.begin(), tree.nodes.end(), Collects)) return out;
  ReadFinder finder(tree);
  const auto see = [&](const Term* term) {
    clock->Tick();
    finder.See(term);
  };
  for (const Node& node : tree.nodes) {
    for (const Definition& definition : node.definitions) {
      if (definition.own == Tree::kNone) WalkRule(*definition.rule, see);
    }
    if (node.fallback.rule) WalkRule(*node.fallback.rule, see);
  }
  const bool any = std::any_of(
      finder.found.begin(), finder.found.end(), [&](const auto& one) {
        return Collects(tree.nodes[one.first]) && !one.second.parts.empty();
      });
  // A rule that was taken is asked for by its path, and what lies between.
  std::map<uint32_t, std::set<KeyedRead>> asked;
  for (const Node& node : tree.nodes) {
    if (node.taker == Tree::kNone || node.is_function()) continue;
    const Node& top = tree.nodes[node.taker];
    KeyedRead part{node.taker, {}};
    for (size_t i = top.keys.size(); i < node.keys.size(); ++i) {
      part.keys.push_back(Value::Text(node.keys[i]));
    }
    asked[node.taker].insert(std::move(part));
  }
  if (!any && asked.empty()) return out;
  const std::vector<bool> cyclic = Cyclic(UsesOf(tree, clock));
  size_t again = 0;
  const auto add = [&](const std::set<KeyedRead>& parts) {
    for (const KeyedRead& part : parts) {
      again += tree.nodes[part.node].definitions.size();
      if (again > kMostAgain) return;
      out.push_back(part);
    }
  };
  for (const auto& [node, reads] : finder.found) {
    if (!Collects(tree.nodes[node])) continue;
    if (cyclic[node] || (!reads.whole && reads.parts.size() <= kFewKeys)) {
      add(reads.parts);
    }
  }
  for (const auto& [node, parts] : asked) add(parts);
  return out;
}

}  // namespace vouchsafe::rego
