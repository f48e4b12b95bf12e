#include "rego/lint.h"

#include <algorithm>
#include <map>
#include <set>

#include "rego/lint_claims.h"
#include "rego/walk.h"

namespace vouchsafe::rego {
namespace {

bool IsHostCall(const Term* term) {
  return term->kind == TermKind::kCall && term->callee == Callee::kHost &&
         !term->named;
}

bool IsDocument(const Term* term, std::string_view root) {
  return term->kind == TermKind::kVar && term->local < 0 && term->text == root;
}

// The operator of a call: "neq", "gte"; empty for other terms.
std::string_view OperatorOf(const Term* term) {
  if (term == nullptr || term->kind != TermKind::kCall || !term->path.empty()) {
    return {};
  }
  return term->text;
}

std::string_view LastName(const Rule& rule) {
  const Term* head = rule.head;
  if (head->kind == TermKind::kVar) return head->text;
  const Term* last = head->items.back();
  if (last->kind != TermKind::kScalar || !last->scalar.is_string()) return {};
  return last->scalar.text();
}

class RuleLint {
 public:
  RuleLint(const Module& module, const Rule& rule, Findings* findings)
      : module_(module), rule_(rule), findings_(*findings) {}

  void Run() {
    DefaultAllow();
    NullOrder();
    if (!rule_.args.empty()) return;
    EarlyHostCall(rule_.body);
    for (const ElseLink& link : rule_.otherwise) EarlyHostCall(link.body);
  }

 private:
  void DefaultAllow() {
    const bool opens = rule_.is_default && rule_.value &&
                       rule_.value->kind == TermKind::kScalar &&
                       rule_.value->scalar.is_true();
    if (!opens || LastName(rule_) != "allow") return;
    Add("lint_default_allow",
        "what no rule decides is allowed: let the default be false",
        rule_.span);
  }

  // null sorts below everything: `x >= answer` holds when there is no answer.
  void NullOrder() {
    std::set<int> answers;  // locals that are the host's answer
    const auto assign = [&](const Literal& literal) {
      if (literal.kind == LiteralKind::kAssign &&
          literal.a->kind == TermKind::kVar && IsHostCall(literal.b)) {
        answers.insert(literal.a->local);
      }
    };
    WalkLiterals(rule_.body, assign);
    for (const ElseLink& link : rule_.otherwise) {
      WalkLiterals(link.body, assign);
    }
    WalkRule(rule_, [&](const Term* term) {
      const std::string_view name = OperatorOf(term);
      const bool above = name == "gte" || name == "gt";
      if (!above && name != "lte" && name != "lt") return;
      const Term* low = term->items[above ? 1 : 0];
      const bool answer = IsHostCall(low) || (low->kind == TermKind::kVar &&
                                              answers.contains(low->local));
      if (!answer) return;
      Add("lint_null_order",
          "this holds when the host has no value: null sorts below every "
          "number and string; compare with null first",
          term->span);
    });
  }

  // In the order of the source: is the host asked before anything of the input
  // or of another rule was looked at, though something is looked at later?
  void EarlyHostCall(const Body* body) {
    if (body == nullptr) return;
    std::vector<const Literal*> literals(body->literals.begin(),
                                         body->literals.end());
    std::sort(literals.begin(), literals.end(),
              [](const Literal* a, const Literal* b) {
                return a->span.begin < b->span.begin;
              });
    const Term* early = nullptr;
    for (const Literal* literal : literals) {
      const Term* host = nullptr;
      uint32_t looked = UINT32_MAX;
      WalkLiteral(*literal, [&](const Term* term) {
        if (IsHostCall(term) && host == nullptr) host = term;
        if (IsDocument(term, "input") || IsDocument(term, "data")) {
          looked = std::min(looked, term->span.begin);
        }
      });
      const bool looks = looked != UINT32_MAX;
      if (host && early == nullptr && (!looks || looked > host->span.end)) {
        early = host;
        if (!looks) continue;
      }
      if (looks) break;
    }
    bool later = false;
    for (const Literal* literal : literals) {
      WalkLiteral(*literal, [&](const Term* term) {
        later = later || (early && IsDocument(term, "input") &&
                          term->span.begin > early->span.begin);
      });
    }
    if (!early || !later) return;
    Add("lint_early_host_call",
        "the host is asked before the input is looked at: test first which "
        "platform this is for",
        early->span);
  }

  void Add(std::string code, std::string message, const Span& span) {
    findings_.Add(Step::kLint, std::move(code), std::move(message), module_,
                  span);
  }

