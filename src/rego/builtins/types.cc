// is_*, type_name, to_number.

#include "rego/builtins/families.h"

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

Value ToNumber(BuiltinCall& call, Args args) {
  switch (args[0].kind()) {
    case Kind::kNull:
      return Value::Int(0);
    case Kind::kBool:
      return Value::Int(args[0].is_true());
    case Kind::kNumber:
      return args[0];
    case Kind::kString: {
      const std::string_view text = args[0].text();
      call.budget.Bytes(text.size());
      // Go's parser also takes a sign and leading zeros.
      std::string_view plain = text;
      const bool negative = plain.starts_with("-");
      if (negative || plain.starts_with("+")) plain.remove_prefix(1);
      while (plain.size() > 1 && plain[0] == '0' && plain[1] >= '0' &&
             plain[1] <= '9') {
        plain.remove_prefix(1);
      }
      const std::string number = (negative ? "-" : "") + std::string(plain);
      const Value out =
          MakeNumber(call.arena, number, call.budget.limits.number_digits);
      if (out.defined()) return out;
      const std::string_view word = plain;
      if (!word.empty() && (word[0] | 32) >= 'i' && (word[0] | 32) <= 'n') {
        return call.Wrong(1, "valid number string", "string");
      }
      return call.Fail("invalid syntax");
    }
    default:
      return call.WrongTypes(1, "null, boolean, number, string", args[0]);
  }
}

}  // namespace

void RegisterTypes(BuiltinTable& table) {
  table.Add("is_array", 1, IsKind<Kind::kArray>);
  table.Add("is_boolean", 1, IsKind<Kind::kBool>);
  table.Add("is_null", 1, IsKind<Kind::kNull>);
  table.Add("is_number", 1, IsKind<Kind::kNumber>);
  table.Add("is_object", 1, IsKind<Kind::kObject>);
  table.Add("is_set", 1, IsKind<Kind::kSet>);
  table.Add("is_string", 1, IsKind<Kind::kString>);
  table.Add("type_name", 1, TypeName);
  table.Add("to_number", 1, ToNumber);
}

}  // namespace vouchsafe::rego
