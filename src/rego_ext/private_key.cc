#include "rego_ext/private_key.h"

#include "crypto/keys.h"
#include "rego/builtins/go_base64.h"
#include "rego_ext/der.h"
#include "rego_ext/families.h"
#include "rego_ext/pem_text.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;
using rego::Kind;
using rego::Value;
using Args = std::span<const Value>;
using Type = PrivateKeyParts::Type;

// Of OpenSSL's parsing and checks: dozens of microseconds.
constexpr uint64_t kKeySteps = 2'000;

std::string Magnitude(std::string_view integer) {
  const size_t first = integer.find_first_not_of('\0');
  return std::string(integer.substr(std::min(first, integer.size())));
}

// RFC 8017 appendix A.1.2.
bool ReadRsa(std::string_view der, PrivateKeyParts* out) {
  DerReader outer(der);
  DerReader in(outer.Expect(kDerSequence).body);
  in.Expect(kDerInteger);  // version
  for (int i = 0; i < 8; ++i) {
    out->numbers.push_back(Magnitude(in.Expect(kDerInteger).body));
  }
  return !outer.failed() && !in.failed() && outer.done();
}

// RFC 5915; the public point and the curve come from the checked key.
bool ReadEc(std::string_view der, const crypto::PublicKey& key,
            PrivateKeyParts* out) {
  DerReader outer(der);
  DerReader in(outer.Expect(kDerSequence).body);
  in.Expect(kDerInteger);
  const Der d = in.Expect(kDerOctetString);
  const crypto::EcPoint point = key.ec_point();
  out->numbers = {std::string(crypto::KeyTypeName(key.type())), ToText(point.x),
                  ToText(point.y), std::string(d.body)};
  return !outer.failed() && !in.failed();
}

// RFC 5208 and RFC 8410: the key inside.
std::string_view Pkcs8Key(std::string_view der) {
  DerReader outer(der);
  DerReader in(outer.Expect(kDerSequence).body);
  in.Expect(kDerInteger);
  in.Expect(kDerSequence);
  const Der key = in.Expect(kDerOctetString);
  return in.failed() ? std::string_view() : key.body;
}

bool ReadBlock(const PemText& block, PrivateKeyParts* out, std::string* why) {
  const std::string pem = "-----BEGIN " + block.type + "-----\n" +
                          Base64Encode(AsBytes(block.bytes)) + "\n-----END " +
                          block.type + "-----\n";
  const auto key = crypto::PrivateKey::FromPem(pem);
  if (!key) {
    *why = "x509: failed to parse private key: " + key.error().message;
    return false;
  }
  const bool wrapped = block.type == "PRIVATE KEY";
  const std::string_view der =
      wrapped ? Pkcs8Key(block.bytes) : std::string_view(block.bytes);
  *why = "x509: failed to parse private key";
  if (key->type() == crypto::KeyType::kRsa) {
    out->type = Type::kRsa;
    return ReadRsa(der, out);
  }
  if (crypto::IsEc(key->type())) {
    out->type = Type::kEc;
    return ReadEc(der, key->Public(), out);
  }
  out->type = Type::kEd25519;
  DerReader in(der);
  out->numbers = {std::string(in.Expect(kDerOctetString).body),
                  ToText(key->Public().ed25519_raw())};
  return !in.failed();
}

std::string Url(std::string_view bytes) {
  return Base64UrlEncode(AsBytes(bytes));
}

