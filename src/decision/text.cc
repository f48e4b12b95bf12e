// A record for people: the answer first, then its grounds.

#include <algorithm>

#include "decision/record.h"

namespace vouchsafe {
namespace {

std::string Text(const json::Value& object, std::string_view name) {
  const json::Value* value = object.Find(name);
  const std::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? *text : "";
}

const json::Array& List(const json::Value& object, std::string_view name) {
  static const json::Array empty;
  const json::Value* value = object.Find(name);
  const json::Array* list = value != nullptr ? value->if_array() : nullptr;
  return list != nullptr ? *list : empty;
}

void AppendLine(std::string& out, std::string_view label,
                const std::string& text) {
  if (text.empty()) return;
  out += label;
  out += text;
  out += '\n';
}

void AppendCheck(std::string& out, const json::Value& check) {
  const std::string outcome = Text(check, "outcome");
  out += "    " + outcome +
         std::string(9 - std::min<size_t>(outcome.size(), 8), ' ');
  out += Text(check, "id") + ": " + Text(check, "sentence");
  const std::string want = Text(check, "want");
  const std::string got = Text(check, "got");
  const std::string detail = Text(check, "detail");
  // A passed comparison has want = got: once is enough.
  if (!want.empty() && want != got) out += "; want " + want;
  if (!got.empty()) out += "; got " + got;
  if (!detail.empty()) out += " (" + detail + ")";
  out += '\n';
}

void AppendPolicy(std::string& out, const json::Value& policy) {
  out += "  policy " + Text(policy, "id") + ": " + Text(policy, "entry") +
         " = " + Text(policy, "answer") + "\n";
  AppendLine(out, "    sha384 ", Text(policy, "sha384"));
  for (const json::Value& line : List(policy, "deciding")) {
    if (line.if_string() != nullptr) out += "    " + *line.if_string() + "\n";
  }
}

}  // namespace

std::string ToText(const json::Value& record) {
  std::string out = Text(record, "kind") + " " + Text(record, "id") + ": " +
                    Text(record, "outcome") + "\n";
  AppendLine(out, "  when     ", Text(record, "time"));
  AppendLine(out, "  subject  ", Text(record, "subject"));
  AppendLine(out, "  code     ", Text(record, "code"));
  AppendLine(out, "  why      ", Text(record, "reason"));
  AppendLine(out, "  remedy   ", Text(record, "remedy"));
  for (const json::Value& section : List(record, "sections")) {
    out += "  checks of " + Text(section, "unit") + "\n";
    for (const json::Value& check : List(section, "checks")) {
      AppendCheck(out, check);
    }
  }
  for (const json::Value& policy : List(record, "policies")) {
    AppendPolicy(out, policy);
  }
  for (const json::Value& fact : List(record, "reference_values")) {
    const std::string note = Text(fact, "note");
    out += "  reference value " + Text(fact, "id") + " = " +
           Text(fact, "value") + (note.empty() ? "" : " (" + note + ")") + "\n";
  }
  for (const json::Value& fact : List(record, "collateral")) {
    const std::string expires = Text(fact, "expires");
    out += "  collateral " + Text(fact, "kind") + " " + Text(fact, "id") +
           " from " + Text(fact, "source") +
           (expires.empty() ? "" : ", expires " + expires) + "\n";
  }
  return out;
}

}  // namespace vouchsafe
