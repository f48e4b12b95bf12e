#pragma once

// SIGTERM and SIGINT ask to stop, SIGHUP to reload. Construct before any other
// thread starts: the signals are blocked in this thread and so in those it
// makes, and SIGPIPE is ignored.

#include <functional>
#include <memory>

namespace vouchsafe::net {

class Signals {
 public:
  Signals();
  // Restores the mask and handling that it found.
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Blocks until SIGTERM or SIGINT, and returns its number; calls `on_hangup`
  // in this thread for each SIGHUP meanwhile.
  int WaitForStop(const std::function<void()>& on_hangup);

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;
};

}  // namespace vouchsafe::net
