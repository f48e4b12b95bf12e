#include "policy_tools/eval.h"

#include <algorithm>

#include "json/write.h"
#include "policy_tools/excerpt.h"
#include "rego/print.h"
#include "rego/value.h"

namespace vouchsafe::policy_tools {
namespace {

std::string_view StateName(rego::State state) {
  switch (state) {
    case rego::State::kAbsent:
      return "absent";
    case rego::State::kUndefined:
      return "undefined";
    case rego::State::kDefined:
      return "defined";
  }
  return "";
}

bool IsFalse(const json::Value& value) {
  return value.if_bool() != nullptr && !*value.if_bool();
}

std::string AnswerText(const rego::Answer& answer) {
  if (answer.state == rego::State::kAbsent) {
    return answer.path + " is not defined by the policy\n";
  }
  if (answer.state == rego::State::kUndefined) {
    return answer.path + " is undefined\n";
  }
  return answer.path + " = " + json::WritePretty(answer.value) + "\n";
}

// Variables by name, solutions in value order.
void Order(std::vector<rego::Bindings>& solutions) {
  rego::Arena arena;
  std::vector<std::pair<rego::Value, rego::Bindings>> keyed;
  for (rego::Bindings& solution : solutions) {
    std::sort(solution.begin(), solution.end(),
              [](const rego::Binding& a, const rego::Binding& b) {
                return a.name < b.name;
              });
    std::vector<rego::Value> values;
    for (const rego::Binding& binding : solution) {
      values.push_back(rego::FromJson(arena, binding.value));
    }
    keyed.emplace_back(rego::MakeArray(arena, values), std::move(solution));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) {
                     return rego::Compare(a.first, b.first) < 0;
                   });
  solutions.clear();
  for (auto& [key, solution] : keyed) solutions.push_back(std::move(solution));
}

std::string SolutionText(const rego::Bindings& solution) {
  if (solution.empty()) return "true\n";
  std::string out;
  for (const rego::Binding& binding : solution) {
    out += (out.empty() ? "" : "; ") + binding.name + " = " +
           json::Write(binding.value);
  }
  return out + "\n";
}

json::Object AnswerJson(const rego::Answer& answer) {
  json::Object out;
  out.Set("path", answer.path);
  out.Set("state", StateName(answer.state));
  if (answer.defined()) out.Set("value", answer.value);
  if (answer.location.row > 0) {
    out.Set("file", answer.location.file);
    out.Set("row", answer.location.row);
  }
  return out;
}

json::Object SolutionJson(const rego::Bindings& solution) {
  json::Object out;
  for (const rego::Binding& binding : solution) {
    out.Set(binding.name, binding.value);
  }
  return out;
}

json::Object StatsJson(const rego::Stats& stats) {
  json::Object out;
  out.Set("steps", stats.steps);
  out.Set("arena_bytes", static_cast<uint64_t>(stats.arena_bytes));
  out.Set("host_calls", static_cast<uint64_t>(stats.host_calls));
  return out;
}

}  // namespace

bool EvalAnswer::ok() const { return !error && !HasErrors(findings); }

bool EvalAnswer::holds() const {
  if (!ok()) return false;
  if (is_query) return !solutions.empty();
  return std::all_of(answers.begin(), answers.end(),
                     [](const rego::Answer& answer) {
                       return answer.defined() && !IsFalse(answer.value);
                     });
}

std::vector<rego::Entry> ServiceEntries(const rego::Program& program) {
  std::vector<rego::Entry> out;
  for (const char* path : {"data.policy.trust_claims", "data.policy.extensions",
                           "data.policy.allow"}) {
    rego::Entry entry = program.Find(path);
    if (!entry.absent()) out.push_back(std::move(entry));
  }
  return out;
}

Result<EvalAnswer> Eval(const Loaded& loaded, const EvalQuestion& question) {
  EvalAnswer out;
  out.findings = loaded.compiled.diagnostics;
  out.is_query = question.query.has_value();
  if (!loaded.compiled.program) return out;
  const rego::Program& program = *loaded.compiled.program;
  rego::Request request = loaded.Request();
  request.record = &out.asked;
  if (question.query) {
    rego::QueryOutcome outcome = rego::Query(program, *question.query, request);
    for (rego::Diagnostic& finding : outcome.diagnostics) {
      out.findings.push_back(std::move(finding));
    }
    out.error = std::move(outcome.error);
    out.solutions = std::move(outcome.solutions);
    Order(out.solutions);
    out.stats = outcome.stats;
  } else {
    for (const std::string& path : question.entries) {
      request.entries.push_back(program.Find(path));
    }
    if (question.entries.empty()) request.entries = ServiceEntries(program);
    if (request.entries.empty()) {
      return Fail(ErrorCode::kInvalidInput,
                  "the policy defines neither data.policy.trust_claims nor "
                  "data.policy.allow: name an entry or a query");
    }
    rego::Outcome outcome = rego::Evaluate(program, request);
    out.error = std::move(outcome.error);
    out.answers = std::move(outcome.answers);
    out.stats = outcome.stats;
  }
  return out;
}

std::string EvalText(const Loaded& loaded, const EvalAnswer& answer) {
  std::string out;
  if (answer.error) return ErrorText(loaded.sources, *answer.error);
  if (!answer.ok()) {
    for (const rego::Diagnostic& finding : answer.findings) {
      out += FindingText(loaded.sources, finding);
    }
    return out;
  }
  if (answer.is_query && answer.solutions.empty()) return "undefined\n";
  for (const rego::Bindings& solution : answer.solutions) {
    out += SolutionText(solution);
  }
  for (const rego::Answer& one : answer.answers) out += AnswerText(one);
  return out;
}

json::Value EvalJson(const EvalAnswer& answer) {
  json::Object out;
  if (answer.error) out.Set("error", ErrorJson(*answer.error));
  json::Array findings;
  for (const rego::Diagnostic& finding : answer.findings) {
    findings.push_back(FindingJson(finding));
  }
  out.Set("findings", std::move(findings));
  if (answer.is_query) {
    json::Array solutions;
    for (const rego::Bindings& solution : answer.solutions) {
      solutions.push_back(SolutionJson(solution));
    }
    out.Set("solutions", std::move(solutions));
  } else {
    json::Array answers;
    for (const rego::Answer& one : answer.answers) {
      answers.push_back(AnswerJson(one));
    }
    out.Set("answers", std::move(answers));
  }
  json::Object asked;
  for (const rego::HostAnswer& one : answer.asked.list()) {
    const std::string* id =
        one.arguments.size() == 1 ? one.arguments[0].if_string() : nullptr;
    if (id != nullptr) asked.Set(*id, one.answer);
  }
  out.Set("reference_values", std::move(asked));
  out.Set("stats", StatsJson(answer.stats));
  return out;
}

}  // namespace vouchsafe::policy_tools
