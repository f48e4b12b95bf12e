#pragma once

// Values as text and as JSON.

#include <string>

#include "json/value.h"
#include "rego/value.h"

namespace vouchsafe::rego {

// As the language writes it: {1, "a"}, {"k": [null]}, set().
std::string RegoText(const Value& value);
// A string bare, anything else as RegoText.
std::string PrintText(const Value& value);

// Compact JSON, keys in value order; sets as arrays, keys that are not strings
// as their JSON text. kGo also escapes < > & U+2028 U+2029, as Go does.
enum class JsonEscapes { kPlain, kGo };
std::string JsonText(const Value& value,
                     JsonEscapes escapes = JsonEscapes::kPlain);
// Indented form: `prefix` before each line but the first.
std::string JsonPretty(const Value& value, std::string_view prefix,
                       std::string_view indent);
// Bytes of JsonText, about, without making it.
size_t JsonSize(const Value& value);

json::Value ToJson(const Value& value);
Value FromJson(Arena& arena, const json::Value& value);
std::string JsonKey(const Value& key);

}  // namespace vouchsafe::rego
