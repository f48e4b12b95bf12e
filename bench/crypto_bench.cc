// The primitives on the hot paths: an attestation verifies P-384 and signs
// with P-256; a resource fetch does one ephemeral P-256 exchange and AES-GCM.

#include <benchmark/benchmark.h>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/keys.h"
#include "crypto/p384.h"
#include "crypto/random.h"
#include "crypto/sign.h"

namespace vouchsafe::crypto {
namespace {

struct Signed {
  PrivateKey key;
  PublicKey pub;
  Bytes message;
  Bytes signature;
};

Signed MakeSigned(KeyType type, SignatureScheme scheme, Hash hash) {
  PrivateKey key = *PrivateKey::Generate(type);
  Bytes message(672, 0x5a);  // what an SNP report signs
  Bytes signature = *Sign(key, scheme, hash, message);
  PublicKey pub = key.Public();
  return {std::move(key), std::move(pub), std::move(message),
          std::move(signature)};
}

void VerifyP384Nettle(benchmark::State& state) {
  const Signed s =
      MakeSigned(KeyType::kEcP384, SignatureScheme::kEcdsa, Hash::kSha384);
  const ByteView signature = s.signature;
  for (auto _ : state) {
    const auto good = VerifyEcdsaP384Sha384(
        s.pub, s.message, signature.first(48), signature.last(48));
    if (!good || !*good) state.SkipWithError("bad signature");
  }
}
BENCHMARK(VerifyP384Nettle);

void VerifyP384OpenSsl(benchmark::State& state) {
  const Signed s =
      MakeSigned(KeyType::kEcP384, SignatureScheme::kEcdsa, Hash::kSha384);
  const ByteView signature = s.signature;
  for (auto _ : state) {
    if (!internal::OpenSslVerifiesEcdsa(s.pub.impl(), Hash::kSha384, s.message,
                                        signature.first(48),
                                        signature.last(48))) {
      state.SkipWithError("bad signature");
    }
  }
}
BENCHMARK(VerifyP384OpenSsl);

void SignP256(benchmark::State& state) {
  const Signed s =
      MakeSigned(KeyType::kEcP256, SignatureScheme::kEcdsa, Hash::kSha256);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Sign(s.key, SignatureScheme::kEcdsa, Hash::kSha256, s.message));
  }
}
BENCHMARK(SignP256);

void VerifyP256(benchmark::State& state) {
  const Signed s =
      MakeSigned(KeyType::kEcP256, SignatureScheme::kEcdsa, Hash::kSha256);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Verify(s.pub, SignatureScheme::kEcdsa,
                                    Hash::kSha256, s.message, s.signature));
  }
}
BENCHMARK(VerifyP256);

// Everything that encrypting a resource to a P-256 key costs here: the peer's
// point, an ephemeral key, the exchange, KDF, key wrap and AES-GCM of 1 KiB.
void EncryptEcdhEsP256(benchmark::State& state) {
  const EcPoint point =
      PrivateKey::Generate(KeyType::kEcP256)->Public().ec_point();
  SystemRandom random;
  const Bytes text(1024), header(160);
  for (auto _ : state) {
    const auto peer =
        PublicKey::FromEcPoint(KeyType::kEcP256, point.x, point.y);
    const auto own = PrivateKey::Generate(KeyType::kEcP256);
    const auto z = EcdhX(*own, *peer);
    const SecretBytes kek =
        ConcatKdfSha256(z->view(), "ECDH-ES+A256KW", {}, {}, 256);
    const SecretBytes cek(random.Get(32));
    benchmark::DoNotOptimize(own->Public().ec_point());
    benchmark::DoNotOptimize(AesKeyWrap(kek, cek));
    benchmark::DoNotOptimize(AesGcmSeal(cek, random.Get(12), header, text));
  }
}
BENCHMARK(EncryptEcdhEsP256);

void EncryptRsaOaep2048(benchmark::State& state) {
  const PublicKey key = PrivateKey::Generate(KeyType::kRsa)->Public();
  const SecretBytes cek(size_t{32});
  for (auto _ : state) {
    benchmark::DoNotOptimize(RsaOaepEncrypt(key, Hash::kSha256, cek));
  }
}
BENCHMARK(EncryptRsaOaep2048);

// The same with the key made anew, as for a client's key.
void EncryptRsaOaep2048NewKey(benchmark::State& state) {
  const RsaNumbers numbers =
      PrivateKey::Generate(KeyType::kRsa)->Public().rsa_numbers();
  const SecretBytes cek(size_t{32});
  for (auto _ : state) {
    const auto key = PublicKey::FromRsa(numbers.n, numbers.e);
    benchmark::DoNotOptimize(RsaOaepEncrypt(*key, Hash::kSha256, cek));
  }
}
BENCHMARK(EncryptRsaOaep2048NewKey);

void DecryptRsaOaep2048(benchmark::State& state) {
  const PrivateKey key = *PrivateKey::Generate(KeyType::kRsa);
  const Bytes sealed =
      *RsaOaepEncrypt(key.Public(), Hash::kSha256, SecretBytes(size_t{32}));
  for (auto _ : state) {
    benchmark::DoNotOptimize(RsaOaepDecrypt(key, Hash::kSha256, sealed));
  }
}
BENCHMARK(DecryptRsaOaep2048);

void Sha384Of1KiB(benchmark::State& state) {
  const Bytes data(1024);
  for (auto _ : state) benchmark::DoNotOptimize(Sha384(data));
  state.SetBytesProcessed(state.iterations() * 1024);
}
BENCHMARK(Sha384Of1KiB);

void AesGcmOf1KiB(benchmark::State& state) {
  const SecretBytes key(size_t{32});
  const Bytes iv(12), data(1024);
  for (auto _ : state) {
    benchmark::DoNotOptimize(AesGcmSeal(key, iv, {}, data));
  }
  state.SetBytesProcessed(state.iterations() * 1024);
}
BENCHMARK(AesGcmOf1KiB);

void HmacSha256Of64B(benchmark::State& state) {
  const Bytes key(32), data(64);
  for (auto _ : state) benchmark::DoNotOptimize(Hmac(Hash::kSha256, key, data));
}
BENCHMARK(HmacSha256Of64B);

}  // namespace
}  // namespace vouchsafe::crypto
