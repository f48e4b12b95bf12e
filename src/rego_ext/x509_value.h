#pragma once

// Certificates and requests as the values that Go's crypto/x509 structures make
// (RFC 5280, RFC 2986).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rego_ext/der.h"
#include "rego_ext/value_maker.h"

namespace vouchsafe::rego_ext {

struct Extension {
  std::vector<uint64_t> id;
  bool critical = false;
  std::string_view value;
};

// Parts of a certificate or request, as they stand in its DER.
struct X509Parts {
  std::string_view raw, tbs;
  int64_t version = 1;
  std::string_view serial;
  Der issuer, subject, key;  // sequences
  std::string not_before, not_after;
  std::string_view algorithm;  // AlgorithmIdentifier, content
  std::string_view signature;
  std::vector<Extension> extensions;
};

// What its extensions say.
struct X509Names {
  std::vector<std::string> dns, emails, uris, ips;
};

std::optional<X509Parts> ReadCertificate(std::string_view der);
std::optional<X509Parts> ReadRequest(std::string_view der);
X509Names AlternativeNames(const std::vector<Extension>& extensions);
// Purposes by number, as Go counts them; other object identifiers in `other`.
std::vector<int64_t> KeyPurposes(const std::vector<Extension>& extensions,
                                 std::vector<std::vector<uint64_t>>* other);

rego::Value CertificateValue(ValueMaker& make, const X509Parts& parts);
rego::Value RequestValue(ValueMaker& make, const X509Parts& parts);
rego::Value PublicKeyValue(ValueMaker& make, const Der& key,
                           int64_t* algorithm);

}  // namespace vouchsafe::rego_ext
