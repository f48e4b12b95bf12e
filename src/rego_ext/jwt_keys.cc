#include "rego_ext/jwt_keys.h"

#include "crypto/x509.h"
#include "json/parse.h"
#include "rego/rego.h"
#include "rego_ext/pem_text.h"

namespace vouchsafe::rego_ext {
namespace {

using rego::BuiltinCall;

constexpr size_t kMaxKeys = 1024;
// Steps that one operation with an asymmetric key counts as.
constexpr uint64_t kSignatureSteps = 10'000;

std::string Text(const json::Value& value, std::string_view name) {
  const json::Value* member = value.Find(name);
  return member && member->if_string() ? *member->if_string() : std::string();
}

bool FromPem(std::string_view text, std::vector<VerificationKey>* out,
             std::string* why) {
  std::string_view rest = text;
  const auto block = TakePem(rest);
  if (!rest.empty()) {
    *why = "extra data after a PEM certificate block";
    return false;
  }
  if (block->type == "CERTIFICATE") {
    const auto cert = crypto::Certificate::FromDer(AsBytes(block->bytes));
    const auto key =
        cert ? cert->public_key()
             : Result<crypto::PublicKey>(tl::unexpected(cert.error()));
    if (!key) {
      *why = "failed to parse a PEM certificate: " + key.error().message;
      return false;
    }
    out->push_back({*key, "", ""});
    return true;
  }
  if (block->type == "PUBLIC KEY") {
    const auto key = crypto::PublicKey::FromSpkiDer(AsBytes(block->bytes));
    if (!key) {
      *why = "failed to parse a PEM public key: " + key.error().message;
      return false;
    }
    out->push_back({*key, "", ""});
    return true;
  }
  *why = "failed to extract a Key from the PEM certificate";
  return false;
}

// Symmetric and private keys are well-formed, and verify nothing.
bool HoldsSecret(const json::Value& jwk) {
  return Text(jwk, "kty") == "oct" || jwk.Find("d") != nullptr;
}

}  // namespace

std::optional<std::vector<json::Value>> JwksOf(std::string_view text,
                                               std::string* why) {
  const auto parsed = json::Parse(text, rego::Document::DefaultParseOptions());
  if (!parsed) {
    *why = parsed.error().message;
    return std::nullopt;
  }
  std::vector<json::Value> out;
  const json::Value* keys = parsed->Find("keys");
  if (keys == nullptr) {
    out.push_back(*parsed);
    return out;
  }
  if (keys->if_array() == nullptr || keys->if_array()->size() > kMaxKeys) {
    *why = "\"keys\" is not a list of at most 1024 keys";
    return std::nullopt;
  }
  for (const json::Value& key : *keys->if_array()) out.push_back(key);
  return out;
}

bool ReadKeys(BuiltinCall& call, std::string_view text,
              std::vector<VerificationKey>* out, std::string* why) {
  call.budget.Bytes(text.size() * 4);
  call.arena.Need(text.size() * 8);
  std::string_view rest = text;
  if (TakePem(rest)) return FromPem(text, out, why);
  const auto keys = JwksOf(text, why);
  if (!keys) {
    *why = "failed to parse a JWK key (set): " + *why;
    return false;
  }
  for (const json::Value& value : *keys) {
    call.budget.Step(kSignatureSteps / 10);
    VerificationKey key{std::nullopt, Text(value, "alg"), Text(value, "kid")};
    if (!HoldsSecret(value)) {
      const auto jwk = jose::ParseJwk(value);
      if (!jwk) {
        *why = "failed to parse a JWK key (set): " + jwk.error().message;
        return false;
      }
      key.key = jwk->key;
    }
    if (key.alg.empty() || KnownTokenAlg(key.alg)) {
      out->push_back(std::move(key));
    }
  }
  return true;
}

std::optional<crypto::Hash> HmacHash(std::string_view alg) {
  if (alg == "HS256") return crypto::Hash::kSha256;
  if (alg == "HS384") return crypto::Hash::kSha384;
  if (alg == "HS512") return crypto::Hash::kSha512;
  return std::nullopt;
}

bool KnownTokenAlg(std::string_view alg) {
  return HmacHash(alg) || jose::ParseJwsAlg(alg).has_value();
}

crypto::Hash HashOf(jose::JwsAlg alg) {
  const std::string_view name = jose::JwsAlgName(alg);
  if (name.ends_with("384")) return crypto::Hash::kSha384;
  return name.ends_with("512") ? crypto::Hash::kSha512 : crypto::Hash::kSha256;
}

crypto::SignatureScheme SchemeOf(jose::JwsAlg alg) {
  const std::string_view name = jose::JwsAlgName(alg);
  if (name.starts_with("ES")) return crypto::SignatureScheme::kEcdsa;
  if (name.starts_with("RS")) return crypto::SignatureScheme::kRsaPkcs1;
  if (name.starts_with("PS")) return crypto::SignatureScheme::kRsaPss;
  return crypto::SignatureScheme::kEd25519;
}

bool VerifyMac(BuiltinCall& call, crypto::Hash hash, std::string_view secret,
               std::string_view message, std::string_view mac) {
  call.budget.Bytes((secret.size() + message.size()) * 4);
  const Bytes want = crypto::Hmac(hash, AsBytes(secret), AsBytes(message));
  if (mac.size() != want.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference |= want[i] ^ static_cast<unsigned char>(mac[i]);
  }
  return difference == 0;
}

bool VerifySignature(BuiltinCall& call, const VerificationKey& key,
                     jose::JwsAlg alg, std::string_view message,
                     std::string_view signature) {
  call.budget.Step(kSignatureSteps);
  call.budget.Bytes(message.size() * 4);
  if (!key.key) return false;
  const auto good = crypto::Verify(*key.key, SchemeOf(alg), HashOf(alg),
                                   AsBytes(message), AsBytes(signature));
  return good && *good;
}

}  // namespace vouchsafe::rego_ext
