#pragma once

// What a KBS client sees when something is refused: Trustee's problem types
// and texts (kbs.md section 3), with our short code and the request id.

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/types.h"

namespace vouchsafe::kbs {

// Suffixes of the problem type; the texts are part of the protocol.
enum class ProblemType {
  kAdminAuthAccess,
  kAdminAuthInitialization,
  kAttestationError,
  kJweError,
  kParsePolicyError,
  kPluginInternalError,
  kPluginNotFound,
  kPolicyDeny,
  kPolicyEngineError,
  kRvpsError,
  kTokenNotFound,
  kTokenVerifierError,
};

// A refusal on its way out: `error` is for the operator, `detail` for the
// client.
struct Refusal {
  ProblemType type;
  std::string detail;
  Error error;
};

template <class T = void>
using Answer = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> Refuse(ProblemType type, std::string detail,
                                      Error error) {
  return tl::unexpected<Refusal>(
      Refusal{type, std::move(detail), std::move(error)});
}

// "AttestationError", ...
std::string_view ProblemTypeName(ProblemType type);

enum class StrictErrors { kNo, kYes };  // strict_trustee_errors

http::Response ToResponse(const Refusal& refusal, const std::string& request_id,
                          StrictErrors strict);

}  // namespace vouchsafe::kbs
