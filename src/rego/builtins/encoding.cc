// base64.*, base64url.*, hex.*, json.marshal and its like.

#include "base/encoding.h"

#include "rego/builtins/families.h"
#include "rego/builtins/go_base64.h"
#include "rego/builtins/go_text.h"
#include "rego/document.h"

namespace vouchsafe::rego {
namespace {

using Args = std::span<const Value>;

bool Text(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return false;
  call.budget.Bytes(args[0].size());
  call.arena.Need(args[0].size() * size_t{2});
  return true;
}

template <Base64 kForm>
Value Encode(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return call.Text(Base64Encode(AsBytes(args[0].text()), kForm));
}

using Decoder = std::optional<std::string> (*)(std::string_view, std::string*);

template <Decoder kDecode>
Value Decode(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  std::string why;
  const auto out = kDecode(args[0].text(), &why);
  return out ? call.Text(*out) : call.Fail(why);
}

Value IsValidBase64(BuiltinCall& call, Args args) {
  if (!args[0].is_string()) return Value::Bool(false);
  if (!Text(call, args)) return {};
  std::string why;
  return Value::Bool(GoBase64Decode(args[0].text(), &why).has_value());
}

Value EncodeHex(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return call.Text(HexEncode(AsBytes(args[0].text())));
}

json::ParseOptions Options(BuiltinCall& call) {
  json::ParseOptions options = Document::DefaultParseOptions();
  options.max_number_digits = call.budget.limits.number_digits;
  return options;
}

Value Unmarshal(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  call.arena.Need(args[0].size() * size_t{16});
  const auto out = ReadJson(call.arena, args[0].text(), Options(call));
  if (!out) return call.Fail(out.error().message);
  return *out;
}

Value IsValidJson(BuiltinCall& call, Args args) {
  if (!args[0].is_string()) return Value::Bool(false);
  call.budget.Bytes(args[0].size());
  call.arena.Need(args[0].size() * size_t{16});
  return Value::Bool(
      ReadJson(call.arena, args[0].text(), Options(call)).has_value());
}

void ChargeJson(BuiltinCall& call, const Value& value) {
  const size_t size = JsonSize(value);
  call.budget.Bytes(size);
  call.arena.Need(size * 2);
}

Value Marshal(BuiltinCall& call, Args args) {
  ChargeJson(call, args[0]);
  return call.Text(JsonText(args[0], JsonEscapes::kGo));
}

Value MarshalWithOptions(BuiltinCall& call, Args args) {
  if (!call.Is(args, 1, Kind::kObject)) return {};
  std::optional<bool> pretty;
  bool implied = false;
  std::string_view prefix, indent = "\t";
  for (size_t i = 0; i < args[1].size(); ++i) {
    const std::string key = RegoText(args[1].keys()[i]);
    const Value& value = args[1].values()[i];
    if (key == "\"pretty\"") {
      if (value.kind() != Kind::kBool) {
        return call.Operand(2, "key " + key + " failed cast to bool");
      }
      pretty = value.is_true();
    } else if (key == "\"prefix\"" || key == "\"indent\"") {
      if (!value.is_string()) {
        return call.Operand(2,
                            "key " + key + " failed cast to string: operand " +
                                std::to_string(i) + " must be string but got " +
                                std::string(KindName(value.kind())));
      }
      (key == "\"prefix\"" ? prefix : indent) = value.text();
      implied = true;
    } else {
      return call.Operand(2, "object contained unknown key " + key);
    }
  }
  ChargeJson(call, args[0]);
  if (!pretty.value_or(implied)) {
    return call.Text(JsonText(args[0], JsonEscapes::kGo));
  }
  const size_t line =
      prefix.size() + 3 + indent.size() * (size_t{args[0].depth()} + 1);
  const size_t size = (JsonSize(args[0]) + 1) * line;
  call.arena.Need(size);
  call.budget.Bytes(size);
  return call.Text(std::string(prefix) + JsonPretty(args[0], prefix, indent));
}

}  // namespace

void RegisterEncoding(BuiltinTable& table) {
  table.Offer("base64.encode", Encode<Base64::kStandard>);
  table.Offer("base64.decode", Decode<GoBase64Decode>);
  table.Offer("base64.is_valid", IsValidBase64);
  table.Offer("base64url.encode", Encode<Base64::kUrl>);
  table.Offer("base64url.encode_no_pad", Encode<Base64::kUrlNoPad>);
  table.Offer("base64url.decode", Decode<GoBase64UrlDecode>);
  table.Offer("hex.encode", EncodeHex);
  table.Offer("hex.decode", Decode<GoHexDecode>);
  table.Offer("json.marshal", Marshal);
  table.Offer("json.marshal_with_options", MarshalWithOptions);
  table.Offer("json.unmarshal", Unmarshal);
  table.Offer("json.is_valid", IsValidJson);
}

}  // namespace vouchsafe::rego
