#pragma once

// The Attestation Service as everybody else sees it: the REST and gRPC fronts,
// an embedding KBS, and (by a client that implements the same interface) a
// remote AS. Wire forms of every era are translated into these requests at the
// edge and never seen again inside.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/request.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "decision/record.h"
#include "ear/signing_keys.h"
#include "json/value.h"
#include "policy/versions.h"
#include "rego/rego.h"

namespace vouchsafe::as {

// What the report data of the evidence commits to (as.md section 3.1).
struct RuntimeData {
  struct Raw {
    Bytes bytes;  // expected report data as it is
  };
  struct Structured {
    json::Value value;  // expected report data = hash(RFC 8785 form)
  };
  std::variant<Raw, Structured> form;
};

// What the evidence says about the guest's start (as.md section 3.2).
struct InitData {
  struct Digest {
    Bytes digest;
  };
  struct Toml {
    std::string text;  // names its own hash algorithm
  };
  // Released clients up to v0.13: RFC 8785 form hashed like runtime data.
  struct Structured {
    json::Value value;
    crypto::Hash hash = crypto::Hash::kSha384;
  };
  std::variant<Digest, Toml, Structured> form;
};

// One device's evidence.
struct VerificationRequest {
  std::string tee;  // as on the wire; aliases are understood
  json::Value evidence;
  std::optional<RuntimeData> runtime_data;
  crypto::Hash runtime_hash = crypto::Hash::kSha384;
  std::optional<InitData> init_data;
};

struct EvaluateRequest {
  std::vector<VerificationRequest> requests;
  std::vector<std::string> policy_ids;  // empty: "default"
  // Say in the record what the policy tried, even when it affirms.
  bool explain = false;
};

struct PolicyInfo {
  std::string id;      // with the class suffix: "default_cpu"
  std::string sha384;  // lower hex of the text
};

// Thread-safe; every call may block within the context's deadline. Errors carry
// Trustee's texts as their context, outermost last (Error::context).
class AttestationService {
 public:
  virtual ~AttestationService() = default;

  // The signed token (compact JWS). Fills `record` with checks, collateral,
  // reference values and policies whether it succeeds or not; the caller owns
  // id, outcome and sink.
  virtual Result<std::string> Evaluate(const EvaluateRequest& request,
                                       DecisionRecord& record,
                                       const RequestContext& context) = 0;

  // `policy_base64url`: Rego text, base64url without padding. What was found
  // in a policy that was taken.
  virtual Result<std::vector<rego::Diagnostic>> SetPolicy(
      std::string_view id, std::string_view policy_base64url,
      const RequestContext& context) = 0;
  virtual Result<std::vector<PolicyInfo>> ListPolicies(
      const RequestContext& context) = 0;
  // kNotFound when there is none.
  virtual Result<std::string> GetPolicy(std::string_view id,
                                        const RequestContext& context) = 0;
  virtual Result<> DeletePolicy(std::string_view id,
                                const RequestContext& context) = 0;

  // Texts that stood under `id` before, newest first, the bound is
  // policy_versions; one of them; and the way back to it, which is an upload
  // like any other. kNotFound; kUnsupported where none are kept.
  virtual Result<std::vector<policy::PolicyVersion>> PolicyVersions(
      std::string_view id, const RequestContext& context);
  virtual Result<std::string> GetPolicyVersion(std::string_view id,
                                               std::string_view sha384,
                                               const RequestContext& context);
  virtual Result<std::vector<rego::Diagnostic>> RollBackPolicy(
      std::string_view id, std::string_view sha384,
      const RequestContext& context);

  // The supplemental challenge: empty for every TEE but se.
  virtual Result<std::string> Challenge(std::string_view tee,
                                        std::string_view tee_params,
                                        const RequestContext& context) = 0;

  // The reference value provider behind this service.
  virtual Result<> RegisterReferenceValue(std::string_view message,
                                          const RequestContext& context) = 0;
  // nullopt when nothing is stored under `id`, or it expired.
  virtual Result<std::optional<json::Value>> QueryReferenceValue(
      std::string_view id, const RequestContext& context) = 0;

  // JWK Set of the keys that tokens are verified with, the one that signs now
  // first. It changes when keys are replaced.
  virtual json::Value TokenSignerJwks() const = 0;
  // The keys that sign tokens here; nullptr where they are somebody else's.
  virtual ear::SigningKeys* TokenSigningKeys() { return nullptr; }
  // Which TEEs' evidence is accepted.
  virtual std::vector<std::string> AcceptedTees() const = 0;
};

}  // namespace vouchsafe::as
