#include "tests/goldens/cli_relay.h"

#include <gtest/gtest.h>

#include <array>
#include <charconv>

#include "tests/integration/socket_client.h"

namespace vouchsafe::goldens {
namespace {

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool More(int fd, std::string& to) {
  std::array<char, 65536> buffer{};
  const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  to.append(buffer.data(), static_cast<size_t>(size));
  return true;
}

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(size));
  }
  return true;
}

SeenRequest ParseHead(const std::string& head) {
  SeenRequest request;
  size_t start = 0;
  while (start < head.size()) {
    const size_t end = std::min(head.find("\r\n", start), head.size());
    const std::string line = head.substr(start, end - start);
    start = end + 2;
    if (request.start_line.empty()) {
      request.start_line = line;
      continue;
    }
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    request.headers.emplace_back(Lower(line.substr(0, colon)),
                                 line.substr(colon + 2));
  }
  return request;
}

size_t LengthOf(const SeenRequest& request) {
  size_t length = 0;
  for (const auto& [name, value] : request.headers) {
    if (name != "content-length") continue;
    std::from_chars(value.data(), value.data() + value.size(), length);
  }
  return length;
}

}  // namespace

Relay::Relay(int server_port)
    : server_port_(server_port), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener_, plain, size), 0);
  EXPECT_EQ(listen(listener_, 8), 0);
  EXPECT_EQ(getsockname(listener_, plain, &size), 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

Relay::~Relay() {
  shutdown(listener_, SHUT_RDWR);  // ends accept
  thread_.join();
  close(listener_);
}

std::vector<SeenRequest> Relay::Take() {
  std::lock_guard lock(mutex_);
  return std::exchange(seen_, {});
}

void Relay::Run() {
  while (true) {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    Serve(client);
    close(client);
  }
}

void Relay::Serve(int client) {
  vouchsafe::testing::SocketClient server(static_cast<uint16_t>(server_port_));
  std::string bytes;
  while (true) {
    size_t head = 0;
    while ((head = bytes.find("\r\n\r\n")) == std::string::npos) {
      if (!More(client, bytes)) return;
    }
    SeenRequest request = ParseHead(bytes.substr(0, head));
    const size_t total = head + 4 + LengthOf(request);
    while (bytes.size() < total) {
      if (!More(client, bytes)) return;
    }
    request.body = bytes.substr(head + 4, total - head - 4);
    {
      std::lock_guard lock(mutex_);
      seen_.push_back(std::move(request));
    }
    if (!server.Send(bytes.substr(0, total))) return;
    bytes.erase(0, total);
    if (!SendAll(client, server.Answer())) return;
  }
}

}  // namespace vouchsafe::goldens
