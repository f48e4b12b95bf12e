#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <array>
#include <string_view>

namespace vouchsafe::net {
namespace {

namespace ssl = boost::asio::ssl;

// Mozilla's server-side TLS guidelines, intermediate, version 5.
constexpr const char* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
constexpr const char* kTls13Suites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
    "TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* kClassicalGroups = "X25519:P-256:P-384";
// Hybrids, best first; OpenSSL has them from 3.5 on.
constexpr std::array<const char*, 4> kHybridGroups = {
    "X25519MLKEM768", "SecP256r1MLKEM768", "X448MLKEM1024",
    "SecP384r1MLKEM1024"};

tl::unexpected<Error> Bad(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  std::array<char, 256> text{};
  if (code != 0) ERR_error_string_n(code, text.data(), text.size());
  return Fail(ErrorCode::kInvalidInput,
              "tls: " + what + (code == 0 ? "" : ": ") + text.data());
}

int Number(TlsVersion version) {
  return version == TlsVersion::k12 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

Result<> SetVersions(SSL_CTX* context, const TlsOptions& options) {
  const TlsVersion lowest = options.profile == TlsProfile::kModern
                                ? TlsVersion::k13
                                : TlsVersion::k12;
  const TlsVersion min = options.min_version.value_or(lowest);
  const TlsVersion max = options.max_version.value_or(TlsVersion::k13);
  if (Number(min) > Number(max)) {
    return Bad("the minimum version is above the maximum version");
  }
  if (SSL_CTX_set_min_proto_version(context, Number(min)) != 1 ||
      SSL_CTX_set_max_proto_version(context, Number(max)) != 1) {
    return Bad("cannot set the protocol versions");
  }
  return {};
}

Result<> SetCiphers(SSL_CTX* context, const TlsOptions& options) {
  const CipherLists lists = SplitCiphers(options.ciphers);
  if (SSL_CTX_set_cipher_list(
          context, lists.tls12.empty() ? kTls12Ciphers : lists.tls12.c_str()) !=
      1) {
    return Bad("no usable TLS 1.2 cipher in \"" + lists.tls12 + "\"");
  }
  if (SSL_CTX_set_ciphersuites(
          context, lists.tls13.empty() ? kTls13Suites : lists.tls13.c_str()) !=
      1) {
    return Bad("no usable TLS 1.3 cipher suite in \"" + lists.tls13 + "\"");
  }
  return {};
}

Result<> SetGroups(SSL_CTX* context, const TlsOptions& options) {
  if (!options.groups.empty()) {
    if (SSL_CTX_set1_groups_list(context, options.groups.c_str()) == 1) {
      return {};
    }
    return Bad("groups \"" + options.groups + "\"");
  }
  for (const char* hybrid : kHybridGroups) {
    const std::string list = std::string(hybrid) + ":" + kClassicalGroups;
    if (SSL_CTX_set1_groups_list(context, list.c_str()) == 1) return {};
  }
  ERR_clear_error();
  if (SSL_CTX_set1_groups_list(context, kClassicalGroups) != 1) {
    return Bad("cannot set the groups");
  }
  return {};
}

// For the DHE suites of TLS 1.2.
Result<> SetFfdhe2048(SSL_CTX* context) {
  EVP_PKEY* key = nullptr;
  EVP_PKEY_CTX* generator = EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr);
  std::array<char, 10> name = {"ffdhe2048"};
  const std::array<OSSL_PARAM, 2> params = {
      OSSL_PARAM_construct_utf8_string("group", name.data(), 0),
      OSSL_PARAM_construct_end()};
  const bool made = generator != nullptr &&
                    EVP_PKEY_keygen_init(generator) == 1 &&
                    EVP_PKEY_CTX_set_params(generator, params.data()) == 1 &&
                    EVP_PKEY_generate(generator, &key) == 1;
  EVP_PKEY_CTX_free(generator);
  if (made && SSL_CTX_set0_tmp_dh_pkey(context, key) == 1) return {};
  EVP_PKEY_free(key);
  return Bad("cannot set the Diffie-Hellman group");
}

Result<> LoadKeys(SSL_CTX* context, const TlsOptions& options) {
  if (SSL_CTX_use_certificate_chain_file(
          context, options.certificate_file.c_str()) != 1) {
    return Bad("certificate " + options.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.private_key_file.c_str(),
                                  SSL_FILETYPE_PEM) != 1) {
    return Bad("private key " + options.private_key_file);
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return Bad("the private key does not belong to the certificate");
  }
  return {};
}

// HTTP/1.1 alone (decision 22). A client that offers only others is not
// refused: it may still speak HTTP/1.1.
int SelectAlpn(SSL*, const unsigned char** out, unsigned char* out_size,
               const unsigned char* in, unsigned int in_size, void*) {
  constexpr std::string_view kOnly = "http/1.1";
  for (unsigned int at = 0; at < in_size;) {
    const unsigned int size = in[at];
    if (size > in_size - at - 1) break;
    const std::string_view name(reinterpret_cast<const char*>(in + at + 1),
                                size);
    if (name == kOnly) {
      *out = in + at + 1;
      *out_size = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
    at += 1 + size;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

Result<> Configure(SSL_CTX* context, const TlsOptions& options) {
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS |
                                SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_alpn_select_cb(context, SelectAlpn, nullptr);
  TRY(SetVersions(context, options));
  TRY(SetCiphers(context, options));
  TRY(SetGroups(context, options));
  TRY(SetFfdhe2048(context));
  return LoadKeys(context, options);
}

}  // namespace

CipherLists SplitCiphers(const std::string& ciphers) {
  CipherLists lists;
  for (size_t at = 0; at <= ciphers.size();) {
    const size_t end = std::min(ciphers.find(':', at), ciphers.size());
    const std::string name = ciphers.substr(at, end - at);
    at = end + 1;
    if (name.empty()) continue;
    std::string& list = name.starts_with("TLS_") ? lists.tls13 : lists.tls12;
    if (!list.empty()) list += ':';
    list += name;
  }
  return lists;
}

Result<std::shared_ptr<ssl::context>> MakeTlsContext(
    const TlsOptions& options) {
  ERR_clear_error();
  try {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    TRY(Configure(context->native_handle(), options));
    return context;
  } catch (const std::exception& thrown) {
    return Bad(thrown.what());
  }
}

}  // namespace vouchsafe::net
