#include "net/tls_stream.h"

#include <openssl/err.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <limits>
#include <new>

namespace vouchsafe::net {
namespace {

using boost::system::error_code;

constexpr size_t kMost = std::numeric_limits<int>::max();

error_code SystemFailure() {
  if (errno == 0) return asio::error::eof;
  return {errno, boost::system::system_category()};
}

error_code TlsFailure() {
  return {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()};
}

// What the library reports must be of the call that follows.
void Forget() {
  ERR_clear_error();
  errno = 0;
}

}  // namespace

TlsStream::TlsStream(Socket socket, SSL_CTX* context)
    : socket_(std::move(socket)), ssl_(SSL_new(context)) {
  error_code ignored;
  socket_.native_non_blocking(true, ignored);
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) {
    throw std::bad_alloc();
  }
  SSL_set_accept_state(ssl_.get());
}

Task<bool> TlsStream::Ready(int result, error_code& error) {
  const int reason = SSL_get_error(ssl_.get(), result);
  if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) {
    const auto what =
        reason == SSL_ERROR_WANT_READ ? Socket::wait_read : Socket::wait_write;
    auto token = asio::redirect_error(kAwait, error);
    co_await socket_.async_wait(what, token);
    co_return !error;
  }
  if (reason == SSL_ERROR_ZERO_RETURN) {
    error = asio::error::eof;
  } else if (reason == SSL_ERROR_SYSCALL) {
    error = SystemFailure();
  } else {
    error = TlsFailure();
  }
  co_return false;
}

Task<void> TlsStream::Handshake(error_code& error) {
  for (;;) {
    Forget();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) co_return;
    const bool again = co_await Ready(result, error);
    if (!again) co_return;
  }
}

Task<size_t> TlsStream::ReadSome(asio::mutable_buffer into, error_code& error) {
  const int size = static_cast<int>(std::min(into.size(), kMost));
  for (;;) {
    Forget();
    const int result = SSL_read(ssl_.get(), into.data(), size);
    if (result > 0) co_return static_cast<size_t>(result);
    const bool again = co_await Ready(result, error);
    if (!again) co_return size_t{0};
  }
}

Task<void> TlsStream::Write(std::string_view bytes, error_code& error) {
  while (!bytes.empty()) {
    Forget();
    const int result =
        SSL_write(ssl_.get(), bytes.data(),
                  static_cast<int>(std::min(bytes.size(), kMost)));
    if (result > 0) {
      bytes.remove_prefix(static_cast<size_t>(result));
      continue;
    }
    const bool again = co_await Ready(result, error);
    if (!again) co_return;
  }
}

Task<void> TlsStream::WaitReadable(error_code& error) {
  if (SSL_has_pending(ssl_.get()) == 1) co_return;
  auto token = asio::redirect_error(kAwait, error);
  co_await socket_.async_wait(Socket::wait_read, token);
}

Task<void> TlsStream::Shutdown(error_code& error) {
  for (;;) {
    Forget();
    const int result = SSL_shutdown(ssl_.get());
    if (result >= 0) co_return;
    const bool again = co_await Ready(result, error);
    if (!again) co_return;
  }
}

}  // namespace vouchsafe::net
