// json.match_schema, json.verify_schema.

#include "rego/document.h"
#include "rego_ext/families.h"
#include "rego_ext/schema.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;
using rego::Value;
using Args = std::span<const Value>;

// A document given as JSON text or as a value, as JSON has it.
Value DocumentOf(BuiltinCall& call, const Value& value, std::string* why) {
  if (!value.is_string() && !value.is_object() && !value.is_array()) {
    *why = "wrong type, expected string or object";
    return {};
  }
  const size_t size = rego::JsonSize(value);
  call.budget.Bytes(size);
  call.arena.Need(size * 18);
  const std::string text =
      value.is_string() ? std::string(value.text()) : rego::JsonText(value);
  json::ParseOptions options = rego::Document::DefaultParseOptions();
  options.max_number_digits = call.budget.limits.number_digits;
  const auto out = rego::ReadJson(call.arena, call.Text(text).text(), options);
  if (out) return *out;
  *why = "invalid JSON string";
  return {};
}

Value Pair(BuiltinCall& call, bool flag, const Value& second) {
  return rego::MakeArray(call.arena,
                         std::vector<Value>{Value::Bool(flag), second});
}

Value VerifySchema(BuiltinCall& call, Args args) {
  std::string why;
  const Value document = DocumentOf(call, args[0], &why);
  Schema schema;
  if (document.defined() && CompileSchema(call, document, &schema, &why)) {
    return Pair(call, true, Value::Null());
  }
  return Pair(call, false, call.Text("jsonschema: " + why));
}

Value MatchSchema(BuiltinCall& call, Args args) {
  std::string why;
  const Value document = DocumentOf(call, args[0], &why);
  if (!document.defined()) return call.Fail(why);
  const Value source = DocumentOf(call, args[1], &why);
  if (!source.defined()) return call.Fail(why);
  Schema schema;
  if (!CompileSchema(call, source, &schema, &why)) return call.Fail(why);
  std::vector<Value> out;
  for (const SchemaFault& fault : ValidateSchema(call, schema, document)) {
    std::vector<rego::Pair> pairs = {
        {call.Text("type"), call.Text(fault.type)},
        {call.Text("field"), call.Text(fault.field)},
        {call.Text("desc"), call.Text(fault.message)},
        {call.Text("error"), call.Text(fault.field + ": " + fault.message)}};
    out.push_back(rego::MakeObject(call.arena, std::move(pairs)));
  }
  return Pair(call, out.empty(), rego::MakeArray(call.arena, out));
}

}  // namespace

void AddJsonSchema(Rows& rows) {
  rows.push_back({"json.verify_schema", VerifySchema});
  rows.push_back({"json.match_schema", MatchSchema});
}

}  // namespace vouchsafe::rego_ext
