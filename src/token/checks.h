#pragma once

// What makes a token trusted, beside its signature and times (jose/checks.h).
// A bearer of a bad token learns the group only.

#include "checks/check.h"

namespace vouchsafe::token {

inline constexpr Check kTokenSize{
    "token.size",
    "The token is not larger than a token may be",
    "docs/checks.md; limit max_token_size",
    "Reduce what the issuer puts into tokens, or raise the limit.",
    ErrorCode::kTooLarge,
    Disclosure::kGroup};
inline constexpr Check kTokenKeyTrusted{
    "token.key_trusted",
    "The signing key is one that the configuration trusts",
    "RFC 7515, section 6; configuration section [attestation_token]",
    "Add the issuer's root to trusted_certs_paths, or its key set to "
    "trusted_jwk_sets.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kTokenX5cKey{
    "token.x5c_key",
    "The header's key is the one that its first certificate certifies",
    "RFC 7517, section 4.7",
    "The issuer put another certificate beside its key.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kTokenX5cChain{
    "token.x5c_chain",
    "The key's certificate chains to a trusted root and is valid now",
    "RFC 5280, section 6; RFC 7517, section 4.7",
    "Trust the issuer's root in trusted_certs_paths, or renew its "
    "certificate.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kTokenIssuer{
    "token.issuer",
    "The token comes from the issuer that is configured",
    "RFC 7519, section 4.1.1",
    "Attest with the issuer named in [attestation_token] issuer.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kTokenAudience{
    "token.audience",
    "The token is meant for the audience that is configured",
    "RFC 7519, section 4.1.3",
    "Have the issuer put this server's audience into aud.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kTokenTeeKey{
    "token.tee_key",
    "The token carries the guest's public key",
    "KBS protocol, token claims",
    "Attest with a tee-pubkey in the runtime data, or name its place in "
    "extra_teekey_paths.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};

inline constexpr Check kAdminToken{
    "admin.token",
    "The administrator's token is signed by a configured identity provider",
    "RFC 8725, section 3.8; configuration section [admin.authentication]",
    "Sign the token with the provider's key; compare iss, aud and exp.",
    ErrorCode::kUnauthenticated,
    Disclosure::kGroup};
inline constexpr Check kAdminIssuer{
    "admin.issuer",
    "The token's issuer is the provider's",
    "RFC 7519, section 4.1.1",
    "Set iss to the issuer of the identity provider's entry.",
    ErrorCode::kUnauthenticated,
    Disclosure::kGroup};
inline constexpr Check kAdminAudience{
    "admin.audience",
    "The token is meant for the provider's audience",
    "RFC 7519, section 4.1.3",
    "Put the audience of the identity provider's entry into aud.",
    ErrorCode::kUnauthenticated,
    Disclosure::kGroup};
inline constexpr Check kAdminRoleClaim{
    "admin.role_claim",
    "The token names the administrator's role",
    "Configuration section [admin.authorization]",
    "Put a string member role into the token.",
    ErrorCode::kUnauthenticated,
    Disclosure::kGroup};

inline constexpr const Check* kTokenChecks[] = {
    &kAdminAudience, &kAdminIssuer,   &kAdminRoleClaim,  &kAdminToken,
    &kTokenAudience, &kTokenIssuer,   &kTokenKeyTrusted, &kTokenSize,
    &kTokenTeeKey,   &kTokenX5cChain, &kTokenX5cKey,
};

}  // namespace vouchsafe::token
