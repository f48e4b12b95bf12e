#include "rego/vm.h"

#include "rego/trace.h"

namespace vouchsafe::rego {
namespace {

int64_t NowNs(const Request& request) {
  if (request.now_ns) return *request.now_ns;
  static const SystemClock system;
  const Clock& clock = request.clock ? *request.clock : system;
  return clock.UnixMicros() * 1000;
}

bool Holds(Comparison comparison, int order) {
  switch (comparison) {
    case Comparison::kNotEqual:
      return order != 0;
    case Comparison::kLess:
      return order < 0;
    case Comparison::kLessEqual:
      return order <= 0;
    case Comparison::kGreater:
      return order > 0;
    case Comparison::kGreaterEqual:
      return order >= 0;
  }
  return false;
}

constexpr size_t kMostKept = 4096;

// The store of this thread's last machine. A machine inside another one (a
// host function that evaluates) makes its own.
std::unique_ptr<MachineStore>& KeptStore() {
  static thread_local std::unique_ptr<MachineStore> store;
  return store;
}

std::unique_ptr<MachineStore> TakeStore() {
  std::unique_ptr<MachineStore> out = std::move(KeptStore());
  return out ? std::move(out) : std::make_unique<MachineStore>();
}

}  // namespace

void MachineStore::Clear() {
  const auto clear = [](auto& list) {
    if (list.capacity() > kMostKept) list = {};
    list.clear();
  };
  clear(stack);
  clear(frames);
  clear(args);
  clear(pairs);
  clear(free_builders);
  if (builders.size() > 64) builders.clear();
  for (size_t i = 0; i < builders.size(); ++i) {
    builders[i].Reset(BuilderKind::kArray);
    free_builders.push_back(static_cast<uint32_t>(i));
  }
  contexts.resize(1);
  Context& first = *contexts[0];
  first.overrides.clear();
  first.mocks.clear();
  clear(first.memos);
  first.calls.Clear();
  host_memo.Clear();
}

Machine::Machine(const ProgramData& program, const Request& request,
                 Budget& budget, const Value& input, const Value& base,
                 Trace* trace)
    : program_(program),
      ir_(program.ir),
      request_(request),
      budget_(budget),
      trace_(trace),
      store_(TakeStore()),
      stack_(store_->stack),
      frames_(store_->frames),
      contexts_(store_->contexts),
      builders_(store_->builders),
      free_builders_(store_->free_builders),
      args_(store_->args) {
  builtins_.now_ns = NowNs(request);
  builtins_.seed = request.seed;
  if (contexts_.empty()) contexts_.push_back(std::make_unique<Context>());
  Context& first = *contexts_[0];
  first.input = input;
  first.base = base;
  first.memos.assign(ir_.functions.size(), Memo());
}

Machine::~Machine() {
  store_->Clear();
  KeptStore() = std::move(store_);
}

Location Machine::Where() const { return LocationOf(ir_, place_); }

RunResult Machine::Run(uint32_t function) {
  Value out;
  const size_t floor = frames_.size();
  last_ = {};
  switch (Call(function, {}, 0, 0, &out)) {
    case Called::kValue:
      return {out, context().memos[function].definition};
    case Called::kUndefined:
      return {};
    case Called::kPushed:
      break;
  }
  if (trace_) {
    Loop<true>(floor);
  } else {
    Loop<false>(floor);
  }
  return last_;
}

template <bool kTrace>
void Machine::Loop(size_t floor) {
  while (frames_.size() > floor) RunFrame<kTrace>();
}

void Machine::ReadArgs(const Frame& frame, const Instruction& at) {
  args_.clear();
  for (uint32_t i = 0; i < at.c; ++i) {
    args_.push_back(Look(frame, ir_.args[at.b + i]));
  }
}

// Ends the topmost frame; its caller goes on.
void Machine::Return(Value value) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.function->kind == FunctionKind::kFunction) {
    context().calls.Add(
        budget_, frame.index,
        std::span(stack_).subspan(frame.base, frame.function->arity),
        frame.memo_hash, value);
  } else {
    Memo& memo = context().memos[frame.index];
    memo.state = MemoState::kDone;
    memo.value = value;
    memo.definition = frame.definition;
  }
  if (trace_) trace_->Ended(frame, value);
  if (frame.pops_context) contexts_.pop_back();
  stack_.resize(frame.base);
  last_ = {value, frame.definition};
  if (frames_.empty()) return;
  Frame& caller = frames_.back();
  if (value.defined()) {
    stack_[caller.base + frame.result_register] = value;
    return;
  }
  if (trace_) trace_->Failed(*this, caller, caller.pc - 1);
  caller.pc = frame.fail;
}

void Machine::SetOnce(Frame& frame, const Instruction& at) {
  Value& held = stack_[frame.base + at.a];
  const Value value = Look(frame, at.b);
  const bool from_chain = at.c == kNoDefinition;
  if (!held.defined()) {
    held = value;
    frame.chain_definition = from_chain ? frame.chain_definition : at.c;
    frame.definition = frame.chain_definition;
    return;
  }
  if (held == value) return;
  throw Halt{"eval_conflict_error", "",
             static_cast<Conflict>(at.e) == Conflict::kFunction
                 ? "functions must not produce multiple outputs for same inputs"
                 : "complete rules must not produce multiple outputs"};
}

