#pragma once

// Stands between a client and a server on loopback and keeps the requests.
// One connection at a time; requests and answers with Content-Length.

#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace vouchsafe::goldens {

struct SeenRequest {
  std::string start_line;
  // As sent, names in lower case.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

class Relay {
 public:
  explicit Relay(int server_port);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  int port() const { return port_; }
  // Those since the last call.
  std::vector<SeenRequest> Take();

 private:
  void Run();
  void Serve(int client);

  const int server_port_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::thread thread_;
};

}  // namespace vouchsafe::goldens