// RFC 7518 section 6, RFC 8037.
Value JwkValue(ValueMaker& make, const PrivateKeyParts& key) {
  const auto text = [&](size_t i) { return make.Text(Url(key.numbers[i])); };
  switch (key.type) {
    case Type::kRsa: {
      constexpr std::string_view kNames[] = {"n", "e",  "d",  "p",
                                             "q", "dp", "dq", "qi"};
      std::vector<ValueMaker::Field> fields = {{"kty", make.Text("RSA")}};
      for (size_t i = 0; i < std::size(kNames); ++i) {
        fields.emplace_back(kNames[i], text(i));
      }
      return make.Object(fields);
    }
    case Type::kEc:
      return make.Object({{"kty", make.Text("EC")},
                          {"crv", make.Text(key.numbers[0])},
                          {"x", text(1)},
                          {"y", text(2)},
                          {"d", text(3)}});
    case Type::kEd25519:
      break;
  }
  return make.Object({{"kty", make.Text("OKP")},
                      {"crv", make.Text("Ed25519")},
                      {"x", text(1)},
                      {"d", text(0)}});
}

void Charge(BuiltinCall& call, std::string_view text) {
  call.budget.Bytes(text.size() * 4);
  call.budget.Step(kKeySteps);
  call.arena.Need(text.size() * 16);
}

Value ParseRsaPrivateKey(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  std::string text(args[0].text());
  Charge(call, text);
  if (text.empty()) return call.Fail("input PEM data was empty");
  std::string why;
  if (!text.starts_with("-----BEGIN")) {
    const auto decoded = rego::GoBase64Decode(text, &why);
    if (!decoded) return call.Fail(why);
    text = *decoded;
  }
  std::vector<PrivateKeyParts> keys;
  if (!ReadPrivateKeys(text, &keys, &why)) return call.Fail(why);
  if (keys.empty()) return Value::Null();
  ValueMaker make(call);
  return JwkValue(make, keys[0]);
}

Value ParsePrivateKeys(BuiltinCall& call, Args args) {
  if (!call.Is(args, 0, Kind::kString)) return {};
  if (args[0].size() == 0) return Value::Null();
  Charge(call, args[0].text());
  std::vector<PrivateKeyParts> keys;
  std::string why;
  if (!ReadPrivateKeys(args[0].text(), &keys, &why)) return call.Fail(why);
  ValueMaker make(call);
  std::vector<Value> out;
  for (const PrivateKeyParts& key : keys) {
    call.budget.Step(kKeySteps);
    out.push_back(PrivateKeyValue(make, key));
  }
  return rego::MakeArray(call.arena, out);
}

}  // namespace

bool ReadPrivateKeys(std::string_view text, std::vector<PrivateKeyParts>* out,
                     std::string* why) {
  const auto decoded = rego::GoBase64Decode(text, why);
  std::string_view rest = decoded ? std::string_view(*decoded) : text;
  while (const auto block = TakePem(rest)) {
    if (block->type != "RSA PRIVATE KEY" && block->type != "PRIVATE KEY" &&
        block->type != "EC PRIVATE KEY") {
      continue;
    }
    PrivateKeyParts key;
    if (!ReadBlock(*block, &key, why)) return false;
    out->push_back(std::move(key));
  }
  return true;
}

Value PrivateKeyValue(ValueMaker& make, const PrivateKeyParts& key) {
  const auto number = [&](size_t i) { return make.Unsigned(key.numbers[i]); };
  switch (key.type) {
    case Type::kRsa:
      return make.Object(
          {{"N", number(0)},
           {"E", number(1)},
           {"D", number(2)},
           {"Primes", make.List(std::vector<Value>{number(3), number(4)})},
           {"Precomputed", make.Object({{"Dp", number(5)},
                                        {"Dq", number(6)},
                                        {"Qinv", number(7)},
                                        {"CRTValues", Value::EmptyArray()}})}});
    case Type::kEc:
      return make.Object({{"Curve", Value::EmptyObject()},
                          {"X", number(1)},
                          {"Y", number(2)},
                          {"D", number(3)}});
    case Type::kEd25519:
      break;
  }
  return make.Bytes64(key.numbers[0] + key.numbers[1]);
}

void AddPrivateKeys(Rows& rows) {
  rows.push_back({"crypto.x509.parse_rsa_private_key", ParseRsaPrivateKey});
  rows.push_back({"crypto.parse_private_keys", ParsePrivateKeys});
}

}  // namespace vouchsafe::rego_ext
