#include "jose/jwk.h"

#include <array>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/fields.h"
#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::jose {
namespace {

using json::Fields;

constexpr size_t kMaxTextMember = 4096;
constexpr size_t kMaxKeyOps = 16;
constexpr size_t kMaxJwkSetSize = size_t{4} << 20;
constexpr size_t kMaxJwkSetDepth = 16;

// RFC 7518 section 6.2.2.1, 6.3.2 and RFC 8037 section 2; "k" is a symmetric
// key's.
constexpr std::array<std::string_view, 8> kSecretMembers = {
    "d", "p", "q", "dp", "dq", "qi", "oth", "k"};

Result<std::optional<std::string>> Text(const Fields& in,
                                        std::string_view name) {
  auto text = TRY(in.OptionalString(name));
  if (text && text->size() > kMaxTextMember) {
    return Fail(ErrorCode::kTooLarge, in.PathOf(name) + ": longer than " +
                                          std::to_string(kMaxTextMember));
  }
  return text;
}

Result<std::vector<std::string>> TextList(const Fields& in,
                                          std::string_view name, size_t max) {
  std::vector<std::string> out;
  if (in.Optional(name) == nullptr) return out;
  const json::Array* array = TRY(in.ArrayOf(name));
  if (array->size() > max) {
    return Fail(ErrorCode::kTooLarge,
                in.PathOf(name) + ": more than " + std::to_string(max));
  }
  for (const json::Value& value : *array) {
    out.push_back(TRY(json::AsString(value, in.PathOf(name))));
  }
  return out;
}

// Base64urlUInt (RFC 7518 section 2): no leading zero byte.
Result<Bytes> UnsignedNumber(const Fields& in, std::string_view name) {
  Bytes bytes = TRY(in.Encoded(name, Base64::kUrlNoPad));
  if (bytes.empty() || bytes[0] == 0) {
    return Fail(ErrorCode::kInvalidInput,
                in.PathOf(name) + ": empty, or with a leading zero byte");
  }
  return bytes;
}

Result<crypto::KeyType> CurveOf(const Fields& in) {
  const std::string crv = TRY(in.String("crv"));
  if (crv == "P-256") return crypto::KeyType::kEcP256;
  if (crv == "P-384") return crypto::KeyType::kEcP384;
  if (crv == "P-521") return crypto::KeyType::kEcP521;
  return Fail(
      ErrorCode::kUnsupported,
      in.PathOf("crv") + ": curve " + crv.substr(0, 32) + " is not offered");
}

Result<crypto::PublicKey> RsaKey(const Fields& in) {
  const Bytes n = TRY(UnsignedNumber(in, "n"));
  const Bytes e = TRY(UnsignedNumber(in, "e"));
  auto key = TRY_CONTEXT(crypto::PublicKey::FromRsa(n, e), in.path());
  if (HasRocaFingerprint(n)) {
    return Fail(ErrorCode::kUntrusted,
                in.path() + ": a modulus that can be factored (ROCA)");
  }
  return key;
}

Result<crypto::PublicKey> EcKey(const Fields& in) {
  const crypto::KeyType curve = TRY(CurveOf(in));
  const Bytes x = TRY(in.Encoded("x", Base64::kUrlNoPad));
  const Bytes y = TRY(in.Encoded("y", Base64::kUrlNoPad));
  return TRY_CONTEXT(crypto::PublicKey::FromEcPoint(curve, x, y), in.path());
}

Result<crypto::PublicKey> OkpKey(const Fields& in) {
  const std::string crv = TRY(in.String("crv"));
  if (crv != "Ed25519") {
    return Fail(
        ErrorCode::kUnsupported,
        in.PathOf("crv") + ": curve " + crv.substr(0, 32) + " is not offered");
  }
  const Bytes x = TRY(in.Encoded("x", Base64::kUrlNoPad));
  return TRY_CONTEXT(crypto::PublicKey::FromEd25519(x), in.path());
}

Result<crypto::PublicKey> KeyOf(const Fields& in) {
  const std::string kty = TRY(in.String("kty"));
  if (kty == "RSA") return RsaKey(in);
  if (kty == "EC") return EcKey(in);
  if (kty == "OKP") return OkpKey(in);
  return Fail(
      ErrorCode::kUnsupported,
      in.PathOf("kty") + ": key type " + kty.substr(0, 32) + " is not offered");
}

Result<Jwk> PublicPart(const Fields& in) {
  Jwk jwk{TRY(KeyOf(in)), {}, {}, {}, {}, {}, {}};
  jwk.kid = TRY(Text(in, "kid"));
  jwk.alg = TRY(Text(in, "alg"));
  jwk.use = TRY(Text(in, "use"));
  jwk.key_ops = TRY(TextList(in, "key_ops", kMaxKeyOps));
  jwk.x5c = TRY(TextList(in, "x5c", kMaxX5cEntries));
  jwk.x5u = TRY(Text(in, "x5u"));
  return jwk;
}

Result<SecretBytes> SecretMember(const Fields& in, std::string_view name) {
  return SecretBytes(TRY(in.Encoded(name, Base64::kUrlNoPad)));
}

Result<crypto::PrivateKey> PrivateKeyOf(const Fields& in,
                                        const crypto::PublicKey& key) {
  const SecretBytes d = TRY(SecretMember(in, "d"));
  if (key.type() == crypto::KeyType::kEd25519) {
    return crypto::PrivateKey::FromEd25519Seed(d);
  }
  if (crypto::IsEc(key.type())) {
    return crypto::PrivateKey::FromEcScalar(key.type(), d);
  }
  const crypto::RsaNumbers numbers = key.rsa_numbers();
  const SecretBytes p = TRY(SecretMember(in, "p"));
  const SecretBytes q = TRY(SecretMember(in, "q"));
  return crypto::PrivateKey::FromRsaNumbers(numbers.n, numbers.e, d, p, q);
}

json::Array ToArray(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::string_view Kty(const crypto::PublicKey& key) {
  if (key.type() == crypto::KeyType::kRsa) return "RSA";
  return crypto::IsEc(key.type()) ? "EC" : "OKP";
}

// The member's value; nullopt when the key has none.
std::optional<json::Value> NumberMember(const crypto::PublicKey& key,
                                        std::string_view name) {
  if (name == "kty") return json::Value(Kty(key));
  if (key.type() == crypto::KeyType::kRsa) {
    if (name == "n") return Base64UrlEncode(key.rsa_numbers().n);
    if (name == "e") return Base64UrlEncode(key.rsa_numbers().e);
    return std::nullopt;
  }
  if (name == "crv") return json::Value(crypto::KeyTypeName(key.type()));
  if (crypto::IsEc(key.type())) {
    if (name == "x") return Base64UrlEncode(key.ec_point().x);
    if (name == "y") return Base64UrlEncode(key.ec_point().y);
    return std::nullopt;
  }
  if (name == "x") return Base64UrlEncode(key.ed25519_raw());
  return std::nullopt;
}

std::optional<json::Value> OptionalText(
    const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return json::Value(*text);
}

std::optional<json::Value> MemberOf(const Jwk& jwk, std::string_view name) {
  if (name == "kid") return OptionalText(jwk.kid);
  if (name == "alg") return OptionalText(jwk.alg);
  if (name == "use") return OptionalText(jwk.use);
  if (name == "x5u") return OptionalText(jwk.x5u);
  if (name == "x5c" && !jwk.x5c.empty()) return ToArray(jwk.x5c);
  if (name == "key_ops" && !jwk.key_ops.empty()) return ToArray(jwk.key_ops);
  return NumberMember(jwk.key, name);
}

// Residues modulo `prime` that are a power of 65537; bit r for residue r.
std::array<bool, 168> PowersOf65537(unsigned prime) {
  std::array<bool, 168> powers{};
  unsigned power = 1;
  do {
    powers[power] = true;
    power = power * (65537 % prime) % prime;
  } while (power != 1);
  return powers;
}

}  // namespace

bool HasRocaFingerprint(ByteView modulus) {
  // The primes behind the generator's smallest primorial. A modulus of another
  // origin passes all of them with a chance of about 2^-27.
  constexpr std::array<unsigned, 38> kPrimes = {
      3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
      47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
      107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  for (const unsigned prime : kPrimes) {
    unsigned residue = 0;
    for (const uint8_t byte : modulus) residue = (residue * 256 + byte) % prime;
    if (!PowersOf65537(prime)[residue]) return false;
  }
  return true;
}

Result<Jwk> ParseJwk(const json::Value& value, std::string_view path) {
  const Fields in = TRY(Fields::Of(value, std::string(path)));
  Jwk jwk = TRY(PublicPart(in));
  for (const std::string_view name : kSecretMembers) {
    if (in.object().Find(name) != nullptr) {
      return Fail(ErrorCode::kInvalidInput,
                  in.PathOf(name) + ": a private member in a public key");
    }
  }
  return jwk;
}

Result<PrivateJwk> ParsePrivateJwk(const json::Value& value,
                                   std::string_view path) {
  const Fields in = TRY(Fields::Of(value, std::string(path)));
  Jwk public_part = TRY(PublicPart(in));
  auto key = TRY_CONTEXT(PrivateKeyOf(in, public_part.key), in.path());
  if (!(key.Public() == public_part.key)) {
    return Fail(ErrorCode::kInvalidInput,
                in.path() + ": the public numbers are another key's");
  }
  return PrivateJwk{std::move(key), std::move(public_part)};
}

Jwk JwkOf(crypto::PublicKey key) {
  return Jwk{std::move(key), {}, {}, {}, {}, {}, {}};
}

json::Object JwkToJson(const Jwk& jwk,
                       std::span<const std::string_view> order) {
  json::Object out;
  for (const std::string_view name : order) {
    if (auto value = MemberOf(jwk, name)) out.Set(name, *std::move(value));
  }
  return out;
}

json::Object JwkToJson(const Jwk& jwk) {
  constexpr std::array<std::string_view, 12> kAll = {
      "kty", "crv", "x",       "y",   "n",   "e",
      "alg", "use", "key_ops", "kid", "x5u", "x5c"};
  return JwkToJson(jwk, kAll);
}

std::string JwkThumbprint(const crypto::PublicKey& key) {
  // RFC 7638 section 3.2: the required members in lexical order.
  constexpr std::array<std::string_view, 6> kRequired = {"crv", "e", "kty",
                                                         "n",   "x", "y"};
  const std::string text = json::Write(JwkToJson(JwkOf(key), kRequired));
  return Base64UrlEncode(crypto::Sha256(AsBytes(text)));
}

Result<JwkSet> JwkSet::FromJson(const json::Value& value) {
  const Fields in = TRY(Fields::Of(value, "jwks"));
  const json::Array* keys = TRY(in.ArrayOf("keys"));
  if (keys->size() > kMaxJwkSetKeys) {
    return Fail(ErrorCode::kTooLarge,
                "jwks: more than " + std::to_string(kMaxJwkSetKeys) + " keys");
  }
  JwkSet set;
  for (size_t i = 0; i < keys->size(); ++i) {
    auto jwk = ParseJwk((*keys)[i], "jwks.keys[" + std::to_string(i) + "]");
    if (jwk) {
      set.keys_.push_back(*std::move(jwk));
    } else {
      set.skipped_.push_back({i, jwk.error().Text()});
    }
  }
  return set;
}

Result<JwkSet> JwkSet::Parse(std::string_view text) {
  json::ParseOptions options;
  options.max_depth = kMaxJwkSetDepth;
  options.max_size = kMaxJwkSetSize;
  const json::Value value = TRY_CONTEXT(json::Parse(text, options), "jwks");
  return FromJson(value);
}

const Jwk* JwkSet::Find(std::string_view kid) const {
  for (const Jwk& key : keys_) {
    if (key.kid && *key.kid == kid) return &key;
  }
  return nullptr;
}

}  // namespace vouchsafe::jose
