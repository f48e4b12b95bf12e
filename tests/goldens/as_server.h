#pragma once

// The attestation service over REST as apps/restful-as puts it together, from
// the recorded configuration, in this process and without sockets.

#include <functional>
#include <memory>
#include <string>

#include "as/assembly.h"
#include "crypto/random.h"
#include "decision/sink.h"
#include "http/fetcher.h"
#include "http/router.h"
#include "storage/env.h"
#include "tests/goldens/transcript.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::goldens {

// Answers what the service asks others, from a function of the test. Without
// one nothing can be reached, as when most was recorded.
class ScriptedFetcher final : public http::Fetcher {
 public:
  using Answer = std::function<Result<http::FetchResponse>(
      const http::FetchRequest& request)>;
  Result<http::FetchResponse> Fetch(const http::FetchRequest& request,
                                    const RequestContext& context) override;

  Answer answer;
  std::vector<std::string> urls;  // what was asked for
};

class AsServer {
 public:
  struct Options {
    std::string goldens;    // folder; config and keys are below
    json::Value verifiers;  // "verifier_config", null for none
    bool strict = false;
  };
  static Result<std::unique_ptr<AsServer>> Create(const Options& options);

  // At the time that a recorded token tells, else at that of the one before.
  http::Response Replay(const Exchange& exchange);
  // A message of type sample with these values.
  Result<> Register(const json::Value& values);

  ScriptedFetcher& fetcher() { return fetcher_; }
  const std::string& dir() const { return dir_.path(); }

 private:
  AsServer() = default;
  Result<> Assemble(const Options& options);
  RequestContext Context();

  vouchsafe::testing::TempDir dir_;
  ManualClock clock_{1'795'559'159};
  crypto::SystemRandom random_;
  NullLogger logger_;
  ScriptedFetcher fetcher_;
  std::unique_ptr<storage::Env> env_ = storage::MakePosixEnv();
  std::unique_ptr<storage::StoreProvider> stores_;
  std::unique_ptr<as::AttestationService> service_;
  DecisionRing ring_;
  http::Router router_;
  int requests_ = 0;
};

}  // namespace vouchsafe::goldens
