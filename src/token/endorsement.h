#pragma once

// A header's jwk endorsed by its own certificates: entry 0 of x5c certifies the
// key, and its chain ends in a trusted root. What was proven is remembered
// until the first of the certificates involved expires.

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "checks/check_log.h"
#include "crypto/x509.h"
#include "jose/jwk.h"

namespace vouchsafe::token {

// Thread-safe; bounded.
class Endorsements {
 public:
  static constexpr size_t kMaxProven = 256;

  explicit Endorsements(std::vector<crypto::Certificate> anchors)
      : anchors_(std::move(anchors)) {}

  bool empty() const { return anchors_.empty(); }
  // Checks token.x5c_key and token.x5c_chain; an entry that is no certificate
  // is kInvalidInput. Answers until when the chain is proven (unix seconds;
  // not after `now` when it must not be remembered).
  Result<int64_t> Endorse(const jose::Jwk& jwk, int64_t now_unix_s,
                          CheckLog& log);
  // How many chains were verified: for tests of the memory.
  uint64_t verified_chains() const;

 private:
  using Digest = std::array<uint8_t, 32>;
  struct Proven {
    int64_t from;
    int64_t until;
  };
  bool Remembered(const Digest& digest, int64_t now_unix_s, int64_t& until);
  void Remember(const Digest& digest, Proven proven);

  std::vector<crypto::Certificate> anchors_;
  mutable std::mutex mutex_;
  std::map<Digest, Proven> proven_;
  uint64_t verified_chains_ = 0;
};

}  // namespace vouchsafe::token
