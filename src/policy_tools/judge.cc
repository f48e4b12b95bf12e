#include "policy_tools/judge.h"

#include "json/write.h"
#include "rego/print.h"
#include "rego/value.h"

namespace vouchsafe::policy_tools {

Judgement Pass() { return {true, {}, {}}; }

Judgement Miss(std::string wanted, std::string got) {
  return {false, std::move(wanted), std::move(got)};
}

bool SameValue(const json::Value& a, const json::Value& b) {
  rego::Arena arena;
  return rego::FromJson(arena, a) == rego::FromJson(arena, b);
}

std::string ShortJson(const json::Value& value) {
  constexpr size_t kMost = 2'000;
  std::string text = json::Write(value);
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return text;
}

std::vector<rego::Source> ModulesOf(const json::Value& test) {
  std::vector<rego::Source> out;
  const json::Value* modules = test.Find("modules");
  const json::Array* list = modules ? modules->if_array() : nullptr;
  if (list == nullptr) return out;
  for (const json::Value& text : *list) {
    const std::string name = "test-" + std::to_string(out.size()) + ".rego";
    out.push_back({name, text.if_string() ? *text.if_string() : ""});
  }
  return out;
}

bool FlagOf(const json::Value& test, std::string_view name) {
  const json::Value* value = test.Find(name);
  return value != nullptr && value->if_bool() && *value->if_bool();
}

std::string TextOf(const json::Value& test, std::string_view name) {
  const json::Value* value = test.Find(name);
  return value != nullptr && value->if_string() ? *value->if_string() : "";
}

}  // namespace vouchsafe::policy_tools
