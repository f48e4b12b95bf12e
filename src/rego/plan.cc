#include "rego/plan.h"

#include <algorithm>

#include "rego/index.h"
#include "rego/plan_impl.h"

namespace vouchsafe::rego {

Instruction& FunctionPlanner::Emit(Op op, uint32_t a, uint32_t b, uint32_t c,
                                   uint32_t d, uint32_t e) {
  shared_.clock->Tick();
  code_.push_back({op, a, b, c, d, e, place_});
  return code_.back();
}

Instruction& FunctionPlanner::EmitArgs(Op op, uint32_t a,
                                       const std::vector<uint32_t>& args,
                                       uint32_t d, uint32_t e) {
  const auto first = static_cast<uint32_t>(ir_.args.size());
  ir_.args.insert(ir_.args.end(), args.begin(), args.end());
  return Emit(op, a, first, static_cast<uint32_t>(args.size()), d, e);
}

FunctionPlanner::Label FunctionPlanner::NewLabel() {
  labels_.push_back(0);
  return static_cast<Label>(labels_.size() - 1);
}

void FunctionPlanner::PlaceLabel(Label label) {
  labels_[label] = static_cast<uint32_t>(code_.size());
}

uint32_t FunctionPlanner::NewRegister(uint32_t count) {
  const uint32_t out = next_register_;
  next_register_ += count;
  return out;
}

uint32_t FunctionPlanner::Constant(const Value& value) {
  const auto at = shared_.constants.find(value);
  if (at != shared_.constants.end()) return at->second;
  const Value kept = CopyInto(shared_.arena, value);
  const auto index = static_cast<uint32_t>(ir_.constants.size()) | kConstantBit;
  ir_.constants.push_back(kept);
  shared_.constants.emplace(kept, index);
  return index;
}

uint32_t FunctionPlanner::PlaceOf(const Span& span) {
  ir_.places.push_back({file_, span.row, span.col, module_->TextOf(span)});
  return static_cast<uint32_t>(ir_.places.size() - 1);
}

// Labels to positions.
void FunctionPlanner::Finish() {
  for (Instruction& instruction : code_) {
    switch (instruction.op) {
      case Op::kMove:
      case Op::kArray:
      case Op::kSet:
      case Op::kHost:
      case Op::kBuilderNew:
      case Op::kBuilderAdd:
      case Op::kBuilderPut:
      case Op::kBuilderPath:
      case Op::kBuilderBase:
      case Op::kBuilderDone:
      case Op::kSetOnce:
      case Op::kReturn:
      case Op::kWithEnter:
      case Op::kWithLeave:
      case Op::kRaise:
      case Op::kTry:
        break;
      default:
        instruction.d = labels_[instruction.d];
    }
  }
  Function& function = ir_.functions[index_];
  function.code = std::move(code_);
  function.registers = next_register_;
}

uint32_t FunctionPlanner::NewDefinition(const Definition& definition,
                                        const Span& span, Answer::From from) {
  module_ = definition.module;
  ir_.definitions.push_back({index_, from, PlaceOf(span)});
  const auto index = static_cast<uint32_t>(ir_.definitions.size() - 1);
  uint32_t& first = ir_.functions[index_].first_definition;
  if (first == kNoDefinition) first = index;
  return index;
}

void FunctionPlanner::StartDefinition(const Definition& definition) {
  module_ = definition.module;
  rule_ = definition.rule;
  in_else_ = false;
  const auto& modules = shared_.modules;
  file_ = static_cast<uint32_t>(
      std::find_if(modules.begin(), modules.end(),
                   [&](const auto& m) { return m.get() == module_; }) -
      modules.begin());
  bound_.assign(definition.rule->locals.size(), false);
  locals_.assign(definition.rule->locals.size(), 0);
  place_ = PlaceOf(definition.rule->span);
}

void FunctionPlanner::Arguments(const Rule& rule) {
  for (size_t i = 0; i < rule.args.size(); ++i) {
    Match(rule.args[i], static_cast<uint32_t>(i));
  }
}

void FunctionPlanner::SetOnce(uint32_t dst, uint32_t src, uint32_t definition) {
  const Conflict conflict =
      ir_.functions[index_].kind == FunctionKind::kFunction
          ? Conflict::kFunction
          : Conflict::kRule;
  Emit(Op::kSetOnce, dst, src, definition, 0, static_cast<uint32_t>(conflict));
}

namespace {

const Term* ValueOf(const Rule& rule) { return rule.value; }

bool SameConstants(const Node& node) {
  static const Value kTrue = Value::Bool(true);
  Arena arena;
  Value first;
  for (const Definition& definition : node.definitions) {
    if (!definition.rule->otherwise.empty()) return false;
    const Term* term = ValueOf(*definition.rule);
    if (term && !IsConstant(term)) return false;
    const Value value = term ? ConstantOf(arena, term) : kTrue;
    if (first.defined() && !(first == value)) return false;
    first = value;
  }
  return true;
}

}  // namespace

namespace {

// A complete rule below a rule that collects, which gives its value to it.
bool IsTaken(const Definition& definition) {
  return definition.own != Tree::kNone &&
         definition.rule->kind == RuleKind::kComplete;
}

// Can the definition stand beside the first one of its path?
bool Fits(const Node& node, const Definition& definition, size_t arity) {
  const RuleKind kind = definition.rule->kind;
  if (definition.rule->args.size() != arity) return false;
  const bool collects =
      node.kind() == RuleKind::kSet || node.kind() == RuleKind::kObject;
  if (!collects) return kind == node.kind();
  if (kind == RuleKind::kComplete) return !definition.inner.empty();
  return kind != RuleKind::kFunction;
}

}  // namespace

void FunctionPlanner::PlanDefinition(const Definition& definition,
                                     uint32_t result, uint32_t builder,
                                     bool stop_early, Label end) {
  const Rule& rule = *definition.rule;
  if (builder == kNoFunction && !rule.otherwise.empty()) {
    return PlanChain(definition, result, stop_early, end);
  }
  const Label next = NewLabel();
  fail_ = next;
  StartDefinition(definition);
  const uint32_t info =
      NewDefinition(definition, rule.span, Answer::From::kDefinition);
  Emit(Op::kTry, 0, 0, 0, 0, info);
  Arguments(rule);
  PlanBody(rule.body);
  place_ = ir_.definitions[info].place;
  if (builder == kNoFunction) {
    const bool constant = rule.value == nullptr || IsConstant(rule.value);
    const uint32_t value =
        rule.value ? PlanTerm(rule.value) : Constant(Value::Bool(true));
    SetOnce(result, value, info);
    Jump(stop_early ? end : constant ? next : fail_);
    PlaceLabel(next);
    return;
  }
  const bool member = rule.kind == RuleKind::kSet;
  std::vector<uint32_t> keys = PlanHeadKeys(HeadKeysOf(definition));
  uint32_t value = 0;
  if (member) {
    value = keys.back();
    keys.pop_back();
  } else {
    value = rule.value ? PlanTerm(rule.value) : Constant(Value::Bool(true));
  }
  PutPath(builder, keys, value, member ? PathMode::kMember : PathMode::kValue);
  Jump(fail_);
  PlaceLabel(next);
}

std::vector<uint32_t> FunctionPlanner::PlanHeadKeys(const HeadKeys& head) {
  std::vector<uint32_t> keys;
  for (const std::string_view key : head.inner) keys.push_back(Constant(key));
  for (const Term* key : head.terms) keys.push_back(PlanTerm(key));
  return keys;
}

void FunctionPlanner::PutPath(uint32_t builder, std::span<const uint32_t> keys,
                              uint32_t value, PathMode mode) {
  const auto first = static_cast<uint32_t>(ir_.args.size());
  ir_.args.insert(ir_.args.end(), keys.begin(), keys.end());
  Emit(Op::kBuilderPath, builder, first, static_cast<uint32_t>(keys.size()),
       static_cast<uint32_t>(mode), value);
}

// What lies at `part` of what the definition gives.
void FunctionPlanner::PlanPartOf(const Definition& definition,
                                 const KeyedRead& part, uint32_t builder,
                                 uint32_t found) {
  const Rule& rule = *definition.rule;
  const HeadKeys head = HeadKeysOf(definition);
  const Label next = NewLabel();
  fail_ = next;
  StartDefinition(definition);
  const uint32_t info =
      NewDefinition(definition, rule.span, Answer::From::kDefinition);
  Emit(Op::kTry, 0, 0, 0, 0, info);
  PlanBody(rule.body);
  place_ = ir_.definitions[info].place;
  const std::vector<uint32_t> keys = PlanHeadKeys(head);
  const size_t both = std::min(keys.size(), part.keys.size());
  for (size_t i = 0; i < both; ++i) {
    if (head.Known(i).defined()) continue;  // equal, or it would not be here
    Emit(Op::kEqual, 0, keys[i], Constant(part.keys[i]), fail_);
  }
  const std::span<const uint32_t> rest = std::span(keys).subspan(both);
  if (rule.kind == RuleKind::kSet && !rest.empty()) {
    PutPath(builder, rest.first(rest.size() - 1), rest.back(),
            PathMode::kMember);
  } else {
    uint32_t value = rule.kind == RuleKind::kSet ? keys.back()
                     : rule.value                ? PlanTerm(rule.value)
                                                 : Constant(Value::Bool(true));
    for (size_t i = both; i < part.keys.size(); ++i) {
      const uint32_t below = NewRegister();
      Emit(Op::kIndex, below, value, Constant(part.keys[i]), fail_);
      value = below;
    }
    PutPath(builder, rest, value, PathMode::kValue);
  }
  Emit(Op::kMove, found, Constant(Value::Bool(true)));
  Jump(fail_);
  PlaceLabel(next);
}

// The values of complete rules below the node; of those at `part` alone.
void FunctionPlanner::PlanTaken(const Node& node, const KeyedRead* part,
                                uint32_t builder, uint32_t found) {
  for (const uint32_t index : node.taken) {
    const Node& child = shared_.tree.nodes[index];
    const Definition& first =
        child.definitions.empty() ? child.fallback : child.definitions[0];
    HeadKeys head;
    for (size_t i = node.keys.size(); i < child.keys.size(); ++i) {
      head.inner.push_back(child.keys[i]);
    }
    if (part && !MayGive(head, part->keys)) continue;
    const Label next = NewLabel();
    fail_ = next;
    StartDefinition(first);
    const uint32_t info =
        NewDefinition(first, first.rule->span, Answer::From::kDefinition);
    Emit(Op::kTry, 0, 0, 0, 0, info);
    place_ = ir_.definitions[info].place;
    uint32_t value = NewRegister();
    EmitArgs(Op::kCall, value, {}, fail_, child.function);
    const std::vector<uint32_t> keys = PlanHeadKeys(head);
    const size_t both = part ? std::min(keys.size(), part->keys.size()) : 0;
    for (size_t i = both; part && i < part->keys.size(); ++i) {
      const uint32_t below = NewRegister();
      Emit(Op::kIndex, below, value, Constant(part->keys[i]), fail_);
      value = below;
    }
    PutPath(builder, std::span(keys).subspan(both), value, PathMode::kValue);
    if (part) Emit(Op::kMove, found, Constant(Value::Bool(true)));
    PlaceLabel(next);
  }
}

void FunctionPlanner::PlanPart(const Node& node, const KeyedRead& part) {
  const uint32_t builder = NewRegister();
  const uint32_t found = NewRegister();
  const uint32_t result = NewRegister();
  Emit(Op::kBuilderNew, builder, 0, 0, 0,
       static_cast<uint32_t>(BuilderKind::kPaths));
  Emit(Op::kMove, found, Constant(Value()));
  std::vector<uint32_t> keys;
  for (const Value& key : part.keys) {
    keys.push_back(Constant(key) & ~kConstantBit);
  }
  ir_.functions[index_].keys = std::move(keys);
  for (const Definition& definition : node.definitions) {
    if (IsTaken(definition) || !Fits(node, definition, 0)) continue;
    if (!MayGive(HeadKeysOf(definition), part.keys)) continue;
    PlanPartOf(definition, part, builder, found);
  }
  PlanTaken(node, &part, builder, found);
  Emit(Op::kBuilderDone, result, builder, 1);
  const Label some = NewLabel();
  Emit(Op::kJumpDefined, 0, found, 0, some);
  Emit(Op::kMove, result, Constant(Value()));
  PlaceLabel(some);
  Emit(Op::kReturn, 0, result);
  Finish();
}

void FunctionPlanner::PlanChain(const Definition& definition, uint32_t result,
                                bool stop_early, Label end) {
  const Rule& rule = *definition.rule;
  const uint32_t chain = NewRegister();
  const Label done = NewLabel();
  Emit(Op::kMove, chain, Constant(Value()));
  StartDefinition(definition);
  const auto link = [&](const Body* body, const Term* value, const Span& span,
                        Answer::From from) {
    const Label next = NewLabel();
    fail_ = next;
    in_else_ = from == Answer::From::kElse;
    bound_.assign(rule.locals.size(), false);
    const uint32_t info = NewDefinition(definition, span, from);
    place_ = ir_.definitions[info].place;
    Emit(Op::kTry, 0, 0, 0, 0, info);
    Arguments(rule);
    PlanBody(body);
    place_ = ir_.definitions[info].place;
    const bool constant = value == nullptr || IsConstant(value);
    const uint32_t operand =
        value ? PlanTerm(value) : Constant(Value::Bool(true));
    SetOnce(chain, operand, info);
    Jump(constant ? done : fail_);
    PlaceLabel(next);
    Emit(Op::kJumpDefined, 0, chain, 0, done);
  };
  const size_t first = ir_.definitions.size();
  link(rule.body, rule.value, rule.span, Answer::From::kDefinition);
  for (const ElseLink& other : rule.otherwise) {
    link(other.body, other.value, other.span, Answer::From::kElse);
  }
  // What ends the chain is of all of it, not of the last link.
  place_ = ir_.definitions[first].place;
  const Label none = NewLabel();
  Jump(none);
  PlaceLabel(done);
  SetOnce(result, chain, kNoDefinition);
  if (stop_early) Jump(end);
  PlaceLabel(none);
}

void FunctionPlanner::PlanDefault(const Node& node, uint32_t result) {
  const Definition& fallback = node.fallback;
  if (fallback.rule == nullptr) return;
  const Label done = NewLabel();
  Emit(Op::kJumpDefined, 0, result, 0, done);
  StartDefinition(fallback);
  fail_ = done;
  if (fallback.rule->args.size() != ir_.functions[index_].arity) {
    Raise("rego_type_error", "conflicting rules " + node.path + " found");
  }
  Arguments(*fallback.rule);
  const uint32_t info =
      NewDefinition(fallback, fallback.rule->span, Answer::From::kDefault);
  SetOnce(result, PlanTerm(fallback.rule->value), info);
  PlaceLabel(done);
}

void FunctionPlanner::PlanRule(const Node& node) {
  Function& function = ir_.functions[index_];
  next_register_ = function.arity;
  const uint32_t result = NewRegister();
  const Label end = NewLabel();
  const bool collects =
      node.kind() == RuleKind::kSet || node.kind() == RuleKind::kObject;
  uint32_t builder = kNoFunction;
  if (collects) {
    builder = NewRegister();
    // A plain set needs no paths.
    Emit(Op::kBuilderNew, builder, 0, 0, 0,
         static_cast<uint32_t>(BuilderKind::kPaths));
  }
  Emit(Op::kMove, result, Constant(Value()));
  const bool same = !collects && SameConstants(node);
  const size_t arity = ir_.functions[index_].arity;
  std::vector<uint32_t>& starts = ir_.functions[index_].starts;
  for (const Definition& definition : node.definitions) {
    starts.push_back(static_cast<uint32_t>(code_.size()));
    if (IsTaken(definition)) continue;  // see PlanTaken
    if (Fits(node, definition, arity)) {
      PlanDefinition(definition, result, builder, same, end);
      continue;
    }
    StartDefinition(definition);
    Raise("rego_type_error", "conflicting rules " + node.path + " found");
  }
  starts.push_back(static_cast<uint32_t>(code_.size()));
  // With an index, not the place where a definition ends early.
  if (!collects && starts.size() > kFewestIndexed) Jump(end);
  PlanTaken(node, nullptr, builder, 0);
  if (collects) {
    const bool set = node.kind() == RuleKind::kSet;
    Emit(Op::kBuilderDone, result, builder, set ? 1 : 0);
  }
  PlaceLabel(end);
  PlanDefault(node, result);
  Emit(Op::kReturn, 0, result);
  Finish();
}

void FunctionPlanner::PlanPackage(uint32_t node_index) {
  const Node& node = shared_.tree.nodes[node_index];
  const uint32_t builder = NewRegister();
  const uint32_t item = NewRegister();
  Emit(Op::kBuilderNew, builder, 0, 0, 0,
       static_cast<uint32_t>(BuilderKind::kObject));
  for (const auto& [key, child_index] : node.children) {
    const Node& child = shared_.tree.nodes[child_index];
    if (child.is_function()) continue;
    const Label next = NewLabel();
    EmitArgs(Op::kCall, item, {}, next, child.function);
    Emit(Op::kBuilderPut, builder, Constant(key), item);
    PlaceLabel(next);
  }
  Emit(Op::kBuilderBase, builder, 0, 0, 0, node_index);
  Emit(Op::kBuilderDone, item, builder);
  Emit(Op::kReturn, 0, item);
  Finish();
}

namespace {

// A call that can come back to its own function: it is a fault to reach it.
class RecursionFinder {
 public:
  explicit RecursionFinder(PlanShared* shared)
      : ir_(shared->plan.ir), group_(ir_.functions.size()) {}

