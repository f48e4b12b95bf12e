#pragma once

// Those who write until the server is gone, each over a connection of its own.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/chaos/contents.h"
#include "client/kbs_client.h"
#include "http/url.h"

namespace vouchsafe::chaos {

client::KbsClientConfig ClientConfig(const http::Url& server);

// What of one round is to be found again.
struct RoundTally {
  uint64_t sent = 0;
  uint64_t answered = 0;                      // with 200
  std::vector<std::string> refused;           // answered with something else
  std::vector<std::string> attested_cookies;  // sessions with a token
  std::vector<std::string> authed_cookies;    // sessions without one yet
};

// A round's threads: `threads` share the slots, one more makes sessions with
// the guest's key. They run from construction until the server is gone.
class Writers {
 public:
  Writers(const http::Url& server, std::vector<Slot>& slots, size_t threads,
          const client::TeeKey& key, uint64_t seed);
  ~Writers() = default;

  // After the server's end.
  RoundTally Join();

 private:
  std::vector<RoundTally> tallies_;  // one a thread
  std::vector<std::thread> threads_;
};

}  // namespace vouchsafe::chaos
