#include <string>

#include "base/encoding.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "jose/jwe.h"
#include "jose/jwe_alg.h"
#include "json/write.h"

namespace vouchsafe::jose {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;

// A random scalar is out of range with a chance below 2^-31 on each curve.
constexpr int kMaxScalarTries = 64;

SecretBytes RandomSecret(RandomSource& random, size_t size) {
  SecretBytes secret(size);
  random.Fill(secret.mutable_span());
  return secret;
}

Result<PrivateKey> EphemeralKey(KeyType curve, RandomSource& random) {
  for (int i = 0; i < kMaxScalarTries; ++i) {
    SecretBytes scalar = RandomSecret(random, crypto::CoordinateSize(curve));
    // P-521 has one bit in its first byte.
    if (curve == KeyType::kEcP521) scalar.mutable_span()[0] &= 1;
    auto key = PrivateKey::FromEcScalar(curve, scalar);
    if (key) return key;
  }
  return Fail(ErrorCode::kInternal, "jwe: no ephemeral key after " +
                                        std::to_string(kMaxScalarTries) +
                                        " tries");
}

struct WrappedKey {
  std::string header;  // JSON text, members in the order clients need
  Bytes encrypted_key;
};

std::string HeaderOf(JweAlg alg, std::string_view more) {
  return "{\"alg\":\"" + std::string(JweAlgName(alg)) + "\",\"enc\":\"" +
         std::string(kA256Gcm) + "\"" + std::string(more) + "}";
}

Result<WrappedKey> WrapEc(const crypto::PublicKey& to, const SecretBytes& cek,
                          RandomSource& random) {
  const PrivateKey ephemeral = TRY(EphemeralKey(to.type(), random));
  const SecretBytes z = TRY(crypto::EcdhX(ephemeral, to));
  const SecretBytes kek =
      crypto::ConcatKdfSha256(z.view(), kKdfAlgorithmId, {}, {}, kKekBits);
  WrappedKey out;
  out.encrypted_key = TRY(crypto::AesKeyWrap(kek, cek));
  const crypto::EcPoint point = ephemeral.Public().ec_point();
  const std::string epk =
      ",\"epk\":{\"crv\":\"" + std::string(crypto::KeyTypeName(to.type())) +
      "\",\"kty\":\"EC\",\"x\":\"" + Base64UrlEncode(point.x) + "\",\"y\":\"" +
      Base64UrlEncode(point.y) + "\"}";
  out.header = HeaderOf(JweAlg::kEcdhEsA256Kw, epk);
  return out;
}

Result<Bytes> EncryptRsa(const crypto::PublicKey& to, JweAlg alg,
                         const SecretBytes& cek) {
  if (alg == JweAlg::kRsa15) return crypto::RsaPkcs1Encrypt(to, cek);
  return crypto::RsaOaepEncrypt(to, crypto::Hash::kSha256, cek);
}

Result<WrappedKey> Wrap(const crypto::PublicKey& to, JweAlg alg,
                        const SecretBytes& cek, RandomSource& random) {
  if (alg == JweAlg::kEcdhEsA256Kw) return WrapEc(to, cek, random);
  WrappedKey out;
  out.header = HeaderOf(alg, "");
  out.encrypted_key = TRY(EncryptRsa(to, alg, cek));
  return out;
}

}  // namespace

Result<JweParts> JweRecipient::EncryptParts(const SecretBytes& plaintext,
                                            RandomSource& random,
                                            JweForm) const {
  const SecretBytes cek = RandomSecret(random, kContentKeySize);
  const Bytes iv = random.Get(kGcmIvSize);
  const WrappedKey wrapped = TRY(Wrap(key_, alg_, cek, random));
  JweParts parts;
  parts.protected_header = Base64UrlEncode(AsBytes(wrapped.header));
  const crypto::GcmSealed sealed = TRY(crypto::AesGcmSeal(
      cek, iv, AsBytes(parts.protected_header), plaintext.view()));
  parts.encrypted_key = Base64UrlEncode(wrapped.encrypted_key);
  parts.iv = Base64UrlEncode(iv);
  parts.ciphertext = Base64UrlEncode(sealed.ciphertext);
  parts.tag = Base64UrlEncode(sealed.tag);
  return parts;
}

Result<std::string> JweRecipient::Encrypt(const SecretBytes& plaintext,
                                          RandomSource& random,
                                          JweForm form) const {
  const JweParts parts = TRY(EncryptParts(plaintext, random, form));
  return JweToJson(parts);
}

std::string JweToJson(const JweParts& parts) {
  return "{\"protected\":" + json::Quote(parts.protected_header) +
         ",\"encrypted_key\":" + json::Quote(parts.encrypted_key) +
         ",\"iv\":" + json::Quote(parts.iv) +
         ",\"ciphertext\":" + json::Quote(parts.ciphertext) +
         ",\"tag\":" + json::Quote(parts.tag) + "}";
}

std::string JweToCompact(const JweParts& parts) {
  return parts.protected_header + "." + parts.encrypted_key + "." + parts.iv +
         "." + parts.ciphertext + "." + parts.tag;
}

}  // namespace vouchsafe::jose
