#include "config/reader.h"

#include <algorithm>
#include <utility>

#include "config/place.h"
#include "config/table.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::config {
namespace {

constexpr size_t kMaxProblems = 50;  // told in one error
constexpr size_t kMaxNameShown = 64;

bool IsOneOf(std::string_view text,
             std::initializer_list<std::string_view> list) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view other) {
    return text.size() == other.size() &&
           std::equal(text.begin(), text.end(), other.begin(),
                      [](char a, char b) { return (a | 0x20) == b; });
  });
}

std::optional<bool> LenientBool(const json::Value& value) {
  if (const std::string* text = value.if_string()) {
    if (*text == "1" || IsOneOf(*text, {"true", "on", "yes"})) return true;
    if (*text == "0" || IsOneOf(*text, {"false", "off", "no"})) return false;
  }
  if (value.int64() == 1) return true;
  if (value.int64() == 0) return false;
  return std::nullopt;
}

std::optional<json::Value> LenientInteger(const json::Value& value) {
  const std::string* text = value.if_string();
  if (text == nullptr || text->empty() || text->size() > 20) {
    return std::nullopt;
  }
  const size_t first = (*text)[0] == '-' ? 1 : 0;
  if (text->size() == first ||
      text->find_first_not_of("0123456789", first) != text->npos) {
    return std::nullopt;
  }
  return json::NumberFromText(*text);
}

std::optional<json::Value> LenientString(const json::Value& value) {
  if (value.is_number()) return json::Value(value.number_text());
  if (const bool* truth = value.if_bool()) {
    return json::Value(*truth ? "true" : "false");
  }
  return std::nullopt;
}

}  // namespace

void Reader::Problem(const std::string& path, std::string_view text) {
  if (problems_.size() > kMaxProblems) return;
  problems_.push_back(problems_.size() == kMaxProblems
                          ? "and more"
                          : PlaceOf(source_, path) + std::string(text));
}

// Scalars are shown, unless the key is a secret; the rest by its type.
void Reader::Want(const Key& key, const std::string& path,
                  std::string_view wanted, const json::Value& got) {
  std::string shown(json::TypeName(got));
  if (!key.secret && !got.is_array() && !got.is_object()) {
    shown = json::Write(got).substr(0, kMaxNameShown);
  }
  Problem(path, "want " + std::string(wanted) + ", got " + shown);
}

Result<> Reader::Run() {
  if (source_.value.is_null()) source_.value = json::Object();  // empty YAML
  if (!source_.value.is_object()) {
    return Fail(ErrorCode::kInvalidInput,
                source_.name + ": want a table of keys, got " +
                    std::string(json::TypeName(source_.value)));
  }
  if (schema_.migrate != nullptr) {
    Migration migration(source_, warnings_);
    TRY(schema_.migrate(migration));
  }
  MoveFromRoot(schema_.keys, "");
  CheckTable(schema_.keys, *source_.value.if_object(), "");
  if (problems_.empty()) return {};
  std::string text;
  for (const std::string& problem : problems_) {
    text += (text.empty() ? "" : "\n") + problem;
  }
  return Fail(problems_.size() == unbuilt_ ? ErrorCode::kUnsupported
                                           : ErrorCode::kInvalidInput,
              text);
}

// Old spellings that name their place from the root, tables before what is in
// them.
void Reader::MoveFromRoot(Keys table, const std::string& path) {
  for (const Key& key : table) {
    const std::string here = Join(path, key.name);
    for (const std::string_view old : Split(key.old, '|')) {
      if (!old.starts_with('/')) continue;
      Migration migration(source_, warnings_);
      const Result<> moved = migration.Move(old.substr(1), here);
      if (!moved) problems_.push_back(moved.error().Text());
    }
    if (key.type == Type::kTable) MoveFromRoot(key.keys, here);
  }
}

void Reader::RenameSiblings(const Key& key, json::Object& object,
                            const std::string& path) {
  for (const std::string_view old : Split(key.old, '|')) {
    const json::Value* value = object.Find(old);
    if (old.starts_with('/') || value == nullptr) continue;
    const std::string old_path = Join(path, old);
    if (object.Find(key.name) != nullptr) {
      Problem(old_path, "the old spelling of \"" + std::string(key.name) +
                            "\", which is given too; keep only the new one");
    } else {
      json::Value moved = *value;
      object.Set(key.name, std::move(moved));
      CopyPositions(source_, old_path, Join(path, key.name));
      warnings_.push_back(PlaceOf(source_, old_path) +
                          "an old spelling, write \"" + std::string(key.name) +
                          "\" instead");
    }
    object.Erase(old);
  }
}

void Reader::CheckTable(Keys table, json::Object& object,
                        const std::string& path) {
  std::vector<std::string> absent;
  for (const json::Member& member : object) {
    if (member.value.is_null()) absent.push_back(member.name);
  }
  for (const std::string& name : absent) object.Erase(name);
  // In the order of the table: a tag stands before what depends on it, and
  // has its one spelling by then.
  const size_t unbuilt = unbuilt_;
  for (const Key& key : table) {
    if (!Applies(key, table, &object)) continue;
    RenameSiblings(key, object, path);
    CheckKey(key, object, Join(path, key.name));
  }
  // What is not built has keys that no table knows yet.
  if (unbuilt_ == unbuilt) CheckUnknown(table, object, path);
}

