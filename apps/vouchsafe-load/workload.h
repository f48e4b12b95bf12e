#pragma once

// What one connection does over and over. Requests and answers are those of the
// key broker protocol and of restful-as (docs/).

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "apps/vouchsafe-load/connection.h"
#include "client/kbs_client.h"
#include "http/url.h"

namespace vouchsafe::load {

// One per connection, for one thread.
class Workload {
 public:
  explicit Workload(const http::Url& server) : connection_(server) {}
  virtual ~Workload() = default;
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  // Once, before the clock starts.
  virtual Result<> Prepare() { return {}; }
  // One operation; an error unless every answer was 200.
  virtual Result<> Once() = 0;

  Connection& connection() { return connection_; }

 protected:
  // One exchange that has to give 200.
  Result<> Expect200(const std::string& request);

 private:
  Connection connection_;
};

enum class Mode { kRcar, kFetch, kEvaluate };
// kFreshBearer: a token that the server has not seen before, each time.
enum class Credential { kCookie, kBearer, kFreshBearer };

// Tokens made before the clock starts, each handed out once. Next is
// thread-safe; Add is not.
class TokenPool {
 public:
  void Add(std::string token) { tokens_.push_back(std::move(token)); }
  // kExhausted when all are gone.
  Result<std::string> Next();

 private:
  std::vector<std::string> tokens_;
  std::atomic<size_t> next_{0};
};

struct WorkloadOptions {
  Mode mode = Mode::kRcar;
  http::Url server;
  std::string path;  // fetch: <repository>/<type>/<tag>
  std::string body;  // evaluate: what is posted
  Credential credential = Credential::kCookie;
  // kFreshBearer: where they wait, and how many each connection adds.
  std::shared_ptr<TokenPool> tokens;
  uint64_t tokens_each = 0;
};

// "rcar", "fetch" or "evaluate"; kInvalidInput.
Result<Mode> ParseMode(const std::string& text);
// Requests in one operation of that mode.
uint64_t RequestsEach(Mode mode);

// Up to 16 keys of one kind: "p256", "p384", "p521" or "rsa2048". Connections
// share them in turn, since making RSA keys takes long.
Result<std::vector<client::TeeKey>> MakeKeys(const std::string& kind,
                                             size_t connections);

// `key` is not used by kEvaluate, must outlive the workload otherwise.
// kInvalidInput: a path that a URL cannot hold.
Result<std::unique_ptr<Workload>> MakeWorkload(const WorkloadOptions& options,
                                               const client::TeeKey* key);

}  // namespace vouchsafe::load
