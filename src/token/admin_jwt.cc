#include "token/admin_jwt.h"

#include "jose/jws.h"
#include "jose/jwt.h"
#include "token/audience.h"
#include "token/checks.h"
#include "token/source.h"

namespace vouchsafe::token {
namespace {

constexpr size_t kMaxAdminToken = 64 * 1024;

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// RFC 6750 section 2.1: b64token.
bool IsTokenCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view("-._~+/=").find(c) != std::string_view::npos;
}

Result<jose::VerifiedJws> VerifyWithKey(jose::UnverifiedJws jws,
                                        const crypto::PublicKey& key,
                                        CheckLog& log) {
  // A PEM key names no algorithm: the header's must be one of its kind, which
  // VerifyJws checks.
  const jose::JwsAlg alg = TRY(jose::ParseJwsAlg(jws.alg()));
  return jose::VerifyJws(std::move(jws), key, alg, log);
}

// The role is the provider's, or else the token's.
Result<AdminIdentity> IdentityOf(const json::Value& claims,
                                 std::optional<std::string> given_role,
                                 CheckLog& log) {
  const json::Value* role = claims.Find("role");
  const bool is_text = role != nullptr && role->if_string() != nullptr;
  std::optional<std::string> text = std::move(given_role);
  if (!text && is_text) text = *role->if_string();
  auto found = log.RequireSome(
      kAdminRoleClaim, std::move(text),
      CheckValue::OfText(role == nullptr
                             ? "no role"
                             : "role: " + std::string(json::TypeName(*role))));
  if (!found) {
    Error error = std::move(found).error();
    error.message = kNoRoleText;
    return tl::unexpected<Error>(std::move(error));
  }
  AdminIdentity identity;
  identity.role = *std::move(found);
  identity.issuer = TextClaim(claims, "iss");
  identity.subject = TextClaim(claims, "sub");
  return identity;
}

// A configured "" is as if absent.
Result<> CheckParties(const std::optional<std::string>& issuer,
                      const std::optional<std::string>& audience,
                      const json::Value& claims, CheckLog& log) {
  if (Wanted(issuer)) {
    TRY(log.RequireEqual(kAdminIssuer, *issuer, TextClaim(claims, "iss")));
  }
  if (Wanted(audience)) {
    TRY(log.Require(kAdminAudience, HasAudience(claims, *audience)));
  }
  return {};
}

Result<crypto::PublicKey> ReadKey(const std::string& source,
                                  http::Fetcher* fetcher,
                                  const RequestContext& context) {
  const std::string pem = TRY(ReadSource(source, fetcher, context));
  return TRY_CONTEXT(crypto::PublicKey::FromPem(pem), source);
}

}  // namespace

Result<std::string> ParseBearer(std::string_view header_value) {
  constexpr std::string_view kScheme = "bearer ";
  const Error bad{
      ErrorCode::kUnauthenticated, std::string(kBadBearerText), nullptr, {}};
  if (header_value.size() <= kScheme.size()) return tl::unexpected(bad);
  for (size_t i = 0; i < kScheme.size(); ++i) {
    if (Lower(header_value[i]) != kScheme[i]) return tl::unexpected(bad);
  }
  std::string_view token = header_value.substr(kScheme.size());
  while (!token.empty() && token.front() == ' ') token.remove_prefix(1);
  if (token.empty()) return tl::unexpected(bad);
  for (const char c : token) {
    if (!IsTokenCharacter(c)) return tl::unexpected(bad);
  }
  return std::string(token);
}

Result<std::unique_ptr<AdminVerifier>> AdminVerifier::Create(
    const std::vector<IdentityProvider>& providers, http::Fetcher* fetcher,
    const RequestContext& context) {
  if (providers.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "[admin.authentication.bearer_jwt]: no identity_providers");
  }
  std::unique_ptr<AdminVerifier> out(new AdminVerifier());
  for (size_t i = 0; i < providers.size(); ++i) {
    const IdentityProvider& from = providers[i];
    const std::string where = "identity_providers[" + std::to_string(i) + "]";
    if (!from.public_key_uri && !from.jwk_set_uri) {
      return Fail(ErrorCode::kInvalidInput,
                  where + ": neither public_key_uri nor jwk_set_uri");
    }
    Provider provider{from.issuer, from.audience, from.role, std::nullopt,
                      nullptr};
    if (from.public_key_uri) {
      provider.key =
          TRY_CONTEXT(ReadKey(*from.public_key_uri, fetcher, context), where);
    }
    std::vector<std::string> sources;
    if (from.jwk_set_uri) sources.push_back(*from.jwk_set_uri);
    provider.key_sets = TRY_CONTEXT(
        KeySets::Load(std::move(sources), fetcher, KeySetTiming(), context),
        where);
    out->providers_.push_back(std::move(provider));
  }
  return out;
}

Result<json::Value> AdminVerifier::VerifiedClaims(
    const Provider& provider, std::string_view token, CheckLog& log,
    const RequestContext& context) const {
  auto jws = TRY(jose::UnverifiedJws::Parse(token, kMaxAdminToken));
  // A key that comes with the token is nobody's.
  TRY(log.Require(kTokenKeyTrusted, jws.header().Find("jwk") == nullptr,
                  CheckValue::OfText("jwk in the header")));
  std::optional<jose::Jwk> jwk;
  if (jws.kid()) jwk = provider.key_sets->Find(*jws.kid(), context);
  auto verify = [&]() -> Result<jose::VerifiedJws> {
    // A key chosen by kid decides; there is no second try with the PEM key.
    if (jwk) return jose::VerifyJws(std::move(jws), *jwk, log);
    const crypto::PublicKey key =
        TRY(log.RequireSome(kTokenKeyTrusted, provider.key,
                            CheckValue::OfText("no key for the token's kid")));
    return VerifyWithKey(std::move(jws), key, log);
  };
  const auto good = TRY(verify());
  jose::JwtRules rules;
  rules.now_unix_s = context.clock->UnixSeconds();
  rules.check_nbf = false;
  const auto jwt = TRY(jose::VerifyJwt(good, rules, log));
  return jwt.claims();
}

Result<AdminIdentity> AdminVerifier::Verify(
    std::string_view token, CheckLog& log,
    const RequestContext& context) const {
  CheckLog turns;
  for (size_t i = 0; i < providers_.size(); ++i) {
    const Provider& provider = providers_[i];
    CheckLog turn;
    auto claims = VerifiedClaims(provider, token, turn, context);
    if (!claims) {
      turns.Append(turn);
      continue;
    }
    auto identity = IdentityOf(*claims, provider.role, turn);
    if (!identity) {
      log.Append(turn);
      return identity;
    }
    if (CheckParties(provider.issuer, provider.audience, *claims, turn)) {
      log.Append(turn);
      identity->provider = i;
      return identity;
    }
    turns.Append(turn);
  }
  log.Append(turns);
  Error error =
      log.RequireSome(kAdminToken, std::optional<AdminIdentity>()).error();
  error.message = kNoIssuerText;
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace vouchsafe::token
