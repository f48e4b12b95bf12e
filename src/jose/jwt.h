#pragma once

// JSON Web Tokens (RFC 7519): a verified JWS whose payload is a JSON object,
// and rules for its time claims. Times are seconds since 1970. Thread-safe.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "checks/check_log.h"
#include "jose/jws.h"
#include "json/value.h"

namespace vouchsafe::jose {

inline constexpr int64_t kDefaultLeewayS = 60;

struct JwtRules {
  int64_t now_unix_s = 0;
  int64_t leeway_s = kDefaultLeewayS;
  bool require_exp = true;  // when false, exp is checked if it is there
  bool check_nbf = true;
};

// exp >= now - leeway, nbf <= now + leeway (checks jose.jwt.*). A refusal says
// by how much. A time that is not a number is kInvalidInput.
Result<> CheckJwtTimes(const json::Value& claims, const JwtRules& rules,
                       CheckLog& log);
// The claim as whole seconds, rounded down; nullopt when absent.
Result<std::optional<int64_t>> NumericDate(const json::Value& claims,
                                           std::string_view name);

// Only VerifyJwt makes one. Cheap to copy: the claims are shared.
class VerifiedJwt {
 public:
  const json::Value& header() const { return content_->header; }
  const json::Value& claims() const { return content_->claims; }  // an object
  std::shared_ptr<const json::Value> shared_claims() const {
    return {content_, &content_->claims};
  }

 private:
  struct Content {
    json::Value header;
    json::Value claims;
  };
  friend Result<VerifiedJwt> VerifyJwt(const VerifiedJws& jws,
                                       const JwtRules& rules, CheckLog& log);
  explicit VerifiedJwt(std::shared_ptr<const Content> content)
      : content_(std::move(content)) {}
  std::shared_ptr<const Content> content_;
};

Result<VerifiedJwt> VerifyJwt(const VerifiedJws& jws, const JwtRules& rules,
                              CheckLog& log);

// The payload as an object, no rule applied: for display and for choosing a
// key. Nothing in it is trusted.
Result<json::Value> UnverifiedClaims(const UnverifiedJws& jws);

}  // namespace vouchsafe::jose
