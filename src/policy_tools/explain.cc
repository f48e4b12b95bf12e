#include "policy_tools/explain.h"

#include "json/write.h"
#include "policy_tools/eval.h"
#include "policy_tools/excerpt.h"

namespace vouchsafe::policy_tools {
namespace {

std::string PlaceOf(const rego::Location& place) {
  return "line " + std::to_string(place.row);
}

std::string TriedText(const Loaded& loaded, const std::string& entry,
                      const rego::Tried& tried) {
  std::string out = "  tried " + PlaceOf(tried.location);
  if (tried.rule != entry) out += " (" + tried.rule + ")";
  if (tried.succeeded) return out + ": succeeded\n";
  out += ": failed";
  if (tried.failed_at.row < 1) return out + "\n";
  out += " at " + PlaceOf(tried.failed_at) + ", " + tried.reason + "\n";
  const std::string excerpt = Excerpt(loaded.sources, tried.failed_at);
  return out + excerpt;
}

std::string AskedText(const std::map<std::string, json::Value>& asked) {
  std::string out;
  for (const auto& [id, value] : asked) {
    std::string text = json::Write(value);
    if (text.size() > 200) text = text.substr(0, 197) + "...";
    out += "  query_reference_value(" + json::Quote(id) + ") gave " + text +
           (value.is_null() ? " (nothing stored)" : "") + "\n";
  }
  return out.empty() ? out : "asked\n" + out;
}

json::Object TriedJson(const rego::Tried& tried) {
  json::Object out;
  out.Set("rule", tried.rule);
  out.Set("file", tried.location.file);
  out.Set("line", tried.location.row);
  out.Set("outcome", tried.succeeded ? "succeeded" : "failed");
  if (tried.succeeded || tried.failed_at.row < 1) return out;
  json::Object at;
  at.Set("file", tried.failed_at.file);
  at.Set("line", tried.failed_at.row);
  at.Set("col", tried.failed_at.col);
  at.Set("expression", tried.failed_text);
  out.Set("at", std::move(at));
  out.Set("reason", tried.reason);
  return out;
}

json::Object ExplainedJson(const Explained& one) {
  json::Object out;
  out.Set("rule", one.answer.path);
  if (one.error) {
    out.Set("state", "error");
    out.Set("error", ErrorJson(*one.error));
  } else {
    out.Set("state", one.answer.defined()                       ? "defined"
                     : one.answer.state == rego::State::kAbsent ? "absent"
                                                                : "undefined");
  }
  if (one.answer.defined()) out.Set("value", one.answer.value);
  if (one.answer.location.row > 0) {
    out.Set("file", one.answer.location.file);
    out.Set("line", one.answer.location.row);
  }
  json::Array tried;
  for (const rego::Tried& each : one.tried) tried.push_back(TriedJson(each));
  out.Set("tried", std::move(tried));
  return out;
}

}  // namespace

Result<WhyAnswer> Explain(const Loaded& loaded,
                          const std::vector<std::string>& entries) {
  WhyAnswer out;
  out.findings = loaded.compiled.diagnostics;
  out.refused = loaded.compiled.program == nullptr;
  if (out.refused) return out;
  const rego::Program& program = *loaded.compiled.program;
  std::vector<rego::Entry> asked;
  for (const std::string& path : entries) asked.push_back(program.Find(path));
  if (entries.empty()) asked = ServiceEntries(program);
  if (asked.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "the policy defines neither data.policy.trust_claims nor "
                "data.policy.allow: name an entry");
  }
  for (const rego::Entry& entry : asked) {
    rego::Request request = loaded.Request();
    request.entries = {entry};
    request.explain = true;
    rego::Outcome outcome = rego::Evaluate(program, request);
    Explained one;
    if (!outcome.error) one.answer = std::move(outcome.answers[0]);
    one.answer.path = entry.path();
    one.error = std::move(outcome.error);
    one.tried = std::move(outcome.tried);
    out.failed = out.failed || one.error.has_value();
    out.explained.push_back(std::move(one));
  }
  out.asked = loaded.references->asked();
  return out;
}

std::string WhyText(const Loaded& loaded, const WhyAnswer& answer) {
  std::string out;
  if (answer.refused) {
    for (const rego::Diagnostic& finding : answer.findings) {
      out += FindingText(loaded.sources, finding);
    }
  }
  for (const Explained& one : answer.explained) {
    out += one.error ? one.answer.path + " fails\n" +
                           ErrorText(loaded.sources, *one.error)
                     : one.answer.Why() + "\n";
    for (const rego::Tried& tried : one.tried) {
      out += TriedText(loaded, one.answer.path, tried);
    }
  }
  return out + AskedText(answer.asked);
}

json::Value WhyJson(const WhyAnswer& answer) {
  json::Object out;
  json::Array findings;
  for (const rego::Diagnostic& finding : answer.findings) {
    if (answer.refused) findings.push_back(FindingJson(finding));
  }
  if (answer.refused) out.Set("findings", std::move(findings));
  json::Array entries;
  for (const Explained& one : answer.explained) {
    entries.push_back(ExplainedJson(one));
  }
  out.Set("entries", std::move(entries));
  json::Object asked;
  for (const auto& [id, value] : answer.asked) asked.Set(id, value);
  out.Set("asked", std::move(asked));
  return out;
}

}  // namespace vouchsafe::policy_tools
