#pragma once

// Simple tokens (as.md section 13): the claims flattened into one map, and
// which policies allowed them. One device each. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ear/token.h"
#include "json/value.h"

namespace vouchsafe::ear {

// "sgx.body.mr_enclave": names joined by dots and begun with the TEE's, arrays
// whole; `report_data` and `init_data` stand alone, "" when missing.
json::Object FlattenClaims(std::string_view tee, const json::Object& claims);

// Whose readers a token is for: the members changed twice.
enum class SimpleMembers {
  kS2,  // v0.11 to v0.15
  kS1,  // v0.9 and v0.10: tcb-status is an object, reference-data
  kS0,  // up to v0.8: also evaluation-result; neither iat, jti nor tee
};

struct PolicyReport {
  std::string id;
  std::string sha384;  // lower hex of the text
  std::string result;  // JSON text of the policy's answer: {"allow":true}
};

struct SimpleClaims {
  std::string tee;
  std::vector<PolicyReport> reports;
  json::Object tcb_status;  // flattened
  json::Value init_data;
  json::Value runtime_data;
  // Of kS1 and kS0 alone: what was asked of each claim, and the signing key.
  json::Object reference;
  json::Object jwk;
};

// kInternal when the expiration does not fit.
Result<json::Object> BuildSimpleClaims(const TokenOptions& options,
                                       SimpleMembers members,
                                       SimpleClaims claims, int64_t now_unix_s,
                                       std::string jti);

}  // namespace vouchsafe::ear
