#pragma once

// One decision, one record: each attestation, release and admin act leaves a
// DecisionRecord that says what was decided, on what grounds, and what would
// change it. Public facts only: never a secret, token, key, cookie or evidence.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "checks/check_log.h"
#include "json/value.h"

namespace vouchsafe {

enum class DecisionKind { kAttestation, kChallenge, kRelease, kAdmin };
std::string_view DecisionKindName(DecisionKind kind);

struct CollateralFact {
  std::string kind;
  std::string id;
  std::string source;
  std::optional<int64_t> expires_unix_s;
};

struct ReferenceValueFact {
  std::string id;
  std::string value;  // JSON text, shortened; "null" when none is stored
  std::string note;   // "expired at ...", provenance; may be empty
};

// Why a policy answered so, worked out when somebody asks: most records are
// dropped unread. Immutable and thread-safe.
class PolicyExplanation {
 public:
  virtual ~PolicyExplanation() = default;
  virtual std::vector<std::string> Lines() const = 0;
};

struct PolicyFact {
  std::string id;
  std::string sha384;  // hex of the text
  std::string entry;   // "data.policy.allow"
  std::string answer;  // JSON text, shortened, or "undefined"
  // Where the answer came from: "default_cpu.rego:12: ..." and why.
  std::vector<std::string> deciding;
  // When set, its lines stand for `deciding`.
  std::shared_ptr<const PolicyExplanation> explanation = nullptr;
};

// Checks of one unit (one device, or "admission").
struct CheckSection {
  std::string unit;
  CheckLog checks;
};

struct DecisionRecord {
  std::string id;  // the request id
  int64_t time_unix_us = 0;
  DecisionKind kind = DecisionKind::kAttestation;
  std::string subject;  // "tee=snp session=ab12..." ; hashes, never secrets
  std::vector<CheckSection> sections;
  std::vector<CollateralFact> collateral;
  std::vector<ReferenceValueFact> reference_values;
  std::vector<PolicyFact> policies;
  std::string outcome;  // "allowed" or "refused"
  std::string code;     // empty when allowed; else the client's short code
  std::string reason;   // the operator's sentence: failed check, want, got
  std::string remedy;   // what to change

  CheckLog& Section(std::string_view unit);
  void Allow() { outcome = "allowed"; }
  // Takes code, reason and remedy from the error and its check.
  void Refuse(const Error& error);
};

// Short code for the client: that of the check when one failed, else the
// error code's name.
std::string_view ErrorClientCode(const Error& error);

json::Value ToJson(const DecisionRecord& record);
// For people: what was decided, then the grounds, failed check first.
std::string ToText(const json::Value& record);

}  // namespace vouchsafe
