#include "rego/fold.h"

#include <algorithm>

#include "rego/builtin_table.h"
#include "rego/print.h"
#include "rego/vm.h"

namespace vouchsafe::rego {
namespace {

constexpr size_t kMostBytes = 64 * 1024;  // of one value
constexpr uint64_t kMostSteps = 200'000;  // of all that is folded
constexpr uint64_t kStepsOfOne = 20'000;

class Folder {
 public:
  explicit Folder(ProgramData* data) : data_(*data), ir_(data->ir) {
    for (const auto& list : ir_.replacements) {
      for (const Replacement& how : list) {
        replaces_ = true;
        if (how.target == Replacement::Target::kBuiltin) {
          replaced_.push_back(how.index);
        }
        if (how.target == Replacement::Target::kHost) {
          replaced_host_.push_back(how.index);
        }
      }
    }
  }

  void Run() {
    answers_.resize(ir_.functions.size());
    state_.assign(ir_.functions.size(), State::kNew);
    for (uint32_t i = 0; i < ir_.functions.size(); ++i) Fold(i);
    NoteHostUse();
  }

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };

  // Of functions called first, so that their values are known. Recursion was
  // removed; a chain that is long is folded only near its end.
  void Fold(uint32_t index, int depth = 0) {
    if (state_[index] != State::kNew || depth > 100) return;
    state_[index] = State::kOpen;
    for (const Instruction& at : ir_.functions[index].code) {
      if (at.op == Op::kCall) Fold(at.e, depth + 1);
    }
    Function& function = ir_.functions[index];
    CountWriters(function);
    known_.assign(function.registers, kNoDefinition);
    for (Instruction& at : function.code) {
      Substitute(at);
      Compute(at);
    }
    state_[index] = State::kDone;
    if (!Closed(function)) return;
    answers_[index] = Evaluate(index);
    function.folded = answers_[index].defined();
  }

  static bool ReadsC(Op op) {
    return op == Op::kIndex || op == Op::kIndexEither || op == Op::kEqual ||
           op == Op::kCompare || op == Op::kBuilderPut;
  }
  static bool ReadsB(Op op) {
    switch (op) {
      case Op::kMove:
      case Op::kTest:
      case Op::kIsArray:
      case Op::kIsObject:
      case Op::kIterate:
      case Op::kNext:
      case Op::kBuilderAdd:
      case Op::kSetOnce:
      case Op::kReturn:
        return true;
      default:
        return ReadsC(op);
    }
  }
  static bool ReadsArgs(Op op) {
    switch (op) {
      case Op::kIndexRest:
      case Op::kArray:
      case Op::kSet:
      case Op::kObject:
      case Op::kBuiltin:
      case Op::kHost:
      case Op::kCall:
      case Op::kLookup:
      case Op::kBuilderPath:
      case Op::kWithEnter:
        return true;
      default:
        return false;
    }
  }

  void CountWriters(const Function& function) {
    writers_.assign(function.registers, 0);
    for (uint32_t i = 0; i < function.arity; ++i) ++writers_[i];
    const auto write = [&](uint32_t reg) {
      if (reg < writers_.size()) ++writers_[reg];
    };
    for (const Instruction& at : function.code) {
      switch (at.op) {
        case Op::kNext:
          write(at.c);
          write(at.c + 1);
          write(at.a);
          break;
        case Op::kLookup:
          write(at.a + 1);
          write(at.a);
          break;
        case Op::kJump:
        case Op::kTest:
        case Op::kJumpDefined:
        case Op::kEqual:
        case Op::kCompare:
        case Op::kIsArray:
        case Op::kIsObject:
        case Op::kReturn:
        case Op::kWithEnter:
        case Op::kWithLeave:
        case Op::kRaise:
        case Op::kTry:
          break;
        default:
          write(at.a);
      }
    }
  }

  void Substitute(uint32_t& operand) const {
    if (operand & kConstantBit || operand >= known_.size()) return;
    if (known_[operand] != kNoDefinition) operand = known_[operand];
  }
  void Substitute(Instruction& at) {
    if (ReadsB(at.op)) Substitute(at.b);
    if (ReadsC(at.op)) Substitute(at.c);
    if (at.op == Op::kBuilderPath) Substitute(at.e);
    if (!ReadsArgs(at.op)) return;
    for (uint32_t i = 0; i < at.c; ++i) Substitute(ir_.args[at.b + i]);
  }

  void Compute(Instruction& at) {
    Value value;
    switch (at.op) {
      case Op::kMove:
        break;
      case Op::kIndex:
        if (!(at.b & at.c & kConstantBit)) return;
        value = Constant(at.b).Get(Constant(at.c));
        break;
      case Op::kArray:
      case Op::kSet:
      case Op::kObject:
      case Op::kBuiltin:
      case Op::kHost:
        if (!ReadConstants(at)) return;
        value = at.op == Op::kBuiltin ? CallBuiltin(at.e)
                : at.op == Op::kHost  ? CallHost(at.e)
                                      : Collect(at.op);
        break;
      case Op::kCall:
        if (at.c == 0) value = answers_[at.e];
        break;
      default:
        return;
    }
    if (at.op != Op::kMove) {
      if (!value.defined()) return;
      ir_.constants.push_back(value);
      at = {Op::kMove,
            at.a,
            static_cast<uint32_t>(ir_.constants.size() - 1) | kConstantBit,
            0,
            0,
            0,
            at.place};
    }
    if ((at.b & kConstantBit) && Constant(at.b).defined() &&
        writers_[at.a] == 1) {
      known_[at.a] = at.b;
    }
  }