  const Module& module_;
  const Rule& rule_;
  Findings& findings_;
};

// Rules that no entry needs.
void NeverAsked(const Tree& tree, const Uses& uses, const Lint& lint,
                Findings* findings) {
  std::vector<bool> needed(tree.nodes.size());
  std::vector<uint32_t> open;
  const auto reach = [&](uint32_t node) {
    if (needed[node]) return;
    needed[node] = true;
    open.push_back(node);
  };
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    const std::string& path = tree.nodes[i].path;
    for (const std::string& entry : lint.entries) {
      const bool below =
          path.starts_with(entry) &&
          (path.size() == entry.size() || path[entry.size()] == '.' ||
           path[entry.size()] == '[');
      if (below && tree.nodes[i].has_rule()) reach(i);
    }
  }
  while (!open.empty()) {
    const uint32_t node = open.back();
    open.pop_back();
    for (const uint32_t used : uses[node]) reach(used);
  }
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    const Node& node = tree.nodes[i];
    if (needed[i] || !node.has_rule() || node.keys.empty()) continue;
    if (tree.Child(node.parent, node.keys.back()) != i) continue;
    if (node.keys.back().starts_with("test_")) continue;
    std::string text = node.path + " is never asked for";
    size_t best = 4;
    for (const std::string& entry : lint.entries) {
      const size_t distance = EditDistance(entry, node.path, best - 1);
      if (distance >= best) continue;
      best = distance;
      text = node.path + " is never asked for; " + entry + " is";
    }
    const Definition& first =
        node.definitions.empty() ? node.fallback : node.definitions[0];
    findings->Add(Step::kLint, "lint_never_asked", std::move(text),
                  *first.module, first.rule->span);
  }
}

// `!=` is undefined when a side is missing, so a rule that looks for what is
// not as it should be does not see it, and `not rule` holds.
class UnequalLint {
 public:
  UnequalLint(const Tree& tree, Findings* findings)
      : tree_(tree), findings_(*findings) {}

  void Run(const Module& module, const Rule& rule) {
    const auto literal = [&](const Literal& at) {
      if (at.kind == LiteralKind::kNot) Negated(module, at);
    };
    WalkLiterals(rule.body, literal);
    for (const ElseLink& link : rule.otherwise) {
      WalkLiterals(link.body, literal);
    }
  }

 private:
  void Negated(const Module& module, const Literal& negation) {
    for (const Literal* inner : negation.body->literals) {
      Compare(module, *inner, module, negation);
    }
    WalkBody(negation.body, [&](const Term* term) {
      const uint32_t node = NodeOf(term);
      if (node == Tree::kNone || !seen_.insert(node).second) return;
      for (const Definition& definition : tree_.nodes[node].definitions) {
        if (definition.rule->body == nullptr) continue;
        for (const Literal* inner : definition.rule->body->literals) {
          Compare(*definition.module, *inner, module, negation);
        }
      }
    });
  }

  // The rule or function that the term is the whole of.
  uint32_t NodeOf(const Term* term) const {
    if (term->kind == TermKind::kCall && term->callee == Callee::kUser) {
      return term->target;
    }
    if (term->kind != TermKind::kRef || !IsDocument(term->items[0], "data")) {
      return Tree::kNone;
    }
    uint32_t node = 0;
    for (size_t i = 1; i < term->items.size(); ++i) {
      const Term* key = term->items[i];
      if (tree_.nodes[node].has_rule()) break;
      if (key->kind != TermKind::kScalar || !key->scalar.is_string()) {
        return Tree::kNone;
      }
      node = tree_.Child(node, key->scalar.text());
      if (node == Tree::kNone) return node;
    }
    return tree_.nodes[node].has_rule() ? node : Tree::kNone;
  }

  void Compare(const Module& module, const Literal& literal,
               const Module& negating, const Literal& negation) {
    if (literal.kind != LiteralKind::kExpr || OperatorOf(literal.a) != "neq") {
      return;
    }
    for (const Term* side : literal.a->items) {
      if (side->kind != TermKind::kRef) continue;
      findings_.Add(Step::kLint, "lint_not_unequal",
                    "when " + std::string(module.TextOf(side->span)) +
                        " is missing this is undefined, not true, and `" +
                        std::string(negating.TextOf(negation.span)) +
                        "` (line " + std::to_string(negation.span.row) +
                        ") holds",
                    module, literal.span);
      return;
    }
  }

  const Tree& tree_;
  Findings& findings_;
  std::set<uint32_t> seen_;
};

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b, size_t most) {
  const size_t longer = std::max(a.size(), b.size());
  if (longer - std::min(a.size(), b.size()) > most || longer > 512) {
    return most + 1;
  }
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t corner = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return std::min(row[b.size()], most + 1);
}

void CheckLint(const std::vector<std::unique_ptr<Module>>& modules,
               const Tree& tree, const Uses& uses, const Lint& lint,
               CompileClock* clock, Findings* findings) {
  if (!lint.entries.empty()) NeverAsked(tree, uses, lint, findings);
  UnequalLint unequal(tree, findings);
  for (const auto& module : modules) {
    for (const Rule& rule : module->rules) {
      clock->Tick(64);
      RuleLint(*module, rule, findings).Run();
      unequal.Run(*module, rule);
      CheckClaims(*module, rule, lint, findings);
    }
  }
}

}  // namespace vouchsafe::rego
