#include "net/server.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "net/connection.h"
#include "net/listener.h"
#include "net/open_files.h"
#include "net/tls_context.h"
#include "net/turn_away.h"

namespace vouchsafe::net {
namespace {

using boost::system::error_code;

// After an error of accept (out of descriptors, mostly).
constexpr std::chrono::milliseconds kAcceptPause{100};
// How long a connection may take to end after its request was cancelled.
constexpr std::chrono::milliseconds kCancelGrace{1'000};
constexpr std::chrono::milliseconds kDrainPoll{5};

// TLS writes to the descriptor without MSG_NOSIGNAL; on a thread that blocks
// the signal a broken connection is an error like any other.
void BlockBrokenPipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

size_t WorkersOf(const ServerOptions& options) {
  if (options.worker_threads != 0) return options.worker_threads;
  return std::max<size_t>(4, size_t{2} * std::thread::hardware_concurrency());
}

// The process's limit of open files is raised to what the connections need;
// where it cannot be, fewer connections are taken, so that the store and the
// handlers always find a file to open.
ServerOptions FitOpenFiles(ServerOptions options, Logger& logger) {
  size_t& connections = options.limits.max_connections;
  const size_t wanted = connections;
  connections = ConnectionsWithin(AllowOpenFiles(wanted + kOtherFiles), wanted);
  if (connections < wanted) {
    size_t& turned_away = options.limits.max_turned_away;
    turned_away = std::min(turned_away, connections / 4);
    logger.Warn(
        "fewer connections than configured: raise the limit of open "
        "files (ulimit -n)",
        {{"max_connections", std::to_string(connections)},
         {"wanted", std::to_string(wanted)}});
  }
  return options;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, ServerDeps deps)
      : options_(std::move(options)),
        shared_(options_.limits, deps, WorkersOf(options_)) {
    const size_t threads = std::max<size_t>(1, options_.io_threads);
    for (size_t i = 0; i < threads; ++i) edges_.emplace_back(shared_);
  }
  ~Impl() { Stop(); }

  Result<> Listen();
  void Start();
  void Stop();
  Result<> ReloadTls();
  std::vector<uint16_t> Ports() const;
  ServerStats Stats() const;

 private:
  Task<void> Accept(Listener& listener);
  void Admit(Listener& listener, Edge& edge, Socket socket,
             const Protocol::endpoint& peer);
  Edge& NextEdge() { return edges_[next_edge_++ % edges_.size()]; }
  void OnEveryEdge(void (Edge::*action)());
  void StopAccepting();
  // Whether all connections ended before the time was over.
  bool WaitForConnections(std::chrono::milliseconds most) const;
  std::shared_ptr<asio::ssl::context> Tls() const;

  const ServerOptions options_;
  Shared shared_;
  std::deque<Edge> edges_;
  std::deque<Listener> listeners_;  // after edges_: acceptors end first
  std::vector<uint16_t> ports_;
  size_t next_edge_ = 0;  // the accepting thread's own
  mutable std::mutex tls_mutex_;
  std::shared_ptr<asio::ssl::context> tls_;
  std::once_flag started_;
  std::once_flag stopped_;
  std::vector<std::thread> threads_;
};

Result<> Server::Impl::Listen() {
  TRY(ReloadTls());
  for (const std::string& address : options_.addresses) {
    listeners_.push_back(
        TRY(ListenTcp(edges_.front(), address, options_.tls != nullptr)));
    ports_.push_back(PortOf(listeners_.back()));
  }
  for (const std::string& path : options_.unix_paths) {
    listeners_.push_back(TRY(ListenUnix(edges_.front(), path)));
  }
  return {};
}

void Server::Impl::Start() {
  std::call_once(started_, [this] {
    for (Listener& listener : listeners_) {
      asio::co_spawn(edges_.front().context.get_executor(), Accept(listener),
                     asio::detached);
    }
    for (Edge& edge : edges_) {
      asio::co_spawn(edge.context.get_executor(), SweepForever(edge),
                     asio::detached);
      threads_.emplace_back([&edge] {
        BlockBrokenPipe();
        edge.context.run();
      });
    }
  });
}

Task<void> Server::Impl::Accept(Listener& listener) {
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>,
                             Executor>
      pause(edges_.front().context.get_executor());
  while (listener.acceptor.is_open()) {
    Edge& edge = NextEdge();
    Socket socket(edge.context.get_executor());
    Protocol::endpoint peer;
    error_code error;
    auto token = asio::redirect_error(kAwait, error);
    co_await listener.acceptor.async_accept(socket, peer, token);
    if (shared_.draining) co_return;
    if (error) {
      pause.expires_after(kAcceptPause);
      error_code ignored;
      auto wait = asio::redirect_error(kAwait, ignored);
      co_await pause.async_wait(wait);
      continue;
    }
    Admit(listener, edge, std::move(socket), peer);
  }
}

void Server::Impl::Admit(Listener& listener, Edge& edge, Socket socket,
                         const Protocol::endpoint& peer) {
  if (shared_.connections >= options_.limits.max_connections) {
    ++shared_.refused;
    asio::co_spawn(edge.context.get_executor(),
                   TurnAway(edge, std::move(socket), listener.tls),
                   asio::detached);
    return;
  }
  if (listener.unix_path.empty()) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  }
  const Executor executor = edge.context.get_executor();
  Counted counted(shared_);
  if (listener.tls) {
    asio::co_spawn(executor,
                   ServeTls(edge, std::move(socket), PeerText(peer),
                            std::move(counted), Tls()),
                   asio::detached);
  } else {
    asio::co_spawn(
        executor,
        ServePlain(edge, std::move(socket), PeerText(peer), std::move(counted)),
        asio::detached);
  }
}

void Server::Impl::OnEveryEdge(void (Edge::*action)()) {
  for (Edge& edge : edges_) {
    asio::post(edge.context, [&edge, action] { (edge.*action)(); });
  }
}

void Server::Impl::StopAccepting() {
  asio::post(edges_.front().context, [this] {
    error_code ignored;
    for (Listener& listener : listeners_) listener.acceptor.close(ignored);
  });
  for (const Listener& listener : listeners_) {
    if (!listener.unix_path.empty()) unlink(listener.unix_path.c_str());
  }
}

bool Server::Impl::WaitForConnections(std::chrono::milliseconds most) const {
  const auto end = std::chrono::steady_clock::now() + most;
  while (shared_.connections != 0) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kDrainPoll);
  }
  return true;
}

