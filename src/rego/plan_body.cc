// Bodies and literals to code.

#include "rego/builtin_table.h"
#include "rego/check.h"
#include "rego/plan_impl.h"

namespace vouchsafe::rego {

void FunctionPlanner::PlanBody(const Body* body) {
  if (body == nullptr) return;
  for (const Literal* literal : body->literals) PlanLiteral(*literal);
}

void FunctionPlanner::PlanLiteral(const Literal& literal) {
  place_ = PlaceOf(literal.span);
  if (literal.with.empty()) {
    PlanBare(literal);
  } else {
    PlanWith(literal);
  }
}

void FunctionPlanner::PlanBare(const Literal& literal) {
  switch (literal.kind) {
    case LiteralKind::kExpr:
      return PlanTest(literal.a);
    case LiteralKind::kAssign:
      return Match(literal.a, PlanTerm(literal.b));
    case LiteralKind::kUnify:
      return PlanUnify(literal.a, literal.b);
    case LiteralKind::kSome:
      return;
    case LiteralKind::kSomeIn:
      return PlanSomeIn(literal);
    case LiteralKind::kEvery:
      return PlanEvery(literal);
    case LiteralKind::kNot:
      return PlanNot(literal);
    case LiteralKind::kAnd:
      return PlanAnd(literal);
    case LiteralKind::kOr:
      return PlanOr(literal);
  }
}

void FunctionPlanner::PlanTest(const Term* term) {
  if (term->kind == TermKind::kCall && term->callee == Callee::kBuiltin &&
      term->items.size() == 2) {
    const std::string_view name = StandardBuiltins().at(term->target).name;
    constexpr std::string_view kNames[] = {"neq", "lt", "lte", "gt", "gte"};
    for (uint32_t i = 0; i < std::size(kNames); ++i) {
      if (name != kNames[i]) continue;
      const std::vector<uint32_t> sides = PlanAll(term->items);
      Emit(Op::kCompare, 0, sides[0], sides[1], fail_, i);
      return;
    }
    if (name == "equal") {
      const std::vector<uint32_t> sides = PlanAll(term->items);
      Emit(Op::kEqual, 0, sides[0], sides[1], fail_);
      return;
    }
  }
  // Dropped, since no host asks for it; its operands may be undefined.
  if (term->kind == TermKind::kCall && term->text == "print" &&
      term->callee == Callee::kBuiltin) {
    return;
  }
  const uint32_t operand = PlanTerm(term);
  Emit(Op::kTest, 0, operand, 0, fail_);
}

void FunctionPlanner::PlanSomeIn(const Literal& literal) {
  const uint32_t pair = Iterate(PlanTerm(literal.c));
  if (literal.a) Match(literal.a, pair);
  Match(literal.b, pair + 1);
}

void FunctionPlanner::PlanEvery(const Literal& literal) {
  const uint32_t collection = PlanTerm(literal.c);
  const Label outer = fail_;
  const Label next = NewLabel();
  const Label done = NewLabel();
  const uint32_t cursor = NewRegister();
  const uint32_t pair = NewRegister(2);
  Emit(Op::kIterate, cursor, collection, 0, outer);
  PlaceLabel(next);
  Emit(Op::kNext, cursor, collection, pair, done);
  const Bound inside = bound_;
  if (literal.a) Match(literal.a, pair);
  Match(literal.b, pair + 1);
  PlanBody(literal.body);
  Jump(next);
  PlaceLabel(done);
  fail_ = outer;
  bound_ = inside;
}

void FunctionPlanner::PlanNot(const Literal& literal) {
  const Label outer = fail_;
  const Label none = NewLabel();
  const Bound saved = bound_;
  const uint32_t place = place_;
  fail_ = none;
  PlanBody(literal.body);
  place_ = place;
  Jump(outer);
  PlaceLabel(none);
  fail_ = outer;
  bound_ = saved;
}

// The first solution of each operand is enough.
void FunctionPlanner::PlanAnd(const Literal& literal) {
  const Label outer = fail_;
  const Bound saved = bound_;
  const uint32_t place = place_;
  for (const Body* operand : literal.operands) {
    const Label none = NewLabel();
    const Label found = NewLabel();
    fail_ = none;
    PlanBody(operand);
    Jump(found);
    PlaceLabel(none);
    place_ = place;
    Jump(outer);
    PlaceLabel(found);
    bound_ = saved;
  }
  fail_ = outer;
}

void FunctionPlanner::PlanOr(const Literal& literal) {
  const Label outer = fail_;
  const Bound saved = bound_;
  const uint32_t place = place_;
  const Label found = NewLabel();
  for (const Body* operand : literal.operands) {
    const Label next = NewLabel();
    fail_ = next;
    PlanBody(operand);
    Jump(found);
    PlaceLabel(next);
    bound_ = saved;
  }
  place_ = place;
  Jump(outer);
  PlaceLabel(found);
  fail_ = outer;
}

void FunctionPlanner::PlanUnify(const Term* a, const Term* b) {
  Bound trial = bound_;
  if (binder_.Compute(b, trial) && binder_.Match(a, trial)) {
    return Match(a, PlanTerm(b));
  }
  trial = bound_;
  if (binder_.Compute(a, trial) && binder_.Match(b, trial)) {
    return Match(b, PlanTerm(a));
  }
  trial = bound_;
  for (const size_t i : binder_.PairOrder(a->items, b->items, trial)) {
    PlanUnify(a->items[i], b->items[i]);
  }
}

void FunctionPlanner::Match(const Term* pattern, uint32_t operand) {
  if (binder_.IsFree(pattern, bound_)) {
    const auto local = static_cast<size_t>(pattern->local);
    bound_[local] = true;
    locals_[local] = operand;
    if (pattern->text != "_") {
      ir_.functions[index_].variables.push_back(
          {operand, static_cast<uint32_t>(code_.size()),
           std::string(pattern->text)});
    }
    return;
  }
  if (!IsPattern(pattern) || IsConstant(pattern)) {
    const uint32_t value = PlanTerm(pattern);
    Emit(Op::kEqual, 0, operand, value, fail_);
    return;
  }
  const auto count = static_cast<uint32_t>(pattern->items.size());
  if (pattern->kind == TermKind::kArray) {
    Emit(Op::kIsArray, 0, operand, count, fail_);
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t item = NewRegister();
      Emit(Op::kIndex, item, operand, Constant(Value::Int(i)), fail_);
      Match(pattern->items[i], item);
    }
    return;
  }
  Emit(Op::kIsObject, 0, operand, count / 2, fail_);
  for (uint32_t i = 0; i < count; i += 2) {
    const uint32_t key = PlanTerm(pattern->items[i]);
    const uint32_t item = NewRegister();
    Emit(Op::kIndex, item, operand, key, fail_);
    Match(pattern->items[i + 1], item);
  }
}

