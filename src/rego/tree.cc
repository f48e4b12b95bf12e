#include "rego/tree.h"

#include <algorithm>

#include "rego/keyed.h"

namespace vouchsafe::rego {
namespace {

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
  explicit Builder(Findings* findings) : findings_(findings) {
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
    const Definition definition{&module, &rule, {}};
    own_[at].push_back(definition);
    if (!rule.is_default) {
      node.definitions.push_back(definition);
    } else if (node.fallback.rule == nullptr) {
      node.fallback = definition;
    }
  }

  // A rule that collects by variable keys takes the rules below it along.
  void Collect(uint32_t at, uint32_t owner) {
    const bool owns =
        owner == Tree::kNone && tree_.nodes[at].has_rule() && Keyed(at);
    const uint32_t next = owns ? at : owner;
    if (owner != Tree::kNone) {
      Node& node = tree_.nodes[at];
      Node& top = tree_.nodes[owner];
      node.taker = owner;
      if (node.has_rule() && node.kind() == RuleKind::kComplete) {
        top.taken.push_back(at);
      }
      for (Definition definition : node.definitions) {
        if (definition.rule->kind == RuleKind::kFunction) continue;
        definition.own = at;
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

  // Before Collect: rules of one path, rules below rules.
  void CheckConflicts() {
    for (const auto& [at, definitions] : own_) CheckNode(at, definitions);
  }

  void AddPackage(uint32_t node, const Module* module) {
    packages_[node].push_back(module);
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
  static std::string Place(const Definition& definition) {
    return definition.module->file + ":" +
           std::to_string(definition.rule->span.row);
  }

  void Below(uint32_t at, std::vector<std::string>* out) const {
    for (const auto& [key, child] : tree_.nodes[at].children) {
      if (tree_.nodes[child].has_rule()) {
        out->push_back(tree_.nodes[child].path);
      }
      Below(child, out);
    }
  }

  void CheckNode(uint32_t at, const std::vector<Definition>& definitions) {
    const Node& node = tree_.nodes[at];
    const Definition& first = definitions[0];
    bool single = false, several = false, sets = false, values = false;
    bool arity = false;
    std::vector<Definition> defaults;
    for (const Definition& definition : definitions) {
      const Rule& rule = *definition.rule;
      const bool ground = rule.head->kind == TermKind::kVar ||
                          FixedPath(rule).size() == rule.head->items.size();
      (rule.kind != RuleKind::kSet && ground ? single : several) = true;
      (rule.kind == RuleKind::kSet ? sets : values) = true;
      arity = arity || rule.args.size() != first.rule->args.size() ||
              (rule.kind == RuleKind::kFunction) !=
                  (first.rule->kind == RuleKind::kFunction);
      if (rule.is_default) defaults.push_back(definition);
      if (ground && !node.children.empty() && Refuse(at, definition)) return;
    }
    if ((sets && values) || arity || (single && several)) {
      Find("conflicting rules " + node.path + " found", first);
    } else if (defaults.size() > 1) {
      std::string places;
      for (const Definition& definition : defaults) {
        places += (places.empty() ? "" : ", ") + Place(definition);
      }
      findings_->Type(
          Step::kConflicts,
          "multiple default rules " + node.path + " found at " + places,
          *defaults[0].module, defaults[0].module->package_span);
    }
    CheckPackages(at, definitions);
  }

  // Rules or packages below a rule whose value is whole.
  bool Refuse(uint32_t at, const Definition& definition) {
    std::vector<std::string> below;
    Below(at, &below);
    if (below.empty()) return false;
    std::string list;
    for (const std::string& path : below) {
      list += (list.empty() ? "" : " ") + path;
    }
    Find("rule " + tree_.nodes[at].path + " conflicts with [" + list + "]",
         definition);
    return true;
  }

  void CheckPackages(uint32_t at, const std::vector<Definition>& definitions) {
    const auto found = packages_.find(at);
    if (found == packages_.end()) return;
    for (const Module* module : found->second) {
      for (const Definition& definition : definitions) {
        std::string package = "package ";
        for (const std::string_view part : module->package) {
          package += (package.back() == ' ' ? "" : ".") + std::string(part);
        }
        findings_->Type(Step::kConflicts,
                        package + " conflicts with rule " +
                            HeadText(*definition.rule) + " defined at " +
                            Place(definition),
                        *definition.module, definition.module->package_span);
      }
    }
  }

  // Node keys move when the vector grows: take the text of the source.
  std::string_view Keep(const std::string& key) {
    return *kept_.insert(key).first;
  }
  void Find(std::string message, const Definition& definition) {
    findings_->Type(Step::kConflicts, std::move(message), *definition.module,
                    definition.rule->span);
  }

  Tree tree_;
  std::map<uint32_t, std::vector<Definition>> own_;  // with defaults, in order
  std::map<uint32_t, std::vector<const Module*>> packages_;
  Findings* findings_;

 public:
  std::set<std::string, std::less<>> kept_;
};

}  // namespace

std::string PathText(const std::vector<std::string>& keys) {
  std::string out = "data";
  for (const std::string& key : keys) {
    out += KeyText(key);
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
               Findings* findings) {
  Builder builder(findings);
  for (const auto& module : modules) {
    uint32_t package = 0;
    for (const std::string_view key : module->package) {
      package = builder.Make(package, key);
    }
    builder.AddPackage(package, module.get());
    for (Rule& rule : module->rules) builder.Add(*module, package, rule);
  }
  builder.CheckConflicts();
  builder.Collect(0, Tree::kNone);
  Tree tree = builder.Take();
  for (Node& node : tree.nodes) {
    for (const Definition& definition : node.definitions) {
      node.head_keys = std::max(node.head_keys, HeadKeysOf(definition).size());
    }
  }
  tree.kept = std::move(builder.kept_);
  return tree;
}

}  // namespace vouchsafe::rego
