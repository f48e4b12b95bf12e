// Terms to code.

#include "rego/builtin_table.h"
#include "rego/check.h"
#include "rego/number.h"
#include "rego/plan_impl.h"

namespace vouchsafe::rego {
namespace {

std::ptrdiff_t Offset(size_t i) { return static_cast<std::ptrdiff_t>(i); }

}  // namespace

bool IsConstant(const Term* term) {
  if (term->kind == TermKind::kScalar) return true;
  if (term->kind != TermKind::kArray && term->kind != TermKind::kSet &&
      term->kind != TermKind::kObject) {
    return false;
  }
  for (const Term* item : term->items) {
    if (!IsConstant(item)) return false;
  }
  return true;
}

Value ConstantOf(Arena& arena, const Term* term) {
  if (term->kind == TermKind::kScalar) return CopyInto(arena, term->scalar);
  std::vector<Value> items;
  for (const Term* item : term->items) {
    items.push_back(ConstantOf(arena, item));
  }
  if (term->kind == TermKind::kArray) return MakeArray(arena, items);
  if (term->kind == TermKind::kSet) return MakeSet(arena, std::move(items));
  std::vector<Pair> pairs;
  for (size_t i = 0; i < items.size(); i += 2) {
    pairs.push_back({items[i], items[i + 1]});
  }
  return MakeObject(arena, std::move(pairs));
}

bool FunctionPlanner::Computable(const Term* term) {
  Bound trial = bound_;
  return binder_.Compute(term, trial);
}

uint32_t FunctionPlanner::PlanTerm(const Term* term) {
  shared_.clock->Tick();
  switch (term->kind) {
    case TermKind::kScalar:
      return Constant(term->scalar);
    case TermKind::kVar:
      if (term->local < 0) return PlanRef(term);
      return locals_[static_cast<size_t>(term->local)];
    case TermKind::kRef:
      return PlanRef(term);
    case TermKind::kCall:
      return PlanCall(term);
    case TermKind::kTemplate:
      return PlanTemplate(term);
    case TermKind::kArrayOf:
    case TermKind::kSetOf:
    case TermKind::kObjectOf:
      return PlanComprehension(term);
    default:
      return PlanCollection(term);
  }
}

uint32_t FunctionPlanner::PlanCollection(const Term* term) {
  if (IsConstant(term)) return Constant(ConstantOf(shared_.arena, term));
  const std::vector<uint32_t> items = PlanAll(term->items);
  const uint32_t out = NewRegister();
  const Op op = term->kind == TermKind::kArray ? Op::kArray
                : term->kind == TermKind::kSet ? Op::kSet
                                               : Op::kObject;
  EmitArgs(op, out, items, fail_, 0);
  return out;
}

std::vector<uint32_t> FunctionPlanner::PlanAll(
    const std::vector<Term*>& items) {
  Bound trial = bound_;
  const std::vector<size_t> order = binder_.OrderOf(items, trial);
  std::vector<uint32_t> out(items.size());
  for (const size_t i : order) out[i] = PlanTerm(items[i]);
  return out;
}

uint32_t FunctionPlanner::PlanRef(const Term* term) {
  static const std::vector<Term*> kNoKeys;
  const bool keyed = term->kind == TermKind::kRef;
  const Term* head = keyed ? term->items[0] : term;
  if (head->kind == TermKind::kVar && head->local < 0) {
    if (head->text == "data") return PlanData(term);
    const uint32_t input = NewRegister();
    Emit(Op::kInput, input, 0, 0, fail_);
    return PlanKeys(input, keyed ? term->items : kNoKeys, 1);
  }
  return PlanKeys(PlanTerm(head), term->items, 1);
}

uint32_t FunctionPlanner::PlanKeys(uint32_t base,
                                   const std::vector<Term*>& items,
                                   size_t from) {
  for (size_t i = from; i < items.size(); ++i) {
    const Term* key = items[i];
    if (!Computable(key)) {
      const uint32_t at = Iterate(base);
      Match(key, at);
      base = at + 1;
      continue;
    }
    const uint32_t operand = PlanTerm(key);
    const uint32_t out = NewRegister();
    Emit(Op::kIndex, out, base, operand, fail_);
    base = out;
  }
  return base;
}

uint32_t FunctionPlanner::PlanData(const Term* term) {
  static const std::vector<Term*> kNoKeys;
  const std::vector<Term*>& items =
      term->kind == TermKind::kRef ? term->items : kNoKeys;
  const Tree& tree = shared_.tree;
  uint32_t node = 0;
  size_t at = 1;
  while (at < items.size() && !tree.nodes[node].has_rule()) {
    const Term* key = items[at];
    if (key->kind != TermKind::kScalar || !key->scalar.is_string()) break;
    const uint32_t child = tree.Child(node, key->scalar.text());
    if (child == Tree::kNone) break;
    node = child;
    ++at;
  }
  const Node& found = tree.nodes[node];
  const uint32_t out = NewRegister(2);
  const bool all = at >= items.size();
  if (found.is_function()) {
    Jump(fail_);
    return out;
  }
  if (std::vector<Value> keys = KeysRead(found, *term, at); !keys.empty()) {
    const size_t count = keys.size();
    const auto part = shared_.keyed.find({node, std::move(keys)});
    if (part != shared_.keyed.end()) {
      EmitArgs(Op::kCall, out, {}, fail_, part->second);
      return PlanKeys(out, items, at + count);
    }
  }
  if (found.has_rule() || all) {
    EmitArgs(Op::kCall, out, {}, fail_, found.function);
    return PlanKeys(out, items, at);
  }
  const Term* key = items[at];
  if (key->kind == TermKind::kScalar) {  // no rule is there
    Emit(Op::kBase, out, 0, 0, fail_, node);
    return PlanBase(out, items, at);
  }
  if (!Computable(key)) {
    EmitArgs(Op::kCall, out, {}, fail_, found.function);
    return PlanKeys(out, items, at);
  }
  std::vector<uint32_t> keys;
  for (; at < items.size() && Computable(items[at]); ++at) {
    keys.push_back(PlanTerm(items[at]));
  }
  EmitArgs(Op::kLookup, out, keys, fail_, node);
  EmitArgs(Op::kIndexRest, out, keys, fail_, 0);
  return PlanKeys(out, items, at);
}

// Below base data a constant integer key also finds a text key.
uint32_t FunctionPlanner::PlanBase(uint32_t base,
                                   const std::vector<Term*>& items,
                                   size_t from) {
  std::vector<Term*> rest = items;
  for (size_t i = from; i < rest.size(); ++i) {
    const Term* key = rest[i];
    if (key->kind != TermKind::kScalar || !key->scalar.is_int()) continue;
    base = PlanKeys(base, {rest.begin(), rest.begin() + Offset(i)}, from);
    const uint32_t out = NewRegister();
    const uint32_t text = Constant(NumberText(key->scalar));
    Emit(Op::kIndexEither, out, base, Constant(key->scalar), fail_, text);
    base = out;
    from = i + 1;
  }
  return PlanKeys(base, rest, from);
}

uint32_t FunctionPlanner::Iterate(uint32_t collection) {
  const uint32_t cursor = NewRegister();
  const uint32_t pair = NewRegister(2);
  Emit(Op::kIterate, cursor, collection, 0, fail_);
  const Label next = NewLabel();
  PlaceLabel(next);
  Emit(Op::kNext, cursor, collection, pair, fail_);
  fail_ = next;
  return pair;
}

uint32_t FunctionPlanner::Raise(std::string code, std::string message) {
  const auto fault = static_cast<uint32_t>(ir_.faults.size());
  ir_.faults.push_back({std::move(code), std::move(message)});
  Emit(Op::kRaise, 0, 0, 0, 0, fault);
  return NewRegister();
}

void FunctionPlanner::NoteHostUse(const Term* call,
                                  const std::vector<uint32_t>& args) {
  const std::string& name = shared_.host[call->target].name;
  HostUse& use = shared_.plan.host_use[name];
  if (args.empty()) return;
  const bool constant = (args[0] & kConstantBit) != 0;
  const Value value =
      constant ? ir_.constants[args[0] & ~kConstantBit] : Value();
  if (value.is_string()) {
    use.constants.insert(std::string(value.text()));
  } else {
    use.open = true;
  }
}

uint32_t FunctionPlanner::PlanCall(const Term* term) {
  const auto arity = ArityOf(*term, shared_.tree, shared_.host);
  const std::string name = CalleeText(*term, shared_.tree);
  if (!arity) return Raise("rego_type_error", "undefined function " + name);
  if (*arity != term->items.size() && *arity != kAnyArity) {
    return Raise("rego_type_error",
                 name + ": arity mismatch, want " + std::to_string(*arity) +
                     " arguments, got " + std::to_string(term->items.size()));
  }
  if (term->callee == Callee::kBuiltin) {
    static const auto chain =
        static_cast<uint32_t>(StandardBuiltins().Find("rego.metadata.chain"));
    static const auto own =
        static_cast<uint32_t>(StandardBuiltins().Find("rego.metadata.rule"));
    const Annotations& known = shared_.annotations;
    const bool asks = term->target == chain || term->target == own;
    if (asks && module_->package_span.row == 0) {  // a query
      return Raise("eval_builtin_error",
                   name + ": the " + name +
                       " function must only be called within the scope of a "
                       "rule");
    }
    if (term->target == chain) {
      return Constant(known.Chain(shared_.arena, *module_, *rule_, in_else_));
    }
    if (term->target == own) {
      return Constant(known.OfRule(shared_.arena, *rule_, in_else_));
    }
  }
  const std::vector<uint32_t> args = PlanAll(term->items);
  const uint32_t out = NewRegister();
  switch (term->callee) {
    case Callee::kHost:
      NoteHostUse(term, args);
      EmitArgs(Op::kHost, out, args, fail_, term->target);
      return out;
    case Callee::kUser:
      EmitArgs(Op::kCall, out, args, fail_,
               shared_.tree.nodes[term->target].function);
      return out;
    default:
      break;
  }
  EmitArgs(Op::kBuiltin, out, args, fail_, term->target);
  if (StandardBuiltins().at(term->target).relation) return Iterate(out) + 1;
  return out;
}

uint32_t FunctionPlanner::PlanComprehension(const Term* term) {
  const uint32_t builder = NewRegister();
  const BuilderKind kind =
      term->kind == TermKind::kArrayOf ? BuilderKind::kArray
      : term->kind == TermKind::kSetOf ? BuilderKind::kSet
                                       : BuilderKind::kObject;
  Emit(Op::kBuilderNew, builder, 0, 0, 0, static_cast<uint32_t>(kind));
  const Label outer = fail_;
  const Bound saved = bound_;
  const uint32_t saved_place = place_;
  const Label done = NewLabel();
  fail_ = done;
  PlanBody(term->body);
  const uint32_t first = PlanTerm(term->items[0]);
  if (kind == BuilderKind::kObject) {
    const uint32_t second = PlanTerm(term->items[1]);
    Emit(Op::kBuilderPut, builder, first, second);
  } else {
    Emit(Op::kBuilderAdd, builder, first);
  }
  Jump(fail_);
  PlaceLabel(done);
  fail_ = outer;
  bound_ = saved;
  place_ = saved_place;
  const uint32_t out = NewRegister();
  Emit(Op::kBuilderDone, out, builder);
  return out;
}

uint32_t FunctionPlanner::PlanTemplate(const Term* term) {
  std::vector<uint32_t> parts;
  for (const Term* item : term->items) parts.push_back(PlanTerm(item));
  const uint32_t all = NewRegister();
  EmitArgs(Op::kArray, all, parts, fail_, 0);
  const uint32_t out = NewRegister();
  const int function = StandardBuiltins().Find("internal.template_string");
  EmitArgs(Op::kBuiltin, out, {all}, fail_, static_cast<uint32_t>(function));
  return out;
}

}  // namespace vouchsafe::rego
