#pragma once

// Administrators' bearer tokens: a JWT of one of the configured identity
// providers that names the administrator's role. Authorization (which role may
// do what) is the caller's.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/request.h"
#include "base/result.h"
#include "checks/check_log.h"
#include "crypto/keys.h"
#include "http/fetcher.h"
#include "json/value.h"
#include "token/key_sets.h"

namespace vouchsafe::token {

// The wire texts that clients know.
inline constexpr std::string_view kBadBearerText =
    "Failed to parse HTTP Auth Bearer header";
inline constexpr std::string_view kNoIssuerText =
    "Cannot verify token with any of the issuers";
inline constexpr std::string_view kNoRoleText =
    "Failed to parse claims from token: AdminAccessDenied { reason: \"Missing "
    "required `role` claim in JWT\" }";

struct IdentityProvider {
  std::optional<std::string> issuer;          // "" is as if absent
  std::optional<std::string> audience;        // "" is as if absent
  std::optional<std::string> public_key_uri;  // PEM; source.h
  std::optional<std::string> jwk_set_uri;     // source.h
  // Given: every token of this provider has this role, whatever it says.
  std::optional<std::string> role = {};
};

struct AdminIdentity {
  std::string role;
  std::string issuer;   // empty when the token has none
  std::string subject;  // empty when the token has none
  size_t provider = 0;  // index in the configuration
};

// The token of an Authorization header's value; the scheme in any case.
// kUnauthenticated with kBadBearerText.
Result<std::string> ParseBearer(std::string_view header_value);

// Thread-safe.
class AdminVerifier {
 public:
  // Fails when there is no provider, or one has neither key nor key set, or a
  // source cannot be read. `fetcher` may be null when no source is https.
  static Result<std::unique_ptr<AdminVerifier>> Create(
      const std::vector<IdentityProvider>& providers, http::Fetcher* fetcher,
      const RequestContext& context);

  // Providers in order. The error's message is the text for the client:
  // kNoIssuerText or kNoRoleText; the log has
  // what each provider's turn found.
  Result<AdminIdentity> Verify(std::string_view token, CheckLog& log,
                               const RequestContext& context) const;

 private:
  struct Provider {
    std::optional<std::string> issuer;
    std::optional<std::string> audience;
    std::optional<std::string> role;
    std::optional<crypto::PublicKey> key;
    std::unique_ptr<KeySets> key_sets;
  };
  AdminVerifier() = default;
  Result<json::Value> VerifiedClaims(const Provider& provider,
                                     std::string_view token, CheckLog& log,
                                     const RequestContext& context) const;
  std::vector<Provider> providers_;
};

}  // namespace vouchsafe::token
