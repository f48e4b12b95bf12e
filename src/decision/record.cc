#include "decision/record.h"

#include "base/clock.h"

namespace vouchsafe {
namespace {

json::Value ToJson(const CheckEntry& entry) {
  json::Object out;
  out.Set("id", entry.check->id);
  out.Set("outcome", CheckOutcomeName(entry.outcome));
  out.Set("sentence", entry.check->sentence);
  if (entry.want.present()) out.Set("want", entry.want.Text());
  if (entry.got.present()) out.Set("got", entry.got.Text());
  if (!entry.detail.empty()) out.Set("detail", entry.detail);
  return out;
}

json::Value ToJson(const CheckSection& section) {
  json::Array checks;
  for (const CheckEntry& entry : section.checks.entries()) {
    checks.push_back(ToJson(entry));
  }
  json::Object out;
  out.Set("unit", section.unit);
  out.Set("checks", std::move(checks));
  if (section.checks.truncated()) out.Set("truncated", true);
  return out;
}

json::Value ToJson(const CollateralFact& fact) {
  json::Object out;
  out.Set("kind", fact.kind);
  out.Set("id", fact.id);
  out.Set("source", fact.source);
  if (fact.expires_unix_s) {
    out.Set("expires", FormatRfc3339(*fact.expires_unix_s * 1'000'000));
  }
  return out;
}

json::Value ToJson(const ReferenceValueFact& fact) {
  json::Object out;
  out.Set("id", fact.id);
  out.Set("value", fact.value);
  if (!fact.note.empty()) out.Set("note", fact.note);
  return out;
}

json::Value ToJson(const PolicyFact& fact) {
  json::Array deciding;
  const std::vector<std::string> lines =
      fact.explanation != nullptr ? fact.explanation->Lines() : fact.deciding;
  for (const std::string& line : lines) deciding.push_back(line);
  json::Object out;
  out.Set("id", fact.id);
  out.Set("sha384", fact.sha384);
  out.Set("entry", fact.entry);
  out.Set("answer", fact.answer);
  out.Set("deciding", std::move(deciding));
  return out;
}

template <class T>
json::Array ListToJson(const std::vector<T>& list) {
  json::Array out;
  for (const T& item : list) out.push_back(ToJson(item));
  return out;
}

}  // namespace

std::string_view DecisionKindName(DecisionKind kind) {
  switch (kind) {
    case DecisionKind::kAttestation:
      return "attestation";
    case DecisionKind::kChallenge:
      return "challenge";
    case DecisionKind::kRelease:
      return "release";
    case DecisionKind::kAdmin:
      return "admin";
  }
  return "attestation";
}

CheckLog& DecisionRecord::Section(std::string_view unit) {
  for (CheckSection& section : sections) {
    if (section.unit == unit) return section.checks;
  }
  sections.push_back({std::string(unit), {}});
  return sections.back().checks;
}

std::string_view ErrorClientCode(const Error& error) {
  return error.check != nullptr ? ClientCode(*error.check)
                                : ErrorCodeName(error.code);
}

void DecisionRecord::Refuse(const Error& error) {
  outcome = "refused";
  code = ErrorClientCode(error);
  reason = error.Text();
  remedy = error.check != nullptr ? std::string(error.check->remedy) : "";
}

json::Value ToJson(const DecisionRecord& record) {
  json::Object out;
  out.Set("id", record.id);
  out.Set("time", FormatRfc3339(record.time_unix_us));
  out.Set("kind", DecisionKindName(record.kind));
  out.Set("subject", record.subject);
  out.Set("outcome", record.outcome);
  if (!record.code.empty()) out.Set("code", record.code);
  if (!record.reason.empty()) out.Set("reason", record.reason);
  if (!record.remedy.empty()) out.Set("remedy", record.remedy);
  out.Set("sections", ListToJson(record.sections));
  out.Set("collateral", ListToJson(record.collateral));
  out.Set("reference_values", ListToJson(record.reference_values));
  out.Set("policies", ListToJson(record.policies));
  return out;
}

}  // namespace vouchsafe
