#include "policy_tools/explain.h"

#include "policy_tools/eval.h"
#include "policy_tools/excerpt.h"

namespace vouchsafe::policy_tools {

Result<WhyAnswer> Explain(const Loaded& loaded, const WhyQuestion& question) {
  WhyAnswer out;
  out.findings = loaded.compiled.diagnostics;
  out.refused = loaded.compiled.program == nullptr;
  if (out.refused) return out;
  const rego::Program& program = *loaded.compiled.program;
  std::vector<rego::Entry> entries;
  for (const std::string& path : question.entries) {
    entries.push_back(program.Find(path));
  }
  if (entries.empty()) entries = ServiceEntries(program);
  if (entries.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "the policy defines neither data.policy.trust_claims nor "
                "data.policy.allow: name an entry");
  }
  for (const rego::Entry& entry : entries) {
    rego::Request request = loaded.Request();
    request.record = &out.asked;
    out.explained.push_back(
        rego::Why(program, request, entry, question.options));
    out.failed = out.failed || out.explained.back().outcome.error.has_value();
  }
  return out;
}

std::string WhyText(const Loaded& loaded, const WhyAnswer& answer) {
  std::string out;
  if (answer.refused) {
    for (const rego::Diagnostic& finding : answer.findings) {
      out += FindingText(loaded.sources, finding);
    }
  }
  for (const rego::Explanation& one : answer.explained) {
    out += one.text;
    if (!one.outcome.error) continue;
    out += Excerpt(loaded.sources, one.outcome.error->location);
  }
  return out;
}

json::Value WhyJson(const WhyAnswer& answer) {
  json::Object out;
  json::Array list;
  if (answer.refused) {
    for (const rego::Diagnostic& finding : answer.findings) {
      list.push_back(FindingJson(finding));
    }
    out.Set("findings", std::move(list));
    return out;
  }
  for (const rego::Explanation& one : answer.explained) {
    list.push_back(one.tree);
  }
  out.Set("entries", std::move(list));
  return out;
}

}  // namespace vouchsafe::policy_tools
