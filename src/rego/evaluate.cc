#include "rego/evaluate.h"

#include <new>

#include "json/write.h"
#include "rego/document.h"
#include "rego/program.h"
#include "rego/vm.h"

namespace vouchsafe::rego {

std::string EvalError::Text() const {
  return location.file + ":" + std::to_string(location.row) + ": " + code +
         ": " + message;
}

Error EvalError::ToError() const {
  ErrorCode kind = ErrorCode::kInvalidInput;
  if (code == "eval_cancel_error") kind = ErrorCode::kExhausted;
  if (detail == "limit_time" || detail == "cancelled" ||
      detail == "limit_host_time") {
    kind = ErrorCode::kDeadline;
  }
  if (code == "eval_host_error") kind = ErrorCode::kUnavailable;
  if (code == "eval_internal_error") kind = ErrorCode::kInternal;
  return Error{kind, "policy: " + Text(), nullptr, {}};
}

std::string Answer::Why() const {
  if (state == State::kAbsent) return path + " is not defined by the policy";
  std::string out = path;
  if (state == State::kUndefined) {
    return out + " is undefined (no definition applies)";
  }
  std::string text = json::Write(value);
  if (text.size() > 200) text = text.substr(0, 197) + "...";
  out += " is " + text;
  if (from == From::kPackage || from == From::kNothing) return out;
  out += from == From::kDefault ? " (default, line "
         : from == From::kElse  ? " (else, line "
                                : " (line ";
  return out + std::to_string(location.row) + ")";
}

namespace {

EvalError ErrorOf(const Halt& halt, const Location& where) {
  return {halt.code, halt.detail, halt.message, where};
}

// A rule and base data at one path: data must not override a rule, nor hide
// behind it.
void CheckBase(const Ir& ir, const Value& base) {
  if (base.size() == 0) return;
  std::vector<std::pair<uint32_t, Value>> open = {{0, base}};
  while (!open.empty()) {
    const auto [node, value] = open.back();
    open.pop_back();
    for (const auto& [key, child] : ir.nodes[node].children) {
      const Value below = value.Get(key);
      if (!below.defined()) continue;
      if (ir.nodes[child].has_rule) {
        throw Halt{"eval_conflict_error", "",
                   "base data and a rule are both at " + ir.nodes[child].path};
      }
      open.push_back({child, below});
    }
  }
}

Answer AnswerOf(const ProgramData& program, const Entry& entry,
                const RunResult& result, Budget& budget, size_t* size) {
  const Ir& ir = program.ir;
  const Function& function = ir.functions[EntryAccess::Function(entry)];
  Answer out;
  out.path = entry.path();
  out.state = State::kUndefined;
  if (!result.value.defined()) return out;
  out.state = State::kDefined;
  *size += JsonSize(result.value);
  if (*size > budget.limits.result_bytes) {
    ThrowLimit("limit_result", "the result is larger than allowed");
  }
  budget.Bytes(JsonSize(result.value));
  out.value = ToJson(result.value);
  if (function.kind == FunctionKind::kPackage) {
    out.from = Answer::From::kPackage;
    return out;
  }
  const uint32_t definition = result.definition != kNoDefinition
                                  ? result.definition
                                  : function.first_definition;
  if (definition == kNoDefinition) return out;
  out.from = ir.definitions[definition].from;
  out.location = LocationOf(ir, ir.definitions[definition].place);
  return out;
}

// Definitions in the order in which they were tried.
std::vector<Tried> TriedOf(const Ir& ir, const Trace& trace) {
  std::vector<Tried> out;
  for (const TraceTry& one : trace.tries()) {
    const DefinitionInfo& info = ir.definitions[one.definition];
    Tried tried;
    tried.rule = ir.nodes[ir.functions[info.function].node].path;
    tried.location = LocationOf(ir, info.place);
    tried.succeeded = one.succeeded;
    const Failure& failure = one.failure;
    if (!one.succeeded && failure.kind != Failure::Kind::kNone) {
      tried.failed_at = LocationOf(ir, failure.place);
      tried.failed_text = std::string(ir.places[failure.place].text);
      tried.reason = failure.kind == Failure::Kind::kMissing ||
                             failure.kind == Failure::Kind::kUndefined
                         ? "is undefined: " + failure.message
                         : failure.message;
      if (!failure.right.empty()) {
        tried.reason = "left " + failure.left + ", right " + failure.right;
      }
    }
    out.push_back(std::move(tried));
  }
  return out;
}

void AskAll(const ProgramData& program, const Request& request, Budget& budget,
            Machine& machine, const Value& base, Outcome* outcome) {
  if (request.base_at_rule == BaseAtRule::kRefuse) {
    CheckBase(program.ir, base);
  }
  size_t size = 0;
  for (const Entry& entry : request.entries) {
    if (entry.absent()) {
      outcome->answers.push_back({});
      outcome->answers.back().path = entry.path();
      continue;
    }
    const RunResult result = machine.Run(EntryAccess::Function(entry));
    outcome->answers.push_back(AnswerOf(program, entry, result, budget, &size));
  }
}

void CheckSize(const Document* document, size_t limit) {
  if (document && document->bytes() > limit) {
    ThrowLimit("limit_input", "the input is larger than allowed");
  }
}

using Reader = std::function<void(const Trace&, const Shower&)>;

void Run(const ProgramData& program, const Request& request, Budget& budget,
         const WhyOptions* why, const Reader& read, Outcome* outcome) {
  CheckSize(request.input, budget.limits.input_bytes);
  CheckSize(request.data, budget.limits.input_bytes);
  const Value input = request.input ? request.input->data().root : Value();
  const Value base =
      request.data ? request.data->data().root : Value::EmptyObject();
  const auto ask = [&](Trace* trace) {
    Machine machine(program, request, budget, input, base, trace);
    try {
      AskAll(program, request, budget, machine, base, outcome);
    } catch (const Halt& halt) {
      outcome->error = ErrorOf(halt, machine.Where());
    }
  };
  if (!why && !request.coverage) return ask(nullptr);
  const WhyOptions none;
  const Shower shower(why ? *why : none, input, base);
  Trace trace(program.ir, shower, why != nullptr, request.coverage);
  ask(&trace);
  if (request.explain) outcome->tried = TriedOf(program.ir, trace);
  if (read) read(trace, shower);
}

}  // namespace

std::string_view FromName(Answer::From from) {
  constexpr std::string_view kNames[] = {"nothing", "definition", "else",
                                         "default", "package"};
  return kNames[static_cast<size_t>(from)];
}

Outcome EvaluateWith(const Program& program, const Request& request,
                     const WhyOptions* why, const Reader& read) {
  Outcome out;
  const ProgramData& data = program.data();
  if (data.always) {
    out.error = data.always;
    return out;
  }
  try {
    Budget budget(request.limits, request.stop);
    Run(data, request, budget, why, read, &out);
    out.stats.steps = budget.steps();
    out.stats.arena_bytes = budget.arena.used();
    out.stats.host_calls = budget.host_calls;
    out.stats.host_time = budget.host_time;
  } catch (const Halt& halt) {
    out.error = ErrorOf(halt, {});
  } catch (const std::bad_alloc&) {
    out.error = EvalError{"eval_cancel_error",
                          "limit_memory",
                          "the process is out of memory",
                          {}};
  } catch (const std::exception& fault) {
    out.error = EvalError{"eval_internal_error", "", fault.what(), {}};
  }
  if (out.error) out.answers.clear();
  return out;
}

Outcome Evaluate(const Program& program, const Request& request) {
  const WhyOptions options;
  return EvaluateWith(program, request, request.explain ? &options : nullptr,
                      nullptr);
}

}  // namespace vouchsafe::rego
