#include "token/verifier.h"

#include <limits>

#include "crypto/hash.h"
#include "jose/checks.h"
#include "jose/jws.h"
#include "token/audience.h"
#include "token/checks.h"
#include "token/endorsement.h"
#include "token/own_keys.h"
#include "token/trusted_token.h"

namespace vouchsafe::token {
namespace {

using internal::Digest;
using internal::TrustedToken;

constexpr int64_t kForever = std::numeric_limits<int64_t>::max();
constexpr size_t kMaxTrustedCerts = 1024;

Result<std::vector<crypto::Certificate>> Anchors(
    const std::vector<std::string>& bundles) {
  std::vector<crypto::Certificate> out;
  for (size_t i = 0; i < bundles.size(); ++i) {
    const std::string where = "trusted_certs_paths[" + std::to_string(i) + "]";
    auto list = TRY_CONTEXT(
        crypto::Certificate::ListFromPem(bundles[i], kMaxTrustedCerts), where);
    out.insert(out.end(), list.begin(), list.end());
  }
  return out;
}

// A key that may sign, and how long that is proven.
struct TrustedKey {
  jose::Jwk jwk;
  int64_t until = kForever;
  std::optional<std::string> own_kid = std::nullopt;
};

}  // namespace

const json::Value& VerifiedToken::claims() const {
  return token_->jwt.claims();
}
std::shared_ptr<const json::Value> VerifiedToken::shared_claims() const {
  return token_->jwt.shared_claims();
}
int64_t VerifiedToken::expires_unix_s() const { return token_->expires_unix_s; }
const std::array<uint8_t, 32>& VerifiedToken::digest() const {
  return token_->digest;
}
std::shared_ptr<const void> VerifiedToken::derived() const {
  const std::lock_guard lock(token_->mutex);
  return token_->derived;
}
void VerifiedToken::SetDerived(std::shared_ptr<const void> value) const {
  const std::lock_guard lock(token_->mutex);
  token_->derived = std::move(value);
}

struct TokenVerifier::Impl {
  Impl(TokenVerifierConfig config_in,
       std::vector<crypto::Certificate> anchors_in,
       std::unique_ptr<KeySets> key_sets_in)
      : config(std::move(config_in)),
        endorsements(std::move(anchors_in)),
        key_sets(std::move(key_sets_in)),
        own_keys(config.own_jwk_set),
        cache(config.cached_tokens, config.cached_token_bytes) {}

  jose::JwtRules Rules(int64_t now) const {
    jose::JwtRules rules;
    rules.now_unix_s = now;
    rules.leeway_s = config.leeway_s;
    return rules;
  }

  Result<TrustedKey> HeaderKey(const json::Value& header_jwk, int64_t now,
                               CheckLog& log);
  Result<TrustedKey> KeyOf(const jose::UnverifiedJws& jws, CheckLog& log,
                           const RequestContext& context);
  Result<> CheckParties(const json::Value& claims, CheckLog& log) const;
  Result<std::shared_ptr<const TrustedToken>> VerifyAnew(
      std::string_view text, const Digest& digest, CheckLog& log,
      const RequestContext& context);
  std::shared_ptr<const TrustedToken> Recall(const Digest& digest, int64_t now);

