// base64.*, base64url.*, hex.*, crypto.sha*, json.*.

#include "base/encoding.h"

#include "crypto/hash.h"
#include "rego/builtins/families.h"
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

Value Decoded(BuiltinCall& call, const Result<Bytes>& bytes) {
  if (!bytes) return call.Fail(bytes.error().message);
  return call.Text(AsText(*bytes));
}

Value Decode(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return Decoded(call, Base64Decode(args[0].text()));
}

Value IsValidBase64(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return Value::Bool(Base64Decode(args[0].text()).has_value());
}

Value DecodeUrl(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  const bool padded = args[0].text().ends_with("=");
  return Decoded(call, Base64Decode(args[0].text(),
                                    padded ? Base64::kUrl : Base64::kUrlNoPad));
}

Value EncodeHex(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return call.Text(HexEncode(AsBytes(args[0].text())));
}

Value DecodeHex(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return Decoded(call, HexDecode(args[0].text()));
}

template <crypto::Hash kHash>
Value Hash(BuiltinCall& call, Args args) {
  if (!Text(call, args)) return {};
  return call.Text(HexEncode(crypto::Digest(kHash, AsBytes(args[0].text()))));
}

template <crypto::Hash kHash>
Value HmacOf(BuiltinCall& call, Args args) {
  if (!Text(call, args) || !call.Is(args, 1, Kind::kString)) return {};
  return call.Text(HexEncode(
      crypto::Hmac(kHash, AsBytes(args[1].text()), AsBytes(args[0].text()))));
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
  bool pretty = false, chosen = false;
  std::string_view prefix, indent = "\t";
  for (size_t i = 0; i < args[1].size(); ++i) {
    const std::string key = PrintText(args[1].keys()[i]);
    const Value& value = args[1].values()[i];
    if (key == "pretty") {
      if (value.kind() != Kind::kBool) {
        return call.Wrong(2, "option \"pretty\" of type boolean",
                          KindName(value.kind()));
      }
      pretty = value.is_true();
      chosen = true;
    } else if (key == "prefix" || key == "indent") {
      if (!value.is_string()) {
        return call.Wrong(2, "option \"" + key + "\" of type string",
                          KindName(value.kind()));
      }
      (key == "prefix" ? prefix : indent) = value.text();
      if (!chosen) pretty = true;
    } else {
      return call.Wrong(2, "object with keys {pretty, prefix, indent}",
                        "\"" + key + "\"");
    }
  }
  ChargeJson(call, args[0]);
  if (!pretty) return call.Text(JsonText(args[0], JsonEscapes::kGo));
  const size_t line =
      prefix.size() + 1 + indent.size() * (size_t{args[0].depth()} + 1);
  const size_t size = JsonSize(args[0]) * line;
  call.arena.Need(size);
  call.budget.Bytes(size);
  return call.Text(JsonPretty(args[0], prefix, indent));
}

}  // namespace

void RegisterEncoding(BuiltinTable& table) {
  table.Offer("base64.encode", Encode<Base64::kStandard>);
  table.Offer("base64.decode", Decode);
  table.Offer("base64.is_valid", IsValidBase64);
  table.Offer("base64url.encode", Encode<Base64::kUrl>);
  table.Offer("base64url.encode_no_pad", Encode<Base64::kUrlNoPad>);
  table.Offer("base64url.decode", DecodeUrl);
  table.Offer("hex.encode", EncodeHex);
  table.Offer("hex.decode", DecodeHex);
  table.Offer("crypto.sha1", Hash<crypto::Hash::kSha1>);
  table.Offer("crypto.sha256", Hash<crypto::Hash::kSha256>);
  table.Offer("crypto.hmac.sha1", HmacOf<crypto::Hash::kSha1>);
  table.Offer("crypto.hmac.sha256", HmacOf<crypto::Hash::kSha256>);
  table.Offer("crypto.hmac.sha512", HmacOf<crypto::Hash::kSha512>);
  table.Offer("json.marshal", Marshal);
  table.Offer("json.marshal_with_options", MarshalWithOptions);
  table.Offer("json.unmarshal", Unmarshal);
  table.Offer("json.is_valid", IsValidJson);
}

}  // namespace vouchsafe::rego
