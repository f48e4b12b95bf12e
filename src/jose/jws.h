#pragma once

// Signed messages: compact JWS (RFC 7515), asymmetric algorithms only (RFC 7518
// sections 3.3 to 3.5, RFC 8037). The algorithm is the key's or the caller's;
// the header's must equal it. HS* and none are refused by name, an extension
// that must be understood (crit) and an unencoded payload (RFC 7797) too.
//
//   UnverifiedJws jws = TRY(UnverifiedJws::Parse(text));
//   const Jwk* key = keys.Find(jws.kid());
//   VerifiedJws good = TRY(VerifyJws(std::move(jws), *key, log));
//
// All functions are thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "checks/check_log.h"
#include "crypto/keys.h"
#include "jose/jwk.h"
#include "json/value.h"

namespace vouchsafe::jose {

inline constexpr size_t kMaxJwsSize = size_t{4} << 20;   // characters
inline constexpr size_t kMaxJoseHeaderSize = 64 * 1024;  // bytes, decoded
inline constexpr size_t kMaxJoseHeaderDepth = 16;

enum class JwsAlg {
  kEs256,
  kEs384,
  kEs512,
  kRs256,
  kRs384,
  kRs512,
  kPs256,
  kPs384,
  kPs512,
  kEdDsa,  // Ed25519
};

std::string_view JwsAlgName(JwsAlg alg);  // "ES256", ...
// kUnsupported with the name for everything else, HS* and none included.
Result<JwsAlg> ParseJwsAlg(std::string_view name);
bool AlgFitsKey(JwsAlg alg, crypto::KeyType type);
// The usual algorithm of a key: ES256, ES384, ES512, RS256, EdDSA.
JwsAlg DefaultJwsAlg(crypto::KeyType type);

// Three parts that decode; nothing in it is trusted.
class UnverifiedJws {
 public:
  // kTooLarge above `max_size`; kInvalidInput with the part at fault.
  static Result<UnverifiedJws> Parse(std::string_view compact,
                                     size_t max_size = kMaxJwsSize);

  const json::Value& header() const { return header_; }  // an object
  const std::string& alg() const { return alg_; }        // as written
  const std::optional<std::string>& kid() const { return kid_; }
  const Bytes& payload() const { return payload_; }
  const Bytes& signature() const { return signature_; }
  // What is signed: the first two parts as received.
  std::string_view signing_input() const { return signing_input_; }

 private:
  friend class VerifiedJws;
  UnverifiedJws() = default;
  std::string signing_input_;
  json::Value header_;
  std::string alg_;
  std::optional<std::string> kid_;
  Bytes payload_;
  Bytes signature_;
};

// Only VerifyJws makes one.
class VerifiedJws {
 public:
  const json::Value& header() const { return jws_.header_; }
  const Bytes& payload() const { return jws_.payload_; }
  JwsAlg alg() const { return alg_; }

 private:
  friend Result<VerifiedJws> VerifyJws(UnverifiedJws jws,
                                       const crypto::PublicKey& key,
                                       JwsAlg expected, CheckLog& log);
  VerifiedJws(UnverifiedJws jws, JwsAlg alg)
      : jws_(std::move(jws)), alg_(alg) {}
  UnverifiedJws jws_;
  JwsAlg alg_;
};

// Checks jose.jws.*.
Result<VerifiedJws> VerifyJws(UnverifiedJws jws, const crypto::PublicKey& key,
                              JwsAlg expected, CheckLog& log);
// The key's own alg, which must be there, and its use and key_ops, if there,
// must allow it.
Result<VerifiedJws> VerifyJws(UnverifiedJws jws, const Jwk& key, CheckLog& log);

// Compact form. `header` is written as it is, in its order; its "alg" must be
// there and fit the key.
Result<std::string> SignJws(const json::Object& header, ByteView payload,
                            const crypto::PrivateKey& key);

}  // namespace vouchsafe::jose
