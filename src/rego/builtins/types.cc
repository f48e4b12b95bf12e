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
