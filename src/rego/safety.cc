#include "rego/safety.h"

#include <algorithm>
#include <map>
#include <set>

namespace vouchsafe::rego {

namespace {

bool Pinned(const Term* term);
bool Pinned(const Body* body);
bool Pinned(const Literal& literal) {
  if (!literal.with.empty()) return true;
  for (const Term* term : {literal.a, literal.b, literal.c}) {
    if (term && Pinned(term)) return true;
  }
  for (const Body* operand : literal.operands) {
    if (Pinned(operand)) return true;
  }
  return literal.body && Pinned(literal.body);
}
bool Pinned(const Body* body) {
  return std::any_of(body->literals.begin(), body->literals.end(),
                     [](const Literal* literal) { return Pinned(*literal); });
}
bool Pinned(const Term* term) {
  if (term->kind == TermKind::kCall && term->callee == Callee::kHost) {
    return true;
  }
  if (term->body && Pinned(term->body)) return true;
  return std::any_of(term->items.begin(), term->items.end(),
                     [](const Term* item) { return Pinned(item); });
}

bool IsPrint(const Literal& literal) {
  return literal.kind == LiteralKind::kExpr &&
         literal.a->kind == TermKind::kCall &&
         literal.a->callee == Callee::kBuiltin && literal.a->text == "print";
}

// What a template string inserts.
bool IsInsertion(const Term* term) {
  if (term->kind != TermKind::kSetOf) return false;
  const Literal& first = *term->body->literals[0];
  return first.kind == LiteralKind::kAssign && first.a->text == kInserted;
}

bool Before(const Span& a, const Span& b) {
  return a.row != b.row ? a.row < b.row : a.col < b.col;
}

// Lines on which rules of more than one name begin.
std::set<int> SharedLines(const Module& module) {
  std::map<int, std::string> names;
  std::set<int> out;
  for (const Rule& rule : module.rules) {
    const std::string name = HeadText(rule);
    const auto [at, fresh] = names.emplace(rule.span.row, name);
    if (!fresh && at->second != name) out.insert(rule.span.row);
  }
  return out;
}

class Orderer {
 public:
  Orderer(const Module& module, Rule& rule, bool shared_line, bool keep_print,
          CompileClock* clock, Findings* findings)
      : module_(module),
        rule_(rule),
        shared_line_(shared_line),
        keep_print_(keep_print),
        clock_(clock),
        binder_(clock),
        findings_(*findings) {}

  void Run() {
    Bound bound(rule_.locals.size());
    for (Term* arg : rule_.args) {
      if (!binder_.Match(arg, bound)) Unsafe(arg, bound);
    }
    std::vector<Term*> heads;
    if (rule_.head->kind == TermKind::kRef) {
      heads.assign(rule_.head->items.begin() + 1, rule_.head->items.end());
    }
    if (rule_.key) heads.push_back(rule_.key);
    if (rule_.value) heads.push_back(rule_.value);
    Scope(rule_.body, heads, bound);
    for (ElseLink& link : rule_.otherwise) {
      std::vector<Term*> value;
      if (link.value) value.push_back(link.value);
      Scope(link.body, value, bound);
    }
  }

 private:
  using Places = std::map<int, Span>;  // by local

  // A body and what is computed at its end.
  void Scope(Body* body, const std::vector<Term*>& heads, Bound bound) {
    if (body && !Order(*body, bound)) return;
    for (Term* head : heads) {
      Closures(head, bound);
      if (!binder_.Compute(head, bound)) return Unsafe(head, bound);
    }
  }

  bool Order(Body& body, Bound& bound) {
    DropPrints(body, bound);
    std::vector<Literal*> rest = body.literals, order;
    while (!rest.empty()) {
      const auto next = Pick(rest, bound);
      if (next == rest.end()) {
        Unsafe(rest, bound);
        return false;
      }
      Literal* literal = *next;
      Closures(*literal, bound);
      binder_.Evaluate(*literal, bound);
      order.push_back(literal);
      rest.erase(next);
    }
    body.literals = std::move(order);
    return true;
  }

  // Nobody reads what they print. Their operands may only use what stands
  // above.
  void DropPrints(Body& body, const Bound& before) {
    std::vector<Literal*> rest;
    for (Literal* literal : body.literals) {
      if (!IsPrint(*literal)) {
        rest.push_back(literal);
      } else if (keep_print_) {
        Bound bound = before;
        std::vector<Literal*> above = rest;
        for (auto next = Pick(above, bound); next != above.end();
             next = Pick(above, bound)) {
          binder_.Evaluate(**next, bound);
          above.erase(next);
        }
        for (const Term* operand : literal->a->items) {
          Undeclared(operand, operand->span, bound);
        }
      }
    }
    body.literals = std::move(rest);
  }

  void Undeclared(const Term* term, const Span& span, const Bound& bound) {
    std::set<std::string_view> names;
    FreeNames(term, bound, &names);
    for (const std::string_view name : names) {
      findings_.Compile(Step::kUndeclared,
                        "var " + std::string(name) + " is undeclared", module_,
                        span);
    }
  }
  void FreeNames(const Term* term, const Bound& bound,
                 std::set<std::string_view>* out) const {
    if (binder_.IsFree(term, bound)) out->insert(NameOf(term->local));
    if (term->body) return;
    for (const Term* item : term->items) FreeNames(item, bound, out);
  }

  std::vector<Literal*>::iterator Pick(std::vector<Literal*>& rest,
                                       const Bound& bound) {
    auto pinned = rest.end();
    for (auto at = rest.begin(); at != rest.end(); ++at) {
      clock_->Tick(1 + bound.size() / 64);
      Bound trial = bound;
      if (!binder_.Evaluate(**at, trial)) continue;
      if (at == rest.begin() || !Pinned(**at)) return at;
      if (pinned == rest.end()) pinned = at;
    }
    return pinned;
  }

