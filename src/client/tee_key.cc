#include "base/encoding.h"
#include "client/kbs_client.h"

namespace vouchsafe::client {
namespace {

json::Value PublicJwk(const crypto::PublicKey& key) {
  json::Object jwk;
  if (key.type() == crypto::KeyType::kRsa) {
    const crypto::RsaNumbers numbers = key.rsa_numbers();
    jwk.Set("kty", "RSA");
    jwk.Set("alg", "RSA-OAEP-256");
    jwk.Set("n", Base64UrlEncode(numbers.n));
    jwk.Set("e", Base64UrlEncode(numbers.e));
    return jwk;
  }
  const crypto::EcPoint point = key.ec_point();
  jwk.Set("kty", "EC");
  jwk.Set("crv", crypto::KeyTypeName(key.type()));
  jwk.Set("alg", "ECDH-ES+A256KW");
  jwk.Set("x", Base64UrlEncode(point.x));
  jwk.Set("y", Base64UrlEncode(point.y));
  return jwk;
}

}  // namespace

Result<TeeKey> TeeKey::Generate() {
  crypto::PrivateKey key =
      TRY(crypto::PrivateKey::Generate(crypto::KeyType::kEcP256));
  json::Value jwk = PublicJwk(key.Public());
  return TeeKey(std::move(key), std::move(jwk));
}

Result<TeeKey> TeeKey::FromPem(std::string_view pem) {
  crypto::PrivateKey key =
      TRY_CONTEXT(crypto::PrivateKey::FromPem(pem), "TEE key");
  if (key.type() != crypto::KeyType::kRsa && !crypto::IsEc(key.type())) {
    return Fail(ErrorCode::kUnsupported,
                "TEE key: want RSA or EC on P-256, P-384 or P-521, got " +
                    std::string(crypto::KeyTypeName(key.type())));
  }
  json::Value jwk = PublicJwk(key.Public());
  return TeeKey(std::move(key), std::move(jwk));
}

}  // namespace vouchsafe::client
