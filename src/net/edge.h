#pragma once

// What the connections of one server share, and what those of one io thread
// share. Internal to net/: includes Asio.

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <list>
#include <stop_token>
#include <string>

#include "net/server.h"
#include "net/work_pool.h"

namespace vouchsafe::net {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
template <class T>
using Task = asio::awaitable<T, Executor>;
inline constexpr asio::use_awaitable_t<Executor> kAwait;
using Protocol = asio::generic::stream_protocol;
using Socket = asio::basic_stream_socket<Protocol, Executor>;
using SteadyTime = std::chrono::steady_clock::time_point;

// One server: read by all its threads.
struct Shared {
  Shared(ServerLimits limits_in, ServerDeps deps_in, size_t workers)
      : limits(limits_in),
        deps(deps_in),
        pool(workers, limits_in.max_queued_work) {}

  const ServerLimits limits;
  const ServerDeps deps;
  WorkPool pool;
  std::stop_source stop;  // set when draining took too long
  std::atomic<bool> draining{false};
  std::atomic<uint64_t> connections{0};
  std::atomic<uint64_t> requests{0};
  std::atomic<uint64_t> refused{0};
  std::atomic<uint64_t> leaving{0};  // turned away and not yet closed
};

// A connection as its io thread sees it, for timeouts. Touched by that thread
// alone.
class Timed {
 public:
  virtual ~Timed() = default;
  // Aborts what the connection waits for.
  virtual void Abort() = 0;

  SteadyTime deadline = SteadyTime::max();
  bool idle = false;  // between two requests
  bool expired = false;
};

// One io thread. Connections stay on the thread that they were given to, so
// nothing of theirs needs a lock.
struct Edge {
  explicit Edge(Shared& shared_in) : shared(shared_in) {}

  Shared& shared;
  // Declared before the context, whose end destroys what is registered here.
  std::list<Timed*> timed;
  int64_t date_s = -1;
  std::string date;
  asio::io_context context{1};
  asio::executor_work_guard<Executor> guard{context.get_executor()};

  // "Tue, 24 Nov 2026 23:56:19 GMT", made once a second.
  const std::string& Date();
  // Aborts those whose deadline has passed.
  void Sweep(SteadyTime now);
  void AbortIdle();
  void AbortAll();
};

// Runs until the context is stopped.
Task<void> SweepForever(Edge& edge);

}  // namespace vouchsafe::net
