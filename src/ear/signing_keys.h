#pragma once

// The keys of one service over time: one signs; the next is published for a
// while before it does, and the last stays published until no token of its is
// valid any more. All replicas of a store see the same keys.
//
// In the namespace vouchsafe_keys: "<name>.pem" is the first key, and once keys
// changed "<name>.keys.json" lists those in use,
//   {"keys": [{"kid", "pem", "signs_from", "verifies_until"}]}
// where "pem" is the store key of the private key and times are seconds since
// 1970; who signs follows from the list and the time alone. Thread-safe; no
// lock is held over the store.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "ear/signer.h"

namespace vouchsafe::ear {

struct KeyTiming {
  // Within which changes by other replicas are seen.
  std::chrono::milliseconds refresh{1'000};
  int64_t token_s = 300;      // how long a token is valid
  int64_t announce_s = 3600;  // published before it signs
  int64_t rotate_s = 0;       // age at which a key is replaced; 0: never
};

enum class KeyState { kAnnounced, kSigns, kRetiring };
std::string_view KeyStateName(KeyState state);  // "announced", ...

struct SigningKeyInfo {
  std::string kid;
  KeyState state = KeyState::kSigns;
  int64_t signs_from_unix_s = 0;  // 0: from the start
  std::optional<int64_t> verifies_until_unix_s;
};

class SigningKeys {
 public:
  // A key that the operator keeps in files; `published` are public keys that
  // stand in the JWK Set beside it, for the time before and after a change of
  // the file. Not rotated from here.
  static std::unique_ptr<SigningKeys> Fixed(
      TokenSigner signer, std::vector<crypto::PublicKey> published);
  // Keys of the store, which must outlive this, as must clock and logger.
  static Result<std::unique_ptr<SigningKeys>> FromStore(storage::Store& keys,
                                                        TokenForm form,
                                                        KeyTiming timing,
                                                        const Clock& clock,
                                                        Logger& logger);
  virtual ~SigningKeys() = default;

  // The key that signs now.
  virtual std::shared_ptr<const TokenSigner> Signer() = 0;
  // {"keys": [...]}: the one that signs first.
  virtual json::Value Jwks() = 0;
  virtual std::vector<SigningKeyInfo> List() = 0;

  // Announces a new key, which signs after `announce_s` (nullopt: as
  // configured; 0: at once, before everybody who caches the set knows it).
  // kConflict while one is announced already; kUnsupported for Fixed.
  virtual Result<SigningKeyInfo> Rotate(std::optional<int64_t> announce_s) = 0;
  // Takes a key out at once: what it signed is not believed any more.
  // kConflict for the one that signs, kNotFound.
  virtual Result<> Revoke(std::string_view kid) = 0;
};

}  // namespace vouchsafe::ear
