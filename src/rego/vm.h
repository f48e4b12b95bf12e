#pragma once

// The machine that runs a program's code for one evaluation. Its stack is its
// own: nothing here recurses with the policy. What it works with is kept by
// the thread for the next evaluation.

#include <deque>
#include <memory>

#include "rego/builder.h"
#include "rego/builtin_call.h"
#include "rego/call_table.h"
#include "rego/program.h"

namespace vouchsafe::rego {

struct RunResult {
  Value value;  // undefined when there is none
  uint32_t definition = kNoDefinition;
};

enum class MemoState : uint8_t { kNew, kRunning, kDone };
struct Memo {
  MemoState state = MemoState::kNew;
  uint32_t definition = kNoDefinition;
  Value value;
};

struct Mock {
  Replacement how;
  Value value;
};

// The documents that rules see, and what was computed from them. `with` makes
// a new one.
struct Context {
  Value input;
  Value base;
  std::vector<std::vector<std::string>> overrides;  // paths below data
  std::vector<Mock> mocks;
  std::vector<Memo> memos;  // by function
  CallTable calls;
};

struct Frame {
  const Function* function = nullptr;
  uint32_t index = 0;
  uint32_t pc = 0;
  size_t base = 0;
  uint32_t result_register = 0;  // in the caller's frame
  uint32_t fail = 0;             // in the caller's code
  uint32_t definition = kNoDefinition;
  uint32_t chain_definition = kNoDefinition;
  uint32_t trace_call = 0xffffffff;
  uint32_t trace_try = 0xffffffff;
  bool pops_context = false;
  uint64_t memo_hash = 0;
};

// The memory of a machine.
struct MachineStore {
  std::vector<Value> stack;
  std::vector<Frame> frames;
  std::vector<std::unique_ptr<Context>> contexts;
  std::deque<CollectionBuilder> builders;
  std::vector<uint32_t> free_builders;
  std::vector<Value> args;
  std::vector<Pair> pairs;
  CallTable host_memo;

  void Clear();
};

class Trace;     // trace.h
class Coverage;  // rego.h

class Machine {
 public:
  // `trace` may be null.
  Machine(const ProgramData& program, const Request& request, Budget& budget,
          const Value& input, const Value& base, Trace* trace = nullptr);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Rules computed before are remembered. Throws Halt.
  RunResult Run(uint32_t function);
  // Where the last Halt came from.
  Location Where() const;

  // For the trace: a register or constant.
  Value Look(const Frame& frame, uint32_t operand) const {
    return operand & kConstantBit ? ir_.constants[operand & ~kConstantBit]
                                  : stack_[frame.base + operand];
  }

 private:
  enum class Called { kPushed, kValue, kUndefined };

  // vm.cc
  template <bool kTrace>
  void Loop(size_t floor);
  // Runs the topmost frame until another one is on top.
  template <bool kTrace>
  void RunFrame();
  void Return(Value value);
  void SetOnce(Frame& frame, const Instruction& at);
  bool Order(const Instruction& at, const Value& a, const Value& b);
  Value MakeCollection(const Instruction& at);
  uint32_t NewBuilder(BuilderKind kind);
  void ReadArgs(const Frame& frame, const Instruction& at);
  // The list and its length; `all` without choosing.
  std::pair<const uint32_t*, uint32_t> Select(const Frame& frame,
                                              const Selection& selection,
                                              bool all);

  // vm_call.cc. Arguments are in args_.
  Called Call(uint32_t function, std::span<const Value> args,
              uint32_t result_register, uint32_t fail, Value* out);
  Called CallMocked(const Mock& mock, size_t mock_index,
                    std::span<const Value> args, uint32_t result_register,
                    uint32_t fail, Value* out);
  Called CallOther(const Instruction& at, Value* out);
  Called Lookup(const Instruction& at, std::span<const Value> keys, Value* out,
                uint32_t* used);
  void Push(uint32_t function, std::span<const Value> args,
            uint32_t result_register, uint32_t fail);
  // Undefined when it has no value.
  Value CallBuiltin(uint32_t builtin, std::span<const Value> args);
  Value CallHost(uint32_t host, std::span<const Value> args);
  Value AskHost(const HostFunction& host, std::span<const Value> args);
  const Mock* FindMock(Replacement::Target target, uint32_t index) const;
  bool Overridden(const IrNode& node) const;
  Value BaseAt(uint32_t node) const;
  std::unique_ptr<Context> Inner();
  void EnterWith(const Instruction& at, std::span<const Value> values);
  void AddBase(CollectionBuilder& builder, uint32_t node);
  Value Patch(const Value& document, std::span<const std::string> keys,
              const Value& value);

  Context& context() { return *contexts_.back(); }
  const Context& context() const { return *contexts_.back(); }

  const ProgramData& program_;
  const Ir& ir_;
  const Request& request_;
  Budget& budget_;
  Trace* const trace_;
  std::unique_ptr<MachineStore> store_;
  std::vector<Value>& stack_;
  std::vector<Frame>& frames_;
  std::vector<std::unique_ptr<Context>>& contexts_;
  std::deque<CollectionBuilder>& builders_;
  std::vector<uint32_t>& free_builders_;
  std::vector<Value>& args_;
  BuiltinState builtins_;
  uint32_t place_ = 0;
  RunResult last_;
};

}  // namespace vouchsafe::rego
