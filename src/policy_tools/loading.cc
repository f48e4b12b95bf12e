#include "policy_tools/loading.h"

#include <algorithm>

#include "base/clock.h"
#include "base/encoding.h"
#include "config/source.h"
#include "json/parse.h"
#include "policy_tools/files.h"
#include "rego_ext/rego_ext.h"

namespace vouchsafe::policy_tools {
namespace {

bool IsYaml(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml");
}

Result<json::Value> ParseDocument(const std::string& path,
                                  const std::string& text) {
  if (IsYaml(path)) {
    return TRY(config::ParseSource(text, config::Format::kYaml, path)).value;
  }
  return TRY_CONTEXT(json::Parse(text, rego::Document::DefaultParseOptions()),
                     path);
}

Result<json::Value> LoadValue(const std::string& path) {
  const std::string text = TRY(ReadWholeFile(path));
  return ParseDocument(path, text);
}

// Objects become one; two values of one name that are no objects do not.
Result<> Merge(json::Object& into, const json::Object& from,
               const std::string& place) {
  for (const json::Member& member : from) {
    const std::string name = (place.empty() ? "" : place + ".") + member.name;
    json::Value* at = into.Find(member.name);
    if (at == nullptr) {
      into.Set(member.name, member.value);
    } else if (at->if_object() && member.value.if_object()) {
      TRY(Merge(*at->if_object(), *member.value.if_object(), name));
    } else if (!(*at == member.value)) {
      return Fail(ErrorCode::kInvalidInput, "data: two values for " + name);
    }
  }
  return {};
}

Result<json::Value> LoadData(const std::vector<std::string>& paths) {
  json::Object all;
  for (const std::string& path : paths) {
    const json::Value value = TRY(LoadValue(path));
    if (value.if_object() == nullptr) {
      return Fail(ErrorCode::kInvalidInput, path + ": data must be an object");
    }
    TRY(Merge(all, *value.if_object(), ""));
  }
  return json::Value(std::move(all));
}

Result<> Replay(const PolicySetup& setup, Loaded& loaded) {
  if (setup.reference_values) {
    return Fail(ErrorCode::kInvalidInput,
                "--reference-values would not be asked: --replay answers");
  }
  const std::string text = TRY(ReadWholeFile(*setup.replay));
  Recording recorded = TRY(ReadRecording(text, *setup.replay));
  // A policy that is refused is not asked.
  if (!loaded.compiled.program) return {};
  TRY(CheckSameQuestion(recorded, loaded.question, *setup.replay));
  loaded.question.time_unix_ns = recorded.time_unix_ns;
  loaded.replay = std::move(recorded.answers);
  return {};
}

Result<> CheckStandardInput(const PolicySetup& setup) {
  ptrdiff_t uses =
      std::count(setup.policies.begin(), setup.policies.end(), "-") +
      std::count(setup.data.begin(), setup.data.end(), "-");
  if (setup.input == "-") ++uses;
  if (setup.reference_values == "-") ++uses;
  if (setup.replay == "-") ++uses;
  if (uses <= 1) return {};
  return Fail(ErrorCode::kInvalidInput,
              "\"-\" (the standard input) can be read only once");
}

}  // namespace

Result<json::Value> ReferenceTable::Ask(
    std::span<const json::Value> arguments) const {
  const std::string* id =
      arguments.size() == 1 ? arguments[0].if_string() : nullptr;
  if (id == nullptr) {
    return Fail(ErrorCode::kInvalidInput, "want one string, the id");
  }
  const json::Value* found = stored_.Find(*id);
  return found ? *found : json::Value();
}

rego::Builtins ToolBuiltins(std::shared_ptr<ReferenceTable> table) {
  rego::HostFunction function;
  function.name = std::string(kReferenceValueFunction);
  function.arity = 1;
  function.purity = rego::Purity::kStable;
  function.call = [table](rego::HostCall&,
                          std::span<const json::Value> arguments) {
    return table->Ask(arguments);
  };
  // One function cannot be in conflict with itself.
  return rego_ext::WithExtras(*rego::Builtins::WithHost({std::move(function)}));
}

Result<std::vector<rego::Source>> LoadSources(
    const std::vector<std::string>& paths) {
  std::vector<rego::Source> out;
  for (const std::string& path : paths) {
    std::vector<std::string> files = {path};
    if (path != "-") files = TRY(FilesBelow(path, ".rego"));
    for (const std::string& file : files) {
      std::string text = TRY(ReadWholeFile(file));
      out.push_back({file == "-" ? std::string(kStandardInputName) : file,
                     std::move(text)});
    }
  }
  if (out.empty()) {
    return Fail(ErrorCode::kNotFound, "no policy: name a file or folder");
  }
  return out;
}

rego::Request Loaded::Request() const {
  rego::Request out;
  out.input = input ? &*input : nullptr;
  out.data = data ? &*data : nullptr;
  out.strict_errors = question.strict_errors;
  out.now_ns = question.time_unix_ns;
  out.known = replay ? &*replay : nullptr;
  out.replay = replay.has_value();
  return out;
}

Result<Loaded> Load(const PolicySetup& setup) {
  TRY(CheckStandardInput(setup));
  Loaded out;
  Recording& question = out.question;
  question.version = setup.version;
  question.strict_errors = setup.strict_errors;
  question.time_unix_ns = SystemClock().UnixMicros() * 1'000;
  out.sources = TRY(LoadSources(setup.policies));
  if (setup.input) {
    out.input_text = TRY(ReadWholeFile(*setup.input));
    const json::Value value = TRY(ParseDocument(*setup.input, out.input_text));
    out.input = TRY(rego::Document::FromValue(value));
    question.input_sha384 = DocumentSha384(value);
  }
  if (!setup.data.empty()) {
    const json::Value value = TRY(LoadData(setup.data));
    out.data = TRY(rego::Document::FromValue(value));
    question.data_sha384 = DocumentSha384(value);
  }
  json::Value stored = json::Object();
  if (setup.reference_values) stored = TRY(LoadValue(*setup.reference_values));
  if (stored.if_object() == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                *setup.reference_values + ": want an object of values by id");
  }
  out.references = std::make_shared<ReferenceTable>(std::move(stored));
  rego::CompileOptions options;
  options.version = setup.version;
  options.level = setup.level;
  out.compiled =
      rego::Compile(out.sources, ToolBuiltins(out.references), options);
  if (out.compiled.program) {
    question.policy_sha384 = HexEncode(out.compiled.program->SourceSha384());
  }
  if (setup.replay) TRY(Replay(setup, out));
  return out;
}

}  // namespace vouchsafe::policy_tools
