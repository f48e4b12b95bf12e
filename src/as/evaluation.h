#pragma once

// One call of AttestationCore::Evaluate, step by step. Not thread-safe; lives
// for one request.

#include <map>
#include <string>
#include <vector>

#include "as/core.h"
#include "ear/simple_token.h"
#include "policy/recorded.h"

namespace vouchsafe::as {

class Evaluation {
 public:
  Evaluation(const CoreOptions& options, const CoreDeps& deps,
             DecisionRecord& record, const RequestContext& context)
      : options_(options), deps_(deps), record_(record), context_(context) {}

  Result<std::string> Run(const EvaluateRequest& request);

 private:
  struct Device {
    std::string tee;
    TeeClaims claims;
    json::Value init_data_claims;
    json::Value runtime_data_claims;
  };

  Result<> Verify(const VerificationRequest& request, size_t index);
  Result<json::Object> EarClaims(const EvaluateRequest& request);
  // Those that are asked, each once.
  Result<std::vector<std::string>> PolicyIds(
      const EvaluateRequest& request) const;
  // Simple tokens (evaluation_simple.cc).
  Result<json::Object> SimpleClaims(const EvaluateRequest& request,
                                    const ear::TokenSigner& signer);
  Result<ear::PolicyReport> RequireAllowed(const std::string& policy_id,
                                           const rego::Document& input,
                                           const rego::Document& data);
  Result<json::Object> AllReferenceValues(const json::Object& claims);
  // A device by one policy or by several, the worst of them.
  Result<ear::Submod> Judge(Device device,
                            const std::vector<std::string>& policy_ids);
  struct Opinion {
    ear::TrustVector vector;
    std::vector<ear::Extension> extensions;
    std::string sha384;  // of the policy
  };
  Result<Opinion> Ask(const std::string& policy_id,
                      const std::string& tee_class, const rego::Document& input,
                      const std::string& submod);
  policy::PolicyQuestion Question(const rego::Document& input);
  Result<ear::TrustVector> TrustClaims(const policy::PolicyAnswer& answer,
                                       CheckLog& log);
  Result<std::vector<ear::Extension>> Extensions(
      const policy::PolicyAnswer& answer, CheckLog& log);
  // The answer again, with what was tried, for the record.
  void Explain(const policy::Policy& policy, policy::PolicyQuestion question,
               policy::PolicyAnswer& answer);
  Result<json::Value> ReferenceValue(std::string_view id);
  // What turned out not affirming can be explained from the token's text.
  void RecordForLater(std::shared_ptr<const std::string> payload);

  // A fact of the record whose explanation waits for the token's text.
  struct Unexplained {
    size_t fact;  // index in record_.policies
    std::shared_ptr<const policy::Policy> policy;
    std::string submod;
  };

  const CoreOptions& options_;
  const CoreDeps& deps_;
  DecisionRecord& record_;
  const RequestContext& context_;
  bool explain_ = false;
  std::vector<Device> devices_;
  std::map<std::string, uint64_t, std::less<>> counters_;  // by class
  // Asked once per request, so that all devices are judged by one state.
  policy::HostAnswers reference_values_;
  std::vector<Unexplained> unexplained_;
};

// The verifier for a TEE by any of its names, and the name that output uses.
struct AcceptedTee {
  std::string_view name;
  const Verifier* verifier = nullptr;
};
Result<AcceptedTee> FindAcceptedTee(const VerifierSet& verifiers,
                                    std::string_view tee, CheckLog& log);

}  // namespace vouchsafe::as
