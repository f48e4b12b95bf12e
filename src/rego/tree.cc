#include "rego/tree.h"

#include <algorithm>

#include "json/write.h"

namespace vouchsafe::rego {
namespace {

bool IsName(std::string_view key) {
  if (key.empty() || (key[0] >= '0' && key[0] <= '9')) return false;
  return std::all_of(key.begin(), key.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  });
}

// The constant start of a head: its name and the text keys after it.
std::vector<std::string_view> FixedPath(const Rule& rule) {
  std::vector<std::string_view> path;
  if (rule.head->kind == TermKind::kVar) return {rule.head->text};
  path.push_back(rule.head->items[0]->text);
  for (size_t i = 1; i < rule.head->items.size(); ++i) {
    const Term* key = rule.head->items[i];
    if (key->kind != TermKind::kScalar || !key->scalar.is_string()) break;
    path.push_back(key->scalar.text());
  }
  return path;
}

class Builder {
 public:
  explicit Builder(std::vector<Diagnostic>* findings) : findings_(findings) {
    tree_.nodes.emplace_back();
    tree_.nodes[0].path = "data";
  }

  uint32_t Make(uint32_t node, std::string_view key) {
    const uint32_t found = tree_.Child(node, key);
    if (found != Tree::kNone) return found;
    const auto made = static_cast<uint32_t>(tree_.nodes.size());
    Node child;
    child.keys = tree_.nodes[node].keys;
    child.keys.emplace_back(key);
    child.path = PathText(child.keys);
    child.parent = node;
    tree_.nodes.push_back(std::move(child));
    tree_.nodes[node].children.emplace(std::string(key), made);
    return made;
  }

  void Add(const Module& module, uint32_t package, Rule& rule) {
    uint32_t at = package;
    for (const std::string_view key : FixedPath(rule)) at = Make(at, key);
    Node& node = tree_.nodes[at];
    if (rule.is_default) {
      if (node.fallback.rule) {
        Find("rego_type_error",
             "multiple default rules " + node.path + " found", module, rule);
        return;
      }
      node.fallback = {&module, &rule, {}};
      return;
    }
    if (!node.definitions.empty() && node.kind() != rule.kind) {
      Find("rego_type_error", "conflicting rules " + node.path + " found",
           module, rule);
    }
    node.definitions.push_back({&module, &rule, {}});
  }

  // A rule that collects by variable keys takes the rules below it along.
  void Collect(uint32_t at, uint32_t owner) {
    const bool owns =
        owner == Tree::kNone && tree_.nodes[at].has_rule() && Keyed(at);
    const uint32_t next = owns ? at : owner;
    if (owner != Tree::kNone) {
      Node& node = tree_.nodes[at];
      Node& top = tree_.nodes[owner];
      for (Definition& definition : node.definitions) {
        if (definition.rule->kind == RuleKind::kFunction) continue;
        for (size_t i = top.keys.size(); i < node.keys.size(); ++i) {
          definition.inner.push_back(Keep(node.keys[i]));
        }
        top.definitions.push_back(definition);
      }
    }
    std::vector<uint32_t> children;
    for (const auto& [key, child] : tree_.nodes[at].children) {
      children.push_back(child);
    }
    for (const uint32_t child : children) Collect(child, next);
    if (owns) tree_.nodes[at].children.clear();
  }

  void CheckNesting() {
    for (const Node& node : tree_.nodes) {
      if (!node.has_rule() || node.children.empty() || node.is_function()) {
        continue;
      }
      const Definition& first =
          node.definitions.empty() ? node.fallback : node.definitions[0];
      Find("rego_type_error",
           "rule " + node.path + " conflicts with rules below it",
           *first.module, *first.rule);
    }
  }

  Tree Take() { return std::move(tree_); }

 private:
  bool Keyed(uint32_t at) const {
    return std::any_of(
        tree_.nodes[at].definitions.begin(), tree_.nodes[at].definitions.end(),
        [](const Definition& d) {
          return d.rule->kind == RuleKind::kObject ||
                 (d.rule->kind == RuleKind::kSet &&
                  d.rule->head->items.size() > FixedPath(*d.rule).size());
        });
  }
  // Node keys move when the vector grows: take the text of the source.
  std::string_view Keep(const std::string& key) {
    return *kept_.insert(key).first;
  }
  void Find(std::string code, std::string message, const Module& module,
            const Rule& rule) {
    findings_->push_back(
        Finding(std::move(code), std::move(message), module, rule.span));
  }

  Tree tree_;
  std::vector<Diagnostic>* findings_;

 public:
  std::set<std::string, std::less<>> kept_;
};

}  // namespace

Diagnostic Finding(std::string code, std::string message, const Module& module,
                   const Span& span) {
  Diagnostic out;
  out.code = std::move(code);
  out.message = std::move(message);
  out.file = module.file;
  out.row = span.row;
  out.col = span.col;
  return out;
}

std::string PathText(const std::vector<std::string>& keys) {
  std::string out = "data";
  for (const std::string& key : keys) {
    out += IsName(key) ? "." + key : "[" + json::Quote(key) + "]";
  }
  return out;
}

uint32_t Tree::Child(uint32_t node, std::string_view key) const {
  const auto at = nodes[node].children.find(key);
  return at == nodes[node].children.end() ? kNone : at->second;
}

uint32_t Tree::Find(const std::vector<std::string_view>& keys) const {
  uint32_t at = 0;
  for (const std::string_view key : keys) {
    at = Child(at, key);
    if (at == kNone) return kNone;
  }
  return at;
}

Tree BuildTree(const std::vector<std::unique_ptr<Module>>& modules,
               std::vector<Diagnostic>* findings) {
  Builder builder(findings);
  for (const auto& module : modules) {
    uint32_t package = 0;
    for (const std::string_view key : module->package) {
      package = builder.Make(package, key);
    }
    for (Rule& rule : module->rules) builder.Add(*module, package, rule);
  }
  builder.Collect(0, Tree::kNone);
  builder.CheckNesting();
  Tree tree = builder.Take();
  tree.kept = std::move(builder.kept_);
  return tree;
}

}  // namespace vouchsafe::rego
