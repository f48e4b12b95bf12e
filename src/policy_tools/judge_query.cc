#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "json/write.h"
#include "policy_tools/judge.h"
#include "rego/print.h"
#include "rego/value.h"
#include "rego_ext/rego_ext.h"

namespace vouchsafe::policy_tools {
namespace {

using std::chrono::nanoseconds;

// A busy machine is no failure of a case.
constexpr std::chrono::seconds kCaseTime{20};
constexpr nanoseconds kLongestSleep = std::chrono::seconds(1);

// A Go duration: "1m30s", "10ms", "1.5us".
Result<nanoseconds> ParseDuration(std::string_view text) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1},  {"us", 1e3}, {"ms", 1e6},
      {"s", 1e9}, {"m", 6e10}, {"h", 36e11}};
  double total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), number,
                        std::chars_format::fixed);
    if (error != std::errc()) break;
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    const std::pair<std::string_view, double>* found = nullptr;
    for (const auto& unit : kUnits) {
      const bool longer =
          found == nullptr || unit.first.size() > found->first.size();
      if (rest.substr(0, unit.first.size()) == unit.first && longer) {
        found = &unit;
      }
    }
    if (found == nullptr) break;
    rest.remove_prefix(found->first.size());
    total += number * found->second;
  }
  const bool fits =
      total >= 0 && total <= static_cast<double>(kLongestSleep.count());
  if (text.empty() || !rest.empty() || !fits) {
    return Fail(ErrorCode::kInvalidInput,
                "test.sleep: not a duration up to 1s: " + std::string(text));
  }
  return nanoseconds(static_cast<int64_t>(total));
}

// The one function that cases call and that is no built-in.
rego::Builtins CaseBuiltins() {
  rego::HostFunction sleep;
  sleep.name = "test.sleep";
  sleep.arity = 1;
  sleep.purity = rego::Purity::kVolatile;
  sleep.call =
      [](rego::HostCall&,
         std::span<const json::Value> arguments) -> Result<json::Value> {
    const std::string* text = arguments[0].if_string();
    if (text == nullptr) {
      return Fail(ErrorCode::kInvalidInput, "test.sleep: want a string");
    }
    std::this_thread::sleep_for(TRY(ParseDuration(*text)));
    return json::Value();
  };
  // One function cannot be in conflict with itself.
  return rego_ext::WithExtras(*rego::Builtins::WithHost({std::move(sleep)}));
}

struct Wanted {
  const json::Array* result = nullptr;
  bool error = false;
  std::string code;
  std::string text;

  std::string Text() const {
    if (!error) return result ? ShortJson(json::Array(*result)) : "nothing";
    std::string out = code.empty() ? "an error" : code;
    if (!text.empty()) out += " with \"" + text + "\"";
    return out;
  }
};

Wanted WantedOf(const json::Value& test) {
  Wanted out;
  if (const json::Value* result = test.Find("want_result")) {
    out.result = result->if_array();
  }
  out.error = test.Find("want_error") != nullptr ||
              test.Find("want_error_code") != nullptr;
  out.code = TextOf(test, "want_error_code");
  out.text = TextOf(test, "want_error");
  return out;
}

// The outer list alone, in value order.
json::Value Sorted(const json::Value& value) {
  const json::Array* array = value.if_array();
  if (array == nullptr) return value;
  rego::Arena arena;
  std::vector<rego::Value> items;
  for (const json::Value& item : *array) {
    items.push_back(rego::FromJson(arena, item));
  }
  std::sort(items.begin(), items.end(), rego::ValueLess());
  json::Array out;
  for (const rego::Value& item : items) out.push_back(rego::ToJson(item));
  return out;
}

json::Array AnswersOf(const json::Value& test,
                      const rego::QueryOutcome& outcome) {
  const bool sort = FlagOf(test, "sort_bindings");
  const bool ignore = FlagOf(test, "ignore_generated_vars");
  json::Array out;
  for (const rego::Bindings& solution : outcome.solutions) {
    json::Object answer;
    for (const rego::Binding& binding : solution) {
      if (ignore && binding.name.starts_with("__localq")) continue;
      answer.Set(binding.name, sort ? Sorted(binding.value) : binding.value);
    }
    out.push_back(std::move(answer));
  }
  return out;
}

bool SameSet(const json::Array& a, const json::Array& b) {
  rego::Arena arena;
  const auto set_of = [&arena](const json::Array& array) {
    std::vector<rego::Value> items;
    for (const json::Value& item : array) {
      items.push_back(rego::FromJson(arena, item));
    }
    return rego::MakeSet(arena, std::move(items));
  };
  return set_of(a) == set_of(b);
}

Judgement Judge(const json::Value& test, const Wanted& wanted,
                const rego::QueryOutcome& outcome) {
  if (!outcome.diagnostics.empty()) {
    return Miss(wanted.Text(), outcome.diagnostics.front().Text());
  }
  if (wanted.error) {
    if (!outcome.error) {
      return Miss(wanted.Text(), ShortJson(AnswersOf(test, outcome)));
    }
    const std::string text = outcome.error->Text();
    const bool code_fits =
        wanted.code.empty() || outcome.error->code == wanted.code;
    if (code_fits && text.find(wanted.text) != text.npos) return Pass();
    return Miss(wanted.Text(), text);
  }
  if (outcome.error) return Miss(wanted.Text(), outcome.error->Text());
  if (wanted.result == nullptr) {
    return Miss("want_result or an error in the case", "neither");
  }
  json::Array answers = AnswersOf(test, outcome);
  if (SameSet(answers, *wanted.result)) return Pass();
  return Miss(wanted.Text(), ShortJson(std::move(answers)));
}

Result<std::optional<rego::Document>> InputOf(const json::Value& test) {
  if (const json::Value* term = test.Find("input_term")) {
    const std::string* text = term->if_string();
    if (text == nullptr) {
      return Fail(ErrorCode::kInvalidInput, "input_term: want a string");
    }
    return TRY(rego::Document::FromTerm(*text));
  }
  const json::Value* input = test.Find("input");
  if (input == nullptr) return std::nullopt;
  return TRY(rego::Document::FromValue(*input));
}

std::string FirstError(const rego::CompileResult& compiled) {
  for (const rego::Diagnostic& finding : compiled.diagnostics) {
    if (finding.severity == rego::Severity::kError) return finding.Text();
  }
  return "the modules do not compile";
}

}  // namespace

Judgement JudgeQueryCase(const json::Value& test, rego::Version version) {
  const Wanted wanted = WantedOf(test);
  const auto input = InputOf(test);
  if (!input) return Miss("a readable input", input.error().Text());
  const json::Value* base = test.Find("data");
  const auto data = rego::Document::FromValue(
      base != nullptr && !base->is_null() ? *base : json::Object());
  if (!data) return Miss("readable data", data.error().Text());
  rego::CompileOptions options;
  options.version = version;
  options.level = rego::Level::kStrict;
  options.experimental_keywords = FlagOf(test, "experimental_keywords");
  options.limits.compile_time = kCaseTime;
  const rego::CompileResult compiled =
      rego::Compile(ModulesOf(test), CaseBuiltins(), options);
  if (!compiled.program) return Miss(wanted.Text(), FirstError(compiled));
  rego::Request request;
  request.input = *input ? &**input : nullptr;
  request.data = &*data;
  request.strict_errors = FlagOf(test, "strict_error");
  request.base_at_rule = rego::BaseAtRule::kShow;
  request.limits.time = kCaseTime;
  return Judge(test, wanted,
               rego::Query(*compiled.program, TextOf(test, "query"), request));
}

}  // namespace vouchsafe::policy_tools
