#pragma once

// TLS on a non-blocking socket, by OpenSSL on the descriptor itself. Asio's own
// stream goes through memory and keeps four buffers of 17 KiB for each
// connection, idle or not; here an idle one has none
// (SSL_MODE_RELEASE_BUFFERS). Internal to net/. For one io thread, which must
// block SIGPIPE.

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <memory>
#include <string_view>

#include "net/edge.h"

namespace vouchsafe::net {

class TlsStream {
 public:
  // As a server. `context` is only used here.
  TlsStream(Socket socket, SSL_CTX* context);

  Socket& next_layer() { return socket_; }

  // All set `error`: eof when the peer ended the connection properly. A
  // cancelled socket ends what waits.
  Task<void> Handshake(boost::system::error_code& error);
  // At least one byte, or an error.
  Task<size_t> ReadSome(asio::mutable_buffer into,
                        boost::system::error_code& error);
  Task<void> Write(std::string_view bytes, boost::system::error_code& error);
  // Until there is something to read: perhaps no whole record yet.
  Task<void> WaitReadable(boost::system::error_code& error);
  // Says goodbye, without waiting for the peer's.
  Task<void> Shutdown(boost::system::error_code& error);

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  // After a call that gave `result`: waits for what it needs to go on. False,
  // with the error, when it cannot.
  Task<bool> Ready(int result, boost::system::error_code& error);

  Socket socket_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace vouchsafe::net
