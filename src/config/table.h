#pragma once

// What the parts of config/ share about tables. Internal.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/key.h"
#include "json/value.h"

namespace vouchsafe::config {

std::vector<std::string_view> Split(std::string_view text, char separator);

// The spelling that readers see of an enumeration's value, in any spelling
// allowed; nullopt when it is none of them.
std::optional<std::string_view> EnumValue(const Key& key,
                                          std::string_view text);
// "LocalFs, Memory".
std::string EnumNames(const Key& key);

// Is `value`, as EnumValue gives it, known but not built?
bool IsUnbuilt(const Key& key, std::string_view value);

// Whether `key` exists beside these values. `object` may be nullptr.
bool Applies(const Key& key, Keys table, const json::Object* object);

// The entry for `name` that applies; nullptr when there is none.
const Key* FindKey(Keys table, const json::Object* object,
                   std::string_view name);

// The default as a value of the key's type; null when it has none, and an
// error when the table is written wrongly.
Result<json::Value> FallbackOf(const Key& key);

// Levenshtein's distance.
size_t EditDistance(std::string_view a, std::string_view b);

std::string Join(std::string_view path, std::string_view name);  // by a dot

}  // namespace vouchsafe::config
