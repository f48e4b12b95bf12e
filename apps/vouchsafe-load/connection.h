#pragma once

// One blocking keep-alive connection to a server on this machine. For one
// thread; it counts what passes. Plain HTTP only, and only over loopback: a
// load generator that reaches others is a weapon.

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/fetcher.h"
#include "http/url.h"

namespace vouchsafe::load {

// Scheme http; host 127.0.0.0/8, [::1] or localhost. kInvalidInput otherwise.
Result<http::Url> ParseTarget(std::string_view url);

// The bytes of a request. `target` starts with '/'.
std::string WriteRequest(std::string_view method, std::string_view target,
                         const http::Url& server, const http::Headers& headers,
                         std::string_view body);

struct Traffic {
  std::map<int, uint64_t> statuses;  // answers, by status
  uint64_t bytes_sent = 0;
  uint64_t bytes_received = 0;
  uint64_t connects = 0;
};

class Connection final : public http::Fetcher {
 public:
  // `server` as ParseTarget gave it. Connects with the first exchange.
  explicit Connection(http::Url server) : server_(std::move(server)) {}
  ~Connection() override { Close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends these bytes and reads one answer, which may have any status. The
  // connection is opened anew when it is not open, never to try again.
  //   kUnavailable  no connection, or it broke
  //   kDeadline     no answer within kTimeout
  //   kBadPeer      not an answer as ParseReplyHead takes it
  //   kTooLarge     head over kMaxHead or body over kMaxBody
  Result<http::FetchResponse> Exchange(std::string_view request);

  // The same for the client of the protocol. The URL must be of this server;
  // `timeout`, `ca_pem` and the context are not looked at.
  Result<http::FetchResponse> Fetch(const http::FetchRequest& request,
                                    const RequestContext& context) override;

  const Traffic& traffic() const { return traffic_; }
  // Counts from zero on a new connection: the server may have closed one that
  // waited long for others to be prepared.
  void StartOver() {
    Close();
    traffic_ = {};
  }
  // Of the last answer; 0 when the last exchange gave none.
  int last_status() const { return last_status_; }
  // Of the last answer, "name=value"; empty when none was ever set.
  const std::string& cookie() const { return cookie_; }

 private:
  Result<> Open();
  void Close();
  Result<> SendAll(std::string_view bytes);
  Result<> ReceiveMore();
  Result<http::FetchResponse> Receive();
  Result<http::FetchResponse> TryExchange(std::string_view request);

  const http::Url server_;
  int socket_ = -1;
  std::string buffer_;  // received, not yet used
  Traffic traffic_;
  int last_status_ = 0;
  std::string cookie_;
};

}  // namespace vouchsafe::load
