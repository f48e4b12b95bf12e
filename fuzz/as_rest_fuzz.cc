// Bytes as the bodies of the Attestation Service's REST API.

#include <cstdint>

#include "as/bound_data.h"
#include "as/rest_body.h"

using namespace vouchsafe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = AsText(ByteView(data, size));
  (void)as::ParsePolicyBody(text);
  (void)as::ParseChallengeBody(text);
  (void)as::ResolveInitData(
      as::InitData{as::InitData::Toml{std::string(text)}});
  const auto request = as::ParseAttestationBody(text);
  if (!request) return 0;
  for (const as::VerificationRequest& one : request->requests) {
    (void)as::ResolveRuntimeData(one.runtime_data, one.runtime_hash);
    (void)as::ResolveInitData(one.init_data);
  }
  return 0;
}