  void Run() {
    Components();
    for (uint32_t i = 0; i < ir_.functions.size(); ++i) {
      for (Instruction& instruction : ir_.functions[i].code) {
        if (instruction.op != Op::kCall) continue;
        if (alone_[i] || group_[instruction.e] != group_[i]) continue;
        Replace(i, instruction);
      }
    }
  }

 private:
  void Replace(uint32_t function, Instruction& instruction) {
    const std::string from = PathOf(ir_, ir_.functions[function]);
    const std::string to = PathOf(ir_, ir_.functions[instruction.e]);
    const std::string message =
        "rule " + from + " is recursive: " + from + " -> " + to;
    instruction.op = Op::kRaise;
    instruction.e = static_cast<uint32_t>(ir_.faults.size());
    ir_.faults.push_back({"rego_recursion_error", message});
  }

  // Tarjan's strongly connected components, without recursion.
  void Components() {
    const auto count = static_cast<uint32_t>(ir_.functions.size());
    std::vector<uint32_t> order(count, 0), low(count, 0);
    std::vector<bool> on_stack(count);
    std::vector<uint32_t> stack;
    struct Visit {
      uint32_t function;
      size_t pc;
    };
    uint32_t clock = 0;
    for (uint32_t root = 0; root < count; ++root) {
      if (order[root] != 0) continue;
      std::vector<Visit> visits = {{root, 0}};
      while (!visits.empty()) {
        Visit& visit = visits.back();
        const uint32_t f = visit.function;
        if (visit.pc == 0 && order[f] == 0) {
          order[f] = low[f] = ++clock;
          stack.push_back(f);
          on_stack[f] = true;
        }
        const auto& code = ir_.functions[f].code;
        bool entered = false;
        for (; visit.pc < code.size() && !entered; ++visit.pc) {
          if (code[visit.pc].op != Op::kCall) continue;
          const uint32_t to = code[visit.pc].e;
          if (order[to] == 0) {
            entered = true;
            visits.push_back({to, 0});
            break;
          }
          if (on_stack[to]) low[f] = std::min(low[f], order[to]);
        }
        if (entered) continue;
        if (low[f] == order[f]) {
          uint32_t member = 0;
          do {
            member = stack.back();
            stack.pop_back();
            on_stack[member] = false;
            group_[member] = f;
          } while (member != f);
        }
        visits.pop_back();
        if (!visits.empty()) {
          uint32_t& up = low[visits.back().function];
          up = std::min(up, low[f]);
        }
      }
    }
    // A component of one is recursion only when it calls itself.
    std::vector<uint32_t> sizes(count);
    for (const uint32_t group : group_) ++sizes[group];
    for (uint32_t i = 0; i < count; ++i) {
      const bool self =
          std::any_of(ir_.functions[i].code.begin(),
                      ir_.functions[i].code.end(), [&](const Instruction& in) {
                        return in.op == Op::kCall && in.e == i;
                      });
      alone_.push_back(sizes[group_[i]] == 1 && !self);
    }
  }

