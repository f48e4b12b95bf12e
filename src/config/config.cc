#include "config/config.h"

#include <cassert>
#include <utility>

#include "config/reader.h"
#include "config/table.h"

namespace vouchsafe::config {

Result<Document> Document::Load(const Schema& schema, const std::string& path,
                                const ReadOptions& options) {
  Source source = TRY(LoadSource(path, options.naming));
  return Read(schema, std::move(source), options);
}

Result<Document> Document::Read(const Schema& schema, Source source,
                                const ReadOptions& options) {
  Document document;
  document.schema_ = &schema;
  document.name_ = source.name;
  Reader reader(schema, source, options, document.warnings_);
  TRY(reader.Run());
  document.value_ =
      std::make_shared<const json::Value>(std::move(source.value));
  return document;
}

Section Document::root() const {
  return Section(schema_->keys, value_->if_object(), "");
}

// Follows a dotted name. The key is nullptr when no table declares it.
Section::Found Section::Find(std::string_view name) const {
  Keys keys = keys_;
  const json::Object* object = object_;
  Found found;
  for (const std::string_view part : Split(name, '.')) {
    found.key = FindKey(keys, object, part);
    if (found.key == nullptr) {  // declared, but not beside these values
      for (const Key& key : keys) {
        if (key.name == part) found.key = &key;
      }
      if (found.key == nullptr) return {};
      found.value = nullptr;
    } else {
      found.value = object == nullptr ? nullptr : object->Find(part);
    }
    keys = found.key->keys;
    object = found.value == nullptr ? nullptr : found.value->if_object();
  }
  return found;
}

bool Section::IsSet(std::string_view name) const {
  return Find(name).value != nullptr;
}

json::Value Section::Effective(std::string_view name, Type type) const {
  const Found found = Find(name);
  assert(found.key != nullptr && found.key->type == type);
  if (found.key == nullptr || found.key->type != type) return nullptr;
  if (found.value != nullptr) return *found.value;
  const auto fallback = FallbackOf(*found.key);
  assert(fallback);
  return fallback ? *fallback : json::Value();
}

std::optional<std::string> Section::OptionalString(
    std::string_view name) const {
  const json::Value value = Effective(name, Type::kString);
  if (const std::string* text = value.if_string()) return *text;
  return std::nullopt;
}

std::optional<bool> Section::OptionalBool(std::string_view name) const {
  const json::Value value = Effective(name, Type::kBool);
  if (const bool* truth = value.if_bool()) return *truth;
  return std::nullopt;
}

std::optional<int64_t> Section::OptionalInt(std::string_view name) const {
  return Effective(name, Type::kInteger).int64();
}

std::string Section::String(std::string_view name) const {
  return OptionalString(name).value_or("");
}

bool Section::Bool(std::string_view name) const {
  return OptionalBool(name).value_or(false);
}

int64_t Section::Int(std::string_view name) const {
  return OptionalInt(name).value_or(0);
}

uint64_t Section::Uint(std::string_view name) const {
  const int64_t number = Int(name);
  assert(number >= 0);
  return number < 0 ? 0 : static_cast<uint64_t>(number);
}

std::vector<std::string> Section::Strings(std::string_view name) const {
  const json::Value value = Effective(name, Type::kStrings);
  std::vector<std::string> strings;
  if (const json::Array* array = value.if_array()) {
    for (const json::Value& element : *array) {
      if (const std::string* text = element.if_string()) {
        strings.push_back(*text);
      }
    }
  }
  return strings;
}

json::Value Section::Any(std::string_view name) const {
  return Effective(name, Type::kAny);
}

Section Section::Table(std::string_view name) const {
  const Found found = Find(name);
  assert(found.key != nullptr && found.key->type == Type::kTable);
  return Section(found.key == nullptr ? Keys() : found.key->keys,
                 found.value == nullptr ? nullptr : found.value->if_object(),
                 Join(path_, name));
}

std::optional<Section> Section::OptionalTable(std::string_view name) const {
  Section table = Table(name);
  if (!table.present()) return std::nullopt;
  return table;
}

std::vector<Section> Section::Tables(std::string_view name) const {
  const Found found = Find(name);
  assert(found.key != nullptr && found.key->type == Type::kTables);
  std::vector<Section> tables;
  if (found.key == nullptr || found.value == nullptr) return tables;
  const json::Array* array = found.value->if_array();
  for (size_t i = 0; array != nullptr && i < array->size(); ++i) {
    tables.push_back(
        Section(found.key->keys, (*array)[i].if_object(),
                Join(path_, name) + "[" + std::to_string(i) + "]"));
  }
  return tables;
}

std::string CheckReport(const std::string& path,
                        const Result<Document>& document) {
  if (!document) return path + ": not good\n" + document.error().Text() + "\n";
  const auto& warnings = document->warnings();
  std::string text = document->name() + ": good";
  if (!warnings.empty()) {
    text += ", " + std::to_string(warnings.size()) + " warning";
    if (warnings.size() > 1) text += "s";
  }
  text += "\n";
  for (const std::string& warning : warnings) {
    text += "warning: " + warning + "\n";
  }
  return text;
}

}  // namespace vouchsafe::config