bool Machine::Order(const Instruction& at, const Value& a, const Value& b) {
  if (a.is_collection() && b.is_collection()) {
    budget_.Items(std::min(a.size(), b.size()));
  }
  const int order = Compare(a, b);
  return at.op == Op::kEqual ? order == 0
                             : Holds(static_cast<Comparison>(at.e), order);
}

// Of args_. Undefined when an object would have two values for a key.
Value Machine::MakeCollection(const Instruction& at) {
  budget_.Items(args_.size());
  if (at.op == Op::kArray) return MakeArray(budget_.arena, args_);
  if (at.op == Op::kSet) return MakeSetOf(budget_.arena, args_);
  std::vector<Pair>& pairs = store_->pairs;
  pairs.clear();
  for (size_t i = 0; i < args_.size(); i += 2) {
    pairs.push_back({args_[i], args_[i + 1]});
  }
  return MakeObjectOf(budget_.arena, pairs, Duplicate::kReject);
}

uint32_t Machine::NewBuilder(BuilderKind kind) {
  if (free_builders_.empty()) {
    budget_.arena.Charge(sizeof(CollectionBuilder));
    free_builders_.push_back(static_cast<uint32_t>(builders_.size()));
    builders_.emplace_back();
  }
  const uint32_t index = free_builders_.back();
  free_builders_.pop_back();
  builders_[index].Reset(kind);
  return index;
}

std::pair<const uint32_t*, uint32_t> Machine::Select(const Frame& frame,
                                                     const Selection& selection,
                                                     bool all) {
  const auto everything = std::pair(
      selection.all.data(), static_cast<uint32_t>(selection.all.size()));
  if (all) return everything;
  Value value = selection.from_input ? context().input
                                     : stack_[frame.base + selection.argument];
  for (const uint32_t key : selection.path) {
    value = value.Get(ir_.constants[key]);
  }
  const auto find = [&](const Value& key) -> const Selection::Slot* {
    const size_t mask = selection.slots.size() - 1;
    for (size_t at = HashOf(key) & mask;; at = (at + 1) & mask) {
      const Selection::Slot& slot = selection.slots[at];
      if (slot.constant == kNoDefinition) return nullptr;
      if (ir_.constants[slot.constant] == key) return &slot;
    }
  };
  if (!selection.by_presence) {
    const Selection::Slot* slot = value.defined() ? find(value) : nullptr;
    if (slot == nullptr) return {nullptr, 0};
    return {selection.starts.data() + slot->first, slot->count};
  }
  if (!value.is_object() || value.size() > 64) return everything;
  const Selection::Slot* only = nullptr;
  uint32_t count = 0, hits = 0;
  budget_.Step(1 + value.size() / 2);
  for (const Value& key : value.keys()) {
    const Selection::Slot* slot = find(key);
    if (slot == nullptr) continue;
    only = slot;
    count += slot->count;
    ++hits;
  }
  if (hits == 0) return {nullptr, 0};
  if (hits == 1) return {selection.starts.data() + only->first, count};
  uint32_t* merged = budget_.arena.AllocArray<uint32_t>(count);
  uint32_t filled = 0;
  for (const Value& key : value.keys()) {
    const Selection::Slot* slot = find(key);
    if (slot == nullptr) continue;
    std::copy_n(selection.starts.data() + slot->first, slot->count,
                merged + filled);
    filled += slot->count;
  }
  std::sort(merged, merged + count);
  return {merged, count};
}

