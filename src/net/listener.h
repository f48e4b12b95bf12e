#pragma once

// A listening socket and what it is made from. Internal to net/.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <string>

#include "net/edge.h"

namespace vouchsafe::net {

struct Listener {
  asio::basic_socket_acceptor<Protocol, Executor> acceptor;
  bool tls = false;
  std::string unix_path;  // to be removed at the end; empty for TCP
};

// "192.0.2.1:80", "[::1]:80". kInvalidInput, or kUnavailable when it cannot be
// bound.
Result<Listener> ListenTcp(Edge& edge, const std::string& address, bool tls);
// Mode 0600. A socket file that nobody listens on is replaced.
Result<Listener> ListenUnix(Edge& edge, const std::string& path);

uint16_t PortOf(const Listener& listener);
// "192.0.2.1:4711", "[::1]:4711" or "unix".
std::string PeerText(const Protocol::endpoint& peer);

}  // namespace vouchsafe::net
