#include "ear/signer.h"

#include "base/encoding.h"
#include "crypto/sign.h"
#include "crypto/x509.h"
#include "jose/jwk.h"
#include "json/write.h"

namespace vouchsafe::ear {
namespace {

// What varies between the two forms of token.
struct Kind {
  crypto::KeyType key_type;
  std::string_view alg;
  std::string_view stored_key;
  std::string_view wrong_key;
  crypto::SignatureScheme scheme;
  crypto::Hash hash;
};

const Kind& KindOf(TokenForm form) {
  static constexpr Kind kEar = {
      crypto::KeyType::kEcP256,
      "ES256",
      "attestation_token_es256.pem",
      "Only P-256 attestation token signing keys are supported",
      crypto::SignatureScheme::kEcdsa,
      crypto::Hash::kSha256};
  static constexpr Kind kSimple = {
      crypto::KeyType::kRsa,
      "RS384",
      "attestation_token_rs384.pem",
      "Only RSA signing keys are supported for Simple tokens",
      crypto::SignatureScheme::kRsaPkcs1,
      crypto::Hash::kSha384};
  return form == TokenForm::kEar ? kEar : kSimple;
}

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
                                        const Certificates& certificates,
                                        TokenForm form) {
  const Kind& kind = KindOf(form);
  if (key.type() != kind.key_type) {
    return Fail(ErrorCode::kInvalidInput, std::string(kind.wrong_key));
  }
  jose::Jwk jwk = jose::JwkOf(key.Public());
  jwk.alg = std::string(kind.alg);
  if (!certificates.url.empty()) jwk.x5u = certificates.url;
  if (!certificates.chain_pem.empty()) {
    jwk.x5c = TRY(ReadChain(certificates.chain_pem, jwk.key));
  }
  constexpr std::string_view kOrder[] = {"alg", "x5u", "x5c", "kty", "crv",
                                         "x",   "y",   "n",   "e"};
  json::Object in_header = jose::JwkToJson(jwk, kOrder);
  TokenSigner signer(std::move(key), form);
  signer.kid_ = jose::JwkThumbprint(jwk.key);

  json::Object header;
  header.Set("typ", "JWT");
  header.Set("alg", kind.alg);
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
                                         const Certificates& certificates,
                                         TokenForm form) {
  crypto::PrivateKey key = TRY_CONTEXT(crypto::PrivateKey::FromPem(key_pem),
                                       "Read Token Signer private key failed");
  return Create(std::move(key), certificates, form);
}

Result<TokenSigner> TokenSigner::FromStore(storage::Store& keys,
                                           TokenForm form) {
  const Kind& kind = KindOf(form);
  std::optional<Bytes> stored = TRY(keys.Get(kind.stored_key));
  if (!stored) {
    const crypto::PrivateKey fresh =
        TRY(crypto::PrivateKey::Generate(kind.key_type));
    TRY(keys.SetIfAbsent(kind.stored_key, fresh.Pkcs8Pem().view()));
    // Whoever was first decides, for every replica.
    stored = TRY(keys.Get(kind.stored_key));
  }
  if (!stored) {
    return Fail(ErrorCode::kUnavailable,
                "token signing key: the store does not keep it");
  }
  const SecretBytes pem(std::move(*stored));
  return FromPem(AsText(pem.view()), {}, form);
}

Result<std::string> TokenSigner::Sign(std::string_view payload) const {
  std::string out = header_ + Base64UrlEncode(AsBytes(payload));
  const Kind& kind = KindOf(form_);
  const Bytes signature =
      TRY(crypto::Sign(key_, kind.scheme, kind.hash, AsBytes(out)));
  out += '.';
  out += Base64UrlEncode(signature);
  return out;
}

}  // namespace vouchsafe::ear
