#pragma once

// Encrypted answers: JWE (RFC 7516) in flattened JSON as a KBS sends it, and
// the opening of it, flattened or compact. Content encryption is A256GCM;
// the key is wrapped with RSA-OAEP-256, with ECDH-ES+A256KW on P-256, P-384 or
// P-521, or, where it is switched on, with RSA1_5.
//
// The protected header's bytes are part of the protocol: released clients
// write it anew before they authenticate it, so alg stands first, enc second
// and epk third, with crv, kty, x, y inside.
//
//   auto to = TRY(JweRecipient::FromJwk(tee_pubkey, {}, log));  // once
//   std::string body = TRY(to.Encrypt(secret, random));         // many times
//
// All functions and const members are thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "checks/check_log.h"
#include "crypto/keys.h"
#include "json/value.h"

namespace vouchsafe::jose {

inline constexpr size_t kMaxJweSize = size_t{64} << 20;  // characters

enum class JweAlg { kRsaOaep256, kEcdhEsA256Kw, kRsa15 };

std::string_view JweAlgName(JweAlg alg);  // "RSA-OAEP-256", ...
// kUnsupported with the name for everything else.
Result<JweAlg> ParseJweAlg(std::string_view name);

enum class Rsa15 { kRefuse, kAllow };

// The five members, as they stand in the JSON.
struct JweParts {
  std::string protected_header;
  std::string encrypted_key;
  std::string iv;
  std::string ciphertext;
  std::string tag;
};

// How the parts are made and written; one value per form on the wire.
enum class JweForm {
  kRfc7516,  // protocol 0.2.0 and later
};

// A guest's public key, proven usable once.
class JweRecipient {
 public:
  // Checks jose.tee_key.*: kty, alg, curve, point, modulus. A member of a wrong
  // type is kInvalidInput without a check. The key is repaired as released
  // clients need it: P-256 coordinates that lost leading zero bytes and were
  // filled with '0' (0x30) at the end.
  static Result<JweRecipient> FromJwk(const json::Value& jwk, Rsa15 rsa15,
                                      CheckLog& log);
  // For keys that are already parsed; the same checks of alg and size.
  static Result<JweRecipient> FromKey(const crypto::PublicKey& key, JweAlg alg,
                                      Rsa15 rsa15, CheckLog& log);

  JweAlg alg() const { return alg_; }
  const crypto::PublicKey& key() const { return key_; }

  // Flattened JSON, members protected, encrypted_key, iv, ciphertext, tag.
  Result<std::string> Encrypt(const SecretBytes& plaintext,
                              RandomSource& random,
                              JweForm form = JweForm::kRfc7516) const;
  // Draws from `random`, in this order: content key (32 bytes), IV (12), and
  // for EC the ephemeral scalar, again while it is out of range.
  Result<JweParts> EncryptParts(const SecretBytes& plaintext,
                                RandomSource& random,
                                JweForm form = JweForm::kRfc7516) const;

 private:
  JweRecipient(crypto::PublicKey key, JweAlg alg)
      : key_(std::move(key)), alg_(alg) {}
  crypto::PublicKey key_;
  JweAlg alg_;
};

std::string JweToJson(const JweParts& parts);
std::string JweToCompact(const JweParts& parts);

struct JweOpenOptions {
  // The algorithm that the key is for; nullopt: any that its kind allows.
  std::optional<JweAlg> alg;
  Rsa15 rsa15 = Rsa15::kRefuse;
};

// Checks jose.jwe.*. The header must be ours (A256GCM, no zip, no crit), an
// epk on the key's curve. Whatever does not authenticate gives one and the same
// error. The additional data are the header's characters as received.
Result<SecretBytes> OpenJwe(std::string_view flattened_json,
                            const crypto::PrivateKey& key,
                            const JweOpenOptions& options, CheckLog& log);
Result<SecretBytes> OpenJweCompact(std::string_view compact,
                                   const crypto::PrivateKey& key,
                                   const JweOpenOptions& options,
                                   CheckLog& log);
Result<SecretBytes> OpenJweParts(const JweParts& parts,
                                 const crypto::PrivateKey& key,
                                 const JweOpenOptions& options, CheckLog& log);

}  // namespace vouchsafe::jose