template <bool kTrace>
void Machine::RunFrame() {
  Frame& frame = frames_.back();
  const Instruction* const code = frame.function->code.data();
  const Value* const constants = ir_.constants.data();
  Value* const registers = stack_.data() + frame.base;
  uint32_t pc = frame.pc;
  const auto read = [&](uint32_t operand) -> const Value& {
    return operand & kConstantBit ? constants[operand & ~kConstantBit]
                                  : registers[operand];
  };
  while (true) {
    const Instruction& at = code[pc];
    place_ = at.place;
    budget_.Step();
    if constexpr (kTrace) {
      frame.pc = pc;
      trace_->Reached(at);
    }
    const auto fail = [&] {
      if constexpr (kTrace) trace_->Failed(*this, frame, pc);
      pc = at.d;
    };
    // A value to register a, or on to d.
    const auto settle = [&](const Value& value) {
      if (!value.defined()) return fail();
      registers[at.a] = value;
      ++pc;
    };
    const auto hold = [&](bool holds) {
      if (!holds) return fail();
      ++pc;
    };
    switch (at.op) {
      case Op::kMove:
        registers[at.a] = read(at.b);
        ++pc;
        break;
      case Op::kJump:
        fail();
        break;
      case Op::kTest:
        hold(!read(at.b).is_false());
        break;
      case Op::kJumpDefined:
        pc = read(at.b).defined() ? at.d : pc + 1;
        break;
      case Op::kInput:
        settle(context().input);
        break;
      case Op::kBase:
        settle(BaseAt(at.e));
        break;
      case Op::kIndex:
        settle(read(at.b).Get(read(at.c)));
        break;
      case Op::kIndexEither: {
        const Value value = read(at.b).Get(read(at.c));
        settle(value.defined() ? value : read(at.b).Get(read(at.e)));
        break;
      }
      case Op::kIndexRest: {
        Value value = registers[at.a];
        const auto from = static_cast<uint32_t>(registers[at.a + 1].integer());
        for (uint32_t i = from; i < at.c; ++i) {
          value = value.Get(read(ir_.args[at.b + i]));
        }
        settle(value);
        break;
      }
      case Op::kEqual:
      case Op::kCompare:
        hold(Order(at, read(at.b), read(at.c)));
        break;
      case Op::kIsArray:
        hold(read(at.b).is_array() && read(at.b).size() == at.c);
        break;
      case Op::kIsObject:
        hold(read(at.b).is_object() && read(at.b).size() == at.c);
        break;
      case Op::kIterate:
        if (!read(at.b).is_collection()) {
          fail();
          break;
        }
        registers[at.a] = Value::Int(0);
        ++pc;
        break;
      case Op::kNext: {
        const Value collection = read(at.b);
        const int64_t index = registers[at.a].integer();
        if (index >= int64_t{collection.size()}) {
          fail();
          break;
        }
        const auto i = static_cast<size_t>(index);
        registers[at.a] = Value::Int(index + 1);
        registers[at.c] =
            collection.is_array() ? Value::Int(index) : collection.items()[i];
        registers[at.c + 1] = collection.is_object() ? collection.values()[i]
                                                     : collection.items()[i];
        if constexpr (kTrace) trace_->Stepped(frame, at);
        ++pc;
        break;
      }
      case Op::kArray:
      case Op::kSet:
      case Op::kObject:
        ReadArgs(frame, at);
        settle(MakeCollection(at));
        break;
      case Op::kBuiltin:
      case Op::kHost:
        if (context().mocks.empty()) {
          ReadArgs(frame, at);
          settle(at.op == Op::kHost ? CallHost(at.e, args_)
                                    : CallBuiltin(at.e, args_));
          break;
        }
        [[fallthrough]];
      case Op::kCall:
      case Op::kLookup: {
        ReadArgs(frame, at);
        Value out;
        frame.pc = pc + 1;
        const Called called = CallOther(at, &out);
        if (called == Called::kPushed) return;  // `frame` may have moved
        frame.pc = pc;
        settle(called == Called::kValue ? out : Value());
        break;
      }
      case Op::kBuilderNew:
        registers[at.a] =
            Value::Builder(NewBuilder(static_cast<BuilderKind>(at.e)));
        ++pc;
        break;
      case Op::kBuilderAdd:
        builders_[registers[at.a].builder()].Add(budget_, read(at.b));
        ++pc;
        break;
      case Op::kBuilderPut:
        builders_[registers[at.a].builder()].Put(budget_, read(at.b),
                                                 read(at.c));
        ++pc;
        break;
      case Op::kBuilderPath:
        ReadArgs(frame, at);
        builders_[registers[at.a].builder()].PutPath(
            budget_, args_, read(at.e), static_cast<PathMode>(at.d));
        if constexpr (kTrace) trace_->Succeeded(*this, frame, kNoDefinition);
        ++pc;
        break;
      case Op::kBuilderBase:
        AddBase(builders_[registers[at.a].builder()], at.e);
        ++pc;
        break;
      case Op::kBuilderDone: {
        const uint32_t index = read(at.b).builder();
        registers[at.a] = builders_[index].Done(budget_, at.c != 0);
        free_builders_.push_back(index);
        ++pc;
        break;
      }
      case Op::kSetOnce:
        SetOnce(frame, at);
        if constexpr (kTrace) {
          if (at.c != kNoDefinition) trace_->Succeeded(*this, frame, at.c);
        }
        ++pc;
        break;
      case Op::kReturn:
        frame.pc = pc;
        return Return(read(at.b));
      case Op::kWithEnter:
        ReadArgs(frame, at);
        EnterWith(at, args_);
        ++pc;
        break;
      case Op::kWithLeave:
        contexts_.pop_back();
        ++pc;
        break;
      case Op::kRaise: {
        const Fault& fault = ir_.faults[at.e];
        throw Halt{fault.code, "", fault.message};
      }
      case Op::kTry:
        if constexpr (kTrace) trace_->Tries(frame, at.e);
        ++pc;
        break;
      case Op::kSelect: {
        const auto [list, count] =
            Select(frame, ir_.selections[at.e], kTrace || !request_.index);
        registers[at.a] = Value::List(list, count);
        registers[at.a + 1] = Value::Int(0);
        ++pc;
        break;
      }
      case Op::kSelectNext: {
        const auto next = registers[at.a + 1].integer();
        if (next >= int64_t{registers[at.a].size()}) {
          pc = at.d;
          break;
        }
        registers[at.a + 1] = Value::Int(next + 1);
        pc = registers[at.a].list()[next];
        break;
      }
    }
  }
}

}  // namespace vouchsafe::rego
