#pragma once

// A blocking client that sends what it is told, byte for byte, right or wrong.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace vouchsafe::testing {

class SocketClient {
 public:
  explicit SocketClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Connect(reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  explicit SocketClient(const std::string& path)
      : fd_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    Connect(reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  SocketClient(SocketClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  SocketClient& operator=(SocketClient&&) = delete;
  ~SocketClient() {
    if (fd_ >= 0) close(fd_);
  }

  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(size));
    }
    return true;
  }
  void FinishSending() { shutdown(fd_, SHUT_WR); }

  // One answer: head and as much body as its Content-Length says. Empty when
  // the server closed before any.
  std::string Answer(bool has_body = true) {
    std::string out = std::exchange(rest_, {});
    size_t head_end = 0;
    while ((head_end = out.find("\r\n\r\n")) == std::string::npos) {
      if (!More(out)) return out;
    }
    const size_t total = head_end + 4 + (has_body ? LengthIn(out) : 0);
    while (out.size() < total && More(out)) {
    }
    if (out.size() > total) {
      rest_ = out.substr(total);
      out.resize(total);
    }
    return out;
  }
  // Everything up to the end of the connection.
  std::string UntilClosed() {
    std::string out = std::exchange(rest_, {});
    while (More(out)) {
    }
    return out;
  }
  // Whether the server closed: reads and drops what is still there.
  bool ClosedByServer() {
    rest_.clear();
    std::string ignored;
    while (More(ignored)) {
    }
    return !timed_out_;
  }

 private:
  static constexpr int kPatienceMs = 10'000;

  void Connect(const sockaddr* address, socklen_t size) {
    connected_ = connect(fd_, address, size) == 0;
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  static size_t LengthIn(const std::string& head) {
    const size_t at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
  }
  bool More(std::string& out) {
    pollfd waiting{fd_, POLLIN, 0};
    if (poll(&waiting, 1, kPatienceMs) <= 0) {
      timed_out_ = true;
      return false;
    }
    char buffer[16384];
    const ssize_t size = recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    out.append(buffer, static_cast<size_t>(size));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool timed_out_ = false;
  std::string rest_;
};

}  // namespace vouchsafe::testing
