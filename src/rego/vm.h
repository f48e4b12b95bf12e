#pragma once

// The machine that runs a program's code for one evaluation. Its stack is its
// own: nothing here recurses with the policy.

#include <deque>
#include <memory>
#include <unordered_map>

#include "rego/builder.h"
#include "rego/builtin_call.h"
#include "rego/program.h"

namespace vouchsafe::rego {

struct RunResult {
  Value value;  // undefined when there is none
  uint32_t definition = kNoDefinition;
};

class Machine {
 public:
  Machine(const ProgramData& program, const Request& request, Budget& budget,
          const Value& input, const Value& base);

  // Rules computed before are remembered. Throws Halt.
  RunResult Run(uint32_t function);
  // Where the last Halt came from.
  Location Where() const;
  std::vector<Tried> TakeTried();

 private:
  enum class MemoState : uint8_t { kNew, kRunning, kDone };
  struct Memo {
    MemoState state = MemoState::kNew;
    uint32_t definition = kNoDefinition;
    Value value;
  };
  struct CallMemo {
    uint32_t function;
    std::vector<Value> args;
    Value value;
  };
  struct Mock {
    Replacement how;
    Value value;
  };
  // The documents that rules see, and what was computed from them. `with`
  // makes a new one.
  struct Context {
    Value input;
    Value base;
    std::vector<std::vector<std::string>> overrides;  // paths below data
    std::vector<Mock> mocks;
    std::vector<Memo> all;                    // the first context's
    std::unordered_map<uint32_t, Memo> some;  // the others'
    std::unordered_multimap<uint64_t, CallMemo> calls;
  };
  struct Frame {
    const Function* function;
    uint32_t index;
    uint32_t pc = 0;
    size_t base;
    uint32_t result_register = 0;  // in the caller's frame
    uint32_t fail = 0;             // in the caller's code
    uint32_t definition = kNoDefinition;
    uint32_t chain_definition = kNoDefinition;
    size_t tried = SIZE_MAX;
    bool pops_context = false;
    uint64_t memo_hash = 0;
  };
  struct TriedState {
    uint32_t definition;
    bool succeeded = false;
    uint32_t pc = 0;
    uint32_t place = 0;
    std::string reason;
  };
  enum class Called { kPushed, kValue, kUndefined };

  // vm.cc
  template <bool kTrace>
  void Loop(size_t floor);
  void Return(const Value& value);
  void NoteFailure(const Frame& frame, const Instruction& at);
  void SetOnce(Frame& frame, const Instruction& at);

  // vm_call.cc
  Called Call(uint32_t function, std::span<const Value> args,
              uint32_t result_register, uint32_t fail, Value* out);
  Called CallMocked(const Mock& mock, size_t mock_index,
                    std::span<const Value> args, uint32_t result_register,
                    uint32_t fail, Value* out);
  Called Lookup(const Instruction& at, std::span<const Value> keys, Value* out,
                uint32_t* used);
  void Push(uint32_t function, std::span<const Value> args,
            uint32_t result_register, uint32_t fail);
  // Undefined when it has no value.
  Value CallBuiltin(uint32_t builtin, std::span<const Value> args);
  Value CallHost(uint32_t host, std::span<const Value> args);
  const Mock* FindMock(Replacement::Target target, uint32_t index) const;
  bool Overridden(const IrNode& node) const;
  Value BaseAt(uint32_t node) const;
  Memo& MemoOf(uint32_t function);
  const Value* FindCall(uint32_t function, std::span<const Value> args,
                        uint64_t hash);
  void EnterWith(const Instruction& at, std::span<const Value> values);
  void AddBase(CollectionBuilder& builder, uint32_t node);
  Value Patch(const Value& document, std::span<const std::string> keys,
              const Value& value);

  Value Read(const Frame& frame, uint32_t operand) const {
    return operand & kConstantBit ? ir_.constants[operand & ~kConstantBit]
                                  : stack_[frame.base + operand];
  }
  void ReadArgs(const Frame& frame, const Instruction& at,
                std::vector<Value>& out) const;
  Context& context() { return *contexts_.back(); }
  const Context& context() const { return *contexts_.back(); }

  const ProgramData& program_;
  const Ir& ir_;
  const Request& request_;
  Budget& budget_;
  BuiltinState builtins_;
  std::vector<Value> stack_;
  std::vector<Frame> frames_;
  std::vector<std::unique_ptr<Context>> contexts_;
  std::deque<CollectionBuilder> builders_;
  std::vector<uint32_t> free_builders_;
  std::map<std::pair<uint32_t, std::string>, Value> host_memo_;
  std::vector<TriedState> tried_;
  uint32_t place_ = 0;
  RunResult last_;
};

}  // namespace vouchsafe::rego