void Reader::CheckKey(const Key& key, json::Object& object,
                      const std::string& path) {
  json::Value* value = object.Find(key.name);
  if (value != nullptr) {
    CheckValue(key, *value, path);
  } else if (key.required) {
    Problem(path, "missing");
  }
}

void Reader::CheckUnknown(Keys table, const json::Object& object,
                          const std::string& path) {
  for (const json::Member& member : object) {
    if (FindKey(table, &object, member.name) != nullptr) continue;
    const std::string here = Join(path, member.name.substr(0, kMaxNameShown));
    const std::string text = UnknownText(table, object, member.name);
    if (options_.unknown == UnknownKeys::kReject) {
      Problem(here, text);
    } else {
      warnings_.push_back(PlaceOf(source_, here) + text + "; ignored");
    }
  }
}

std::string Reader::UnknownText(Keys table, const json::Object& object,
                                std::string_view name) const {
  std::string conditions;
  for (const Key& key : table) {
    if (key.name != name) continue;
    conditions += (conditions.empty() ? "" : ", or ") + std::string(key.when);
  }
  if (!conditions.empty()) return "a key only with " + conditions;
  std::string_view nearest;
  size_t distance = std::max(size_t{2}, name.size() / 3) + 1;
  for (const Key& key : table) {
    if (name.size() > kMaxNameShown || !Applies(key, table, &object)) continue;
    const size_t other = EditDistance(name, key.name);
    if (other >= distance) continue;
    distance = other;
    nearest = key.name;
  }
  if (nearest.empty()) return "unknown key";
  return "unknown key, the nearest is \"" + std::string(nearest) + "\"";
}

void Reader::CheckValue(const Key& key, json::Value& value,
                        const std::string& path) {
  switch (key.type) {
    case Type::kString:
      return CheckString(key, value, path);
    case Type::kBool:
      return CheckBool(key, value, path);
    case Type::kInteger:
      return CheckInteger(key, value, path);
    case Type::kStrings:
      return CheckStrings(key, value, path);
    case Type::kTable:
      if (json::Object* object = value.if_object()) {
        return CheckTable(key.keys, *object, path);
      }
      return Want(key, path, "a table", value);
    case Type::kTables:
      return CheckTables(key, value, path);
    case Type::kAny:
      return;
    case Type::kIgnored:
      warnings_.push_back(PlaceOf(source_, path) +
                          "ignored: " + std::string(key.sentence));
  }
}

void Reader::CheckString(const Key& key, json::Value& value,
                         const std::string& path) {
  const bool lenient = options_.coercion == Coercion::kLenient;
  if (const auto text = LenientString(value); text && lenient) value = *text;
  const std::string* text = value.if_string();
  if (key.values.empty()) {
    if (text == nullptr) Want(key, path, "a string", value);
    return;
  }
  const auto known = text == nullptr ? std::nullopt : EnumValue(key, *text);
  if (known && IsUnbuilt(key, *known)) {
    ++unbuilt_;
    Problem(path, std::string(*known) + " is not built in this version");
  } else if (known) {
    value = *known;
  } else {
    Want(key, path, "one of " + EnumNames(key), value);
  }
}

void Reader::CheckBool(const Key& key, json::Value& value,
                       const std::string& path) {
  const bool lenient = options_.coercion == Coercion::kLenient;
  if (const auto truth = LenientBool(value); truth && lenient) value = *truth;
  if (value.if_bool() == nullptr) Want(key, path, "true or false", value);
}

void Reader::CheckInteger(const Key& key, json::Value& value,
                          const std::string& path) {
  const bool lenient = options_.coercion == Coercion::kLenient;
  if (const auto n = LenientInteger(value); n && lenient) value = *n;
  const auto number = value.int64();
  if (number && *number >= key.min && *number <= key.max) return;
  std::string wanted = "an integer of at least " + std::to_string(key.min);
  if (key.max != INT64_MAX) {
    wanted = "an integer from " + std::to_string(key.min) + " to " +
             std::to_string(key.max);
  }
  Want(key, path, wanted, value);
}

void Reader::CheckStrings(const Key& key, json::Value& value,
                          const std::string& path) {
  json::Array* array = value.if_array();
  if (array == nullptr) return Want(key, path, "an array of strings", value);
  for (size_t i = 0; i < array->size(); ++i) {
    Key element;
    element.secret = key.secret;
    element.values = key.values;
    CheckString(element, (*array)[i], path + "[" + std::to_string(i) + "]");
  }
}

void Reader::CheckTables(const Key& key, json::Value& value,
                         const std::string& path) {
  json::Array* array = value.if_array();
  if (array == nullptr) return Want(key, path, "an array of tables", value);
  for (size_t i = 0; i < array->size(); ++i) {
    const std::string here = path + "[" + std::to_string(i) + "]";
    if (json::Object* object = (*array)[i].if_object()) {
      CheckTable(key.keys, *object, here);
    } else {
      Want(key, here, "a table", (*array)[i]);
    }
  }
}

}  // namespace vouchsafe::config