  Ir& ir_;
  std::vector<uint32_t> group_;
  std::vector<bool> alone_;
};

}  // namespace

Plan MakePlan(const std::vector<std::unique_ptr<Module>>& modules, Tree& tree,
              const std::vector<HostFunction>& host,
              const Annotations& annotations, Arena& arena,
              CompileClock* clock) {
  PlanShared shared{modules, tree, host, annotations, arena,
                    clock,   {},   {},   {},          {}};
  Ir& ir = shared.plan.ir;
  for (const auto& module : modules) ir.files.push_back(module->file);
  ir.places.emplace_back();
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    Node& node = tree.nodes[i];
    node.function = static_cast<uint32_t>(ir.functions.size());
    Function function;
    function.node = i;
    function.kind = !node.has_rule()     ? FunctionKind::kPackage
                    : node.is_function() ? FunctionKind::kFunction
                                         : FunctionKind::kRule;
    if (node.is_function()) {
      const Definition& first =
          node.definitions.empty() ? node.fallback : node.definitions[0];
      function.arity = static_cast<uint32_t>(first.rule->args.size());
    }
    ir.functions.push_back(std::move(function));
    IrNode out;
    out.path = node.path;
    out.keys = node.keys;
    out.parent = node.parent;
    out.children = node.children;
    out.function = node.function;
    out.kind = ir.functions.back().kind;
    out.has_rule = node.has_rule();
    ir.nodes.push_back(std::move(out));
  }
  shared.reads = KeyedReadsOf(tree, clock);
  for (const KeyedRead& part : shared.reads) {
    const auto made = static_cast<uint32_t>(ir.functions.size());
    if (!shared.keyed.emplace(part, made).second) continue;
    Function function;
    function.node = part.node;
    ir.functions.push_back(std::move(function));
  }
  for (const auto& [part, function] : shared.keyed) {
    FunctionPlanner planner(&shared, function);
    planner.PlanPart(tree.nodes[part.node], part);
  }
  // Who asks for a rule that was taken by its path gets all that is there.
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    const Node& node = tree.nodes[i];
    if (node.taker == Tree::kNone || node.is_function()) continue;
    KeyedRead part{node.taker, {}};
    for (size_t k = tree.nodes[node.taker].keys.size(); k < node.keys.size();
         ++k) {
      part.keys.push_back(Value::Text(node.keys[k]));
    }
    const auto at = shared.keyed.find(part);
    if (at != shared.keyed.end()) ir.nodes[i].function = at->second;
  }
  for (uint32_t i = 0; i < tree.nodes.size(); ++i) {
    FunctionPlanner planner(&shared, tree.nodes[i].function);
    if (tree.nodes[i].has_rule()) {
      planner.PlanRule(tree.nodes[i]);
    } else {
      planner.PlanPackage(i);
    }
  }
  RecursionFinder(&shared).Run();
  return std::move(shared.plan);
}

}  // namespace vouchsafe::rego
