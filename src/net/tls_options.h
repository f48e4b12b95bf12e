#pragma once

// TLS of a server (kbs.md 10.3): Mozilla's intermediate profile, changed by
// profile and by the explicit options. No client certificates.

#include <optional>
#include <string>

namespace vouchsafe::net {

enum class TlsProfile { kOld, kIntermediate, kModern, kCustom };
enum class TlsVersion { k12, k13 };

struct TlsOptions {
  std::string certificate_file;  // PEM chain, leaf first
  std::string private_key_file;  // PEM
  TlsProfile profile = TlsProfile::kIntermediate;
  std::optional<TlsVersion> min_version;
  std::optional<TlsVersion> max_version;
  // OpenSSL names separated by ':'. Those that begin with "TLS_" replace the
  // TLS 1.3 suites, the others the TLS 1.2 list; a list without names of one
  // kind leaves that kind at its default.
  std::string ciphers;
  std::string groups;  // OpenSSL names separated by ':'; empty: the default
};

}  // namespace vouchsafe::net
