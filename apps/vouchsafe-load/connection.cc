#include "apps/vouchsafe-load/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

#include "http/types.h"
#include "http/url.h"

namespace vouchsafe::load {
namespace {

constexpr size_t kMaxHead = 64 * 1024;
constexpr size_t kMaxBody = size_t{16} << 20;
constexpr size_t kChunk = 16 * 1024;
constexpr time_t kTimeoutS = 30;

tl::unexpected<Error> Broken(const std::string& what) {
  return Fail(ErrorCode::kBadPeer, "answer: " + what);
}

Result<size_t> ContentLength(const Reply& reply) {
  const std::string text = HeaderOf(reply, "Content-Length");
  size_t length = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() ||
      end != text.data() + text.size() || length > kMaxBody) {
    return Broken("want a Content-Length up to 16 MiB, got \"" + text + "\"");
  }
  return length;
}

}  // namespace

Result<Target> ParseTarget(std::string_view url) {
  const http::Url parsed = TRY(http::ParseUrl(url));
  if (parsed.scheme != "http") {
    return Fail(ErrorCode::kUnsupported,
                "--url: want http://, got " + parsed.scheme + "://");
  }
  std::string host = parsed.host == "localhost" ? "127.0.0.1" : parsed.host;
  in_addr address{};
  const bool is_loopback = inet_pton(AF_INET, host.c_str(), &address) == 1 &&
                           (ntohl(address.s_addr) >> 24) == 127;
  if (!is_loopback) {
    return Fail(
        ErrorCode::kInvalidInput,
        "--url: want a host of the loopback network 127.0.0.0/8, got " + host);
  }
  return Target{std::move(host), parsed.port};
}

std::string HeaderOf(const Reply& reply, std::string_view name) {
  size_t line = reply.head.find("\r\n");
  while (line != std::string::npos) {
    const size_t start = line + 2;
    line = reply.head.find("\r\n", start);
    const std::string_view field =
        std::string_view(reply.head).substr(start, line - start);
    const size_t colon = field.find(':');
    if (colon == std::string_view::npos ||
        !http::EqualNoCase(field.substr(0, colon), name)) {
      continue;
    }
    std::string_view value = field.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return std::string(value);
  }
  return "";
}

Connection::~Connection() { Close(); }

void Connection::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  buffer_.clear();
}

Result<> Connection::Connect() {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(target_.port);
  inet_pton(AF_INET, target_.host.c_str(), &address.sin_addr);
  const int one = 1;
  const timeval timeout{kTimeoutS, 0};
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address),
                sizeof address) != 0) {
    Close();
    return Fail(ErrorCode::kUnavailable, "cannot connect to " + target_.host +
                                             ":" +
                                             std::to_string(target_.port));
  }
  return {};
}

Result<> Connection::SendAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return Fail(ErrorCode::kUnavailable, "connection lost");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return {};
}

Result<> Connection::ReadMore() {
  const size_t old_size = buffer_.size();
  buffer_.resize(old_size + kChunk);
  const ssize_t got = ::recv(fd_, buffer_.data() + old_size, kChunk, 0);
  buffer_.resize(old_size + static_cast<size_t>(got > 0 ? got : 0));
  if (got <= 0) return Fail(ErrorCode::kUnavailable, "connection lost");
  return {};
}

Result<Reply> Connection::Exchange(std::string_view request) {
  if (fd_ < 0) TRY(Connect());
  const auto exchange = [&]() -> Result<Reply> {
    TRY(SendAll(request));
    size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (buffer_.size() > kMaxHead) return Broken("its head is too large");
      TRY(ReadMore());
    }
    Reply reply;
    reply.head = buffer_.substr(0, end + 2);
    if (!reply.head.starts_with("HTTP/1.1 ") || reply.head.size() < 12) {
      return Broken("no HTTP/1.1 status line");
    }
    reply.status = std::atoi(reply.head.c_str() + 9);
    const size_t length = TRY(ContentLength(reply));
    while (buffer_.size() < end + 4 + length) TRY(ReadMore());
    reply.body = buffer_.substr(end + 4, length);
    buffer_.erase(0, end + 4 + length);
    return reply;
  };
  Result<Reply> reply = exchange();
  if (!reply || http::EqualNoCase(HeaderOf(*reply, "Connection"), "close")) {
    Close();
  }
  return reply;
}

}  // namespace vouchsafe::load
