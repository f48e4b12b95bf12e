// Bytes as a compact JWS, checked with a key that signed none of them.

#include <cstdint>
#include <cstdlib>

#include "jose/jwt.h"

using namespace vouchsafe;

namespace {

const crypto::PublicKey& Key() {
  static const auto key =
      crypto::PrivateKey::Generate(crypto::KeyType::kEcP256)->Public();
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto jws = jose::UnverifiedJws::Parse(AsText(ByteView(data, size)));
  if (!jws) return 0;
  const auto claims = jose::UnverifiedClaims(*jws);
  CheckLog log;
  if (claims) {
    jose::JwtRules rules;
    rules.now_unix_s = 1'800'000'000;
    (void)jose::CheckJwtTimes(*claims, rules, log);
  }
  if (jose::VerifyJws(*std::move(jws), Key(), jose::JwsAlg::kEs256, log)) {
    std::abort();
  }
  return 0;
}
