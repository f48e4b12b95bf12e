#pragma once

// What a machine did, kept for an explanation: each rule computed, each
// definition tried, the furthest expression that failed in it and why. Bounded;
// beyond the bound nothing more is kept. Also counts what was reached, for
// coverage.

#include "rego/show.h"
#include "rego/vm.h"

namespace vouchsafe::rego {

inline constexpr uint32_t kNoTrace = 0xffffffff;

// Why an expression did not succeed. Values are text, as shown.
struct Failure {
  enum class Kind : uint8_t {
    kNone,
    kMissing,    // a part is not there
    kFalse,      // the value is false, or a comparison does not hold
    kUndefined,  // a rule, function or built-in has no value
    kMismatch,   // a pattern does not fit
    kEmpty,      // nothing to iterate over
    kNotAList,   // nothing that can be iterated over
    kHolds,      // what stands under `not` holds
  };
  Kind kind = Kind::kNone;
  uint32_t pc = 0;
  uint32_t place = 0;
  uint32_t times = 0;  // how often this was the furthest
  std::string message;
  std::string missing;
  std::string left, right;
  std::vector<std::pair<std::string, std::string>> variables;
};

struct TraceLink {
  uint32_t place = 0;
  uint32_t call = 0;
};
struct TraceAsk {
  uint32_t place = 0;
  std::string call;
  std::string answer;
};

struct TraceTry {
  uint32_t definition = 0;
  bool succeeded = false;
  Failure failure;
  std::vector<TraceLink> links;
  std::vector<TraceAsk> asks;
  std::vector<std::pair<uint32_t, uint64_t>> loops;  // pc, elements
  std::vector<std::pair<std::string, std::string>> variables;
};

struct TraceCall {
  uint32_t function = 0;
  std::vector<std::string> args;
  bool ended = false;
  Value value;
  uint32_t definition = kNoDefinition;
  std::vector<uint32_t> tries;
  std::vector<TraceLink> links;  // of a package
};

class Trace {
 public:
  // `coverage` may be null. Nothing but coverage is kept without `keep`.
  Trace(const Ir& ir, const Shower& shower, bool keep, Coverage* coverage)
      : ir_(ir), shower_(shower), keep_(keep), coverage_(coverage) {}

  const std::vector<TraceCall>& calls() const { return calls_; }
  const std::vector<TraceTry>& tries() const { return tries_; }
  bool full() const { return full_; }
  // The newest call of a function; kNoTrace when it was never called.
  uint32_t Find(uint32_t function) const;

  // The machine's side.
  void Reached(const Instruction& at) {
    place_ = at.place;
    if (coverage_) Count(at.place);
  }
  void Called(std::vector<Frame>& frames, std::span<const Value> args);
  void Remembered(const std::vector<Frame>& frames, uint32_t function,
                  std::span<const Value> args, const Value& value);
  void Ended(const Frame& frame, const Value& value);
  void Tries(Frame& frame, uint32_t definition);
  void Failed(const Machine& machine, const Frame& frame, uint32_t pc);
  void Stepped(const Frame& frame, const Instruction& at);
  // A definition, or with kNoDefinition the one that is being tried.
  void Succeeded(const Machine& machine, const Frame& frame,
                 uint32_t definition);
  void Asked(const std::vector<Frame>& frames, std::string_view name,
             std::span<const Value> args, const Value& answer);

 private:
  static constexpr size_t kMostCalls = 4'096;
  static constexpr size_t kMostTries = 10'000;
  static constexpr size_t kMostLinks = 64;  // of one definition

  void Count(uint32_t place);
  uint32_t NewCall(uint32_t function, std::span<const Value> args);
  void Link(const Frame& frame, uint32_t call);
  void Describe(const Machine& machine, const Frame& frame, uint32_t pc,
                Failure& out) const;
  void DescribeTest(const Machine& machine, const Frame& frame, uint32_t pc,
                    Failure& out) const;
  void DescribeIndex(const Machine& machine, const Frame& frame, uint32_t pc,
                     Failure& out) const;
  void Variables(const Machine& machine, const Frame& frame, uint32_t pc,
                 std::vector<std::pair<std::string, std::string>>& out) const;
  // "input.snp.measurement"; empty when it has no name.
  std::string PathOf(const Machine& machine, const Frame& frame, uint32_t pc,
                     uint32_t operand, int depth = 0) const;
  std::string Show(const Machine& machine, const Frame& frame, uint32_t pc,
                   uint32_t operand) const;
  // Where the expression under `with` begins whose solutions are taken one by
  // one at `pc`; kNoTrace when something else is.
  static uint32_t WithBefore(const Function& function, uint32_t pc);
  // The instruction before `pc` that made the operand; null for none.
  static const Instruction* Maker(const Function& function, uint32_t pc,
                                  uint32_t operand);

  const Ir& ir_;
  const Shower& shower_;
  const bool keep_;
  Coverage* const coverage_;
  bool full_ = false;
  uint32_t place_ = 0;  // of what runs now
  std::vector<TraceCall> calls_;
  std::vector<TraceTry> tries_;
};

}  // namespace vouchsafe::rego
