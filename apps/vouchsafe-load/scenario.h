#pragma once

// What one connection does over and over: handshakes, fetches, evaluations.

#include <memory>
#include <optional>
#include <string>

#include "apps/vouchsafe-load/connection.h"
#include "base/result.h"

namespace vouchsafe::load {

struct ScenarioOptions {
  std::string name;  // "rcar", "fetch", "evaluate"
  std::string path = "default/key/1";
  std::string body;  // of evaluate
  std::string key = "p256";
  bool bearer = false;  // fetch with the token instead of the session
};

// One a connection; not shared between threads.
class Scenario {
 public:
  virtual ~Scenario() = default;
  // Before the clock runs.
  virtual Result<> Prepare(Connection& connection) = 0;
  // One unit of work; how many bytes came back. A status other than 200 is
  // an error that names it.
  virtual Result<size_t> Once(Connection& connection) = 0;
};

// kInvalidInput for an unknown name or key.
Result<std::unique_ptr<Scenario>> MakeScenario(const ScenarioOptions& options);

}  // namespace vouchsafe::load
