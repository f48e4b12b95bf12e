#pragma once

// The EAR claims set (draft-ietf-rats-ear) as the service writes it.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ear/trust_vector.h"
#include "json/value.h"

namespace vouchsafe::ear {

// What every token of a service says about it. Profile, build and developer
// must not be empty.
struct TokenOptions {
  std::string profile_name =
      "tag:github.com,2024:confidential-containers/Trustee";
  std::string issuer_name = "CoCo-Attestation-Service";
  std::string developer_name = "https://confidentialcontainers.org";
  std::string build_name = "attestation-service 0.1.0";
  int64_t duration_min = 5;
};

// kInvalidInput naming the option.
Result<> CheckTokenOptions(const TokenOptions& options);

struct Extension {
  std::string name;
  int32_t key = 0;
  json::Value value;
};

// The answer of a policy's `extensions` rule: an array of objects with name,
// key and value. Null values are dropped; kInternal for another shape, for a
// name or key that occurs twice, and for a name that the token itself uses.
Result<std::vector<Extension>> ExtensionsFromPolicy(const json::Value& answer);

// One of several policies that were asked about a device.
struct PolicyVerdict {
  std::string id;      // without the class suffix
  std::string sha384;  // lower hex of its text
  Tier status = Tier::kNone;
};

// Adds those of another policy. kInternal when a name or key means something
// else there.
Result<> MergeExtensions(std::vector<Extension>& into,
                         std::vector<Extension> from);

// One submodule.
struct Appraisal {
  TrustVector vector;
  std::string policy_id;      // without the class suffix
  std::string policy_sha384;  // lower hex of the text that decided
  json::Value evidence =
      json::Object();  // annotated evidence = the policy's input
  std::vector<Extension> extensions;
  // Where all of the policies asked are named; empty: the one above.
  std::vector<PolicyVerdict> policies = {};
};

struct Submod {
  std::string name;  // "cpu0"
  Appraisal appraisal;
};

// kInternal without submodules, or when the expiration does not fit. `jti`
// names this token.
Result<json::Object> BuildClaims(const TokenOptions& options,
                                 std::vector<Submod> submods,
                                 int64_t now_unix_s, std::string jti);

}  // namespace vouchsafe::ear
