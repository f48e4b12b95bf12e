#include "rego/vm.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMaxTried = 10'000;

int64_t NowNs(const Request& request) {
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

std::string Short(const Value& value) {
  std::string text = RegoText(value);
  if (text.size() > 120) text = text.substr(0, 117) + "...";
  return text;
}

}  // namespace

Machine::Machine(const ProgramData& program, const Request& request,
                 Budget& budget, const Value& input, const Value& base)
    : program_(program), ir_(program.ir), request_(request), budget_(budget) {
  builtins_.now_ns = NowNs(request);
  builtins_.seed = request.seed;
  auto first = std::make_unique<Context>();
  first->input = input;
  first->base = base;
  first->all.resize(ir_.functions.size());
  contexts_.push_back(std::move(first));
}

Location Machine::Where() const { return LocationOf(ir_, place_); }

RunResult Machine::Run(uint32_t function) {
  Value out;
  const size_t floor = frames_.size();
  last_ = {};
  switch (Call(function, {}, 0, 0, &out)) {
    case Called::kValue: {
      const Memo& memo = MemoOf(function);
      return {out, memo.definition};
    }
    case Called::kUndefined:
      return {};
    case Called::kPushed:
      break;
  }
  if (request_.explain) {
    Loop<true>(floor);
  } else {
    Loop<false>(floor);
  }
  return last_;
}

void Machine::ReadArgs(const Frame& frame, const Instruction& at,
                       std::vector<Value>& out) const {
  out.clear();
  for (uint32_t i = 0; i < at.c; ++i) {
    out.push_back(Read(frame, ir_.args[at.b + i]));
  }
}

// Ends the topmost frame; its caller goes on.
void Machine::Return(const Value& value) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.function->kind == FunctionKind::kFunction) {
    std::vector<Value> args(
        stack_.begin() + static_cast<std::ptrdiff_t>(frame.base),
        stack_.begin() +
            static_cast<std::ptrdiff_t>(frame.base + frame.function->arity));
    budget_.arena.Charge(sizeof(CallMemo) + args.size() * sizeof(Value));
    context().calls.emplace(frame.memo_hash,
                            CallMemo{frame.index, std::move(args), value});
  } else {
    Memo& memo = MemoOf(frame.index);
    memo.state = MemoState::kDone;
    memo.value = value;
    memo.definition = frame.definition;
  }
  if (frame.pops_context) contexts_.pop_back();
  stack_.resize(frame.base);
  last_ = {value, frame.definition};
  if (frames_.empty()) return;
  Frame& caller = frames_.back();
  if (value.defined()) {
    stack_[caller.base + frame.result_register] = value;
    return;
  }
  if (request_.explain) {
    NoteFailure(caller, caller.function->code[caller.pc - 1]);
  }
  caller.pc = frame.fail;
}

