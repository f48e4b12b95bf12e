#pragma once

// Text of a configuration file to values, by format. Every reader bounds depth
// and size and never throws. TOML and YAML keep the line of each key.

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::config {

inline constexpr size_t kMaxDepth = 64;
inline constexpr size_t kMaxFileSize = size_t{1} << 20;  // bytes

enum class Format { kToml, kJson, kYaml };

struct Position {
  size_t line = 0;
  size_t column = 0;
};

struct Source {
  std::string name;  // for errors: the path
  json::Value value;
  // By path ("plugins[0].name"); empty for JSON.
  std::map<std::string, Position, std::less<>> positions;
};

// kTooLarge over kMaxFileSize, else kInvalidInput with line and column. Pure.
Result<Source> ParseSource(std::string_view text, Format format,
                           std::string name);

// TOML 1.0 to JSON. Floats are decimals in their shortest form, not finite ones
// are null; a date or time is {"$__toml_private_datetime": "<text>"}.
Result<json::Value> ParseToml(std::string_view text);

// A file by its extension (toml, json, yaml, yml).
enum class Naming {
  kExtension,  // any other is an error; if there is no such file, the path
               // with each extension appended is tried in that order
  kElseJson,   // any other is JSON
};
// kNotFound, kTooLarge, kInvalidInput.
Result<Source> LoadSource(const std::string& path,
                          Naming naming = Naming::kExtension);

}  // namespace vouchsafe::config
