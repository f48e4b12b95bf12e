#pragma once

// The key that signs tokens, its JWK Set, and the compact JWS (RFC 7515): ES256
// for EAR, RS384 for Simple tokens. Immutable, thread-safe.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keys.h"
#include "json/value.h"
#include "storage/store.h"

namespace vouchsafe::ear {

enum class TokenForm { kEar, kSimple };

// Where a token carries the public key. Simple tokens up to v0.10 had it among
// their claims.
enum class KeyPlace { kHeader, kClaims };

class TokenSigner {
 public:
  struct Certificates {
    std::string url;         // x5u, not fetched; empty: none
    std::string chain_pem;   // x5c, leaf first; empty: none
    int64_t now_unix_s = 0;  // when the chain must be valid
  };

  // kInvalidInput for a key that is not on P-256 ("Only P-256 attestation
  // token signing keys are supported"; RSA for Simple tokens), for a chain that
  // does not parse ("Invalid PEM certificate chain"), and by the checks of
  // checks.h for a leaf with another key and a chain out of its time.
  static Result<TokenSigner> Create(crypto::PrivateKey key,
                                    const Certificates& certificates,
                                    TokenForm form = TokenForm::kEar);
  static Result<TokenSigner> FromPem(std::string_view key_pem,
                                     const Certificates& certificates,
                                     TokenForm form = TokenForm::kEar);
  // The first key that all replicas of this store share: made once, set if
  // absent (decision 27). `keys` is the namespace vouchsafe_keys.
  static Result<TokenSigner> FromStore(storage::Store& keys,
                                       TokenForm form = TokenForm::kEar);
  // Under which key that store has it, and a new one of the same kind.
  static std::string_view StoredName(TokenForm form);
  static Result<crypto::PrivateKey> NewKey(TokenForm form);

  // `payload` is the claims set as JSON text.
  Result<std::string> Sign(std::string_view payload,
                           KeyPlace place = KeyPlace::kHeader) const;
  // The public key as it stands in a token, and as it is published: with kid
  // and use.
  const json::Object& embedded_jwk() const { return embedded_; }
  const json::Object& published_jwk() const { return published_; }
  // RFC 7638 thumbprint.
  const std::string& kid() const { return kid_; }

 private:
  TokenSigner(crypto::PrivateKey key, TokenForm form)
      : key_(std::move(key)), form_(form) {}
  crypto::PrivateKey key_;
  TokenForm form_;
  std::string kid_;
  // Encoded, with the dot after it: only the rest varies.
  std::string header_;
  std::string header_without_key_;
  json::Object embedded_;
  json::Object published_;
};

}  // namespace vouchsafe::ear