  TokenVerifierConfig config;
  Endorsements endorsements;
  std::unique_ptr<KeySets> key_sets;
  OwnKeys own_keys;
  internal::TokenCache cache;
};

Result<TrustedKey> TokenVerifier::Impl::HeaderKey(const json::Value& header_jwk,
                                                  int64_t now, CheckLog& log) {
  TrustedKey key{TRY(jose::ParseJwk(header_jwk, "jws header.jwk")), kForever};
  if (config.insecure_header_jwk) {
    TRY(log.Require(kTokenKeyTrusted, true,
                    CheckValue::OfText("insecure_header_jwk is on")));
    return key;
  }
  TRY(log.Require(kTokenKeyTrusted, !endorsements.empty(),
                  CheckValue::OfText("jwk in the header, no trusted roots")));
  key.until = TRY(endorsements.Endorse(key.jwk, now, log));
  return key;
}

Result<TrustedKey> TokenVerifier::Impl::KeyOf(const jose::UnverifiedJws& jws,
                                              CheckLog& log,
                                              const RequestContext& context) {
  for (const jose::Jwk& own : config.trusted_keys) {
    if (jws.kid() && own.kid == jws.kid()) {
      TRY(log.Require(kTokenKeyTrusted, true,
                      CheckValue::OfText("kid of a key of this process")));
      return TrustedKey{own, kForever};
    }
  }
  if (jws.kid()) {
    if (auto own = own_keys.Find(*jws.kid())) {
      TRY(log.Require(kTokenKeyTrusted, true,
                      CheckValue::OfText("kid of a key of this process")));
      return TrustedKey{*std::move(own), kForever, std::string(*jws.kid())};
    }
  }
  const json::Value* header_jwk = jws.header().Find("jwk");
  if (header_jwk != nullptr &&
      (config.insecure_header_jwk || !endorsements.empty())) {
    return HeaderKey(*header_jwk, context.clock->UnixSeconds(), log);
  }
  // A jwk that nothing here could endorse is ignored: the kid names the key.
  std::optional<jose::Jwk> found;
  if (jws.kid()) found = key_sets->Find(*jws.kid(), context);
  if (!found && header_jwk != nullptr) {
    return HeaderKey(*header_jwk, context.clock->UnixSeconds(), log);
  }
  const std::string_view why = jws.kid() ? "kid in none of the key sets"
                                         : "neither jwk nor kid in the header";
  jose::Jwk jwk = TRY(log.RequireSome(kTokenKeyTrusted, std::move(found),
                                      CheckValue::OfText(why)));
  return TrustedKey{std::move(jwk), kForever};
}

Result<> TokenVerifier::Impl::CheckParties(const json::Value& claims,
                                           CheckLog& log) const {
  if (Wanted(config.issuer)) {
    TRY(log.RequireEqual(kTokenIssuer, *config.issuer,
                         TextClaim(claims, "iss")));
  }
  if (Wanted(config.audience)) {
    TRY(log.Require(kTokenAudience, HasAudience(claims, *config.audience)));
  }
  return {};
}

std::shared_ptr<const TrustedToken> TokenVerifier::Impl::Recall(
    const Digest& digest, int64_t now) {
  auto token = cache.Find(digest);
  if (token == nullptr) return nullptr;
  const bool revoked = token->own_kid && !own_keys.Find(*token->own_kid);
  if (!revoked && token->generation == key_sets->generation() &&
      now >= token->trusted_from && now <= token->trusted_until) {
    return token;
  }
  cache.Erase(digest);
  return nullptr;
}

Result<std::shared_ptr<const TrustedToken>> TokenVerifier::Impl::VerifyAnew(
    std::string_view text, const Digest& digest, CheckLog& log,
    const RequestContext& context) {
  const int64_t now = context.clock->UnixSeconds();
  // Read before the key is looked up: a change in between voids the result.
  const uint64_t generation = key_sets->generation();
  jose::UnverifiedJws jws =
      TRY(jose::UnverifiedJws::Parse(text, config.max_token_size));
  const TrustedKey key = TRY(KeyOf(jws, log, context));
  const auto signed_jws = TRY(jose::VerifyJws(std::move(jws), key.jwk, log));
  CheckLog times;
  auto jwt = jose::VerifyJwt(signed_jws, Rules(now), times);
  if (!jwt) {
    log.Append(times);
    return tl::unexpected(std::move(jwt).error());
  }
  TRY(CheckParties(jwt->claims(), log));
  auto token = std::make_shared<TrustedToken>(digest, *std::move(jwt));
  token->size = text.size();
  token->expires_unix_s =
      TRY(jose::NumericDate(token->jwt.claims(), "exp")).value_or(0);
  token->proven = log;
  token->trusted_from = now;
  token->trusted_until = key.until;
  token->generation = generation;
  token->own_kid = key.own_kid;
  cache.Insert(token);
  log.Append(times);
  return std::shared_ptr<const TrustedToken>(std::move(token));
}

TokenVerifier::TokenVerifier(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
TokenVerifier::~TokenVerifier() = default;

Result<std::unique_ptr<TokenVerifier>> TokenVerifier::Create(
    TokenVerifierConfig config, http::Fetcher* fetcher,
    const RequestContext& context) {
  if (config.trusted_certs_pem.empty() && config.trusted_jwk_sets.empty() &&
      config.trusted_keys.empty() && !config.own_jwk_set &&
      !config.insecure_header_jwk) {
    return Fail(ErrorCode::kInvalidInput,
                "Cannot verify token since no trusted verification materials "
                "are provided: set trusted_certs_paths, trusted_jwk_sets or "
                "insecure_header_jwk in [attestation_token]");
  }
  for (const std::string& pointer : config.extra_teekey_paths) {
    if (pointer.empty() || pointer[0] != '/') {
      return Fail(ErrorCode::kInvalidInput,
                  "extra_teekey_paths: \"" + pointer +
                      "\" is no JSON pointer, which begins with '/'");
    }
  }
  auto anchors = TRY(Anchors(config.trusted_certs_pem));
  auto key_sets = TRY(KeySets::Load(config.trusted_jwk_sets, fetcher,
                                    config.key_sets, context));
  return std::unique_ptr<TokenVerifier>(
      new TokenVerifier(std::make_unique<Impl>(
          std::move(config), std::move(anchors), std::move(key_sets))));
}

Result<VerifiedToken> TokenVerifier::Verify(
    std::string_view token, CheckLog& log,
    const RequestContext& context) const {
  TRY(log.Require(kTokenSize, token.size() <= impl_->config.max_token_size,
                  CheckValue::OfNumber(token.size())));
  const Digest digest = crypto::Sha256(AsBytes(token));
  const int64_t now = context.clock->UnixSeconds();
  impl_->key_sets->RefreshIfDue(context);
  if (auto known = impl_->Recall(digest, now)) {
    log.Append(known->proven);
    TRY(jose::CheckJwtTimes(known->jwt.claims(), impl_->Rules(now), log));
    return VerifiedToken(std::move(known));
  }
  CheckLog part;
  auto fresh = impl_->VerifyAnew(token, digest, part, context);
  log.Append(part);
  if (!fresh) return tl::unexpected(std::move(fresh).error());
  return VerifiedToken(*std::move(fresh));
}

Result<json::Value> TokenVerifier::TeeKey(const VerifiedToken& token,
                                          CheckLog& log) const {
  const json::Value* key =
      FindTeeKey(token.claims(), impl_->config.extra_teekey_paths);
  std::optional<json::Value> found;
  if (key != nullptr && HasTeeKeyForm(*key)) found = *key;
  return log.RequireSome(kTokenTeeKey, std::move(found));
}

Result<std::shared_ptr<const jose::JweRecipient>> TokenVerifier::TeeRecipient(
    const VerifiedToken& token, jose::Rsa15 rsa15, CheckLog& log) const {
  const TrustedToken& shared = *token.token_;
  {
    std::lock_guard lock(shared.mutex);
    if (shared.recipient != nullptr && shared.recipient_rsa15 == rsa15) {
      log.Append(shared.recipient_log);
      return shared.recipient;
    }
  }
  CheckLog part;
  auto prepare = [&]() -> Result<jose::JweRecipient> {
    const json::Value key = TRY(TeeKey(token, part));
    return jose::JweRecipient::FromJwk(key, rsa15, part);
  };
  auto recipient = prepare();
  log.Append(part);
  if (!recipient) return tl::unexpected(std::move(recipient).error());
  auto ready =
      std::make_shared<const jose::JweRecipient>(*std::move(recipient));
  std::lock_guard lock(shared.mutex);
  shared.recipient = ready;
  shared.recipient_rsa15 = rsa15;
  shared.recipient_log = std::move(part);
  return ready;
}

}  // namespace vouchsafe::token
