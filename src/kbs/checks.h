#pragma once

// What the key broker requires before it trusts a request.

#include "checks/check.h"

namespace vouchsafe::kbs {

inline constexpr Check kProtocolVersion{
    "kbs.protocol.version", "The client speaks a protocol version in force",
    "RCAR handshake, Request; kbs.md 1.1",
    "Use a client of protocol 0.4.0, or switch the older version on."};

inline constexpr Check kSessionCookiePresent{
    "kbs.session.cookie", "The request carries a session cookie",
    "RCAR handshake; kbs.md 1.4 step 1",
    "Send the cookie kbs-session-id that the answer to /auth set."};

inline constexpr Check kSessionKnown{
    "kbs.session.known", "The session is one of ours",
    "RCAR handshake; kbs.md 1.4 step 3",
    "Start again with /auth. With several replicas, share the session store "
    "or route by cookie."};

inline constexpr Check kSessionFresh{
    "kbs.session.fresh", "The session has not expired",
    "RCAR handshake; kbs.md 1.5",
    "Start again with /auth; raise attestation_service.timeout if guests take "
    "longer than that to attest."};

inline constexpr Check kNonce{
    "kbs.attest.nonce", "The runtime data holds the nonce of this session",
    "RCAR handshake, Attestation; kbs.md 1.4 step 5",
    "Put the nonce of the last /auth answer into runtime-data; start again "
    "with /auth if it is lost."};

inline constexpr Check kTokenPresent{
    "kbs.release.token_present",
    "The request carries an attested session or a bearer token", "kbs.md 2.1",
    "Attest first, or send Authorization: Bearer <token>.",
    ErrorCode::kUnauthenticated};

inline constexpr Check kPolicyAllows{
    "kbs.release.policy", "The resource policy allows this release", "kbs.md 5",
    "Look at the deciding line: change the guest, the reference values or the "
    "resource policy (kbs-client config set-resource-policy).",
    ErrorCode::kDenied};

inline constexpr Check kAdminMode{
    "kbs.admin.mode", "Administration is not switched off",
    "kbs.md 4.1, authorization_mode DenyAll",
    "Set [admin] authorization_mode to AuthenticatedAuthorization and give it "
    "an identity provider and an ACL.",
    ErrorCode::kForbidden};

inline constexpr Check kAdminRole{
    "kbs.admin.role", "The administrator's role may use this endpoint",
    "kbs.md 4.2 step 6",
    "Add the role with a matching allowed_endpoints to "
    "[admin.authorization.regex_acl].",
    ErrorCode::kForbidden};

inline constexpr const Check* kKbsChecks[] = {
    &kProtocolVersion, &kSessionCookiePresent, &kSessionKnown, &kSessionFresh,
    &kNonce,           &kTokenPresent,         &kPolicyAllows, &kAdminMode,
    &kAdminRole};

}  // namespace vouchsafe::kbs
