#pragma once

// YAML 1.1 documents as values.

#include <optional>
#include <string>
#include <string_view>

#include "rego/builtin_call.h"

namespace vouchsafe::rego {

// Of Go's packages: v2 knows yes, on, y as booleans, v3 only true and false.
enum class YamlDialect { kV2, kV3 };

// The first document of the text, null when it is empty. Undefined with a
// reason when malformed: "yaml: line 1: did not find expected ...".
Value ReadYaml(BuiltinCall& call, std::string_view text, std::string* why,
               YamlDialect dialect = YamlDialect::kV2);

// What a plain scalar means.
struct YamlScalar {
  enum class Is { kString, kNull, kBool, kInteger, kFloat, kTimestamp, kMerge };
  Is is = Is::kString;
  bool flag = false;   // kBool
  std::string number;  // kInteger, kFloat: in JSON form; empty: .inf, .nan
};
YamlScalar ResolvePlain(std::string_view text);

}  // namespace vouchsafe::rego
