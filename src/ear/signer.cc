#include "ear/signer.h"

#include "base/encoding.h"
#include "crypto/sign.h"
#include "crypto/x509.h"
#include "jose/jwk.h"
#include "json/write.h"

namespace vouchsafe::ear {
namespace {

constexpr std::string_view kStoredKey = "attestation_token_es256.pem";

Result<std::vector<std::string>> ReadChain(std::string_view pem,
                                           const crypto::PublicKey& key) {
  auto chain = crypto::Certificate::ListFromPem(pem, jose::kMaxX5cEntries);
  if (!chain) {
    Error error = std::move(chain).error();
    error.code = ErrorCode::kInvalidInput;
    return tl::unexpected(
        WithContext(std::move(error), "Invalid PEM certificate chain"));
  }
  const auto leaf_key = chain->front().public_key();
  if (!leaf_key || !(*leaf_key == key)) {
    return Fail(ErrorCode::kInvalidInput,
                "token signer: the first certificate of cert_path does not "
                "hold the public key of key_path");
  }
  std::vector<std::string> out;
  for (const crypto::Certificate& certificate : *chain) {
    out.push_back(Base64Encode(certificate.der()));
  }
  return out;
}

}  // namespace

Result<TokenSigner> TokenSigner::Create(crypto::PrivateKey key,
                                        const Certificates& certificates) {
  if (key.type() != crypto::KeyType::kEcP256) {
    return Fail(ErrorCode::kInvalidInput,
                "Only P-256 attestation token signing keys are supported");
  }
  jose::Jwk jwk = jose::JwkOf(key.Public());
  jwk.alg = "ES256";
  if (!certificates.url.empty()) jwk.x5u = certificates.url;
  if (!certificates.chain_pem.empty()) {
    jwk.x5c = TRY(ReadChain(certificates.chain_pem, jwk.key));
  }
  constexpr std::string_view kOrder[] = {"alg", "x5u", "x5c", "kty",
                                         "crv", "x",   "y"};
  json::Object in_header = jose::JwkToJson(jwk, kOrder);
  TokenSigner signer(std::move(key));
  signer.kid_ = jose::JwkThumbprint(jwk.key);

  json::Object header;
  header.Set("typ", "JWT");
  header.Set("alg", "ES256");
  header.Set("jwk", in_header);
  header.Set("kid", signer.kid_);
  signer.header_ = Base64UrlEncode(AsBytes(json::Write(header))) + ".";

  json::Object published = std::move(in_header);
  published.Set("kid", signer.kid_);
  published.Set("use", "sig");
  json::Object jwks;
  jwks.Set("keys", json::Array{json::Value(std::move(published))});
  signer.jwks_ = std::move(jwks);
  return signer;
}

Result<TokenSigner> TokenSigner::FromPem(std::string_view key_pem,
                                         const Certificates& certificates) {
  crypto::PrivateKey key = TRY_CONTEXT(crypto::PrivateKey::FromPem(key_pem),
                                       "Read Token Signer private key failed");
  return Create(std::move(key), certificates);
}

Result<TokenSigner> TokenSigner::FromStore(storage::Store& keys) {
  std::optional<Bytes> stored = TRY(keys.Get(kStoredKey));
  if (!stored) {
    const crypto::PrivateKey fresh =
        TRY(crypto::PrivateKey::Generate(crypto::KeyType::kEcP256));
    TRY(keys.SetIfAbsent(kStoredKey, fresh.Pkcs8Pem().view()));
    // Whoever was first decides, for every replica.
    stored = TRY(keys.Get(kStoredKey));
  }
  if (!stored) {
    return Fail(ErrorCode::kUnavailable,
                "token signing key: the store does not keep it");
  }
  const SecretBytes pem(std::move(*stored));
  return FromPem(AsText(pem.view()), {});
}

Result<std::string> TokenSigner::Sign(std::string_view payload) const {
  std::string out = header_ + Base64UrlEncode(AsBytes(payload));
  const Bytes signature =
      TRY(crypto::Sign(key_, crypto::SignatureScheme::kEcdsa,
                       crypto::Hash::kSha256, AsBytes(out)));
  out += '.';
  out += Base64UrlEncode(signature);
  return out;
}

}  // namespace vouchsafe::ear
