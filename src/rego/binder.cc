// What can be computed when (class Binder of safety.h).

#include <algorithm>

#include "rego/safety.h"

namespace vouchsafe::rego {

void CompileClock::Tick(size_t work) {
  work_ += work;
  if (work_ < 100'000) return;
  work_ = 0;
  if (std::chrono::steady_clock::now() > end_) {
    throw Halt{"rego_compile_error", "limit_time",
               "compiling takes longer than allowed"};
  }
}

bool Binder::Compute(const Term* term, Bound& bound) {
  clock_->Tick();
  switch (term->kind) {
    case TermKind::kScalar:
      return true;
    case TermKind::kVar:
      return !IsFree(term, bound);
    case TermKind::kRef: {
      if (!Compute(term->items[0], bound)) return false;
      for (size_t i = 1; i < term->items.size(); ++i) {
        if (!Match(term->items[i], bound)) return false;
      }
      return true;
    }
    case TermKind::kArrayOf:
    case TermKind::kSetOf:
    case TermKind::kObjectOf:
      return Closed(term->body, term->items, bound);
    default:
      return OrderOf(term->items, bound).size() == term->items.size();
  }
}

bool Binder::Match(const Term* term, Bound& bound) {
  if (IsFree(term, bound)) {
    bound[static_cast<size_t>(term->local)] = true;
    return true;
  }
  if (term->kind == TermKind::kArray) {
    return std::all_of(term->items.begin(), term->items.end(),
                       [&](const Term* item) { return Match(item, bound); });
  }
  if (term->kind == TermKind::kObject) {
    for (size_t i = 0; i < term->items.size(); i += 2) {
      if (!Compute(term->items[i], bound)) return false;
      if (!Match(term->items[i + 1], bound)) return false;
    }
    return true;
  }
  return Compute(term, bound);
}

std::vector<size_t> Binder::OrderOf(const std::vector<Term*>& items,
                                    Bound& bound) {
  std::vector<size_t> order;
  std::vector<bool> done(items.size());
  for (bool moved = true; moved && order.size() < items.size();) {
    moved = false;
    for (size_t i = 0; i < items.size(); ++i) {
      if (done[i]) continue;
      clock_->Tick(1 + bound.size() / 64);
      Bound trial = bound;
      if (!Compute(items[i], trial)) continue;
      bound = std::move(trial);
      done[i] = moved = true;
      order.push_back(i);
    }
  }
  return order;
}

std::vector<size_t> Binder::PairOrder(const std::vector<Term*>& a,
                                      const std::vector<Term*>& b,
                                      Bound& bound) {
  std::vector<size_t> order;
  std::vector<bool> done(a.size());
  for (bool moved = true; moved && order.size() < a.size();) {
    moved = false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (done[i]) continue;
      Bound trial = bound;
      if (!Unify(a[i], b[i], trial)) continue;
      bound = std::move(trial);
      done[i] = moved = true;
      order.push_back(i);
    }
  }
  return order;
}

bool Binder::Unify(const Term* a, const Term* b, Bound& bound) {
  clock_->Tick(1 + bound.size() / 64);
  Bound trial = bound;
  if (Compute(b, trial) && Match(a, trial)) {
    bound = std::move(trial);
    return true;
  }
  trial = bound;
  if (Compute(a, trial) && Match(b, trial)) {
    bound = std::move(trial);
    return true;
  }
  if (a->kind != b->kind || a->items.size() != b->items.size() ||
      !IsPattern(a)) {
    return false;
  }
  return PairOrder(a->items, b->items, bound).size() == a->items.size();
}

bool Binder::Closed(const Body* body, const std::vector<Term*>& heads,
                    const Bound& bound) const {
  std::vector<int> outer;
  Outer(body, body, &outer);
  clock_->Tick(outer.size());
  for (const Term* head : heads) Outer(head, body, &outer);
  return std::all_of(outer.begin(), outer.end(), [&](int local) {
    return bound[static_cast<size_t>(local)];
  });
}

void Binder::Outer(const Term* term, const Body* scope, std::vector<int>* out) {
  if (term == nullptr) return;
  if (term->kind == TermKind::kVar && term->local >= 0 &&
      (term->local < scope->locals_begin || term->local >= scope->locals_end)) {
    out->push_back(term->local);
  }
  for (const Term* item : term->items) Outer(item, scope, out);
  if (term->body) Outer(term->body, scope, out);
}

void Binder::Outer(const Body* body, const Body* scope, std::vector<int>* out) {
  for (const Literal* literal : body->literals) {
    Outer(literal->a, scope, out);
    Outer(literal->b, scope, out);
    Outer(literal->c, scope, out);
    if (literal->body) Outer(literal->body, scope, out);
    for (const Body* operand : literal->operands) Outer(operand, scope, out);
    for (const With& with : literal->with) {
      Outer(with.target, scope, out);
      Outer(with.value, scope, out);
    }
  }
}

bool Binder::Evaluate(const Literal& literal, Bound& bound) {
  for (const With& with : literal.with) {
    if (!Compute(with.value, bound)) return false;
  }
  switch (literal.kind) {
    case LiteralKind::kExpr:
      return Compute(literal.a, bound);
    case LiteralKind::kAssign:
      return Compute(literal.b, bound) && Match(literal.a, bound);
    case LiteralKind::kUnify:
      return Unify(literal.a, literal.b, bound);
    case LiteralKind::kSome:
      return true;
    case LiteralKind::kSomeIn:
      return Compute(literal.c, bound) &&
             (!literal.a || Match(literal.a, bound)) && Match(literal.b, bound);
    case LiteralKind::kEvery:
      return Compute(literal.c, bound) && Closed(literal.body, {}, bound);
    case LiteralKind::kNot: {
      if (literal.block) return Closed(literal.body, {}, bound);
      Bound trial = bound;
      const Literal& inner = *literal.body->literals[0];
      return Evaluate(inner, trial) && trial == bound;
    }
    case LiteralKind::kAnd:
    case LiteralKind::kOr:
      return std::all_of(
          literal.operands.begin(), literal.operands.end(),
          [&](const Body* operand) { return Closed(operand, {}, bound); });
  }
  return false;
}

}  // namespace vouchsafe::rego
