#include "net/listener.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <cstring>
#include <string_view>

#include "net/address.h"

namespace vouchsafe::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<Protocol, Executor>;

constexpr int kBacklog = 4096;

tl::unexpected<Error> CannotListen(const std::string& address,
                                   const error_code& error) {
  return Fail(ErrorCode::kUnavailable,
              "listen on " + address + ": " + error.message());
}

Result<tcp::endpoint> ParseEndpoint(const std::string& text) {
  const auto bad = [&text] {
    return Fail(ErrorCode::kInvalidInput,
                "address \"" + text + "\": want IP:port or [IPv6]:port");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad();
  std::string host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error || address.is_v6() != bracketed) return bad();
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return bad();
  return tcp::endpoint(address, port);
}

tcp::endpoint AsTcp(const Protocol::endpoint& generic) {
  tcp::endpoint endpoint;
  if (generic.size() <= endpoint.capacity()) {
    std::memcpy(endpoint.data(), generic.data(), generic.size());
    endpoint.resize(generic.size());
  }
  return endpoint;
}

bool SomebodyListens(const std::string& path) {
  asio::io_context context;
  asio::local::stream_protocol::socket socket(context);
  error_code error;
  socket.connect(asio::local::stream_protocol::endpoint(path), error);
  return error != asio::error::connection_refused &&
         error != asio::error::not_found;
}

void BindPrivately(Acceptor& acceptor, const Protocol::endpoint& endpoint,
                   error_code& error) {
  // On Linux the file takes its mode from the socket: it is never open to
  // others, not even between bind and chmod.
  if (fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0) {
    error.assign(errno, boost::system::system_category());
    return;
  }
  acceptor.bind(endpoint, error);
}

}  // namespace

Result<> CheckAddress(const std::string& text) {
  TRY(ParseEndpoint(text));
  return {};
}

Result<Listener> ListenTcp(Edge& edge, const std::string& address, bool tls) {
  const tcp::endpoint endpoint = TRY(ParseEndpoint(address));
  Listener listener{Acceptor(edge.context.get_executor()), tls, {}};
  Acceptor& acceptor = listener.acceptor;
  error_code error;
  acceptor.open(Protocol(endpoint.protocol()), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return CannotListen(address, error);
  return listener;
}

Result<Listener> ListenUnix(Edge& edge, const std::string& path) {
  Listener listener{Acceptor(edge.context.get_executor()), false, path};
  Acceptor& acceptor = listener.acceptor;
  if (path.empty() || path.size() > 107) {
    return Fail(ErrorCode::kInvalidInput,
                "unix socket \"" + path + "\": want a path of 1 to 107 bytes");
  }
  const asio::local::stream_protocol::endpoint endpoint(path);
  error_code error;
  acceptor.open(Protocol(endpoint.protocol()), error);
  if (error) return CannotListen(path, error);
  BindPrivately(acceptor, endpoint, error);
  struct stat info {};
  if (error == asio::error::address_in_use && lstat(path.c_str(), &info) == 0 &&
      S_ISSOCK(info.st_mode) && !SomebodyListens(path)) {
    unlink(path.c_str());
    error.clear();
    BindPrivately(acceptor, endpoint, error);
  }
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return CannotListen(path, error);
  return listener;
}

uint16_t PortOf(const Listener& listener) {
  error_code error;
  return AsTcp(listener.acceptor.local_endpoint(error)).port();
}

std::string PeerText(const Protocol::endpoint& peer) {
  if (peer.protocol().family() == AF_UNIX || peer.size() == 0) return "unix";
  const tcp::endpoint endpoint = AsTcp(peer);
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port
                                    : host + ":" + port;
}

}  // namespace vouchsafe::net
