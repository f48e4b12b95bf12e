// The canonical form (RFC 8785) against what the RFC says of it: read again it
// is its own canonical form; equal values, however written, give equal bytes;
// members stand in the order of their UTF-16 code units; numbers are written
// as ECMAScript writes the nearest double. Order and numbers are judged here
// by other means than src/json uses: decoded code units, strtod and printf.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "json/parse.h"
#include "json/write.h"

namespace {

using vouchsafe::json::Array;
using vouchsafe::json::Canonical;
using vouchsafe::json::Member;
using vouchsafe::json::Object;
using vouchsafe::json::Parse;
using vouchsafe::json::Value;
using vouchsafe::json::WritePretty;

void Demand(bool holds) {
  if (!holds) std::abort();
}

// Of UTF-8 that the parser let through.
std::vector<uint16_t> Utf16(const std::string& text) {
  std::vector<uint16_t> units;
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t at) -> uint32_t {
      Demand(at < text.size());
      return static_cast<unsigned char>(text[at]);
    };
    const uint32_t lead = byte(i);
    const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t point = size == 1 ? lead : lead & (0xFFu >> (size + 1));
    for (size_t k = 1; k < size; ++k) point = point << 6 | (byte(i + k) & 0x3F);
    i += size;
    if (point < 0x10000) {
      units.push_back(static_cast<uint16_t>(point));
      continue;
    }
    point -= 0x10000;
    units.push_back(static_cast<uint16_t>(0xD800 + (point >> 10)));
    units.push_back(static_cast<uint16_t>(0xDC00 + (point & 0x3FF)));
  }
  return units;
}

// ECMA-262 Number::toString: the fewest digits that name the double, with the
// point or exponent where it belongs.
std::string EcmaScript(double value) {
  if (value == 0) return "0";
  char text[40];
  int digits = 1;
  do {
    std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
  } while (std::strtod(text, nullptr) != value && digits++ < 17);
  const char* e = std::strchr(text, 'e');
  const int n = std::atoi(e + 1) + 1;
  std::string s;
  for (const char* p = text; p != e; ++p) {
    if (*p >= '0' && *p <= '9') s += *p;
  }
  const int k = static_cast<int>(s.size());
  const std::string sign = value < 0 ? "-" : "";
  if (k <= n && n <= 21) return sign + s + std::string(size_t(n - k), '0');
  if (0 < n && n <= 21) return sign + s.insert(size_t(n), ".");
  if (-6 < n && n <= 0) return sign + "0." + std::string(size_t(-n), '0') + s;
  if (k > 1) s.insert(1, ".");
  return sign + s + (n > 0 ? "e+" : "e-") + std::to_string(std::abs(n - 1));
}

double Nearest(const Value& number) {
  return std::strtod(number.number_text().c_str(), nullptr);
}

bool HasNumberWithoutDouble(const Value& value) {
  if (value.is_number()) return std::isinf(Nearest(value));
  if (const Array* array = value.if_array()) {
    return std::any_of(array->begin(), array->end(), HasNumberWithoutDouble);
  }
  const Object* object = value.if_object();
  return object != nullptr &&
         std::any_of(object->begin(), object->end(), [](const Member& member) {
           return HasNumberWithoutDouble(member.value);
         });
}

// `form` is the canonical text of `value` read again: its members are in the
// text's order, its numbers as the text has them.
void CompareWith(const Value& value, const Value& form) {
  if (value.is_number()) {
    Demand(form.is_number());
    Demand(form.number_text() == EcmaScript(Nearest(value)));
  } else if (const Array* array = value.if_array()) {
    const Array* other = form.if_array();
    Demand(other != nullptr && other->size() == array->size());
    for (size_t i = 0; i < array->size(); ++i) {
      CompareWith((*array)[i], (*other)[i]);
    }
  } else if (const Object* object = value.if_object()) {
    const Object* other = form.if_object();
    Demand(other != nullptr && other->size() == object->size());
    const Member* last = nullptr;
    for (const Member& member : *other) {
      Demand(last == nullptr || Utf16(last->name) < Utf16(member.name));
      last = &member;
      const Value* original = object->Find(member.name);
      Demand(original != nullptr);
      CompareWith(*original, member.value);
    }
  } else {
    Demand(value == form);
  }
}

// The same value with every object's members in the opposite order.
Value Reversed(const Value& value) {
  if (const Array* array = value.if_array()) {
    Array out;
    for (const Value& element : *array) out.push_back(Reversed(element));
    return out;
  }
  const Object* object = value.if_object();
  if (object == nullptr) return value;
  Object out;
  for (const Member* member = object->end(); member != object->begin();) {
    --member;
    out.Set(member->name, Reversed(member->value));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto value = Parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto canonical = Canonical(*value);
  Demand(canonical.has_value() != HasNumberWithoutDouble(*value));
  if (!canonical) return 0;
  const auto form = Parse(*canonical);
  Demand(form.has_value());
  CompareWith(*value, *form);
  Demand(Canonical(*form) == *canonical);
  const auto other = Parse(WritePretty(Reversed(*value)));
  Demand(other.has_value() && Canonical(*other) == *canonical);
  return 0;
}
