#include "net/edge.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

namespace vouchsafe::net {
namespace {

// Fine enough that a timeout is late by a quarter of itself at most.
std::chrono::milliseconds TickOf(const ServerLimits& limits) {
  const auto shortest = std::min({limits.handshake_timeout, limits.head_timeout,
                                  limits.body_timeout, limits.write_timeout,
                                  limits.keep_alive_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5),
                    std::chrono::milliseconds(500));
}

void Expire(Timed& timed) {
  timed.expired = true;
  timed.Abort();
}

}  // namespace

const std::string& Edge::Date() {
  const int64_t now = shared.deps.clock->UnixSeconds();
  if (now != date_s) {
    date_s = now;
    date = FormatHttpDate(now);
  }
  return date;
}

void Edge::Sweep(SteadyTime now) {
  for (Timed* connection : timed) {
    if (!connection->expired && connection->deadline <= now) {
      Expire(*connection);
    }
  }
}

void Edge::AbortIdle() {
  for (Timed* connection : timed) {
    if (connection->idle) Expire(*connection);
  }
}

void Edge::AbortAll() {
  for (Timed* connection : timed) Expire(*connection);
}

Task<void> SweepForever(Edge& edge) {
  const auto tick = TickOf(edge.shared.limits);
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             Executor>
      timer(edge.context.get_executor());
  for (;;) {
    timer.expires_after(tick);
    boost::system::error_code error;
    auto token = asio::redirect_error(kAwait, error);
    co_await timer.async_wait(token);
    if (error) co_return;
    edge.Sweep(std::chrono::steady_clock::now());
  }
}

}  // namespace vouchsafe::net
