#include "net/turn_away.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <string_view>

namespace vouchsafe::net {
namespace {

using boost::system::error_code;

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
    "Connection: close\r\nRetry-After: 1\r\n\r\n";
// Record type alert, TLS 1.2 as all records say, two bytes: fatal, 80.
constexpr std::string_view kFullTls("\x15\x03\x03\x00\x02\x02\x50", 7);
constexpr std::chrono::milliseconds kLinger{1000};
constexpr size_t kDropped = 4096;

// A connection that was told and not yet closed.
class Leaver final : public Timed {
 public:
  Leaver(Edge& edge, Socket socket) : edge_(edge), socket_(std::move(socket)) {
    place_ = edge_.timed.insert(edge_.timed.end(), this);
    ++edge_.shared.leaving;
    deadline = std::chrono::steady_clock::now() + kLinger;
  }
  ~Leaver() override {
    --edge_.shared.leaving;
    edge_.timed.erase(place_);
  }
  Leaver(const Leaver&) = delete;
  Leaver& operator=(const Leaver&) = delete;

  void Abort() override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void Tell(std::string_view text) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.write_some(asio::buffer(text.data(), text.size()), ignored);
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  Task<void> WaitForEnd() {
    std::array<char, kDropped> ignored;
    error_code error;
    while (!error && !expired) {
      auto token = asio::redirect_error(kAwait, error);
      co_await socket_.async_read_some(asio::buffer(ignored), token);
    }
  }

 private:
  Edge& edge_;
  Socket socket_;
  std::list<Timed*>::iterator place_;
};

}  // namespace

Task<void> TurnAway(Edge& edge, Socket socket, bool tls) {
  const bool wait = edge.shared.leaving < edge.shared.limits.max_turned_away;
  Leaver leaver(edge, std::move(socket));
  leaver.Tell(tls ? kFullTls : kFull);
  if (wait) co_await leaver.WaitForEnd();
}

}  // namespace vouchsafe::net
