#include "rego/lint_claims.h"

#include <map>
#include <set>

#include "rego/lint.h"
#include "rego/walk.h"

namespace vouchsafe::rego {
namespace {

// No nearer name helps anyone.
constexpr size_t kFarthest = 12;

bool IsBelow(std::string_view path, std::string_view above) {
  return path.size() > above.size() && path.starts_with(above) &&
         path[above.size()] == '.';
}

class Checker {
 public:
  Checker(const Module& module, const Lint& lint, Findings* findings)
      : module_(module), lint_(lint), findings_(*findings) {}

  void Run(const Rule& rule) {
    const auto assign = [&](const Literal& literal) {
      if (literal.kind != LiteralKind::kAssign) return;
      if (literal.a->kind != TermKind::kVar) return;
      bool whole = false;
      const std::string path = PathOf(literal.b, &whole);
      if (whole) locals_[literal.a->local] = path;
    };
    WalkLiterals(rule.body, assign);
    for (const ElseLink& link : rule.otherwise) {
      WalkLiterals(link.body, assign);
    }
    WalkRule(rule, [&](const Term* term) {
      if (term->kind == TermKind::kRef) Check(term);
    });
  }

 private:
  // "input.snp.measurement", as far as it is known; empty when the term does
  // not start at the input. `whole`: nothing follows.
  std::string PathOf(const Term* term, bool* whole) const {
    const bool ref = term->kind == TermKind::kRef;
    const Term* head = ref ? term->items[0] : term;
    std::string path;
    if (head->kind == TermKind::kVar && head->local < 0 &&
        head->text == "input") {
      path = "input";
    } else if (head->kind == TermKind::kVar && locals_.contains(head->local)) {
      path = locals_.at(head->local);
    }
    *whole = !path.empty();
    if (path.empty() || !ref) return path;
    for (size_t i = 1; i < term->items.size(); ++i) {
      const Term* key = term->items[i];
      if (key->kind != TermKind::kScalar || !key->scalar.is_string()) {
        *whole = false;
        break;
      }
      path += "." + std::string(key->scalar.text());
    }
    return path;
  }

  bool IsKnown(const std::string& path) const {
    for (const std::string& claim : lint_.claims) {
      if (claim == path || IsBelow(path, claim) || IsBelow(claim, path)) {
        return true;
      }
    }
    return false;
  }

  void Check(const Term* ref) {
    bool whole = false;
    const std::string path = PathOf(ref, &whole);
    bool held = false;
    for (const std::string& prefix : lint_.claim_prefixes) {
      held = held || IsBelow(path, prefix);
    }
    if (!held || IsKnown(path)) return;
    std::string text = path + " is no claim that exists";
    const std::string* nearest = nullptr;
    size_t best = kFarthest + 1;
    for (const std::string& claim : lint_.claims) {
      const size_t distance = EditDistance(claim, path, best - 1);
      if (distance >= best) continue;
      best = distance;
      nearest = &claim;
    }
    if (nearest) text += ", the nearest is " + *nearest;
    Diagnostic finding =
        Finding("lint_unknown_claim", std::move(text), module_, ref->span);
    if (!seen_.insert(ref->span.begin).second) return;
    findings_.Add(Step::kLint, std::move(finding));
  }

  const Module& module_;
  const Lint& lint_;
  Findings& findings_;
  std::map<int, std::string> locals_;  // those that are a path of the input
  std::set<uint32_t> seen_;
};

}  // namespace

void CheckClaims(const Module& module, const Rule& rule, const Lint& lint,
                 Findings* findings) {
  if (lint.claim_prefixes.empty()) return;
  Checker(module, lint, findings).Run(rule);
}

}  // namespace vouchsafe::rego
