#pragma once

// VEK certificates: VCEK (one chip) and VLEK (one cloud provider), and the
// extensions that AMD puts into them (AMD 57230; spec 2.4). Nothing here
// verifies anything.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "crypto/x509.h"
#include "verifier/snp/generation.h"

namespace vouchsafe::snp {

enum class VekKind { kVcek, kVlek };

std::string_view VekKindName(VekKind kind);  // "vcek", "vlek"

// Extensions under 1.3.6.1.4.1.3704.1; nullopt when absent.
struct VekExtensions {
  std::optional<uint64_t> struct_version;   // .1
  std::optional<std::string> product_name;  // .2
  std::optional<uint64_t> bootloader;       // .3.1
  std::optional<uint64_t> tee;              // .3.2
  std::optional<uint64_t> snp;              // .3.3
  std::optional<uint64_t> microcode;        // .3.8
  std::optional<uint64_t> fmc;              // .3.9
  std::optional<Bytes> hardware_id;         // .4, raw or in an OCTET STRING
  std::optional<std::string> csp_id;        // .5
};

// kUntrusted, naming the extension, when one does not decode.
Result<VekExtensions> ReadVekExtensions(const crypto::Certificate& certificate);

// A parsed VEK, immutable and shared. `kind` is by the subject's common name;
// whether the rest agrees is told by `consistent`.
struct Vek {
  crypto::Certificate certificate;
  crypto::PublicKey key;  // on P-384
  VekExtensions extensions;
  VekKind kind;
  // Subject, issuer and extensions agree on the kind.
  bool consistent;
  // By the issuer's common name.
  std::optional<Generation> issuer_generation;
};

// DER, or PEM when it begins with that of a certificate (its first block).
// kUntrusted when it is no certificate.
Result<crypto::Certificate> ParseCertificate(ByteView der_or_pem);
// kUntrusted when the certificate does not decode or its key is not on P-384.
Result<std::shared_ptr<const Vek>> ParseVek(ByteView der_or_pem);

}  // namespace vouchsafe::snp
