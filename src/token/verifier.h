#pragma once

// Attestation tokens as a KBS takes them: who signed, is the key trusted, is it
// still valid; and the guest's public key inside. Trust comes from certificates
// (the header's jwk endorsed by its x5c), from key sets (by kid), or, where the
// operator says so, from the header's jwk alone.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/request.h"
#include "base/result.h"
#include "checks/check_log.h"
#include "http/fetcher.h"
#include "jose/jwe.h"
#include "jose/jwt.h"
#include "json/value.h"
#include "token/key_sets.h"

namespace vouchsafe::token {

// Section [attestation_token], files already read.
struct TokenVerifierConfig {
  std::vector<std::string> trusted_certs_pem;  // PEM bundles, >= 1 each
  std::vector<std::string> trusted_jwk_sets;   // sources (source.h)
  // Trusted as they are, found by kid.
  std::vector<jose::Jwk> trusted_keys;
  // The same, asked anew each time: the JWK Set of the attestation service in
  // this process, whose keys change. Must be quick and thread-safe.
  std::function<json::Value()> own_jwk_set = {};
  bool insecure_header_jwk = false;
  std::vector<std::string> extra_teekey_paths;  // JSON pointers, tried first
  std::optional<std::string> issuer;            // "" is as if absent
  std::optional<std::string> audience;
  int64_t leeway_s = jose::kDefaultLeewayS;
  size_t max_token_size = size_t{1} << 20;       // characters
  size_t cached_tokens = 1024;                   // 0: no cache
  size_t cached_token_bytes = size_t{64} << 20;  // of token text, all together
  KeySetTiming key_sets;
};

namespace internal {
struct TrustedToken;  // what was proven about one token, shared
}

// Only TokenVerifier makes one. Cheap to copy.
class VerifiedToken {
 public:
  const json::Value& claims() const;  // an object
  std::shared_ptr<const json::Value> shared_claims() const;
  int64_t expires_unix_s() const;
  // SHA-256 of the token's text: names it in logs and caches.
  const std::array<uint8_t, 32>& digest() const;
  // A place for what the caller makes of the claims, so that it is made once
  // per token and not per request; dropped with the token. Empty at first.
  std::shared_ptr<const void> derived() const;
  void SetDerived(std::shared_ptr<const void> value) const;

 private:
  friend class TokenVerifier;
  explicit VerifiedToken(std::shared_ptr<const internal::TrustedToken> token)
      : token_(std::move(token)) {}
  std::shared_ptr<const internal::TrustedToken> token_;
};

// Immutable but for its caches; thread-safe.
class TokenVerifier {
 public:
  // Fails when nothing is trusted, or when any material cannot be read.
  // `fetcher` may be null when no key set is https; it must outlive this.
  static Result<std::unique_ptr<TokenVerifier>> Create(
      TokenVerifierConfig config, http::Fetcher* fetcher,
      const RequestContext& context);
  ~TokenVerifier();

  // The context's clock says what time it is. A token seen before is not
  // verified again while its key is trusted; its times are checked each time,
  // and the log shows all checks either way.
  Result<VerifiedToken> Verify(std::string_view token, CheckLog& log,
                               const RequestContext& context) const;

  // The guest's key as the claims have it; check token.tee_key.
  Result<json::Value> TeeKey(const VerifiedToken& token, CheckLog& log) const;
  // The same, ready to encrypt to; prepared once per token. A key that does
  // not parse or cannot be used fails with jose.tee_key.*.
  Result<std::shared_ptr<const jose::JweRecipient>> TeeRecipient(
      const VerifiedToken& token, jose::Rsa15 rsa15, CheckLog& log) const;

 private:
  struct Impl;
  explicit TokenVerifier(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The first of these places that exists, nullptr when none does: `extra`, then
// those where released attestation services put the key (EAR, simple and Intel
// Trust Authority tokens).
const json::Value* FindTeeKey(const json::Value& claims,
                              const std::vector<std::string>& extra);
// Whether it is of a kind of key that the protocol knows, with its members as
// text; whether that key can be used is another question (kbs.md 2.2).
bool HasTeeKeyForm(const json::Value& key);

}  // namespace vouchsafe::token
