#pragma once

// TlsOptions to an Asio TLS context. Internal to net/: includes Asio.

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/tls_options.h"

namespace vouchsafe::net {

// Reads certificate and key. kInvalidInput names the option that is wrong.
Result<std::shared_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const TlsOptions& options);

// The two lists of `ciphers`, told apart by the prefix "TLS_".
struct CipherLists {
  std::string tls12;
  std::string tls13;
};
CipherLists SplitCiphers(const std::string& ciphers);

}  // namespace vouchsafe::net
