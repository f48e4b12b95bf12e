#include "net/signals.h"

#include <csignal>

namespace vouchsafe::net {
namespace {

sigset_t Watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

struct Signals::Saved {
  sigset_t mask;
  struct sigaction pipe;
};

Signals::Signals() : saved_(std::make_unique<Saved>()) {
  const sigset_t watched = Watched();
  pthread_sigmask(SIG_BLOCK, &watched, &saved_->mask);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &saved_->pipe);
}

Signals::~Signals() {
  sigaction(SIGPIPE, &saved_->pipe, nullptr);
  pthread_sigmask(SIG_SETMASK, &saved_->mask, nullptr);
}

int Signals::WaitForStop(const std::function<void()>& on_hangup) {
  const sigset_t watched = Watched();
  for (;;) {
    int number = 0;
    if (sigwait(&watched, &number) != 0) continue;
    if (number != SIGHUP) return number;
    if (on_hangup) on_hangup();
  }
}

}  // namespace vouchsafe::net
