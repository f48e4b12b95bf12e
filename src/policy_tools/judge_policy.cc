#include <charconv>

#include "json/parse.h"
#include "policy_tools/files.h"
#include "policy_tools/judge.h"

namespace vouchsafe::policy_tools {
namespace {

// Where an RFC 6901 pointer leads; null when nowhere.
json::Value* PlaceOf(json::Value& document, std::string_view pointer) {
  json::Value* at = &document;
  while (!pointer.empty() && at != nullptr) {
    if (pointer[0] != '/') return nullptr;
    const size_t end = std::min(pointer.find('/', 1), pointer.size());
    std::string key;
    for (size_t i = 1; i < end; ++i) {
      const bool escape = pointer[i] == '~' && i + 1 < end;
      if (escape) ++i;
      key += !escape ? pointer[i] : pointer[i] == '1' ? '/' : '~';
    }
    pointer.remove_prefix(end);
    if (json::Array* array = at->if_array()) {
      size_t index = array->size();
      std::from_chars(key.data(), key.data() + key.size(), index);
      at = index < array->size() ? &(*array)[index] : nullptr;
    } else {
      at = at->if_object() ? at->if_object()->Find(key) : nullptr;
    }
  }
  return at;
}

// JSON Patch, replace alone.
Result<> Patch(json::Value& document, const json::Value& patch) {
  const json::Array* steps = patch.if_array();
  if (steps == nullptr) return {};
  for (const json::Value& step : *steps) {
    const std::string path = TextOf(step, "path");
    json::Value* place = PlaceOf(document, path);
    const json::Value* value = step.Find("value");
    if (TextOf(step, "op") != "replace" || !place || !value) {
      return Fail(ErrorCode::kInvalidInput, "input_patch: " + path);
    }
    *place = *value;
  }
  return {};
}

Result<rego::Builtins> BuiltinsOf(const json::Value& test) {
  std::vector<rego::HostFunction> functions;
  const json::Value* names = test.Find("host_functions");
  const json::Array* list = names ? names->if_array() : nullptr;
  const json::Value* values = test.Find("reference_values");
  const json::Value stored = values ? *values : json::Value();
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    rego::HostFunction function;
    if ((*list)[i].if_string()) function.name = *(*list)[i].if_string();
    if (function.name != "query_reference_value") {
      return Fail(ErrorCode::kUnsupported,
                  "host function \"" + function.name + "\"");
    }
    function.call =
        [stored](
            rego::HostCall&,
            std::span<const json::Value> arguments) -> Result<json::Value> {
      const std::string* id = arguments[0].if_string();
      if (id == nullptr) {
        return Fail(ErrorCode::kInvalidInput, "the id is no string");
      }
      const json::Value* found = stored.Find(*id);
      return found ? *found : json::Value();
    };
    functions.push_back(std::move(function));
  }
  return rego::Builtins::WithHost(std::move(functions));
}

struct Prepared {
  rego::CompileResult compiled;
  std::optional<rego::Document> input;
  std::optional<rego::Document> data;
};

Result<json::Value> ReadJson(const std::string& path) {
  json::ParseOptions options;
  options.duplicates = json::DuplicateKeys::kLastWins;
  const std::string text = TRY(ReadWholeFile(path));
  return json::Parse(text, options);
}

Result<Prepared> Prepare(const json::Value& test, const std::string& folder) {
  Prepared out;
  std::optional<json::Value> input;
  if (const json::Value* own = test.Find("input")) input = *own;
  const std::string file = TextOf(test, "input_file");
  if (!file.empty()) input = TRY(ReadJson(folder + "/" + file));
  if (const json::Value* patch = test.Find("input_patch")) {
    if (!input) return Fail(ErrorCode::kInvalidInput, "a patch of no input");
    TRY(Patch(*input, *patch));
  }
  if (input) out.input = TRY(rego::Document::FromValue(*input));
  if (const json::Value* data = test.Find("data")) {
    out.data = TRY(rego::Document::FromValue(*data));
  }
  std::string policy =
      TRY(ReadWholeFile(folder + "/" + TextOf(test, "policy")));
  const rego::Builtins builtins = TRY(BuiltinsOf(test));
  out.compiled = rego::Compile(rego::Source{"", std::move(policy)}, builtins);
  if (!out.compiled.program) {
    return Fail(ErrorCode::kInvalidInput,
                out.compiled.diagnostics.empty()
                    ? "it does not compile"
                    : out.compiled.diagnostics.front().Text());
  }
  return out;
}

std::string GotText(const rego::Outcome& outcome, size_t entry) {
  if (outcome.error) return outcome.error->Text();
  const rego::Answer& answer = outcome.answers[entry];
  if (answer.state == rego::State::kAbsent) return "absent";
  if (answer.state == rego::State::kUndefined) return "undefined";
  return ShortJson(answer.value);
}

bool Fits(const json::Value& want, const rego::Outcome& outcome, size_t entry) {
  if (const json::Value* code = want.Find("error")) {
    return outcome.error && code->if_string() &&
           outcome.error->code == *code->if_string();
  }
  if (outcome.error) return false;
  const rego::Answer& answer = outcome.answers[entry];
  if (FlagOf(want, "absent")) return answer.state == rego::State::kAbsent;
  if (FlagOf(want, "undefined")) {
    return answer.state == rego::State::kUndefined;
  }
  const json::Value* value = want.Find("value");
  return value != nullptr && answer.defined() &&
         SameValue(*value, answer.value);
}

// All entries in one evaluation; they fail together.
Judgement JudgeTogether(const json::Object& expect, const Prepared& prepared,
                        rego::Request request) {
  request.entries.clear();
  bool wants_error = false;
  for (const json::Member& member : expect) {
    request.entries.push_back(prepared.compiled.program->Find(member.name));
    wants_error = wants_error || member.value.Find("error") != nullptr;
  }
  if (wants_error) return Pass();  // judged one by one
  const rego::Outcome outcome =
      rego::Evaluate(*prepared.compiled.program, request);
  size_t entry = 0;
  for (const json::Member& member : expect) {
    if (!Fits(member.value, outcome, entry)) {
      return Miss(member.name + ", with others: " + ShortJson(member.value),
                  GotText(outcome, entry));
    }
    ++entry;
  }
  return Pass();
}

}  // namespace

Judgement JudgePolicyCase(const json::Value& test, const std::string& folder) {
  const auto prepared = Prepare(test, folder);
  if (!prepared) return Miss("a readable case", prepared.error().Text());
  rego::Request request;
  request.input = prepared->input ? &*prepared->input : nullptr;
  request.data = prepared->data ? &*prepared->data : nullptr;
  const json::Value* expect = test.Find("expect");
  if (expect == nullptr || !expect->if_object() ||
      expect->if_object()->empty()) {
    return Miss("a readable case", "no expect");
  }
  for (const json::Member& member : *expect->if_object()) {
    request.entries = {prepared->compiled.program->Find(member.name)};
    const rego::Outcome outcome =
        rego::Evaluate(*prepared->compiled.program, request);
    if (!Fits(member.value, outcome, 0)) {
      return Miss(member.name + ": " + ShortJson(member.value),
                  GotText(outcome, 0));
    }
  }
  return JudgeTogether(*expect->if_object(), *prepared, request);
}

}  // namespace vouchsafe::policy_tools
