// Bytes as the bodies of the handshake and as a stored session; a session that
// is read must survive being written and read again.

#include <cstdint>
#include <cstdlib>

#include "json/parse.h"
#include "kbs/protocol.h"
#include "kbs/session.h"

using namespace vouchsafe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = AsText(ByteView(data, size));
  CheckLog checks;
  const auto auth = kbs::ParseAuthRequest(text, checks);
  if (auth && (auth->protocol == nullptr || auth->tee == nullptr)) std::abort();
  if (const auto session = kbs::SessionFromJson(text)) {
    const std::string written = kbs::SessionToJson(*session);
    const auto again = kbs::SessionFromJson(written);
    if (!again || kbs::SessionToJson(*again) != written) std::abort();
  }
  const auto body = json::Parse(text);
  if (!body) return 0;
  const kbs::ProtocolVersion* protocol = kbs::FindProtocol("0.4.0");
  if (protocol == nullptr) std::abort();
  const auto attestation = protocol->parse(*body);
  if (!attestation) return 0;
  (void)protocol->primary_runtime_data(*attestation, "nonce");
  (void)kbs::DeviceRuntimeData(*attestation, "nonce");
  return 0;
}
