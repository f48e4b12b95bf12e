// is_*, type_name, to_number.

#include <cmath>

#include "rego/builtins/families.h"
#include "rego/builtins/go_text.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

template <Kind kKind>
Value IsKind(BuiltinCall&, Args args) {
  return Value::Bool(args[0].kind() == kKind);
}

Value TypeName(BuiltinCall& call, Args args) {
  return call.Text(KindName(args[0].kind()));
}

Value Refuse(BuiltinCall& call, std::string_view text, std::string_view why) {
  return call.Fail("strconv.ParseFloat: parsing " + GoQuote(text) + ": " +
                   std::string(why));
}

// As Go's ParseFloat reads decimals: a sign, leading zeros, and digits on one
// side of the point alone are fine.
Value ParseNumber(BuiltinCall& call, const Value& value) {
  const std::string_view text = value.text();
  call.budget.Bytes(text.size());
  std::string_view rest = text;
  const bool negative = rest.starts_with("-");
  if (negative || rest.starts_with("+")) rest.remove_prefix(1);
  std::string word(rest);
  for (char& c : word) c = static_cast<char>(c | 0x20);
  if (word == "inf" || word == "infinity" || word == "nan") {
    return call.Wrong(1, "valid number string", "string");
  }
  while (rest.size() > 1 && rest[0] == '0' && rest[1] >= '0' &&
         rest[1] <= '9') {
    rest.remove_prefix(1);
  }
  std::string number(rest);
  if (number.starts_with(".")) number.insert(0, "0");
  const size_t point = number.find('.');
  if (point != std::string::npos &&
      (point + 1 == number.size() || (number[point + 1] | 0x20) == 'e')) {
    if (rest.size() == 1) return Refuse(call, text, "invalid syntax");
    number.erase(point, 1);
  }
  if (negative) number.insert(0, "-");
  if (!IsJsonNumber(number)) return Refuse(call, text, "invalid syntax");
  const Value out =
      MakeNumber(call.arena, number, call.budget.limits.number_digits);
  if (!out.defined() || !std::isfinite(AsDouble(out))) {
    return Refuse(call, text, "value out of range");
  }
  return out;
}

Value ToNumber(BuiltinCall& call, Args args) {
  switch (args[0].kind()) {
    case Kind::kNull:
      return Value::Int(0);
    case Kind::kBool:
      return Value::Int(args[0].is_true());
    case Kind::kNumber:
      return args[0];
    case Kind::kString:
      return ParseNumber(call, args[0]);
    default:
      return call.WrongTypes(1, "null, boolean, number, string", args[0]);
  }
}

}  // namespace

void RegisterTypes(BuiltinTable& table) {
  table.Offer("is_array", IsKind<Kind::kArray>);
  table.Offer("is_boolean", IsKind<Kind::kBool>);
  table.Offer("is_null", IsKind<Kind::kNull>);
  table.Offer("is_number", IsKind<Kind::kNumber>);
  table.Offer("is_object", IsKind<Kind::kObject>);
  table.Offer("is_set", IsKind<Kind::kSet>);
  table.Offer("is_string", IsKind<Kind::kString>);
  table.Offer("type_name", TypeName);
  table.Offer("to_number", ToNumber);
}

}  // namespace vouchsafe::rego
