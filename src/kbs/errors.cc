#include "kbs/errors.h"

#include "http/problem.h"

namespace vouchsafe::kbs {
namespace {

constexpr std::string_view kTypePrefix =
    "https://github.com/confidential-containers/kbs/errors/";

// HEAD answers 401 for everything but an unknown plugin.
int StrictStatus(ProblemType type) {
  return type == ProblemType::kPluginNotFound ? 404 : 401;
}

}  // namespace

std::string_view ProblemTypeName(ProblemType type) {
  switch (type) {
    case ProblemType::kAdminAuthAccess:
      return "AdminAuthAccess";
    case ProblemType::kAdminAuthInitialization:
      return "AdminAuthInitialization";
    case ProblemType::kAttestationError:
      return "AttestationError";
    case ProblemType::kJweError:
      return "JweError";
    case ProblemType::kParsePolicyError:
      return "ParsePolicyError";
    case ProblemType::kPluginInternalError:
      return "PluginInternalError";
    case ProblemType::kPluginNotFound:
      return "PluginNotFound";
    case ProblemType::kPolicyDeny:
      return "PolicyDeny";
    case ProblemType::kPolicyEngineError:
      return "PolicyEngineError";
    case ProblemType::kRvpsError:
      return "RvpsError";
    case ProblemType::kTokenNotFound:
      return "TokenNotFound";
    case ProblemType::kTokenVerifierError:
      return "TokenVerifierError";
  }
  return "PluginInternalError";
}

http::Response ToResponse(const Refusal& refusal, const std::string& request_id,
                          StrictErrors strict) {
  http::Problem problem = http::MakeProblem(
      refusal.error, http::Service::kKbs,
      std::string(kTypePrefix) + std::string(ProblemTypeName(refusal.type)),
      refusal.detail, request_id);
  if (strict == StrictErrors::kYes) {
    problem.status = StrictStatus(refusal.type);
    return http::StrictProblemResponse(problem);
  }
  return http::ProblemResponse(problem);
}

}  // namespace vouchsafe::kbs
