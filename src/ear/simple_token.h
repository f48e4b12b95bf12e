#pragma once

// Simple tokens (as.md section 13, variant S2): the claims flattened into one
// map, and which policies allowed them. One device each. Pure.

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

struct PolicyReport {
  std::string id;
  std::string sha384;  // lower hex of the text
};

struct SimpleClaims {
  std::string tee;
  std::vector<PolicyReport> reports;
  json::Object tcb_status;  // flattened
  json::Value init_data;
  json::Value runtime_data;
};

// kInternal when the expiration does not fit.
Result<json::Object> BuildSimpleClaims(const TokenOptions& options,
                                       SimpleClaims claims, int64_t now_unix_s,
                                       std::string jti);

}  // namespace vouchsafe::ear
