#include "rego/trace.h"

#include <algorithm>

#include "rego/builtin_table.h"

namespace vouchsafe::rego {
namespace {

bool IsNegation(std::string_view text) {
  constexpr std::string_view kEnds = " \t\r\n{(";
  return text.starts_with("not") && text.size() > 3 &&
         kEnds.find(text[3]) != std::string_view::npos;
}

}  // namespace

uint32_t Trace::Find(uint32_t function) const {
  for (size_t i = calls_.size(); i-- > 0;) {
    if (calls_[i].function == function) return static_cast<uint32_t>(i);
  }
  return kNoTrace;
}

void Trace::Count(uint32_t place) { coverage_->Count(place); }

uint32_t Trace::NewCall(uint32_t function, std::span<const Value> args) {
  if (!keep_ || calls_.size() >= kMostCalls) {
    full_ = full_ || keep_;
    return kNoTrace;
  }
  TraceCall call;
  call.function = function;
  for (const Value& arg : args) call.args.push_back(shower_.Show(arg));
  calls_.push_back(std::move(call));
  return static_cast<uint32_t>(calls_.size() - 1);
}

// The caller's definition, or the package that collects its rules.
void Trace::Link(const Frame& frame, uint32_t call) {
  std::vector<TraceLink>* links = nullptr;
  if (frame.trace_try != kNoTrace) {
    links = &tries_[frame.trace_try].links;
  } else if (frame.trace_call != kNoTrace) {
    links = &calls_[frame.trace_call].links;
  }
  if (links == nullptr || links->size() >= kMostLinks) return;
  const uint32_t place = frame.function->code[frame.pc - 1].place;
  for (const TraceLink& link : *links) {
    if (link.call == call && link.place == place) return;
  }
  links->push_back({place, call});
}

void Trace::Called(std::vector<Frame>& frames, std::span<const Value> args) {
  Frame& frame = frames.back();
  frame.trace_call = NewCall(frame.index, args);
  if (frame.trace_call == kNoTrace || frames.size() < 2) return;
  Link(frames[frames.size() - 2], frame.trace_call);
}

void Trace::Remembered(const std::vector<Frame>& frames, uint32_t function,
                       std::span<const Value> args, const Value& value) {
  if (!keep_ || frames.empty()) return;
  for (size_t i = calls_.size(); i-- > 0;) {
    const TraceCall& call = calls_[i];
    if (call.function != function || !(call.value == value)) continue;
    if (!args.empty() && (call.args.size() != args.size() ||
                          call.args[0] != shower_.Show(args[0]))) {
      continue;
    }
    return Link(frames.back(), static_cast<uint32_t>(i));
  }
}

void Trace::Ended(const Frame& frame, const Value& value) {
  if (frame.trace_call == kNoTrace) return;
  TraceCall& call = calls_[frame.trace_call];
  call.ended = true;
  call.value = value;
  call.definition = frame.definition;
}

void Trace::Tries(Frame& frame, uint32_t definition) {
  frame.trace_try = kNoTrace;
  if (frame.trace_call == kNoTrace) return;
  if (tries_.size() >= kMostTries) {
    full_ = true;
    return;
  }
  frame.trace_try = static_cast<uint32_t>(tries_.size());
  calls_[frame.trace_call].tries.push_back(frame.trace_try);
  tries_.emplace_back();
  tries_.back().definition = definition;
}

void Trace::Stepped(const Frame& frame, const Instruction& at) {
  if (frame.trace_try == kNoTrace) return;
  const auto pc = static_cast<uint32_t>(&at - frame.function->code.data());
  auto& loops = tries_[frame.trace_try].loops;
  for (auto& [loop, elements] : loops) {
    if (loop == pc) {
      ++elements;
      return;
    }
  }
  // Solutions under `with` are no elements of anything.
  if (WithBefore(*frame.function, pc) == kNoTrace) loops.emplace_back(pc, 1);
}

void Trace::Succeeded(const Machine& machine, const Frame& frame,
                      uint32_t definition) {
  if (frame.trace_try == kNoTrace) return;
  TraceTry& tried = tries_[frame.trace_try];
  // The default is set after the last definition, not by it.
  if (tried.succeeded ||
      (definition != kNoDefinition && definition != tried.definition)) {
    return;
  }
  tried.succeeded = true;
  Variables(machine, frame, frame.pc, tried.variables);
}

void Trace::Asked(const std::vector<Frame>& frames, std::string_view name,
                  std::span<const Value> args, const Value& answer) {
  if (!keep_ || frames.empty() || frames.back().trace_try == kNoTrace) return;
  const Frame& frame = frames.back();
  std::vector<TraceAsk>& asks = tries_[frame.trace_try].asks;
  if (asks.size() >= kMostLinks) return;
  std::string call(name);
  call += "(";
  for (size_t i = 0; i < args.size(); ++i) {
    call += (i ? ", " : "") + shower_.Show(args[i]);
  }
  asks.push_back({place_, call + ")", shower_.Show(answer)});
}

void Trace::Failed(const Machine& machine, const Frame& frame, uint32_t pc) {
  if (frame.trace_try == kNoTrace) return;
  TraceTry& tried = tries_[frame.trace_try];
  if (tried.succeeded) return;
  Failure& known = tried.failure;
  if (known.kind != Failure::Kind::kNone && pc <= known.pc) {
    known.times += pc == known.pc;
    return;
  }
  // Under `with` nothing was found: what failed there says why.
  if (known.kind != Failure::Kind::kNone &&
      WithBefore(*frame.function, pc) < known.pc) {
    return;
  }
  Failure failure;
  failure.pc = pc;
  failure.place = frame.function->code[pc].place;
  failure.times = 1;
  Describe(machine, frame, pc, failure);
  if (failure.kind == Failure::Kind::kNone) return;
  Variables(machine, frame, pc, failure.variables);
  known = std::move(failure);
}

void Trace::Variables(
    const Machine& machine, const Frame& frame, uint32_t pc,
    std::vector<std::pair<std::string, std::string>>& out) const {
  for (const Variable& variable : frame.function->variables) {
    if (variable.pc > pc || out.size() >= 8) continue;
    // Registers of the definitions before this one stand before its start.
    const auto& starts = frame.function->starts;
    const auto start = std::upper_bound(starts.begin(), starts.end(), pc);
    if (start != starts.begin() && variable.pc < *std::prev(start)) continue;
    const Value value = machine.Look(frame, variable.operand);
    if (!value.defined() || value.kind() == Kind::kBuilder) continue;
    std::string shown = Show(machine, frame, pc, variable.operand);
    bool known = false;
    for (auto& [name, text] : out) {
      if (name != variable.name) continue;
      text = shown;
      known = true;
    }
    if (!known) out.emplace_back(variable.name, std::move(shown));
  }
}

uint32_t Trace::WithBefore(const Function& function, uint32_t pc) {
  const Instruction& at = function.code[pc];
  if (at.op != Op::kNext) return kNoTrace;
  const Instruction* made = Maker(function, pc, at.b);
  if (made == nullptr || made->op != Op::kBuilderDone) return kNoTrace;
  auto from = static_cast<uint32_t>(made - function.code.data());
  if (from == 0 || function.code[from - 1].op != Op::kWithLeave) {
    return kNoTrace;
  }
  for (size_t open = 0; from-- > 0;) {
    if (function.code[from].op == Op::kWithLeave) ++open;
    if (function.code[from].op == Op::kWithEnter && --open == 0) return from;
  }
  return kNoTrace;
}

const Instruction* Trace::Maker(const Function& function, uint32_t pc,
                                uint32_t operand) {
  if (operand & kConstantBit) return nullptr;
  for (uint32_t i = pc; i-- > 0;) {
    const Instruction& at = function.code[i];
    switch (at.op) {
      case Op::kNext:
        if (at.c == operand || at.c + 1 == operand) return &at;
        break;
      case Op::kMove:
      case Op::kInput:
      case Op::kBase:
      case Op::kIndex:
      case Op::kIndexEither:
      case Op::kArray:
      case Op::kSet:
      case Op::kObject:
      case Op::kBuiltin:
      case Op::kHost:
      case Op::kCall:
      case Op::kLookup:
      case Op::kBuilderDone:
        if (at.a == operand) return &at;
        break;
      default:
        break;
    }
  }
  return nullptr;
}

std::string Trace::PathOf(const Machine& machine, const Frame& frame,
                          uint32_t pc, uint32_t operand, int depth) const {
  if (operand & kConstantBit || depth > 64) return "";
  const Function& function = *frame.function;
  const Instruction* made = Maker(function, pc, operand);
  if (made == nullptr) return "";
  const auto at = static_cast<uint32_t>(made - function.code.data());
  const auto below = [&](uint32_t collection, const Value& key) {
    const std::string path = PathOf(machine, frame, at, collection, depth + 1);
    return path.empty() ? "" : path + KeyText(key);
  };
  switch (made->op) {
    case Op::kMove:
      return PathOf(machine, frame, at, made->b, depth + 1);
    case Op::kInput:
      return "input";
    case Op::kBase:
      return ir_.nodes[made->e].path;
    case Op::kCall:
      return made->c == 0 ? rego::PathOf(ir_, ir_.functions[made->e]) : "";
    case Op::kIndex:
    case Op::kIndexEither:
      return below(made->b, machine.Look(frame, made->c));
    case Op::kNext:
      if (made->c + 1 != operand) return "";
      return below(made->b, machine.Look(frame, made->c));
    default:
      return "";
  }
}

std::string Trace::Show(const Machine& machine, const Frame& frame, uint32_t pc,
                        uint32_t operand) const {
  return shower_.Show(machine.Look(frame, operand),
                      PathOf(machine, frame, pc, operand));
}

// A value that is false: what it was computed from.
void Trace::DescribeTest(const Machine& machine, const Frame& frame,
                         uint32_t pc, Failure& out) const {
  out.kind = Failure::Kind::kFalse;
  const Instruction& at = frame.function->code[pc];
  const Instruction* made = Maker(*frame.function, pc, at.b);
  out.message = "is false";
  if (made == nullptr || made->op != Op::kBuiltin || made->c == 0) return;
  const auto from = static_cast<uint32_t>(made - frame.function->code.data());
  out.left = Show(machine, frame, from, ir_.args[made->b]);
  if (made->c > 1) {
    out.right = Show(machine, frame, from, ir_.args[made->b + made->c - 1]);
  }
}

void Trace::DescribeIndex(const Machine& machine, const Frame& frame,
                          uint32_t pc, Failure& out) const {
  out.kind = Failure::Kind::kMissing;
  const Instruction& at = frame.function->code[pc];
  const Value container = machine.Look(frame, at.b);
  const Value key = machine.Look(frame, at.c);
  std::string path = PathOf(machine, frame, pc, at.b);
  if (container.is_collection()) {
    out.missing = path.empty() ? "" : path + KeyText(key);
    if (path.empty()) path = "the " + std::string(KindName(container.kind()));
    const char* what = container.is_object()  ? " has no key "
                       : container.is_array() ? " has no element "
                                              : " does not contain ";
    out.message = path + what + shower_.Show(key);
    return;
  }
  if (path.empty()) path = shower_.Show(container);
  out.message = path + " is a " + std::string(KindName(container.kind())) +
                ", which has no parts";
}

void Trace::Describe(const Machine& machine, const Frame& frame, uint32_t pc,
                     Failure& out) const {
  using Reason = Failure::Kind;
  const Instruction& at = frame.function->code[pc];
  switch (at.op) {
    case Op::kTest:
      return DescribeTest(machine, frame, pc, out);
    case Op::kEqual:
    case Op::kCompare:
      out.kind = Reason::kFalse;
      out.message = "does not hold";
      out.left = Show(machine, frame, pc, at.b);
      out.right = Show(machine, frame, pc, at.c);
      return;
    case Op::kIndex:
    case Op::kIndexEither:
      return DescribeIndex(machine, frame, pc, out);
    case Op::kInput:
    case Op::kBase:
      out.kind = Reason::kMissing;
      out.missing = at.op == Op::kInput ? "input" : ir_.nodes[at.e].path;
      out.message = out.missing + " is missing";
      return;
    case Op::kIndexRest:
    case Op::kLookup:
      out.kind = Reason::kMissing;
      out.message = "nothing is there";
      return;
    case Op::kCall:
      out.kind = Reason::kUndefined;
      out.message = rego::PathOf(ir_, ir_.functions[at.e]) + " is undefined";
      return;
    case Op::kBuiltin:
    case Op::kHost:
      out.kind = Reason::kUndefined;
      out.message = at.op == Op::kBuiltin
                        ? std::string(StandardBuiltins().at(at.e).name) +
                              " gives no value"
                        : "the host gives no value";
      if (at.c > 0) out.left = Show(machine, frame, pc, ir_.args[at.b]);
      if (at.c > 1) {
        out.right = Show(machine, frame, pc, ir_.args[at.b + at.c - 1]);
      }
      return;
    case Op::kIsArray:
    case Op::kIsObject:
      out.kind = Reason::kMismatch;
      out.message = "does not fit the pattern";
      out.left = Show(machine, frame, pc, at.b);
      return;
    case Op::kIterate:
      out.kind = Reason::kNotAList;
      out.message = "cannot be iterated over";
      out.left = Show(machine, frame, pc, at.b);
      return;
    case Op::kNext:
      out.kind = Reason::kEmpty;
      out.message = machine.Look(frame, at.b).size() == 0 ? "is empty"
                                                          : "no element fits";
      return;
    case Op::kJump:
      // Besides ends of loops: a negated expression that holds.
      if (IsNegation(ir_.places[at.place].text)) {
        out.kind = Reason::kHolds;
        out.message = "what is negated holds";
      }
      return;
    case Op::kObject:
      out.kind = Reason::kMismatch;
      out.message = "has two values for one key";
      return;
    default:
      return;
  }
}

}  // namespace vouchsafe::rego
