#pragma once

// The request-challenge-attestation-response bodies on the wire, translated
// into one internal form. A protocol version is one row of a table: another
// version is another translator, never an `if` in a handler.
// Spec: kbs.md sections 1.1 to 1.4, 1.7.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "checks/check_log.h"
#include "json/value.h"
#include "verifier/core/tee.h"

namespace vouchsafe::kbs {

struct ProtocolVersion;  // one row: what differs between versions

// POST /auth, understood.
struct AuthRequest {
  std::string version;  // as sent
  const ProtocolVersion* protocol = nullptr;
  std::string tee_sent;  // as sent, kept in the session
  const TeeInfo* tee = nullptr;
  json::Value extra_params;
};

// One device's evidence with the runtime data that it has to commit to.
struct DeviceEvidence {
  std::string tee;
  json::Value evidence;
};

// POST /attest, understood.
struct Attestation {
  std::optional<std::string> nonce;  // versions that send it
  json::Value tee_pubkey;  // only the members of a typed key, kbs.md 1.3
  json::Value primary_evidence;
  std::string additional_text;  // verbatim: the primary commits to it
  std::vector<DeviceEvidence> additional;  // in document order
  std::optional<std::string> init_data_toml;
};

struct ProtocolVersion {
  std::string_view version;  // "0.4.0"
  Result<Attestation> (*parse)(const json::Value& body);
  // What the primary evidence's report data is the hash of.
  json::Value (*primary_runtime_data)(const Attestation&,
                                      const std::string& nonce);
};

// The row of a version that is served; nullptr for any other.
const ProtocolVersion* FindProtocol(std::string_view version);

// Body of POST /auth. Malformed: kInvalidInput. A version that is not served
// fails a named check whose context is Trustee's text.
Result<AuthRequest> ParseAuthRequest(std::string_view body, CheckLog& checks);

// The runtime data that every device commits to.
json::Value DeviceRuntimeData(const Attestation& attestation,
                              const std::string& nonce);

}  // namespace vouchsafe::kbs
