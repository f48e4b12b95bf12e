#pragma once

// A whole key broker as apps/kbs puts it together, from a recorded
// configuration file, in this process and without sockets.

#include <deque>
#include <memory>
#include <string>

#include "as/assembly.h"
#include "crypto/random.h"
#include "kbs/config.h"
#include "kbs/service.h"
#include "tests/goldens/transcript.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {

// Gives what a test queued, in order, to who asks for exactly that size;
// everybody else gets real randomness. So the nonces and session ids of a
// recording come again, and its requests fit as they are.
class ScriptedRandom final : public RandomSource {
 public:
  void Fill(std::span<uint8_t> out) override;
  void Queue(Bytes bytes) { queue_.push_back(std::move(bytes)); }
  void Clear() { queue_.clear(); }

 private:
  crypto::SystemRandom system_;
  std::deque<Bytes> queue_;
};

class KbsServer {
 public:
  struct Options {
    std::string folder;       // goldens/kbs-http, with config/ and keys/
    std::string config;       // "a.toml"
    std::string http_server;  // more TOML, for the table [http_server]
    std::string appended;     // more TOML, after the file's
    bool strict = false;
    int64_t now = 0;  // unix seconds
  };
  static Result<std::unique_ptr<KbsServer>> Create(const Options& options);

  // Sends the request at the recorded time, with the recorded nonce and
  // session id at hand.
  http::Response Replay(const Exchange& exchange);
  // The same without sending: for who sends it over a socket. Only while the
  // server is idle.
  void Prepare(const Exchange& exchange);

  // What answers: for a test that puts a server around it.
  const http::Router& router() const { return router_; }
  // Puts this resource policy in place. Some recordings start with one that no
  // step of theirs sets.
  Result<> SetResourcePolicy(std::string_view rego);

 private:
  KbsServer(int64_t now) : clock_(now) {}
  Result<> Assemble(const Options& options);
  Result<> MakeAttestation(const kbs::KbsConfig& config);
  Result<> MakePolicies();
  void SetTime(const Exchange& exchange);
  void QueueRandom(const Exchange& exchange);
  RequestContext Context();

  vouchsafe::testing::TempDir dir_;
  std::string storage_;
  ManualClock clock_;
  ScriptedRandom random_;
  crypto::SystemRandom system_random_;
  NullLogger logger_;
  std::chrono::minutes session_timeout_{};
  std::unique_ptr<http::Fetcher> fetcher_;
  std::unique_ptr<storage::Env> env_ = storage::MakePosixEnv();
  std::unique_ptr<storage::StoreProvider> stores_;
  std::unique_ptr<as::AttestationService> attestation_;
  std::unique_ptr<token::TokenVerifier> tokens_;
  std::unique_ptr<kbs::AdminGate> admin_;
  rego::ProgramCache programs_{rego::Builtins::Standard()};
  std::shared_ptr<storage::Store> policy_store_;
  std::shared_ptr<storage::Store> policy_defaults_;
  std::unique_ptr<policy::PolicyStore> policies_;
  std::unique_ptr<kbs::SessionStore> sessions_;
  DecisionRing ring_;
  std::unique_ptr<kbs::KbsService> service_;
  http::Router router_;
  int requests_ = 0;
};

}  // namespace vouchsafe::goldens
