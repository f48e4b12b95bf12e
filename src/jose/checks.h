#pragma once

// What a signature, a token and an encryption key must satisfy. Details of a
// failed signature, token or decryption would help an attacker: clients see the
// group of those only.

#include "checks/check.h"

namespace vouchsafe::jose {

inline constexpr Check kJwsCrit{
    "jose.jws.crit",
    "The header names no extension that must be understood",
    "RFC 7515, section 4.1.11",
    "The issuer uses an extension that is not offered; turn it off there.",
    ErrorCode::kUnsupported,
    Disclosure::kGroup};
inline constexpr Check kJwsB64{
    "jose.jws.b64",
    "The payload is base64url-encoded",
    "RFC 7797, section 3",
    "The issuer sends the payload unencoded; turn that off there.",
    ErrorCode::kUnsupported,
    Disclosure::kGroup};
inline constexpr Check kJwsKeyAlg{
    "jose.jws.key_alg",
    "The key says for which algorithm it is",
    "RFC 7515, section 10.7; RFC 8725, section 3.1",
    "Publish the key with a member alg.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kJwsKeyUse{
    "jose.jws.key_use",
    "The key is for signatures",
    "RFC 7517, sections 4.2 and 4.3",
    "The key is published for encryption; use one with use = sig.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kJwsAlg{
    "jose.jws.alg",
    "The header's algorithm is the key's",
    "RFC 7515, section 10.7; RFC 8725, section 3.1",
    "The token was signed with another algorithm than its key is for.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kJwsKeyKind{
    "jose.jws.key_kind",
    "The key is of the kind that the algorithm needs",
    "RFC 7518, sections 3.3 to 3.5; RFC 8037, section 3.1",
    "The key's alg does not belong to its kty or crv.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kJwsSignature{
    "jose.jws.signature",    "The signature holds",
    "RFC 7515, section 5.2", "The token was altered, or another key signed it.",
    ErrorCode::kUntrusted,   Disclosure::kGroup};

inline constexpr Check kJwtExpPresent{
    "jose.jwt.exp_present",    "The token says when it expires",
    "RFC 7519, section 4.1.4", "Have the issuer put exp into the token.",
    ErrorCode::kUntrusted,     Disclosure::kId};
inline constexpr Check kJwtNotExpired{
    "jose.jwt.expired",
    "The token has not expired",
    "RFC 7519, section 4.1.4",
    "Attest again; if it expired at once, compare the clocks of both sides.",
    ErrorCode::kUntrusted,
    Disclosure::kId};
inline constexpr Check kJwtAlreadyValid{
    "jose.jwt.not_yet_valid",
    "The token is valid already",
    "RFC 7519, section 4.1.5",
    "Compare the clocks of the issuer and of this server.",
    ErrorCode::kUntrusted,
    Disclosure::kId};

inline constexpr Check kTeeKeyKind{
    "jose.tee_key.kind",
    "The guest's key is of a kind that can be encrypted to",
    "RFC 7518, section 6.1",
    "Offer an EC key on P-256, P-384 or P-521, or an RSA key.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};
inline constexpr Check kTeeKeyAlg{
    "jose.tee_key.alg",
    "The guest's key is for an algorithm that is offered",
    "RFC 7518, section 4.1",
    "Use ECDH-ES+A256KW for EC and RSA-OAEP-256 for RSA keys.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};
inline constexpr Check kTeeKeyPoint{
    "jose.tee_key.point",
    "The guest's key is a point on its curve",
    "RFC 7518, section 6.2.1; SP 800-56A, section 5.6.2.3",
    "Coordinates are base64url of the curve's full width.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};
inline constexpr Check kTeeKeyNumbers{
    "jose.tee_key.numbers",
    "The guest's RSA key has a modulus and an odd exponent of at least 3",
    "RFC 8017, section 3.1",
    "n and e are big-endian base64url.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};
inline constexpr Check kTeeKeySize{
    "jose.tee_key.size",
    "The guest's RSA key has 2048 to 8192 bits",
    "RFC 7518, section 4.3",
    "Generate an RSA key of at least 2048 bits, better an EC key.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};
inline constexpr Check kTeeKeyRoca{
    "jose.tee_key.roca",
    "The guest's RSA key was not made by a faulty generator",
    "CVE-2017-15361",
    "The key can be factored; generate it in software.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};

inline constexpr Check kJweAlg{
    "jose.jwe.alg",
    "The message uses the key's algorithm",
    "RFC 7516, section 4.1.1",
    "The sender chose another key encryption than the key is for.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kJweEnc{
    "jose.jwe.enc",
    "The content encryption is A256GCM",
    "RFC 7516, section 4.1.2",
    "The sender chose a content encryption that is not offered.",
    ErrorCode::kUnsupported,
    Disclosure::kGroup};
inline constexpr Check kJweCrit{
    "jose.jwe.crit",
    "The header names no extension that must be understood",
    "RFC 7516, section 4.1.13",
    "The sender uses an extension that is not offered.",
    ErrorCode::kUnsupported,
    Disclosure::kGroup};
inline constexpr Check kJweZip{
    "jose.jwe.zip",          "The content is not compressed",
    "RFC 8725, section 3.6", "Turn compression off at the sender.",
    ErrorCode::kUnsupported, Disclosure::kGroup};
inline constexpr Check kJweCurve{
    "jose.jwe.curve",
    "The sender's ephemeral key is on the recipient's curve",
    "RFC 7518, section 4.6.1.1",
    "The message was made for another key.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};
inline constexpr Check kJweOpen{
    "jose.jwe.open",
    "The message authenticates under the key",
    "RFC 7516, section 5.2",
    "The message was altered, or made for another key.",
    ErrorCode::kUntrusted,
    Disclosure::kGroup};

inline constexpr const Check* kJoseChecks[] = {
    &kJweAlg,       &kJweCrit,         &kJweCurve,      &kJweEnc,
    &kJweOpen,      &kJweZip,          &kJwsAlg,        &kJwsB64,
    &kJwsCrit,      &kJwsKeyAlg,       &kJwsKeyKind,    &kJwsKeyUse,
    &kJwsSignature, &kJwtAlreadyValid, &kJwtExpPresent, &kJwtNotExpired,
    &kTeeKeyAlg,    &kTeeKeyKind,      &kTeeKeyNumbers, &kTeeKeyPoint,
    &kTeeKeyRoca,   &kTeeKeySize,
};

}  // namespace vouchsafe::jose
