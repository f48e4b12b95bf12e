#pragma once

// A kbs on this machine: written a configuration, started, killed, started
// again.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/url.h"

namespace vouchsafe::chaos {

struct ServerPlan {
  std::string program;  // path of kbs
  std::string storage;  // "LocalFs" or "LocalJson"
  std::string folder;   // everything is below; the store in StoreFolder()

  std::string StoreFolder() const { return folder + "/store"; }
  std::string LogFile() const { return folder + "/kbs.log"; }
};

class ServerProcess {
 public:
  // Picks a free port and writes the configuration.
  static Result<ServerProcess> Create(ServerPlan plan);
  ~ServerProcess() { Kill(); }
  ServerProcess(ServerProcess&& other) noexcept;
  ServerProcess& operator=(ServerProcess&&) = delete;

  const ServerPlan& plan() const { return plan_; }
  const http::Url& url() const { return url_; }

  Result<> Start();
  // Until it answers; the error says how it ended, or that it took too long.
  Result<> WaitUntilReady();
  // SIGKILL, and waits for the end. How it ended, if it had ended before by
  // itself or another's hand since the last call; else nothing.
  std::optional<std::string> Kill();

 private:
  ServerProcess(ServerPlan plan, http::Url url)
      : plan_(std::move(plan)), url_(std::move(url)) {}
  // How it ended by itself; nullopt while it runs.
  std::optional<std::string> Ended();

  ServerPlan plan_;
  http::Url url_;
  pid_t pid_ = -1;
};

}  // namespace vouchsafe::chaos
