#pragma once

// What was proven about one token, and the bounded memory of such tokens.

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "checks/check_log.h"
#include "jose/jwe.h"
#include "jose/jwt.h"
#include "json/value.h"

namespace vouchsafe::token::internal {

using Digest = std::array<uint8_t, 32>;

struct TrustedToken {
  TrustedToken(Digest digest_in, jose::VerifiedJwt jwt_in)
      : digest(digest_in), jwt(std::move(jwt_in)) {}

  Digest digest;  // SHA-256 of the text
  size_t size = 0;
  jose::VerifiedJwt jwt;
  int64_t expires_unix_s = 0;
  CheckLog proven;  // the checks that do not depend on the time of asking
  // The key is trusted from ... until, with keys of this generation.
  int64_t trusted_from = 0;
  int64_t trusted_until = 0;
  uint64_t generation = 0;
  std::optional<std::string> own_kid;  // by a key of this process

  // The guest's key, prepared when it is first needed, one per RSA1_5 setting
  // (a process has one setting; another one just prepares again).
  mutable std::mutex mutex;
  mutable std::shared_ptr<const jose::JweRecipient> recipient;
  mutable std::optional<jose::Rsa15> recipient_rsa15;
  mutable CheckLog recipient_log;
  // What the caller made of the claims.
  mutable std::shared_ptr<const void> derived;
};

// Least recently used goes first. Thread-safe.
class TokenCache {
 public:
  TokenCache(size_t max_tokens, size_t max_bytes)
      : max_tokens_(max_tokens), max_bytes_(max_bytes) {}

  std::shared_ptr<const TrustedToken> Find(const Digest& digest);
  void Insert(std::shared_ptr<const TrustedToken> token);
  void Erase(const Digest& digest);
  size_t size() const;

 private:
  using List = std::list<std::shared_ptr<const TrustedToken>>;
  void EraseLocked(const Digest& digest);

  const size_t max_tokens_;
  const size_t max_bytes_;
  mutable std::mutex mutex_;
  size_t bytes_ = 0;
  List by_use_;  // most recent first
  std::map<Digest, List::iterator> by_digest_;
};

}  // namespace vouchsafe::token::internal
