#pragma once

#include "checks/check.h"

namespace vouchsafe::ear {

inline constexpr Check kSignerCertificateKey{
    "ear.signer.certificate_key",
    "The first certificate of the token signer holds the key that signs",
    "as.md section 12.1; RFC 7515 section 4.1.6: x5c is of the key used",
    "Set signer.cert_path to the chain of signer.key_path, leaf first.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};

inline constexpr Check kSignerCertificateValid{
    "ear.signer.certificate_valid",
    "The certificates of the token signer are valid now",
    "RFC 5280 section 4.1.2.5: relying parties refuse a chain out of its time",
    "Renew the chain in signer.cert_path, or mend the clock.",
    ErrorCode::kInvalidInput,
    Disclosure::kId};

inline constexpr const Check* kEarChecks[] = {&kSignerCertificateKey,
                                              &kSignerCertificateValid};

}  // namespace vouchsafe::ear
