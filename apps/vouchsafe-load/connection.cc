#include "apps/vouchsafe-load/connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "apps/vouchsafe-load/reply_head.h"

namespace vouchsafe::load {
namespace {

constexpr size_t kMaxHead = 16 << 10;
constexpr size_t kMaxBody = size_t{64} << 20;
constexpr int kTimeoutSeconds = 30;  // each send and each receive

// Network order; nullopt-like false when the host is not on this machine.
bool LoopbackV4(std::string_view host, in_addr& out) {
  const std::string text(host == "localhost" ? "127.0.0.1" : host);
  return inet_pton(AF_INET, text.c_str(), &out) == 1 &&
         (ntohl(out.s_addr) >> 24) == 127;
}

Error SystemError(std::string_view what) {
  const bool late = errno == EAGAIN || errno == EWOULDBLOCK;
  return {late ? ErrorCode::kDeadline : ErrorCode::kUnavailable,
          std::string(what) + ": " + std::strerror(errno),
          nullptr,
          {}};
}

int ConnectTo(const sockaddr* address, socklen_t size) {
  const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const timeval timeout{kTimeoutSeconds, 0};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (connect(fd, address, size) == 0) return fd;
  const int why = errno;
  close(fd);
  errno = why;
  return -1;
}

}  // namespace

Result<http::Url> ParseTarget(std::string_view url) {
  http::Url out = TRY(http::ParseUrl(url));
  in_addr ignored{};
  if (out.scheme != "http") {
    return Fail(ErrorCode::kInvalidInput, "--url: only http is offered");
  }
  if (out.host != "[::1]" && !LoopbackV4(out.host, ignored)) {
    return Fail(ErrorCode::kInvalidInput,
                "--url: " + out.host +
                    " is not this machine: want 127.0.0.1, [::1] or localhost");
  }
  if (out.path != "/" || !out.query.empty()) {
    return Fail(ErrorCode::kInvalidInput, "--url: want no path");
  }
  return out;
}

std::string WriteRequest(std::string_view method, std::string_view target,
                         const http::Url& server, const http::Headers& headers,
                         std::string_view body) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  out += "Host: " + server.Authority() + "\r\n";
  for (const http::Header& header : headers) {
    out += header.name + ": " + header.value + "\r\n";
  }
  if (!body.empty() || method != "GET") {
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return out.append("\r\n").append(body);
}

Result<> Connection::Open() {
  buffer_.clear();
  if (server_.host == "[::1]") {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(server_.port);
    address.sin6_addr = in6addr_loopback;
    socket_ =
        ConnectTo(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_.port);
    if (!LoopbackV4(server_.host, address.sin_addr)) {
      return Fail(ErrorCode::kInvalidInput, "not a loopback address");
    }
    socket_ =
        ConnectTo(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  if (socket_ < 0) return tl::unexpected(SystemError("connect"));
  ++traffic_.connects;
  return {};
}

void Connection::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
  buffer_.clear();
}

Result<> Connection::SendAll(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return tl::unexpected(SystemError("send"));
    traffic_.bytes_sent += static_cast<size_t>(sent);
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return {};
}

Result<> Connection::ReceiveMore() {
  char chunk[16 << 10];
  ssize_t got = 0;
  do {
    got = recv(socket_, chunk, sizeof chunk, 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return tl::unexpected(SystemError("receive"));
  if (got == 0) {
    return Fail(ErrorCode::kUnavailable, "the server closed the connection");
  }
  traffic_.bytes_received += static_cast<size_t>(got);
  buffer_.append(chunk, static_cast<size_t>(got));
  return {};
}

Result<http::FetchResponse> Connection::Receive() {
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos) {
    if (buffer_.size() > kMaxHead) {
      return Fail(ErrorCode::kTooLarge, "head of the answer over 16 KiB");
    }
    TRY(ReceiveMore());
  }
  ReplyHead head =
      TRY(ParseReplyHead(std::string_view(buffer_).substr(0, end), kMaxBody));
  const size_t whole = end + 4 + head.content_length;
  while (buffer_.size() < whole) TRY(ReceiveMore());
  if (buffer_.size() > whole) {
    return Fail(ErrorCode::kBadPeer, "bytes after the body");
  }
  http::FetchResponse out;
  out.status = head.status;
  out.headers = std::move(head.headers);
  out.body = ToBytes(std::string_view(buffer_).substr(end + 4));
  buffer_.clear();
  if (head.close) Close();
  return out;
}

Result<http::FetchResponse> Connection::TryExchange(std::string_view request) {
  if (socket_ < 0) TRY(Open());
  TRY(SendAll(request));
  return Receive();
}

Result<http::FetchResponse> Connection::Exchange(std::string_view request) {
  last_status_ = 0;
  Result<http::FetchResponse> reply = TryExchange(request);
  if (!reply) {
    Close();
    return reply;
  }
  last_status_ = reply->status;
  ++traffic_.statuses[reply->status];
  const std::string_view set = reply->headers.Get("Set-Cookie");
  if (!set.empty()) cookie_ = set.substr(0, set.find(';'));
  return reply;
}

Result<http::FetchResponse> Connection::Fetch(const http::FetchRequest& request,
                                              const RequestContext&) {
  last_status_ = 0;
  const http::Url url = TRY(http::ParseUrl(request.url));
  if (url.scheme != server_.scheme || url.Authority() != server_.Authority()) {
    return Fail(ErrorCode::kInvalidInput, "a request to another server");
  }
  return Exchange(WriteRequest(request.method, url.Target(), server_,
                               request.headers, AsText(request.body)));
}

}  // namespace vouchsafe::load
