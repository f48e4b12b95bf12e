#pragma once

// One keep-alive HTTP/1.1 connection for load: blocking, reads answers with a
// Content-Length only. Loopback only: this tool is for servers of one's own.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vouchsafe::load {

struct Target {
  std::string host;  // a loopback address
  uint16_t port = 80;
};

// "http://127.0.0.1:8080". kInvalidInput for other schemes and for hosts that
// are not loopback.
Result<Target> ParseTarget(std::string_view url);

struct Reply {
  int status = 0;
  std::string head;
  std::string body;
};

class Connection {
 public:
  explicit Connection(Target target) : target_(std::move(target)) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends a whole request ("GET / HTTP/1.1\r\n...") and reads its answer;
  // connects when needed.
  Result<Reply> Exchange(std::string_view request);

 private:
  Result<> Connect();
  void Close();
  Result<> SendAll(std::string_view bytes);
  Result<> ReadMore();

  const Target target_;
  int fd_ = -1;
  std::string buffer_;
};

// The value of a header in a reply's head; empty when absent.
std::string HeaderOf(const Reply& reply, std::string_view name);

}  // namespace vouchsafe::load