void Server::Impl::Stop() {
  std::call_once(stopped_, [this] {
    shared_.draining = true;
    StopAccepting();
    OnEveryEdge(&Edge::AbortIdle);
    const bool running = !threads_.empty();
    if (running && !WaitForConnections(options_.limits.drain_timeout)) {
      shared_.stop.request_stop();
      WaitForConnections(kCancelGrace);
      OnEveryEdge(&Edge::AbortAll);
    }
    shared_.pool.Stop();
    for (Edge& edge : edges_) {
      edge.guard.reset();
      edge.context.stop();
    }
    for (std::thread& thread : threads_) thread.join();
    // What was posted last: acceptors end while all contexts are still there.
    for (Edge& edge : edges_) {
      edge.context.restart();
      edge.context.poll();
    }
  });
}

std::shared_ptr<asio::ssl::context> Server::Impl::Tls() const {
  std::lock_guard lock(tls_mutex_);
  return tls_;
}

Result<> Server::Impl::ReloadTls() {
  if (options_.tls == nullptr) return {};
  auto fresh = TRY(MakeTlsContext(*options_.tls));
  std::lock_guard lock(tls_mutex_);
  tls_ = std::move(fresh);
  return {};
}

std::vector<uint16_t> Server::Impl::Ports() const { return ports_; }

ServerStats Server::Impl::Stats() const {
  return {shared_.connections, shared_.requests, shared_.pool.Waiting(),
          shared_.refused};
}

Result<std::unique_ptr<Server>> Server::Create(ServerOptions options,
                                               ServerDeps deps) {
  try {
    auto impl = std::make_unique<Impl>(
        FitOpenFiles(std::move(options), *deps.logger), deps);
    TRY(impl->Listen());
    return std::unique_ptr<Server>(new Server(std::move(impl)));
  } catch (const std::exception& thrown) {
    return Fail(ErrorCode::kUnavailable,
                std::string("server: ") + thrown.what());
  }
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
void Server::Start() { impl_->Start(); }
void Server::Stop() { impl_->Stop(); }
std::vector<uint16_t> Server::Ports() const { return impl_->Ports(); }
Result<> Server::ReloadTls() { return impl_->ReloadTls(); }
ServerStats Server::Stats() const { return impl_->Stats(); }

}  // namespace vouchsafe::net