  // Orders the bodies inside what is about to be computed. Variables that the
  // literal binds itself are not seen by closures in it.
  void Closures(Literal& literal, const Bound& bound) {
    for (Term* term : {literal.a, literal.b, literal.c}) {
      if (term) Closures(term, bound);
    }
    for (With& with : literal.with) Closures(with.value, bound);
    if (literal.kind == LiteralKind::kEvery) {
      Bound inner = bound;
      binder_.Compute(literal.c, inner);
      if (literal.a) binder_.Match(literal.a, inner);
      binder_.Match(literal.b, inner);
      Scope(literal.body, {}, inner);
    }
    if (literal.kind == LiteralKind::kNot) Scope(literal.body, {}, bound);
    for (Body* operand : literal.operands) Scope(operand, {}, bound);
  }
  void Closures(Term* term, const Bound& bound) {
    if (IsInsertion(term)) {
      const Literal& inner = *term->body->literals[0];
      Undeclared(inner.b, inner.b->span, bound);
    }
    if (term->body) return Scope(term->body, term->items, bound);
    for (Term* item : term->items) Closures(item, bound);
  }

  std::string_view NameOf(int local) const {
    return rule_.locals[static_cast<size_t>(local)];
  }

  // Unbound variables with the place of the innermost expression around each:
  // a call, or the whole literal.
  void Free(const Term* term, const Span& span, const Bound& bound,
            Places* out) const {
    if (term == nullptr) return;
    const auto add = [&](int local) {
      const auto [at, fresh] = out->emplace(local, span);
      if (!fresh && Before(span, at->second)) at->second = span;
    };
    if (binder_.IsFree(term, bound)) add(term->local);
    if (term->body) {
      std::vector<int> outer;
      Binder::Outer(term->body, term->body, &outer);
      for (const Term* item : term->items) {
        Binder::Outer(item, term->body, &outer);
      }
      for (const int local : outer) {
        if (!bound[static_cast<size_t>(local)]) add(local);
      }
      return;
    }
    const Span& inner = term->kind == TermKind::kCall ? term->span : span;
    for (const Term* item : term->items) Free(item, inner, bound, out);
  }
  void Free(const Literal& literal, const Bound& bound, Places* out) const {
    const Span& span = literal.span;
    if (literal.a && literal.a->kind == TermKind::kCall) {
      for (const Term* item : literal.a->items) Free(item, span, bound, out);
    } else {
      Free(literal.a, span, bound, out);
    }
    Free(literal.b, span, bound, out);
    Free(literal.c, span, bound, out);
    for (const With& with : literal.with) Free(with.value, span, bound, out);
    std::vector<int> outer;
    if (literal.kind == LiteralKind::kNot && !literal.block) {
      const Literal& inner = *literal.body->literals[0];
      Places places;
      Free(inner, bound, &places);
      for (const auto& [local, place] : places) {
        out->emplace(local, place.begin == inner.span.begin ? span : place);
      }
      return;
    }
    if (literal.body) Binder::Outer(literal.body, literal.body, &outer);
    for (const Body* operand : literal.operands) {
      Binder::Outer(operand, operand, &outer);
    }
    for (const int local : outer) {
      if (!bound[static_cast<size_t>(local)]) out->emplace(local, span);
    }
  }

  void Unsafe(const std::vector<Literal*>& rest, const Bound& bound) {
    Places places;
    for (const Literal* literal : rest) {
      Places some;
      Free(*literal, bound, &some);
      for (const auto& [local, span] : some) {
        const auto [at, fresh] = places.emplace(local, span);
        if (!fresh && Before(span, at->second)) at->second = span;
      }
    }
    Report(places, rest[0]->span);
  }
  void Unsafe(const Term* term, const Bound& bound) {
    Places places;
    Free(term, term->span, bound, &places);
    Report(places, term->span);
  }

  void Report(const Places& places, const Span& span) {
    const std::string rule =
        shared_line_ ? " in rule " + HeadText(rule_) : std::string();
    bool named = false;
    std::vector<std::pair<Span, std::string_view>> sorted;
    for (const auto& [local, place] : places) {
      sorted.emplace_back(place, NameOf(local));
    }
    std::stable_sort(
        sorted.begin(), sorted.end(),
        [](const auto& a, const auto& b) { return Before(a.first, b.first); });
    for (const auto& [place, name] : sorted) {
      if (name == "_" || name.starts_with('$')) continue;
      named = true;
      std::string text = "var " + std::string(name) + " is unsafe" + rule;
      const bool word = name == "if" || name == "in" || name == "contains" ||
                        name == "every" || name == "not";
      if (word && !module_.v1) {
        text += " (hint: `import future.keywords." + std::string(name) +
                "` to import a future keyword)";
      }
      findings_.Add(Step::kSafety, "rego_unsafe_var_error", std::move(text),
                    module_, place);
    }
    if (named) return;
    findings_.Add(Step::kSafety, "rego_unsafe_var_error",
                  "expression is unsafe" + rule, module_, span);
  }

  const Module& module_;
  Rule& rule_;
  const bool shared_line_;
  const bool keep_print_;
  CompileClock* clock_;
  Binder binder_;
  Findings& findings_;
};

}  // namespace

void OrderBodies(std::vector<std::unique_ptr<Module>>& modules,
                 const CompileOptions& options, CompileClock* clock,
                 Findings* findings) {
  for (auto& module : modules) {
    const std::set<int> shared = SharedLines(*module);
    for (Rule& rule : module->rules) {
      Orderer(*module, rule, shared.contains(rule.span.row), options.keep_print,
              clock, findings)
          .Run();
    }
  }
}

}  // namespace vouchsafe::rego
