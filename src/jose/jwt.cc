#include "jose/jwt.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "jose/checks.h"
#include "json/parse.h"

namespace vouchsafe::jose {
namespace {

constexpr size_t kMaxClaimsDepth = 64;

// Far beyond any calendar, and safe to add a leeway to.
constexpr int64_t kMaxTime = std::numeric_limits<int64_t>::max() / 4;

int64_t Clamp(int64_t seconds) {
  return std::min(std::max(seconds, -kMaxTime), kMaxTime);
}

Result<int64_t> DecimalSeconds(const std::string& text, std::string_view name) {
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() ||
      std::abs(seconds) > 1e15) {
    return Fail(ErrorCode::kInvalidInput,
                "claims." + std::string(name) + ": not a time");
  }
  return static_cast<int64_t>(std::floor(seconds));
}

std::string Seconds(int64_t count) { return std::to_string(count) + " s"; }
std::string Leeway(const JwtRules& rules) {
  return ", leeway " + Seconds(rules.leeway_s);
}

}  // namespace

Result<std::optional<int64_t>> NumericDate(const json::Value& claims,
                                           std::string_view name) {
  const json::Value* value = claims.Find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto whole = value->int64()) return Clamp(*whole);
  if (value->uint64()) return kMaxTime;
  if (const json::Decimal* decimal = value->if_decimal()) {
    return std::optional<int64_t>(TRY(DecimalSeconds(decimal->text, name)));
  }
  return Fail(ErrorCode::kInvalidInput,
              "claims." + std::string(name) + ": want a number, got " +
                  std::string(json::TypeName(*value)));
}

Result<> CheckJwtTimes(const json::Value& claims, const JwtRules& rules,
                       CheckLog& log) {
  const auto exp = TRY(NumericDate(claims, "exp"));
  const auto nbf = TRY(NumericDate(claims, "nbf"));
  const int64_t now = Clamp(rules.now_unix_s);
  if (rules.require_exp) TRY(log.Require(kJwtExpPresent, exp.has_value()));
  if (exp) {
    const std::string when =
        *exp >= now ? "expires in " + Seconds(*exp - now)
                    : "expired " + Seconds(now - *exp) + " ago" + Leeway(rules);
    TRY(log.Require(kJwtNotExpired, *exp >= now - rules.leeway_s,
                    CheckValue::OfText(when)));
  }
  if (rules.check_nbf && nbf) {
    const std::string when =
        *nbf <= now ? "valid for " + Seconds(now - *nbf)
                    : "valid only in " + Seconds(*nbf - now) + Leeway(rules);
    TRY(log.Require(kJwtAlreadyValid, *nbf <= now + rules.leeway_s,
                    CheckValue::OfText(when)));
  }
  return {};
}

Result<VerifiedJwt> VerifyJwt(const VerifiedJws& jws, const JwtRules& rules,
                              CheckLog& log) {
  json::ParseOptions options;
  options.max_depth = kMaxClaimsDepth;
  json::Value claims =
      TRY_CONTEXT(json::Parse(AsText(jws.payload()), options), "jwt claims");
  if (!claims.is_object()) {
    return Fail(ErrorCode::kInvalidInput,
                "jwt claims: want an object, got " +
                    std::string(json::TypeName(claims)));
  }
  TRY(CheckJwtTimes(claims, rules, log));
  return VerifiedJwt(std::make_shared<const VerifiedJwt::Content>(
      VerifiedJwt::Content{jws.header(), std::move(claims)}));
}

Result<json::Value> UnverifiedClaims(const UnverifiedJws& jws) {
  json::ParseOptions options;
  options.max_depth = kMaxClaimsDepth;
  json::Value claims =
      TRY_CONTEXT(json::Parse(AsText(jws.payload()), options), "jwt claims");
  if (!claims.is_object()) {
    return Fail(ErrorCode::kInvalidInput, "jwt claims: want an object");
  }
  return claims;
}

}  // namespace vouchsafe::jose
