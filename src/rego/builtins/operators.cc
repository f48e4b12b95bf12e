// + - * / %, comparison, set algebra, membership, print and trace.

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

// Digits that arithmetic on large numbers has to touch.
void Charge(BuiltinCall& call, const Value& a, const Value& b) {
  if (a.is_int() && b.is_int()) return;
  const size_t size = (a.is_int() ? 20 : NumberText(a).size()) *
                      (b.is_int() ? 20 : NumberText(b).size());
  call.budget.Bytes(size);
}

bool Numbers(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kNumber) || !call.Is(args, 1, Kind::kNumber)) {
    return false;
  }
  Charge(call, args[0], args[1]);
  return true;
}

Value Plus(BuiltinCall& call, Args args) {
  return Numbers(call, args) ? Add(call.arena, args[0], args[1]) : Value();
}

Value Difference(BuiltinCall& call, const Value& a, const Value& b) {
  call.budget.Items(a.size() + b.size());
  std::vector<Value> out;
  for (const Value& item : a.items()) {
    if (!b.Get(item).defined()) out.push_back(item);
  }
  return MakeSortedSet(call.arena, out);
}

Value Minus(BuiltinCall& call, Args args) {
  if (args[0].is_set() && args[1].is_set()) {
    return Difference(call, args[0], args[1]);
  }
  for (size_t i = 0; i < 2; ++i) {
    if (!args[i].is_number() && !args[i].is_set()) {
      return call.WrongTypes(i + 1, "number, set", args[i]);
    }
  }
  if (args[0].is_set()) return call.WrongType(2, "set", args[1]);
  if (args[1].is_set()) return call.WrongType(2, "number", args[1]);
  Charge(call, args[0], args[1]);
  return Subtract(call.arena, args[0], args[1]);
}

Value Times(BuiltinCall& call, Args args) {
  return Numbers(call, args) ? Multiply(call.arena, args[0], args[1]) : Value();
}

Value Div(BuiltinCall& call, Args args) {
  if (!Numbers(call, args)) return {};
  if (IsZero(args[1])) return call.Fail("divide by zero");
  return Divide(call.arena, args[0], args[1]);
}

Value Rem(BuiltinCall& call, Args args) {
  if (!Numbers(call, args)) return {};
  if (!IsInteger(args[0]) || !IsInteger(args[1])) {
    return call.Fail("modulo on floating-point number");
  }
  if (IsZero(args[1])) return call.Fail("modulo by zero");
  if (args[0].is_int() && args[1].is_int()) {
    if (args[1].integer() == -1) return Value::Int(0);
    return Value::Int(args[0].integer() % args[1].integer());
  }
  BigInt quotient, remainder;
  BigInt::DivMod(BigInt::Of(args[0]), BigInt::Of(args[1]), &quotient,
                 &remainder);
  return remainder.ToValue(call.arena);
}

int Order(BuiltinCall& call, Args args) {
  call.budget.Items(std::min(args[0].size(), args[1].size()));
  return Compare(args[0], args[1]);
}
Value Equal(BuiltinCall& call, Args args) {
  return Value::Bool(Order(call, args) == 0);
}
Value NotEqual(BuiltinCall& call, Args args) {
  return Value::Bool(Order(call, args) != 0);
}
Value Less(BuiltinCall& call, Args args) {
  return Value::Bool(Order(call, args) < 0);
}
Value LessEqual(BuiltinCall& call, Args args) {
  return Value::Bool(Order(call, args) <= 0);
}
Value Greater(BuiltinCall& call, Args args) {
  return Value::Bool(Order(call, args) > 0);
}
Value GreaterEqual(BuiltinCall& call, Args args) {
  return Value::Bool(Order(call, args) >= 0);
}

Value And(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kSet) || !call.Is(args, 1, Kind::kSet)) {
    return {};
  }
  call.budget.Items(args[0].size() + args[1].size());
  std::vector<Value> out;
  for (const Value& item : args[0].items()) {
    if (args[1].Get(item).defined()) out.push_back(item);
  }
  return MakeSortedSet(call.arena, out);
}

Value Or(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kSet) || !call.Is(args, 1, Kind::kSet)) {
    return {};
  }
  call.budget.Items(args[0].size() + args[1].size());
  std::vector<Value> out(args[0].items().begin(), args[0].items().end());
  out.insert(out.end(), args[1].items().begin(), args[1].items().end());
  return MakeSet(call.arena, std::move(out));
}

bool Holds(BuiltinCall& call, const Value& value, const Value& collection) {
  switch (collection.kind()) {
    case Kind::kSet:
      return collection.Get(value).defined();
    case Kind::kArray:
    case Kind::kObject: {
      call.budget.Items(collection.size());
      const auto in =
          collection.is_array() ? collection.items() : collection.values();
      return std::find(in.begin(), in.end(), value) != in.end();
    }
    default:
      return false;
  }
}

Value Member2(BuiltinCall& call, Args args) {
  return Value::Bool(Holds(call, args[0], args[1]));
}

Value Member3(BuiltinCall&, Args args) {
  const Value found = args[2].Get(args[0]);
  return Value::Bool(found.defined() && found == args[1]);
}

Value TemplateString(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kArray)) return {};
  std::string out;
  // A part that is computed comes as the set of its values.
  for (Value part : args[0].items()) {
    if (part.is_set()) {
      if (part.size() > 1) {
        throw Halt{"eval_conflict_error", "",
                   "template-strings must not produce multiple outputs"};
      }
      part = part.size() == 1 ? part.items()[0] : Value::Text("<undefined>");
    }
    const size_t size = JsonSize(part);
    call.arena.Need(out.size() + size);
    call.budget.Bytes(size);
    out += PrintText(part);
  }
  return call.Text(out);
}

Value Print(BuiltinCall&, Args) { return Value::Bool(true); }

Value Trace(BuiltinCall& call, Args args) {
  return call.Is(args, 0, Kind::kString) ? Value::Bool(true) : Value();
}

// What the engine runs in is no business of a policy.
Value Runtime(BuiltinCall&, Args) { return Value::EmptyObject(); }

}  // namespace

void RegisterOperators(BuiltinTable& table) {
  table.Offer("plus", Plus);
  table.Offer("minus", Minus);
  table.Offer("mul", Times);
  table.Offer("div", Div);
  table.Offer("rem", Rem);
  table.Offer("equal", Equal);
  table.Offer("eq", Equal);
  table.Offer("assign", Equal);
  table.Offer("neq", NotEqual);
  table.Offer("lt", Less);
  table.Offer("lte", LessEqual);
  table.Offer("gt", Greater);
  table.Offer("gte", GreaterEqual);
  table.Offer("and", And);
  table.Offer("or", Or);
  table.Offer("internal.member_2", Member2);
  table.Offer("internal.member_3", Member3);
  table.Offer("internal.template_string", TemplateString);
  table.Offer("print", Print);
  table.Offer("trace", Trace);
  table.Offer("opa.runtime", Runtime);
}

}  // namespace vouchsafe::rego
