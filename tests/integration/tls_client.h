#pragma once

// A blocking TLS client that offers what it is told and tells what was agreed.
// It does not look at the server's certificate.

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/time.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integration/socket_client.h"

namespace vouchsafe::testing {

// What a client offers; what is empty or 0 is OpenSSL's default.
struct TlsOffer {
  int version = 0;                // TLS1_2_VERSION: that one alone
  std::string ciphers;            // of TLS 1.2 and before, OpenSSL's names
  std::string suites;             // of TLS 1.3
  std::string groups;             // "X25519:P-256"
  std::vector<std::string> alpn;  // in order
};

// What came of it. All but `handshake` are empty when it was refused.
struct TlsOutcome {
  std::string handshake;  // "accepted", "alert 70", or another error's text
  std::string version;    // "TLSv1.3"
  std::string cipher;     // "TLS_AES_256_GCM_SHA384"
  std::string group;      // "X25519, 253 bits", "ECDH, prime256v1, 256 bits"
  std::string alpn;       // "http/1.1"; "" when none was agreed
};

class TlsClient {
 public:
  TlsClient(uint16_t port, const TlsOffer& offer)
      : socket_(port),
        context_(MakeContext(offer), SSL_CTX_free),
        ssl_(SSL_new(context_.get()), SSL_free) {
    const timeval patience{10, 0};
    setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience,
               sizeof patience);
    SSL_set_fd(ssl_.get(), socket_.fd());
    ERR_clear_error();
    if (SSL_connect(ssl_.get()) == 1) {
      Agreed();
    } else {
      outcome_.handshake = Refusal();
    }
  }

  const TlsOutcome& outcome() const { return outcome_; }

  bool Send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) >
           0;
  }
  // Everything up to the end of the connection.
  std::string UntilClosed() {
    std::string out;
    std::array<char, 16384> buffer;
    for (;;) {
      const int size = SSL_read(ssl_.get(), buffer.data(), buffer.size());
      if (size <= 0) return out;
      out.append(buffer.data(), static_cast<size_t>(size));
    }
  }

 private:
  static SSL_CTX* MakeContext(const TlsOffer& offer) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    if (offer.version != 0) {
      SSL_CTX_set_min_proto_version(context, offer.version);
      SSL_CTX_set_max_proto_version(context, offer.version);
    }
    if (!offer.ciphers.empty()) {
      SSL_CTX_set_cipher_list(context, offer.ciphers.c_str());
    }
    if (!offer.suites.empty()) {
      SSL_CTX_set_ciphersuites(context, offer.suites.c_str());
    }
    if (!offer.groups.empty()) {
      SSL_CTX_set1_groups_list(context, offer.groups.c_str());
    }
    std::string protocols;
    for (const std::string& name : offer.alpn) {
      protocols += static_cast<char>(name.size()) + name;
    }
    if (!protocols.empty()) {
      SSL_CTX_set_alpn_protos(
          context, reinterpret_cast<const unsigned char*>(protocols.data()),
          static_cast<unsigned>(protocols.size()));
    }
    return context;
  }

  void Agreed() {
    outcome_.handshake = "accepted";
    outcome_.version = SSL_get_version(ssl_.get());
    outcome_.cipher = SSL_get_cipher_name(ssl_.get());
    outcome_.group = Group();
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    if (size > 0) {
      outcome_.alpn.assign(reinterpret_cast<const char*>(name), size);
    }
  }
  // Of the key exchange, in the words of `openssl s_client`.
  std::string Group() const {
    EVP_PKEY* raw = nullptr;
    if (SSL_get_peer_tmp_key(ssl_.get(), &raw) != 1) return "none";
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        raw, EVP_PKEY_free);
    const std::string bits =
        ", " + std::to_string(EVP_PKEY_get_bits(raw)) + " bits";
    const int id = EVP_PKEY_get_id(raw);
    if (id == EVP_PKEY_DH) return "DH" + bits;
    if (id != EVP_PKEY_EC) return OBJ_nid2sn(id) + bits;
    std::array<char, 80> name{};
    EVP_PKEY_get_utf8_string_param(raw, OSSL_PKEY_PARAM_GROUP_NAME, name.data(),
                                   name.size(), nullptr);
    return "ECDH, " + std::string(name.data()) + bits;
  }
  static std::string Refusal() {
    const unsigned long code = ERR_get_error();
    const int reason = ERR_GET_REASON(code);
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET) {
      return "alert " + std::to_string(reason - SSL_AD_REASON_OFFSET);
    }
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
  }

  SocketClient socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  TlsOutcome outcome_;
};

}  // namespace vouchsafe::testing
