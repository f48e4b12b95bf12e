// io.jwt.encode_sign, io.jwt.encode_sign_raw.

#include "base/encoding.h"
#include "crypto/sign.h"
#include "json/parse.h"
#include "rego_ext/families.h"
#include "rego_ext/jwt_keys.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;
using rego::Kind;
using rego::Value;
using Args = std::span<const Value>;

constexpr uint64_t kSignatureSteps = 50'000;

struct Parts {
  std::string_view header, payload, key;  // JSON
};

std::optional<json::Value> Parse(std::string_view text) {
  auto out = json::Parse(text, rego::Document::DefaultParseOptions());
  if (!out) return std::nullopt;
  return *std::move(out);
}

std::string Text(const std::optional<json::Value>& value,
                 std::string_view name) {
  const json::Value* member = value ? value->Find(name) : nullptr;
  return member && member->if_string() ? *member->if_string() : std::string();
}

// The bytes of the signature, or a reason.
std::optional<Bytes> SignWith(const json::Value& jwk, std::string_view alg,
                              std::string_view input, std::string* why) {
  if (const auto hash = HmacHash(alg)) {
    const json::Value* k = jwk.Find("k");
    const auto secret =
        k && k->if_string()
            ? Base64UrlDecode(*k->if_string())
            : Result<Bytes>(Fail(ErrorCode::kInvalidInput, "no symmetric key"));
    if (secret) return crypto::Hmac(*hash, *secret, AsBytes(input));
    *why = secret.error().message;
    return std::nullopt;
  }
  const auto key = jose::ParsePrivateJwk(jwk);
  if (!key) {
    *why = key.error().message;
    return std::nullopt;
  }
  const jose::JwsAlg parsed = *jose::ParseJwsAlg(alg);
  if (!jose::AlgFitsKey(parsed, key->key.type())) {
    *why = "the key does not fit the algorithm " + std::string(alg);
    return std::nullopt;
  }
  auto signature =
      crypto::Sign(key->key, SchemeOf(parsed), HashOf(parsed), AsBytes(input));
  if (signature) return *std::move(signature);
  *why = signature.error().message;
  return std::nullopt;
}

Value SignParts(BuiltinCall& call, const Parts& parts) {
  const size_t size =
      parts.header.size() + parts.payload.size() + parts.key.size();
  call.budget.Step(kSignatureSteps);
  call.budget.Bytes(size * 8);
  call.arena.Need(size * 8);
  std::string why;
  const auto keys = JwksOf(parts.key, &why);
  if (!keys) return call.Fail("failed to parse a JWK key (set): " + why);
  if (keys->empty()) return call.Fail("no keys found in JWK set");
  const json::Value& key = keys->front();
  const std::string kty = Text(key, "kty");
  if (kty != "oct" && kty != "RSA" && kty != "EC" && kty != "OKP") {
    return call.Fail("failed to parse a JWK key (set): invalid key type \"" +
                     kty + "\"");
  }
  const std::string missing = "missing or invalid 'alg' header: ";
  if (parts.header.empty()) {
    return call.Fail(missing + "cannot parse JSON: cannot parse empty string");
  }
  const auto header = Parse(parts.header);
  const std::string alg = Text(header, "alg");
  if (alg.empty()) {
    return call.Fail(missing + "jwsbb: header \"alg\" not found");
  }
  if (!KnownTokenAlg(alg)) return call.Fail("unknown JWS algorithm: " + alg);
  const std::string typ = Text(header, "typ");
  if ((typ.empty() || typ == "JWT") && !Parse(parts.payload)) {
    return call.Fail("type is JWT but payload is not JSON");
  }
  std::string out = Base64UrlEncode(AsBytes(parts.header)) + "." +
                    Base64UrlEncode(AsBytes(parts.payload));
  const auto signature = SignWith(key, alg, out, &why);
  if (!signature) return call.Fail(why);
  out += "." + Base64UrlEncode(*signature);
  return call.Text(out);
}

Value EncodeSignRaw(BuiltinCall& call, Args args) {
  for (const size_t i : {size_t{2}, size_t{0}, size_t{1}}) {
    if (!call.Is(args, i, Kind::kString)) return {};
  }
  return SignParts(call, {args[0].text(), args[1].text(), args[2].text()});
}

Value EncodeSign(BuiltinCall& call, Args args) {
  std::string texts[3];
  for (size_t i = 0; i < 3; ++i) {
    const size_t size = rego::JsonSize(args[i]);
    call.budget.Bytes(size);
    call.arena.Need(size * 2);
    texts[i] = rego::JsonText(args[i], rego::JsonEscapes::kGo);
  }
  return SignParts(call, {texts[0], texts[1], texts[2]});
}

}  // namespace

void AddJwtSign(Rows& rows) {
  rows.push_back({"io.jwt.encode_sign", EncodeSign});
  rows.push_back({"io.jwt.encode_sign_raw", EncodeSignRaw});
}

}  // namespace vouchsafe::rego_ext
