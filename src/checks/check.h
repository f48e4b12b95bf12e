#pragma once

// Named checks: every security condition is declared once, with its id, the
// sentence it states, where the condition comes from and what to do when it
// fails. A check guards trust, never memory: shape, length and syntax are parse
// errors, found before, and code behind a waived check stays defined.

#include <string_view>

#include "base/result.h"

namespace vouchsafe {

// What a refused client may be told: the check's id, or only its group where
// telling more would be an oracle (decryption, tokens).
enum class Disclosure { kId, kGroup };

struct Check {
  std::string_view id;        // "snp.report.signature"; dots, lower case, '_'
  std::string_view sentence;  // "The report is signed by the VEK"
  std::string_view source;    // "AMD 56860, ATTESTATION_REPORT, SIGNATURE"
  std::string_view remedy;    // what the operator or the guest's owner can do
  ErrorCode code = ErrorCode::kUntrusted;
  Disclosure disclosure = Disclosure::kId;
};

// The id up to its last dot: "snp.report".
std::string_view CheckGroup(const Check& check);
// What a client may see of a failed check.
std::string_view ClientCode(const Check& check);

}  // namespace vouchsafe