void Machine::SetOnce(Frame& frame, const Instruction& at) {
  Value& held = stack_[frame.base + at.a];
  const Value value = Read(frame, at.b);
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

void Machine::NoteFailure(const Frame& frame, const Instruction& at) {
  if (frame.tried == SIZE_MAX) return;
  TriedState& tried = tried_[frame.tried];
  if (tried.succeeded || (frame.pc <= tried.pc && tried.place != 0)) return;
  tried.pc = frame.pc;
  tried.place = at.place;
  switch (at.op) {
    case Op::kTest:
      tried.reason = "is false";
      break;
    case Op::kEqual:
    case Op::kCompare:
      tried.reason = "left " + Short(Read(frame, at.b)) + ", right " +
                     Short(Read(frame, at.c));
      break;
    case Op::kNext:
    case Op::kIterate:
      tried.reason = "no element fits";
      break;
    case Op::kJump:
      tried.reason = "does not hold";
      break;
    default:
      tried.reason = "is undefined";
  }
}

std::vector<Tried> Machine::TakeTried() {
  std::vector<Tried> out;
  for (const TriedState& state : tried_) {
    const DefinitionInfo& info = ir_.definitions[state.definition];
    Tried tried;
    tried.rule = ir_.nodes[ir_.functions[info.function].node].path;
    tried.location = LocationOf(ir_, info.place);
    tried.succeeded = state.succeeded;
    if (!state.succeeded && state.place != 0) {
      tried.failed_at = LocationOf(ir_, state.place);
      tried.failed_text = std::string(ir_.places[state.place].text);
      tried.reason = state.reason;
    }
    out.push_back(std::move(tried));
  }
  return out;
}

template <bool kTrace>
void Machine::Loop(size_t floor) {
  std::vector<Value> args;
  while (frames_.size() > floor) {
    Frame& frame = frames_.back();
    const Instruction& at = frame.function->code[frame.pc];
    place_ = at.place;
    budget_.Step();
    const auto fail = [&] {
      if constexpr (kTrace) NoteFailure(frame, at);
      frame.pc = at.d;
    };
    const auto put = [&](uint32_t reg, const Value& value) {
      stack_[frame.base + reg] = value;
    };
    // A value to register a, or on to d.
    const auto settle = [&](const Value& value) {
      if (!value.defined()) return fail();
      put(at.a, value);
      ++frame.pc;
    };
    switch (at.op) {
      case Op::kMove:
        put(at.a, Read(frame, at.b));
        ++frame.pc;
        break;
      case Op::kJump:
        fail();
        break;
      case Op::kTest:
        if (Read(frame, at.b).is_false()) {
          fail();
        } else {
          ++frame.pc;
        }
        break;
      case Op::kJumpDefined:
        frame.pc = Read(frame, at.b).defined() ? at.d : frame.pc + 1;
        break;
      case Op::kInput:
        settle(context().input);
        break;
      case Op::kBase:
        settle(BaseAt(at.e));
        break;
      case Op::kIndex:
        settle(Read(frame, at.b).Get(Read(frame, at.c)));
        break;
      case Op::kIndexEither: {
        const Value base = Read(frame, at.b);
        const Value value = base.Get(Read(frame, at.c));
        settle(value.defined() ? value : base.Get(Read(frame, at.e)));
        break;
      }
      case Op::kIndexRest: {
        Value value = Read(frame, at.a);
        const auto from =
            static_cast<uint32_t>(Read(frame, at.a + 1).integer());
        for (uint32_t i = from; i < at.c; ++i) {
          value = value.Get(Read(frame, ir_.args[at.b + i]));
        }
        settle(value);
        break;
      }
      case Op::kEqual:
      case Op::kCompare: {
        const Value a = Read(frame, at.b);
        const Value b = Read(frame, at.c);
        if (a.is_collection() && b.is_collection()) {
          budget_.Items(std::min(a.size(), b.size()));
        }
        const int order = Compare(a, b);
        const bool holds = at.op == Op::kEqual
                               ? order == 0
                               : Holds(static_cast<Comparison>(at.e), order);
        if (holds) {
          ++frame.pc;
        } else {
          fail();
        }
        break;
      }
      case Op::kIsArray:
      case Op::kIsObject: {
        const Value value = Read(frame, at.b);
        const Kind want = at.op == Op::kIsArray ? Kind::kArray : Kind::kObject;
        if (value.kind() == want && value.size() == at.c) {
          ++frame.pc;
        } else {
          fail();
        }
        break;
      }
      case Op::kIterate:
        if (!Read(frame, at.b).is_collection()) {
          fail();
        } else {
          put(at.a, Value::Int(0));
          ++frame.pc;
        }
        break;
      case Op::kNext: {
        const Value collection = Read(frame, at.b);
        const int64_t index = Read(frame, at.a).integer();
        if (index >= int64_t{collection.size()}) {
          fail();
          break;
        }
        const auto i = static_cast<size_t>(index);
        put(at.a, Value::Int(index + 1));
        put(at.c,
            collection.is_array() ? Value::Int(index) : collection.items()[i]);
        put(at.c + 1, collection.is_object() ? collection.values()[i]
                                             : collection.items()[i]);
        ++frame.pc;
        break;
      }
      case Op::kArray:
        ReadArgs(frame, at, args);
        budget_.Items(args.size());
        settle(MakeArray(budget_.arena, args));
        break;
      case Op::kSet:
        ReadArgs(frame, at, args);
        budget_.Items(args.size());
        settle(MakeSet(budget_.arena, args));
        break;
      case Op::kObject: {
        ReadArgs(frame, at, args);
        budget_.Items(args.size());
        std::vector<Pair> pairs;
        for (size_t i = 0; i < args.size(); i += 2) {
          pairs.push_back({args[i], args[i + 1]});
        }
        settle(MakeObject(budget_.arena, std::move(pairs), Duplicate::kReject));
        break;
      }
      case Op::kBuiltin:
      case Op::kHost: {
        ReadArgs(frame, at, args);
        const bool host = at.op == Op::kHost;
        const Mock* mock = context().mocks.empty()
                               ? nullptr
                               : FindMock(host ? Replacement::Target::kHost
                                               : Replacement::Target::kBuiltin,
                                          at.e);
        if (mock == nullptr) {
          settle(host ? CallHost(at.e, args) : CallBuiltin(at.e, args));
          break;
        }
        Value out;
        const auto index = static_cast<size_t>(mock - context().mocks.data());
        const uint32_t result = at.a;
        const uint32_t where = at.d;
        ++frame.pc;
        const Called called =
            CallMocked(*mock, index, args, result, where, &out);
        if (called == Called::kPushed) break;
        --frame.pc;
        settle(out);
        break;
      }
      case Op::kCall:
      case Op::kLookup: {
        ReadArgs(frame, at, args);
        Value out;
        Called called = Called::kUndefined;
        ++frame.pc;
        if (at.op == Op::kCall) {
          called = Call(at.e, args, at.a, at.d, &out);
        } else {
          uint32_t used = 0;
          const size_t base = frame.base;
          const uint32_t counter = at.a + 1;
          called = Lookup(at, args, &out, &used);
          stack_[base + counter] = Value::Int(used);
        }
        if (called == Called::kPushed) break;  // `frame` may have moved
        --frame.pc;
        settle(called == Called::kValue ? out : Value());
        break;
      }
      case Op::kBuilderNew: {
        uint32_t index = 0;
        if (free_builders_.empty()) {
          index = static_cast<uint32_t>(builders_.size());
          budget_.arena.Charge(sizeof(CollectionBuilder));
          builders_.emplace_back();
        } else {
          index = free_builders_.back();
          free_builders_.pop_back();
        }
        builders_[index].Reset(static_cast<BuilderKind>(at.e));
        put(at.a, Value::Builder(index));
        ++frame.pc;
        break;
      }
      case Op::kBuilderAdd:
        builders_[Read(frame, at.a).builder()].Add(budget_, Read(frame, at.b));
        ++frame.pc;
        break;
      case Op::kBuilderPut:
        builders_[Read(frame, at.a).builder()].Put(budget_, Read(frame, at.b),
                                                   Read(frame, at.c));
        ++frame.pc;
        break;
      case Op::kBuilderPath:
        ReadArgs(frame, at, args);
        builders_[Read(frame, at.a).builder()].PutPath(
            budget_, args, Read(frame, at.e), static_cast<PathMode>(at.d));
        if constexpr (kTrace) {
          if (frame.tried != SIZE_MAX) tried_[frame.tried].succeeded = true;
        }
        ++frame.pc;
        break;
      case Op::kBuilderBase:
        AddBase(builders_[Read(frame, at.a).builder()], at.e);
        ++frame.pc;
        break;
      case Op::kBuilderDone: {
        const uint32_t index = Read(frame, at.b).builder();
        const Value value = builders_[index].Done(budget_, at.c != 0);
        free_builders_.push_back(index);
        put(at.a, value);
        ++frame.pc;
        break;
      }
      case Op::kSetOnce:
        SetOnce(frame, at);
        if constexpr (kTrace) {
          if (frame.tried != SIZE_MAX &&
              tried_[frame.tried].definition == at.c) {
            tried_[frame.tried].succeeded = true;
          }
        }
        ++frame.pc;
        break;
      case Op::kReturn:
        Return(Read(frame, at.b));
        break;
      case Op::kWithEnter:
        ReadArgs(frame, at, args);
        EnterWith(at, args);
        ++frame.pc;
        break;
      case Op::kWithLeave:
        contexts_.pop_back();
        ++frame.pc;
        break;
      case Op::kRaise: {
        const Fault& fault = ir_.faults[at.e];
        throw Halt{fault.code, "", fault.message};
      }
      case Op::kTry:
        if constexpr (kTrace) {
          frame.tried = SIZE_MAX;
          if (tried_.size() < kMaxTried) {
            frame.tried = tried_.size();
            tried_.push_back({at.e, false, 0, 0, {}});
          }
        }
        ++frame.pc;
        break;
    }
  }
}

}  // namespace vouchsafe::rego
