#pragma once

// Writers. Numbers are written as they were read.

#include <string>

#include "base/result.h"
#include "json/value.h"

namespace vouchsafe::json {

std::string Write(const Value& value);        // compact, members in their order
std::string Write(const Object& object);      // the same, without a copy
std::string WriteSorted(const Value& value);  // compact, members by byte order
std::string WritePretty(const Value& value);  // two blanks, members in order

// `text` as a JSON string with its quotes.
std::string Quote(std::string_view text);

// RFC 8785: members sorted by UTF-16 code units, numbers as ECMAScript prints
// the nearest double. kInvalidInput when a number has no finite double.
Result<std::string> Canonical(const Value& value);

}  // namespace vouchsafe::json
