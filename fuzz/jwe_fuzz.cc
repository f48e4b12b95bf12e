// Bytes as a JWE, flattened and compact, and as plaintext of one of our own,
// which must open.

#include <cstdint>
#include <cstdlib>

#include "jose/jwe.h"

using namespace vouchsafe;

namespace {

const crypto::PrivateKey& Key() {
  static const auto key =
      *crypto::PrivateKey::Generate(crypto::KeyType::kEcP256);
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  CheckLog log;
  if (jose::OpenJwe(AsText(bytes), Key(), {}, log)) std::abort();
  if (jose::OpenJweCompact(AsText(bytes), Key(), {}, log)) std::abort();
  FixedRandom random(size);
  const auto to = jose::JweRecipient::FromKey(
      Key().Public(), jose::JweAlg::kEcdhEsA256Kw, jose::Rsa15::kRefuse, log);
  const auto text = to->Encrypt(SecretBytes(bytes), random);
  const auto plain = jose::OpenJwe(*text, Key(), {}, log);
  if (!plain || !Equal(plain->view(), bytes)) std::abort();
  return 0;
}
