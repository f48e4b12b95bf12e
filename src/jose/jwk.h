#pragma once

// JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037), public and private,
// for RSA, EC on P-256, P-384 and P-521, and Ed25519. Numbers are checked once,
// here: base64url without padding, full-width coordinates, a point on the
// curve, an RSA modulus of 2048 to 8192 bits that no faulty chip made. All
// functions are pure and thread-safe.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/keys.h"
#include "json/value.h"

namespace vouchsafe::jose {

inline constexpr size_t kMaxX5cEntries = 16;
inline constexpr size_t kMaxJwkSetKeys = 1024;

// A public key with what its document says about it. Members that are absent
// are nullopt or empty; members that we do not know are dropped.
struct Jwk {
  crypto::PublicKey key;
  std::optional<std::string> kid;
  std::optional<std::string> alg;  // as written, whatever it says
  std::optional<std::string> use;
  std::vector<std::string> key_ops;
  std::vector<std::string> x5c;    // as written: base64 of DER, leaf first
  std::optional<std::string> x5u;  // never followed
};

// `path` names the key in errors. kUnsupported, by name, for a kty or crv that
// is not offered; kInvalidInput for a malformed member, and for a private or
// symmetric one, which has no business in a public key.
Result<Jwk> ParseJwk(const json::Value& value, std::string_view path = "jwk");

// A key of our own (RFC 7517 section 9 does not apply: never encrypted).
struct PrivateJwk {
  crypto::PrivateKey key;
  Jwk public_part;
};
// The public numbers must belong to the private ones.
Result<PrivateJwk> ParsePrivateJwk(const json::Value& value,
                                   std::string_view path = "jwk");

// A Jwk of this key and nothing else.
Jwk JwkOf(crypto::PublicKey key);

// Exactly the members named, in that order; those that the key lacks are left
// out. Names: kty crv x y n e alg use key_ops kid x5c x5u.
json::Object JwkToJson(const Jwk& jwk, std::span<const std::string_view> order);
// All members: kty, the numbers, alg, use, key_ops, kid, x5u, x5c.
json::Object JwkToJson(const Jwk& jwk);

// RFC 7638 with SHA-256, as base64url.
std::string JwkThumbprint(const crypto::PublicKey& key);

// True for moduli with the fingerprint of the Infineon library's key
// generation (CVE-2017-15361, "ROCA"), whose factors can be found.
bool HasRocaFingerprint(ByteView modulus);

// A published set of public keys. One bad key does not spoil the set.
class JwkSet {
 public:
  struct Skipped {
    size_t index;        // in "keys"
    std::string reason;  // for the log
  };

  JwkSet() = default;
  explicit JwkSet(std::vector<Jwk> keys) : keys_(std::move(keys)) {}
  // An object with an array "keys"; kTooLarge above kMaxJwkSetKeys. Keys of a
  // kind that we do not offer, or that are malformed, are skipped.
  static Result<JwkSet> FromJson(const json::Value& value);
  static Result<JwkSet> Parse(std::string_view text);

  // In document order, equal kids included.
  const std::vector<Jwk>& keys() const { return keys_; }
  const std::vector<Skipped>& skipped() const { return skipped_; }
  bool empty() const { return keys_.empty(); }
  // The first with this kid; nullptr when there is none.
  const Jwk* Find(std::string_view kid) const;

 private:
  std::vector<Jwk> keys_;
  std::vector<Skipped> skipped_;
};

}  // namespace vouchsafe::jose
