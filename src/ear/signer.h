#pragma once

// The key that signs tokens, its JWK Set, and the compact JWS (RFC 7515): ES256
// for EAR, RS384 for Simple tokens. Immutable, thread-safe.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keys.h"
#include "json/value.h"
#include "storage/store.h"

namespace vouchsafe::ear {

enum class TokenForm { kEar, kSimple };

class TokenSigner {
 public:
  struct Certificates {
    std::string url;        // x5u, not fetched; empty: none
    std::string chain_pem;  // x5c, leaf first; empty: none
  };

  // kInvalidInput for a key that is not on P-256 ("Only P-256 attestation
  // token signing keys are supported"; RSA for Simple tokens), for a chain that
  // does not parse ("Invalid PEM certificate chain"), and for a leaf with
  // another key.
  static Result<TokenSigner> Create(crypto::PrivateKey key,
                                    const Certificates& certificates,
                                    TokenForm form = TokenForm::kEar);
  static Result<TokenSigner> FromPem(std::string_view key_pem,
                                     const Certificates& certificates,
                                     TokenForm form = TokenForm::kEar);
  // The key that all replicas of this store share: made once, set if absent
  // (decision 27). `keys` is the namespace vouchsafe_keys.
  static Result<TokenSigner> FromStore(storage::Store& keys,
                                       TokenForm form = TokenForm::kEar);

  // `payload` is the claims set as JSON text.
  Result<std::string> Sign(std::string_view payload) const;
  // {"keys": [the one key, with its kid]}.
  const json::Value& Jwks() const { return jwks_; }
  // RFC 7638 thumbprint.
  const std::string& kid() const { return kid_; }

 private:
  TokenSigner(crypto::PrivateKey key, TokenForm form)
      : key_(std::move(key)), form_(form) {}
  crypto::PrivateKey key_;
  TokenForm form_;
  std::string kid_;
  std::string header_;  // encoded, with the dot after it: only the rest varies
  json::Value jwks_;
};

}  // namespace vouchsafe::ear
