#include "ear/signer.h"

#include "base/clock.h"
#include "base/encoding.h"
#include "checks/check_log.h"
#include "crypto/sign.h"
#include "crypto/x509.h"
#include "ear/checks.h"
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

// The check's refusal, with what and where.
Error Named(Error error, const std::string& message) {
  error.message = "token signer: " + message;
  return error;
}

Result<> CheckValidity(const std::vector<crypto::Certificate>& chain,
                       int64_t now_unix_s) {
  CheckLog log;
  for (size_t i = 0; i < chain.size(); ++i) {
    const int64_t from = chain[i].NotBeforeUnixS();
    const int64_t until = chain[i].NotAfterUnixS();
    Result<> valid = log.Require(kSignerCertificateValid,
                                 from <= now_unix_s && now_unix_s <= until);
    if (valid) continue;
    return tl::unexpected(Named(
        std::move(valid).error(),
        "certificate " + std::to_string(i) + " of cert_path is valid from " +
            FormatRfc3339(from * 1'000'000) + " to " +
            FormatRfc3339(until * 1'000'000) + ", it is " +
            FormatRfc3339(now_unix_s * 1'000'000)));
  }
  return {};
}

Result<std::vector<std::string>> ReadChain(
    const TokenSigner::Certificates& certificates,
    const crypto::PublicKey& key) {
  auto chain = crypto::Certificate::ListFromPem(certificates.chain_pem,
                                                jose::kMaxX5cEntries);
  if (!chain) {
    Error error = std::move(chain).error();
    error.code = ErrorCode::kInvalidInput;
    return tl::unexpected(
        WithContext(std::move(error), "Invalid PEM certificate chain"));
  }
  const auto leaf_key = chain->front().public_key();
  CheckLog log;
  Result<> same =
      log.Require(kSignerCertificateKey, leaf_key && *leaf_key == key);
  if (!same) {
    return tl::unexpected(Named(std::move(same).error(),
                                "the first certificate of cert_path does not "
                                "hold the public key of key_path"));
  }
  TRY(CheckValidity(*chain, certificates.now_unix_s));
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
    jwk.x5c = TRY(ReadChain(certificates, jwk.key));
  }
  constexpr std::string_view kOrder[] = {"alg", "x5u", "x5c", "kty", "crv",
                                         "x",   "y",   "n",   "e"};
  TokenSigner signer(std::move(key), form);
  signer.embedded_ = jose::JwkToJson(jwk, kOrder);
  signer.kid_ = jose::JwkThumbprint(jwk.key);

  json::Object header;
  header.Set("typ", "JWT");
  header.Set("alg", kind.alg);
  json::Object without = header;
  header.Set("jwk", signer.embedded_);
  for (json::Object* each : {&header, &without}) each->Set("kid", signer.kid_);
  signer.header_ = Base64UrlEncode(AsBytes(json::Write(header))) + ".";
  signer.header_without_key_ =
      Base64UrlEncode(AsBytes(json::Write(without))) + ".";

  signer.published_ = signer.embedded_;
  signer.published_.Set("kid", signer.kid_);
  signer.published_.Set("use", "sig");
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
    const crypto::PrivateKey fresh = TRY(NewKey(form));
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

std::string_view TokenSigner::StoredName(TokenForm form) {
  return KindOf(form).stored_key;
}

Result<crypto::PrivateKey> TokenSigner::NewKey(TokenForm form) {
  return crypto::PrivateKey::Generate(KindOf(form).key_type);
}

Result<std::string> TokenSigner::Sign(std::string_view payload,
                                      KeyPlace place) const {
  std::string out = place == KeyPlace::kHeader ? header_ : header_without_key_;
  out += Base64UrlEncode(AsBytes(payload));
  const Kind& kind = KindOf(form_);
  const Bytes signature =
      TRY(crypto::Sign(key_, kind.scheme, kind.hash, AsBytes(out)));
  out += '.';
  out += Base64UrlEncode(signature);
  return out;
}

}  // namespace vouchsafe::ear
