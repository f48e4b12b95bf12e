#include <algorithm>
#include <utility>

#include "config/config.h"
#include "config/table.h"
#include "json/write.h"

namespace vouchsafe::config {
namespace {

// A TOML basic string; JSON's, but for DEL.
std::string TomlString(std::string_view text) {
  std::string out;
  for (const char c : json::Quote(text)) {
    if (c == '\x7F') {
      out += "\\u007f";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string TomlName(std::string_view name) {
  constexpr std::string_view kBare =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const bool bare = !name.empty() && name.find_first_not_of(kBare) == name.npos;
  return bare ? std::string(name) : TomlString(name);
}

// TOML has no null: such members are left out, such elements are {}.
std::string TomlValue(const json::Value& value) {
  if (const std::string* text = value.if_string()) return TomlString(*text);
  std::string inside;
  const auto add = [&inside](const std::string& part) {
    inside += (inside.empty() ? "" : ", ") + part;
  };
  if (const json::Array* array = value.if_array()) {
    for (const json::Value& element : *array) add(TomlValue(element));
    return "[" + inside + "]";
  }
  if (const json::Object* object = value.if_object()) {
    const json::Value* moment = object->Find("$__toml_private_datetime");
    if (moment != nullptr && object->size() == 1 && moment->is_string()) {
      return *moment->if_string();
    }
    for (const json::Member& member : *object) {
      if (member.value.is_null()) continue;
      add(TomlName(member.name) + " = " + TomlValue(member.value));
    }
    return inside.empty() ? "{}" : "{ " + inside + " }";
  }
  return value.is_null() ? "{}" : json::Write(value);
}

// Of a table in an array, "[[plugins]]" names the last: no index in TOML.
std::string TomlPath(const std::string& path) {
  std::string out;
  bool index = false;
  for (const char c : path) {
    if (c == '[') index = true;
    if (!index) out.push_back(c);
    if (c == ']') index = false;
  }
  return out;
}

class Printer {
 public:
  // Scalars before tables, or they would belong to the table before them.
  // `object` is nullptr for a table that is not in the file.
  void Append(Keys keys, const json::Object* object, const std::string& path) {
    for (const Key& key : keys) {
      if (Applies(key, keys, object)) AppendScalar(key, Given(key, object));
    }
    for (const Key& key : keys) {
      if (!Applies(key, keys, object)) continue;
      const json::Value* value = Given(key, object);
      const std::string here = Join(path, key.name);
      if (key.type == Type::kTable) AppendTable(key, value, here);
      if (key.type == Type::kTables) AppendTables(key, value, here);
    }
  }
  std::string TakeText() { return std::move(text_); }

 private:
  static const json::Value* Given(const Key& key, const json::Object* object) {
    return object == nullptr ? nullptr : object->Find(key.name);
  }

  void AppendScalar(const Key& key, const json::Value* given) {
    if (key.type == Type::kTable || key.type == Type::kTables ||
        key.type == Type::kIgnored) {
      return;
    }
    const auto fallback = FallbackOf(key);
    const json::Value value = given != nullptr ? *given
                              : fallback       ? *fallback
                                               : json::Value();
    if (value.is_null()) return;
    text_ += TomlName(key.name) + " = " +
             (key.secret ? TomlString("***") : TomlValue(value)) + "\n";
  }

  void AppendTable(const Key& key, const json::Value* value,
                   const std::string& path) {
    if (value == nullptr && key.optional) return;
    // Without its header when there is nothing to say in it.
    const std::string before = std::exchange(text_, "");
    Append(key.keys, value == nullptr ? nullptr : value->if_object(), path);
    if (!text_.empty() || value != nullptr) {
      text_ = before + "\n[" + TomlPath(path) + "]\n" + text_;
    } else {
      text_ = before;
    }
  }

  void AppendTables(const Key& key, const json::Value* value,
                    const std::string& path) {
    const json::Array* array = value == nullptr ? nullptr : value->if_array();
    if (array == nullptr) return;
    for (const json::Value& table : *array) {
      text_ += "\n[[" + TomlPath(path) + "]]\n";
      Append(key.keys, table.if_object(), path);
    }
  }

  std::string text_;
};

}  // namespace

std::string Print(const Document& document) {
  Printer printer;
  printer.Append(document.schema().keys, document.value_->if_object(), "");
  return printer.TakeText();
}

}  // namespace vouchsafe::config
