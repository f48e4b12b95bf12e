#pragma once

// The order of expressions in bodies, and whether every variable gets bound.
// Source order is kept; an expression moves later only when it needs a
// variable that a later one binds. Host calls and expressions with `with` do
// not overtake what stands before them where that can be helped.

#include <chrono>
#include <string>
#include <vector>

#include "rego/ast.h"
#include "rego/rego.h"
#include "rego/tree.h"

namespace vouchsafe::rego {

using Bound = std::vector<bool>;  // by local of the rule

// The time that compiling may take.
class CompileClock {
 public:
  explicit CompileClock(std::chrono::milliseconds allowed)
      : end_(std::chrono::steady_clock::now() + allowed) {}
  // Throws Halt when it is over; `work` is any small measure of effort.
  void Tick(size_t work = 1);

 private:
  std::chrono::steady_clock::time_point end_;
  size_t work_ = 0;
};

// What can be computed when, used by the ordering and by the planner. The
// functions answer whether the term or literal can be computed with what is
// bound, and then mark what it binds.
class Binder {
 public:
  explicit Binder(CompileClock* clock) : clock_(clock) {}

  bool Compute(const Term* term, Bound& bound);
  // `term` takes apart a value: its variables may be unbound.
  bool Match(const Term* term, Bound& bound);
  bool Unify(const Term* a, const Term* b, Bound& bound);
  bool Evaluate(const Literal& literal, Bound& bound);

  // The order in which to compute: each item when those before are done.
  // Shorter than items.size() when it cannot be done.
  std::vector<size_t> OrderOf(const std::vector<Term*>& items, Bound& bound);
  // Pairs of two lists of one length, unified.
  std::vector<size_t> PairOrder(const std::vector<Term*>& a,
                                const std::vector<Term*>& b, Bound& bound);

  bool IsFree(const Term* term, const Bound& bound) const {
    return term->kind == TermKind::kVar && term->local >= 0 &&
           !bound[static_cast<size_t>(term->local)];
  }
  // Locals of outer scopes that are used inside `term` or `body`.
  static void Outer(const Term* term, const Body* scope, std::vector<int>* out);
  static void Outer(const Body* body, const Body* scope, std::vector<int>* out);

 private:
  bool Closed(const Body* body, const std::vector<Term*>& heads,
              const Bound& bound) const;
  CompileClock* clock_;
};

// Reorders the bodies of all rules in place and drops calls of `print`. Adds
// findings for variables that nothing binds; a program with one of those
// (kSafety, kUndeclared) cannot be planned.
void OrderBodies(std::vector<std::unique_ptr<Module>>& modules,
                 const CompileOptions& options, CompileClock* clock,
                 Findings* findings);

// A composite that may hold variables to bind: array or object.
inline bool IsPattern(const Term* term) {
  return term->kind == TermKind::kArray || term->kind == TermKind::kObject;
}

}  // namespace vouchsafe::rego
