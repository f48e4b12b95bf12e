#pragma once

// Bodies of the REST API, of HEAD and of the seed's time, into the one internal
// request (as.md section 6). Pure. Two kinds of failure, as the server they
// are compatible with has them: a body that does not fit (context kShape), and
// content that does not decode.

#include <string>
#include <string_view>

#include "as/service.h"
#include "base/result.h"

namespace vouchsafe::as {

// Outermost context of an error about the body's shape.
inline constexpr std::string_view kShape = "Json deserialize error";

// POST /attestation. A body with `verification_requests` is HEAD's, one with
// `tee` the seed's; absent policy_ids are none.
Result<EvaluateRequest> ParseAttestationBody(std::string_view body);

struct PolicyBody {
  std::string id;
  std::string policy_base64url;
};
Result<PolicyBody> ParsePolicyBody(std::string_view body);

struct ChallengeBody {
  std::string tee;
  std::string tee_params;
};
Result<ChallengeBody> ParseChallengeBody(std::string_view body);

}  // namespace vouchsafe::as
