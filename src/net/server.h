#pragma once

// The HTTP/1.1 server: TCP with or without TLS, and Unix sockets. The edge
// (accept, TLS, read, write, timeouts) is asynchronous on a few io threads;
// handlers are plain blocking functions on a bounded pool, and cheap ones run
// at the edge. A request that finds the pool's queue full is answered 503 at
// once.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "http/router.h"
#include "net/tls_options.h"

namespace vouchsafe::net {

// Every bound of the server, by name.
struct ServerLimits {
  size_t max_head_bytes = size_t{1} << 20;  // request line and fields; else 431
  size_t max_head_fields = 96;              // else 431
  // A route's own limit is cut to this one.
  size_t max_body_bytes = size_t{64} << 20;
  size_t max_connections = 10'000;  // beyond: 503 and closed
  // Of those beyond, so many at once are given time to read the 503.
  size_t max_turned_away = 256;
  size_t max_queued_work = 1'024;  // waiting for a worker; beyond: 503
  std::chrono::milliseconds handshake_timeout{5'000};
  std::chrono::milliseconds head_timeout{5'000};        // whole head; else 408
  std::chrono::milliseconds body_timeout{30'000};       // whole body; else 408
  std::chrono::milliseconds write_timeout{30'000};      // whole answer
  std::chrono::milliseconds keep_alive_timeout{5'000};  // between two requests
  std::chrono::milliseconds request_deadline{60'000};   // of the handler
  std::chrono::milliseconds drain_timeout{30'000};      // Stop waits so long
};

struct ServerOptions {
  // "127.0.0.1:8080", "[::]:8080"; port 0 takes a free one.
  std::vector<std::string> addresses;
  // Paths of Unix sockets, made with mode 0600; a stale one is replaced.
  std::vector<std::string> unix_paths;
  // With TLS every TCP address speaks TLS; Unix sockets never do.
  std::unique_ptr<TlsOptions> tls;
  size_t io_threads = 1;
  size_t worker_threads = 0;  // 0: twice the processors, at least 4
  ServerLimits limits;
};

// What the server is lent; all must outlive it.
struct ServerDeps {
  const http::Router* router = nullptr;
  const Clock* clock = nullptr;
  RandomSource* random = nullptr;  // for request ids; used from io threads
  Logger* logger = nullptr;
};

struct ServerStats {
  uint64_t connections = 0;  // open now
  uint64_t requests = 0;     // answered since start
  uint64_t queued = 0;       // waiting for a worker now
  uint64_t refused = 0;      // 503 since start: connections and requests
};

// All members are thread-safe.
class Server {
 public:
  // Binds and listens; a request is served only after Start. kInvalidInput: an
  // address, certificate or TLS option is wrong; kUnavailable: cannot bind.
  static Result<std::unique_ptr<Server>> Create(ServerOptions options,
                                                ServerDeps deps);
  // Stops, as Stop does.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void Start();
  // Stops accepting, closes idle connections, lets requests in flight finish
  // (at most drain_timeout, then their stop token is set), joins all threads.
  // A handler that ignores its deadline and stop token holds Stop up.
  void Stop();

  // Ports of the TCP addresses, in their order, as bound.
  std::vector<uint16_t> Ports() const;
  // Reads certificate and key again; new connections use them. On an error the
  // old ones stay in use. Without TLS: nothing to do.
  Result<> ReloadTls();
  ServerStats Stats() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vouchsafe::net