Replacement FunctionPlanner::MakeReplacement(const With& with) {
  Replacement out;
  const auto function_of = [&](const Term* call) {
    return shared_.tree.nodes[call->target].function;
  };
  if (with.target->kind == TermKind::kCall) {
    const Term* call = with.target;
    out.target = call->callee == Callee::kUser ? Replacement::Target::kFunction
                 : call->callee == Callee::kHost
                     ? Replacement::Target::kHost
                     : Replacement::Target::kBuiltin;
    out.index =
        call->callee == Callee::kUser ? function_of(call) : call->target;
    const Term* by = with.value;
    if (by->kind == TermKind::kCall && by->path.size() > 0 &&
        by->items.empty() && by->callee != Callee::kUnresolved) {
      out.by = by->callee == Callee::kUser   ? Replacement::By::kFunction
               : by->callee == Callee::kHost ? Replacement::By::kHost
                                             : Replacement::By::kBuiltin;
      out.by_index = by->callee == Callee::kUser ? function_of(by) : by->target;
    }
    return out;
  }
  const Term* target = with.target;
  const Term* root = target->kind == TermKind::kRef ? target->items[0] : target;
  if (target->kind == TermKind::kRef) {
    for (size_t i = 1; i < target->items.size(); ++i) {
      out.keys.emplace_back(target->items[i]->scalar.text());
    }
  }
  out.target = root->text == "input" ? Replacement::Target::kInput
                                     : Replacement::Target::kData;
  return out;
}

// All solutions are found under the replacement and kept; what follows runs
// without it.
void FunctionPlanner::PlanWith(const Literal& literal) {
  std::vector<uint32_t> values;
  std::vector<Replacement> replacements;
  for (const With& with : literal.with) {
    if (const auto fault = FaultOf(with, shared_.tree, shared_.host)) {
      Raise(fault->code, fault->message);
      return;
    }
    replacements.push_back(MakeReplacement(with));
    const bool by_value = replacements.back().by == Replacement::By::kValue;
    values.push_back(by_value ? PlanTerm(with.value) : Constant(Value::Null()));
  }
  const Bound before = bound_;
  const uint32_t builder = NewRegister();
  Emit(Op::kBuilderNew, builder, 0, 0, 0,
       static_cast<uint32_t>(BuilderKind::kArray));
  const auto index = static_cast<uint32_t>(ir_.replacements.size());
  ir_.replacements.push_back(std::move(replacements));
  EmitArgs(Op::kWithEnter, 0, values, 0, index);
  const Label outer = fail_;
  const Label leave = NewLabel();
  fail_ = leave;
  PlanBare(literal);
  std::vector<size_t> fresh;
  std::vector<uint32_t> operands;
  for (size_t i = 0; i < bound_.size(); ++i) {
    if (!bound_[i] || before[i]) continue;
    fresh.push_back(i);
    operands.push_back(locals_[i]);
  }
  const uint32_t solution = NewRegister();
  EmitArgs(Op::kArray, solution, operands, 0, 0);
  Emit(Op::kBuilderAdd, builder, solution);
  Jump(fresh.empty() ? leave : fail_);
  PlaceLabel(leave);
  Emit(Op::kWithLeave);
  fail_ = outer;
  const uint32_t all = NewRegister();
  Emit(Op::kBuilderDone, all, builder);
  const uint32_t each = Iterate(all) + 1;
  for (size_t i = 0; i < fresh.size(); ++i) {
    const uint32_t item = NewRegister();
    Emit(Op::kIndex, item, each, Constant(Value::Int(static_cast<int>(i))),
         fail_);
    locals_[fresh[i]] = item;
  }
}

}  // namespace vouchsafe::rego
