#pragma once

// Keys that a policy gives for verifying tokens: a PEM certificate or public
// key, a JWK, or a set of them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/keys.h"
#include "crypto/sign.h"
#include "jose/jws.h"
#include "json/value.h"
#include "rego/builtin_call.h"

namespace vouchsafe::rego_ext {

struct VerificationKey {
  std::optional<crypto::PublicKey> key;  // none: one that verifies nothing
  std::string alg;                       // empty: not said
  std::string kid;
};

// False with a reason.
bool ReadKeys(rego::BuiltinCall& call, std::string_view text,
              std::vector<VerificationKey>* out, std::string* why);

// "HS256" and its like; nullopt for others.
std::optional<crypto::Hash> HmacHash(std::string_view alg);
bool KnownTokenAlg(std::string_view alg);
// A MAC or signature of `message`; charged.
bool VerifyMac(rego::BuiltinCall& call, crypto::Hash hash,
               std::string_view secret, std::string_view message,
               std::string_view mac);
bool VerifySignature(rego::BuiltinCall& call, const VerificationKey& key,
                     jose::JwsAlg alg, std::string_view message,
                     std::string_view signature);
crypto::Hash HashOf(jose::JwsAlg alg);
crypto::SignatureScheme SchemeOf(jose::JwsAlg alg);

// The keys of a JWK set, or the one key that the text is.
std::optional<std::vector<json::Value>> JwksOf(std::string_view text,
                                               std::string* why);

}  // namespace vouchsafe::rego_ext
