#include "config/table.h"

#include <algorithm>
#include <numeric>

#include "json/parse.h"

namespace vouchsafe::config {
namespace {

const Key* FirstNamed(Keys table, std::string_view name) {
  const auto* found = std::find_if(
      table.begin(), table.end(), [&](const Key& k) { return k.name == name; });
  return found == table.end() ? nullptr : found;
}

// What a condition looks at: the value given, else the default.
std::string_view TextOf(Keys table, const json::Object* object,
                        std::string_view name) {
  const json::Value* value = object == nullptr ? nullptr : object->Find(name);
  if (value != nullptr && !value->is_null()) {
    const std::string* text = value->if_string();
    return text == nullptr ? std::string_view() : *text;
  }
  const Key* key = FirstNamed(table, name);
  return key == nullptr ? std::string_view() : key->fallback;
}

}  // namespace

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::optional<std::string_view> EnumValue(const Key& key,
                                          std::string_view text) {
  for (const std::string_view value : Split(key.values, '|')) {
    const auto spellings = Split(value, ',');
    if (std::find(spellings.begin(), spellings.end(), text) !=
        spellings.end()) {
      return spellings.front();
    }
  }
  return std::nullopt;
}

bool IsUnbuilt(const Key& key, std::string_view value) {
  for (const std::string_view unbuilt : Split(key.unbuilt, '|')) {
    if (unbuilt == value) return true;
  }
  return false;
}

std::string EnumNames(const Key& key) {
  std::string names;
  for (const std::string_view value : Split(key.values, '|')) {
    if (!names.empty()) names += ", ";
    names += value.substr(0, value.find(','));
  }
  return names;
}

bool Applies(const Key& key, Keys table, const json::Object* object) {
  for (const std::string_view condition : Split(key.when, '&')) {
    const size_t equals = std::min(condition.find('='), condition.size());
    const std::string_view got =
        TextOf(table, object, condition.substr(0, equals));
    const auto wanted =
        Split(condition.substr(std::min(equals + 1, condition.size())), '|');
    if (std::find(wanted.begin(), wanted.end(), got) == wanted.end()) {
      return false;
    }
  }
  return true;
}

const Key* FindKey(Keys table, const json::Object* object,
                   std::string_view name) {
  for (const Key& key : table) {
    if (key.name == name && Applies(key, table, object)) return &key;
  }
  return nullptr;
}

Result<json::Value> FallbackOf(const Key& key) {
  if (key.fallback.empty()) return json::Value();
  if (key.type == Type::kString) return json::Value(key.fallback);
  json::Value value = TRY(json::Parse(key.fallback));
  return value;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string Join(std::string_view path, std::string_view name) {
  if (path.empty()) return std::string(name);
  return std::string(path) + "." + std::string(name);
}

}  // namespace vouchsafe::config
