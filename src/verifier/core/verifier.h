#pragma once

// The interface of every verifier. A new TEE is one folder that implements it
// and one line in verifier/registry/registry.cc.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/request.h"
#include "base/result.h"
#include "checks/check_log.h"
#include "json/value.h"
#include "verifier/core/claim_spec.h"
#include "verifier/core/tee.h"

namespace vouchsafe {

// What the evidence has to be bound to. nullopt: not given, so the comparison
// is skipped where the TEE allows that.
struct Expected {
  std::optional<Bytes> report_data;
  std::optional<Bytes> init_data_digest;
};

// One verified device. `claims` may hold the strings "report_data" and
// "init_data", which the caller moves to the top of the policy's input.
struct TeeClaims {
  std::string tee_class;
  json::Object claims;
};

// Collateral that a verification used, for the decision record.
struct CollateralUse {
  std::string kind;    // "vcek"
  std::string id;      // the object's name, public
  std::string source;  // "evidence", "pinned", "kds", "offline_store", "cache"
  std::optional<int64_t> expires_unix_s;
};

// What a verification reports beside its claims.
struct VerifyReport {
  CheckLog checks;
  std::vector<CollateralUse> collateral;
};

class Verifier {
 public:
  virtual ~Verifier() = default;

  // Evidence is untrusted JSON. Succeeds only if every signature and both
  // bindings hold; how good the platform is, is left to policy. Fetches what it
  // needs, then calls the folder's pure Verify. Thread-safe; may block on
  // collateral within the context's deadline.
  virtual Result<std::vector<TeeClaims>> Evaluate(
      const json::Value& evidence, const Expected& expected,
      VerifyReport& report, const RequestContext& context) const = 0;

  // The text that a guest of this TEE needs before it can attest; empty for
  // all but se. `parameters` is the caller's JSON text.
  virtual Result<std::string> Challenge(std::string_view parameters) const {
    (void)parameters;
    return std::string();
  }

  // The claims that Evaluate can give.
  virtual std::span<const ClaimSpec> claim_specs() const = 0;
};

// Which evidence a service accepts: built once, then immutable.
class VerifierSet {
 public:
  void Add(std::string_view tee, std::unique_ptr<Verifier> verifier) {
    by_tee_[std::string(tee)] = std::move(verifier);
  }
  void Remove(std::string_view tee) { by_tee_.erase(std::string(tee)); }
  // nullptr when evidence of this TEE is not accepted.
  const Verifier* Find(std::string_view tee) const {
    const auto it = by_tee_.find(std::string(tee));
    return it == by_tee_.end() ? nullptr : it->second.get();
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& [name, verifier] : by_tee_) names.push_back(name);
    return names;
  }

 private:
  std::map<std::string, std::unique_ptr<Verifier>> by_tee_;
};

}  // namespace vouchsafe
