#include <utility>

#include "config/config.h"
#include "config/table.h"

namespace vouchsafe::config {
namespace {

// A cell of a Markdown table holds no bar and no line's end.
std::string Cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    out.push_back(c == '\n' ? ' ' : c);
  }
  return out;
}

std::string Code(std::string_view text) { return "`" + Cell(text) + "`"; }

std::string UnbuiltText(const Key& key) {
  std::string text;
  for (const std::string_view value : Split(key.unbuilt, '|')) {
    text += (text.empty() ? " (not built: " : ", ") + std::string(value);
  }
  return text.empty() ? text : text + ")";
}

std::string TypeText(const Key& key) {
  switch (key.type) {
    case Type::kString:
      return key.values.empty() ? "string"
                                : "one of " + EnumNames(key) + UnbuiltText(key);
    case Type::kBool:
      return "boolean";
    case Type::kInteger:
      if (key.max == INT64_MAX) {
        return "integer, at least " + std::to_string(key.min);
      }
      return "integer, " + std::to_string(key.min) + " to " +
             std::to_string(key.max);
    case Type::kStrings:
      return "array of strings";
    case Type::kTable:
      return "table";
    case Type::kTables:
      return "array of tables";
    case Type::kAny:
      return "any";
    case Type::kIgnored:
      return "ignored";
  }
  return {};
}

std::string ConditionText(const Key& key) {
  std::string text;
  for (const std::string_view condition : Split(key.when, '&')) {
    const size_t equals = condition.find('=');
    text += text.empty() ? " Only with " : " and ";
    text += Code(condition.substr(0, equals)) + " = ";
    std::string values;
    for (const std::string_view value :
         Split(condition.substr(equals + 1), '|')) {
      values += (values.empty() ? "" : " or ") + Code(value);
    }
    text += values;
  }
  return text.empty() ? text : text + ".";
}

std::string OldText(const Key& key) {
  std::string text;
  for (std::string_view old : Split(key.old, '|')) {
    text += text.empty() ? " Formerly " : ", ";
    // From the root of the file, not beside the key.
    if (old.starts_with('/')) {
      old.remove_prefix(1);
      if (old.find('.') == std::string_view::npos) text += "top-level ";
    }
    text += Code(old);
  }
  return text.empty() ? text : text + ".";
}

std::string DefaultText(const Key& key) {
  if (key.required) return "required";
  if (key.fallback.empty()) return "-";
  return Code(key.secret ? "***" : key.fallback);
}

class Page {
 public:
  void Append(Keys keys, const std::string& heading, std::string_view about) {
    text_ += "\n## " + heading + "\n\n";
    if (!about.empty()) text_ += std::string(about) + "\n\n";
    text_ += "| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n";
    for (const Key& key : keys) {
      text_ += "| " + Code(key.name) + " | " + TypeText(key) + " | " +
               DefaultText(key) + " | " + Cell(key.sentence) +
               ConditionText(key) + OldText(key) + " |\n";
    }
  }

  void AppendBelow(Keys keys, const std::string& path) {
    for (const Key& key : keys) {
      if (key.keys.count == 0) continue;
      const std::string here = Join(path, key.name);
      const std::string heading =
          key.type == Type::kTables ? "[[" + here + "]]" : "[" + here + "]";
      Append(key.keys, Code(heading), Cell(key.sentence) + ConditionText(key));
      AppendBelow(key.keys, here);
    }
  }

  std::string text_;
};

class SchemaCheck {
 public:
  Result<> Check(Keys keys, const std::string& path) {
    for (const Key& key : keys) {
      const std::string here = Join(path, key.name);
      TRY(CheckName(keys, key, here));
      TRY(CheckConditions(keys, key, here));
      TRY(CheckFallback(key, here));
      TRY(CheckUnbuilt(key, here));
      TRY(Check(key.keys, here));
    }
    return {};
  }

 private:
  static tl::unexpected<Error> Bad(const std::string& path,
                                   std::string_view what) {
    return Fail(ErrorCode::kInternal, path + ": " + std::string(what));
  }

  static Result<> CheckName(Keys keys, const Key& key,
                            const std::string& path) {
    if (key.name.empty() || key.name.find('.') != key.name.npos) {
      return Bad(path, "a name that is empty or has dots");
    }
    if (key.sentence.empty()) return Bad(path, "no sentence");
    for (const Key& other : keys) {
      const bool same = &other != &key && other.name == key.name;
      if (same && (other.when.empty() || other.when == key.when)) {
        return Bad(path, "declared twice");
      }
    }
    return {};
  }

  static Result<> CheckConditions(Keys keys, const Key& key,
                                  const std::string& path) {
    for (const std::string_view condition : Split(key.when, '&')) {
      const size_t equals = condition.find('=');
      if (equals == condition.npos) return Bad(path, "a condition without '='");
      const Key* tag = keys.begin();
      while (tag != &key && tag->name != condition.substr(0, equals)) ++tag;
      if (tag == &key) return Bad(path, "a condition about no key before it");
      for (const std::string_view value :
           Split(condition.substr(equals + 1), '|')) {
        if (EnumValue(*tag, value) != value && !tag->values.empty()) {
          return Bad(path, "a condition that never holds");
        }
      }
    }
    return {};
  }

  static Result<> CheckUnbuilt(const Key& key, const std::string& path) {
    for (const std::string_view value : Split(key.unbuilt, '|')) {
      if (EnumValue(key, value) != value || value == key.fallback) {
        return Bad(path, "what is not built is no value, or the default");
      }
    }
    return {};
  }

  static Result<> CheckFallback(const Key& key, const std::string& path) {
    if (key.fallback.empty()) return {};
    const auto value = FallbackOf(key);
    if (!value) return Bad(path, "a default that does not parse");
    const auto number = value->int64();
    bool good = true;
    if (key.type == Type::kString && !key.values.empty()) {
      good = EnumValue(key, key.fallback) == key.fallback;
    } else if (key.type == Type::kBool) {
      good = value->if_bool() != nullptr;
    } else if (key.type == Type::kInteger) {
      good = number && *number >= key.min && *number <= key.max;
    } else if (key.type == Type::kStrings) {
      good = value->is_array();
    } else if (key.type == Type::kTable || key.type == Type::kTables) {
      good = false;
    }
    if (!good) return Bad(path, "a default of another type or range");
    return {};
  }
};

}  // namespace

std::string Reference(const Schema& schema) {
  Page page;
  page.text_ = "# " + std::string(schema.title) + "\n";
  page.Append(schema.keys, "Top level", "");
  page.AppendBelow(schema.keys, "");
  return page.text_;
}

Result<> CheckSchema(const Schema& schema) {
  return SchemaCheck().Check(schema.keys, "");
}

}  // namespace vouchsafe::config