  const Value& Constant(uint32_t operand) const {
    return ir_.constants[operand & ~kConstantBit];
  }
  bool ReadConstants(const Instruction& at) {
    args_.clear();
    for (uint32_t i = 0; i < at.c; ++i) {
      const uint32_t operand = ir_.args[at.b + i];
      if (!(operand & kConstantBit)) return false;
      args_.push_back(Constant(operand));
    }
    return true;
  }

  // Runs `make` under limits of its own; undefined when it does not end well.
  template <class Make>
  Value Guarded(const Make& make) {
    if (steps_ >= kMostSteps) return {};
    Limits limits;
    limits.steps = kStepsOfOne;
    limits.memory_bytes = 4 * kMostBytes;
    limits.time = std::chrono::milliseconds(20);
    Budget budget(limits, {});
    Value out;
    try {
      const Value value = make(budget);
      if (value.defined() && JsonSize(value) <= kMostBytes) {
        out = CopyInto(data_.arena, value);
      }
    } catch (const Halt&) {
    }
    steps_ += budget.steps();
    return out;
  }

  Value Collect(Op op) {
    if (op == Op::kArray) return MakeArray(data_.arena, args_);
    if (op == Op::kSet) return MakeSet(data_.arena, args_);
    std::vector<Pair> pairs;
    for (size_t i = 0; i < args_.size(); i += 2) {
      pairs.push_back({args_[i], args_[i + 1]});
    }
    return MakeObject(data_.arena, std::move(pairs), Duplicate::kReject);
  }

  Value CallBuiltin(uint32_t index) {
    const Builtin& builtin = StandardBuiltins().at(index);
    const bool replaced =
        std::find(replaced_.begin(), replaced_.end(), index) != replaced_.end();
    if (!builtin.function || builtin.varying || replaced) return {};
    return Guarded([&](Budget& budget) {
      BuiltinState state;
      BuiltinCall call(builtin.name, budget, state);
      const Value out = builtin.function(call, args_);
      return call.error ? Value() : out;
    });
  }

  Value CallHost(uint32_t index) {
    const HostFunction& host = data_.builtins.host()[index];
    const bool replaced =
        std::find(replaced_host_.begin(), replaced_host_.end(), index) !=
        replaced_host_.end();
    if (host.purity != Purity::kPure || !host.call || replaced) return {};
    json::Array args;
    for (const Value& arg : args_) args.push_back(ToJson(arg));
    HostCall call;
    call.function = host.name;
    call.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    const Result<json::Value> answer = host.call(call, args);
    if (!answer) return {};  // the call fails when it is reached
    return Guarded(
        [&](Budget& budget) { return FromJson(budget.arena, *answer); });
  }

  // A rule that depends on nothing outside itself. `with` anywhere may change
  // what it calls.
  bool Closed(const Function& function) const {
    if (function.kind != FunctionKind::kRule || replaces_) return false;
    return std::none_of(
        function.code.begin(), function.code.end(), [&](const Instruction& at) {
          switch (at.op) {
            case Op::kInput:
            case Op::kBase:
            case Op::kLookup:
            case Op::kHost:
            case Op::kCall:  // those to closed rules are constants by now
            case Op::kBuilderBase:
            case Op::kWithEnter:
            case Op::kRaise:
              return true;
            case Op::kBuiltin:
              return StandardBuiltins().at(at.e).varying ||
                     StandardBuiltins().at(at.e).function == nullptr;
            default:
              return false;
          }
        });
  }

  // `a := 1`, the most common one.
  const Value* Fact(const Function& function) const {
    const Value* out = nullptr;
    for (const Instruction& at : function.code) {
      switch (at.op) {
        case Op::kMove:
          if (!(at.b & kConstantBit) || Constant(at.b).defined()) {
            return nullptr;
          }
          break;
        case Op::kTry:
        case Op::kJump:
        case Op::kReturn:
          break;
        case Op::kSetOnce:
          if (out || !(at.b & kConstantBit)) return nullptr;
          out = &Constant(at.b);
          break;
        default:
          return nullptr;
      }
    }
    return out;
  }

  Value Evaluate(uint32_t index) {
    if (const Value* fact = Fact(ir_.functions[index])) return *fact;
    // A machine remembers every rule.
    steps_ += ir_.functions.size() / 8;
    return Guarded([&](Budget& budget) {
      const Request request;
      Machine machine(data_, request, budget, Value(), Value::EmptyObject());
      return machine.Run(index).value;
    });
  }

  void NoteHostUse() {
    data_.host_use.clear();
    for (const Function& function : ir_.functions) {
      for (const Instruction& at : function.code) {
        if (at.op != Op::kHost || at.c == 0) continue;
        HostUse& use = data_.host_use[data_.builtins.host()[at.e].name];
        const uint32_t first = ir_.args[at.b];
        if ((first & kConstantBit) && Constant(first).is_string()) {
          use.constants.emplace(Constant(first).text());
        } else {
          use.open = true;
        }
      }
    }
  }

  ProgramData& data_;
  Ir& ir_;
  bool replaces_ = false;
  std::vector<uint32_t> replaced_, replaced_host_;
  uint64_t steps_ = 0;
  std::vector<Value> answers_;  // by function, where known
  std::vector<State> state_;
  std::vector<uint32_t> writers_;  // by register
  std::vector<uint32_t> known_;    // by register: its constant
  std::vector<Value> args_;
};

}  // namespace

void FoldConstants(ProgramData* data) { Folder(data).Run(); }

}  // namespace vouchsafe::rego
