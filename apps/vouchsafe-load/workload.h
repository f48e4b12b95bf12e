#pragma once

// What one connection does over and over. Requests and answers are those of the
// key broker protocol and of restful-as (docs/).

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
enum class Credential { kCookie, kBearer };

struct WorkloadOptions {
  Mode mode = Mode::kRcar;
  http::Url server;
  std::string path;  // fetch: <repository>/<type>/<tag>
  std::string body;  // evaluate: what is posted
  Credential credential = Credential::kCookie;
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
