// Bytes as a JWK, a key set and a guest's key; what parses must survive being
// written and read again.

#include <cstdint>
#include <cstdlib>

#include "jose/jwe.h"
#include "jose/jwk.h"
#include "json/parse.h"

using namespace vouchsafe;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = AsText(ByteView(data, size));
  (void)jose::JwkSet::Parse(text);
  const auto value = json::Parse(text);
  if (!value) return 0;
  CheckLog log;
  (void)jose::JweRecipient::FromJwk(*value, jose::Rsa15::kAllow, log);
  (void)jose::ParsePrivateJwk(*value);
  const auto jwk = jose::ParseJwk(*value);
  if (!jwk) return 0;
  const auto again = jose::ParseJwk(json::Value(jose::JwkToJson(*jwk)));
  if (!again || !(again->key == jwk->key)) std::abort();
  if (jose::JwkThumbprint(jwk->key).size() != 43) std::abort();
  return 0;
}
