// RSA keys and encryption (RFC 8017).

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "crypto/key_impl.h"
#include "crypto/md.h"
#include "crypto/random.h"

namespace vouchsafe::crypto {

namespace internal {

namespace {

using BldPtr = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;

constexpr size_t kMinPrivateBits = 2048;
constexpr size_t kMaxPrivateBits = 8192;
// Larger exponents only cost time; 64 bits is OpenSSL's own bound for moduli
// over 3072 bits.
constexpr size_t kMaxExponentBytes = 8;

ByteView WithoutLeadingZeros(ByteView number) {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  return number;
}

Result<> CheckNumbers(ByteView n, ByteView e, size_t min_bits,
                      size_t max_bits) {
  if (n.size() > max_bits / 8 + 1 || n.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                "RSA key: modulus of " + std::to_string(n.size()) + " bytes");
  }
  const BnPtr modulus = ToBn(n);
  const auto bits = static_cast<size_t>(BN_num_bits(modulus.get()));
  if (bits < min_bits || bits > max_bits) {
    return Fail(ErrorCode::kInvalidInput,
                "RSA key: modulus of " + std::to_string(bits) + " bits, want " +
                    std::to_string(min_bits) + " to " +
                    std::to_string(max_bits));
  }
  if (BN_is_odd(modulus.get()) == 0) {
    return Fail(ErrorCode::kInvalidInput, "RSA key: even modulus");
  }
  if (e.empty() || e.size() > kMaxExponentBytes || (e.back() & 1) == 0 ||
      (e.size() == 1 && e[0] < 3)) {
    return Fail(ErrorCode::kInvalidInput,
                "RSA key: the exponent must be odd, 3 or more, and under 2^64");
  }
  return {};
}

PkeyPtr FromParams(OSSL_PARAM_BLD* build, int selection) {
  const ParamsPtr params(OSSL_PARAM_BLD_to_param(build));
  const PkeyCtxPtr context(MustHave(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr), "RSA context"));
  EVP_PKEY* made = nullptr;
  if (params == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, selection, params.get()) != 1) {
    return nullptr;
  }
  return PkeyPtr(made);
}

std::shared_ptr<KeyImpl> NewRsa(ByteView n, ByteView e, PkeyPtr pkey) {
  auto key = std::make_shared<KeyImpl>();
  key->type = KeyType::kRsa;
  key->bits = static_cast<size_t>(EVP_PKEY_get_bits(pkey.get()));
  key->rsa = {ToBytes(n), ToBytes(e)};
  key->pkey = std::move(pkey);
  return key;
}

// The CRT numbers, and whether n, e, d, p and q belong together:
// p * q = n, and e * d = 1 mod (p - 1) and mod (q - 1).
struct Crt {
  BnPtr dp, dq, qinv;
};
std::optional<Crt> MakeCrt(const BIGNUM* n, const BIGNUM* e, const BIGNUM* d,
                           const BIGNUM* p, const BIGNUM* q) {
  const BnCtxPtr context(MustHave(BN_CTX_new(), "BN_CTX_new"));
  const auto fresh = [] { return BnPtr(MustHave(BN_new(), "BN_new")); };
  const BnPtr product = fresh(), one_less = fresh(), check = fresh();
  Crt crt{fresh(), fresh(), nullptr};
  if (BN_is_odd(p) == 0 || BN_is_odd(q) == 0 || BN_is_one(p) != 0 ||
      BN_is_one(q) != 0 || BN_mul(product.get(), p, q, context.get()) != 1 ||
      BN_cmp(product.get(), n) != 0) {
    return std::nullopt;
  }
  for (const auto& [prime, out] :
       {std::pair{p, crt.dp.get()}, std::pair{q, crt.dq.get()}}) {
    if (BN_sub(one_less.get(), prime, BN_value_one()) != 1 ||
        BN_mod(out, d, one_less.get(), context.get()) != 1 ||
        BN_mod_mul(check.get(), out, e, one_less.get(), context.get()) != 1 ||
        BN_is_one(check.get()) == 0) {
      return std::nullopt;
    }
  }
  crt.qinv = BnPtr(BN_mod_inverse(nullptr, q, p, context.get()));
  if (crt.qinv == nullptr) return std::nullopt;
  return crt;
}

bool PushBn(OSSL_PARAM_BLD* build, const char* name, const BIGNUM* number) {
  return OSSL_PARAM_BLD_push_BN(build, name, number) == 1;
}

}  // namespace

Result<std::shared_ptr<KeyImpl>> RsaPublicFrom(ByteView n, ByteView e,
                                               size_t min_bits,
                                               size_t max_bits) {
  n = WithoutLeadingZeros(n);
  e = WithoutLeadingZeros(e);
  TRY(CheckNumbers(n, e, min_bits, max_bits));
  const BldPtr build(MustHave(OSSL_PARAM_BLD_new(), "OSSL_PARAM_BLD_new"));
  const BnPtr modulus = ToBn(n);
  const BnPtr exponent = ToBn(e);
  PkeyPtr pkey;
  if (PushBn(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) &&
      PushBn(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get())) {
    pkey = FromParams(build.get(), EVP_PKEY_PUBLIC_KEY);
  }
  if (pkey == nullptr) return OpenSslFail(ErrorCode::kInvalidInput, "RSA key");
  return NewRsa(n, e, std::move(pkey));
}

Result<std::shared_ptr<KeyImpl>> RsaPrivateFrom(ByteView n, ByteView e,
                                                ByteView d, ByteView p,
                                                ByteView q) {
  n = WithoutLeadingZeros(n);
  e = WithoutLeadingZeros(e);
  TRY(CheckNumbers(n, e, kMinPrivateBits, kMaxPrivateBits));
  if (d.size() > n.size() || p.size() > n.size() || q.size() > n.size()) {
    return Fail(ErrorCode::kInvalidInput, "RSA private key: number too long");
  }
  const BnPtr bn_n = ToBn(n), bn_e = ToBn(e), bn_d = ToBn(d), bn_p = ToBn(p),
              bn_q = ToBn(q);
  const auto crt =
      MakeCrt(bn_n.get(), bn_e.get(), bn_d.get(), bn_p.get(), bn_q.get());
  if (!crt) {
    DrainErrors();
    return Fail(ErrorCode::kInvalidInput,
                "RSA private key: its numbers do not belong together");
  }
  const BldPtr build(MustHave(OSSL_PARAM_BLD_new(), "OSSL_PARAM_BLD_new"));
  OSSL_PARAM_BLD* b = build.get();
  PkeyPtr pkey;
  if (PushBn(b, OSSL_PKEY_PARAM_RSA_N, bn_n.get()) &&
      PushBn(b, OSSL_PKEY_PARAM_RSA_E, bn_e.get()) &&
      PushBn(b, OSSL_PKEY_PARAM_RSA_D, bn_d.get()) &&
      PushBn(b, OSSL_PKEY_PARAM_RSA_FACTOR1, bn_p.get()) &&
      PushBn(b, OSSL_PKEY_PARAM_RSA_FACTOR2, bn_q.get()) &&
      PushBn(b, OSSL_PKEY_PARAM_RSA_EXPONENT1, crt->dp.get()) &&
      PushBn(b, OSSL_PKEY_PARAM_RSA_EXPONENT2, crt->dq.get()) &&
      PushBn(b, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, crt->qinv.get())) {
    pkey = FromParams(b, EVP_PKEY_KEYPAIR);
  }
  if (pkey == nullptr) {
    return OpenSslFail(ErrorCode::kInvalidInput, "RSA private key");
  }
  auto key = NewRsa(n, e, std::move(pkey));
  key->is_private = true;
  return key;
}

Result<std::shared_ptr<KeyImpl>> RsaGenerate(size_t bits) {
  if (bits < kMinPrivateBits || bits > kMaxPrivateBits) {
    return Fail(ErrorCode::kInvalidInput,
                "RSA key of " + std::to_string(bits) + " bits");
  }
  PkeyPtr pkey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits));
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  if (pkey == nullptr ||
      EVP_PKEY_get_bn_param(pkey.get(), OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
      EVP_PKEY_get_bn_param(pkey.get(), OSSL_PKEY_PARAM_RSA_E, &e) != 1) {
    BN_free(n);
    return OpenSslFail(ErrorCode::kInternal, "RSA key generation");
  }
  const BnPtr own_n(n), own_e(e);
  auto key = NewRsa(FromBn(n), FromBn(e), std::move(pkey));
  key->is_private = true;
  return key;
}

namespace {

// The context owns its label, so it gets a copy of OpenSSL's own making.
bool SetLabel(EVP_PKEY_CTX* context, ByteView label) {
  if (label.empty()) return true;
  if (label.size() > kMaxInput) return false;
  void* copy = OPENSSL_memdup(label.data(), label.size());
  if (copy != nullptr &&
      EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy,
                                       static_cast<int>(label.size())) == 1) {
    return true;
  }
  OPENSSL_free(copy);
  return false;
}

Result<PkeyCtxPtr> OaepContext(const KeyImpl& key, Hash hash, ByteView label,
                               int (*init)(EVP_PKEY_CTX*)) {
  if (key.type != KeyType::kRsa) {
    return Fail(ErrorCode::kInvalidInput, "RSA-OAEP: not an RSA key");
  }
  if (hash == Hash::kSm3) {
    return Fail(ErrorCode::kUnsupported, "RSA-OAEP with SM3 is not offered");
  }
  PkeyCtxPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.Pkey(), nullptr));
  if (context == nullptr || init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) !=
          1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), Md(hash)) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), Md(hash)) != 1 ||
      !SetLabel(context.get(), label)) {
    return OpenSslFail(ErrorCode::kInternal, "RSA-OAEP");
  }
  return context;
}

Result<Bytes> RunEncrypt(EVP_PKEY_CTX* context, const KeyImpl& key,
                         const SecretBytes& plaintext, const char* what) {
  Bytes out(key.rsa.n.size());
  size_t size = out.size();
  if (EVP_PKEY_encrypt(context, out.data(), &size, plaintext.view().data(),
                       plaintext.size()) != 1 ||
      size != out.size()) {
    return OpenSslFail(ErrorCode::kInvalidInput, what);
  }
  return out;
}

// c^d mod n, as long as the modulus. False when c is not below n.
bool RawDecrypt(const KeyImpl& key, ByteView ciphertext,
                std::span<uint8_t> out) {
  const PkeyCtxPtr context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.Pkey(), nullptr));
  size_t size = out.size();
  if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
      EVP_PKEY_decrypt(context.get(), out.data(), &size, ciphertext.data(),
                       ciphertext.size()) != 1 ||
      size != out.size()) {
    DrainErrors();
    return false;
  }
  return true;
}

}  // namespace

}  // namespace internal

Result<Bytes> RsaOaepEncrypt(const PublicKey& key, Hash hash,
                             const SecretBytes& plaintext, ByteView label) {
  const internal::PkeyCtxPtr context = TRY(
      internal::OaepContext(key.impl(), hash, label, EVP_PKEY_encrypt_init));
  return internal::RunEncrypt(context.get(), key.impl(), plaintext,
                              "RSA-OAEP encrypt");
}

Result<SecretBytes> RsaOaepDecrypt(const PrivateKey& key, Hash hash,
                                   ByteView ciphertext, ByteView label) {
  const internal::PkeyCtxPtr context = TRY(
      internal::OaepContext(key.impl(), hash, label, EVP_PKEY_decrypt_init));
  SecretBytes buffer(key.impl().rsa.n.size());
  size_t size = buffer.size();
  // OpenSSL takes shorter ciphertexts; RFC 8017 section 7.1.2 step 1 does not.
  const bool ok =
      ciphertext.size() == buffer.size() &&
      EVP_PKEY_decrypt(context.get(), buffer.mutable_span().data(), &size,
                       ciphertext.data(), ciphertext.size()) == 1;
  internal::DrainErrors();
  if (!ok) return Fail(ErrorCode::kUntrusted, "RSA-OAEP: decryption failed");
  return SecretBytes(buffer.view().first(size));
}

Result<Bytes> RsaPkcs1Encrypt(const PublicKey& key,
                              const SecretBytes& plaintext) {
  if (key.type() != KeyType::kRsa) {
    return Fail(ErrorCode::kInvalidInput, "RSA encryption: not an RSA key");
  }
  const internal::PkeyCtxPtr context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.impl().Pkey(), nullptr));
  if (context == nullptr || EVP_PKEY_encrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) {
    return internal::OpenSslFail(ErrorCode::kInternal, "RSA encryption");
  }
  return internal::RunEncrypt(context.get(), key.impl(), plaintext,
                              "RSA encryption");
}

SecretBytes RsaPkcs1Decrypt(const PrivateKey& key, ByteView ciphertext,
                            size_t want_size) {
  SecretBytes out(want_size);
  SystemRandom().Fill(out.mutable_span());
  const size_t size = key.impl().rsa.n.size();
  // RFC 8017 section 7.2.2: 00 02 PS 00 M, PS at least 8 bytes. The size of M
  // is known, so every byte has its place and nothing is searched for.
  if (key.type() != KeyType::kRsa || ciphertext.size() != size ||
      want_size + 11 > size) {
    return out;
  }
  SecretBytes encoded(size);
  if (!internal::RawDecrypt(key.impl(), ciphertext, encoded.mutable_span())) {
    return out;
  }
  const ByteView em = encoded.view();
  const size_t zero_at = size - want_size - 1;
  unsigned bad = em[0] | (em[1] ^ 2u) | em[zero_at];
  for (size_t i = 2; i < zero_at; ++i) bad |= (em[i] - 1u) >> 8 & 1u;
  // 0xff when good, 0 when bad, without a branch.
  const auto mask = static_cast<uint8_t>(~((0u - bad) >> 8) & 0xff);
  for (size_t i = 0; i < want_size; ++i) {
    uint8_t& byte = out.mutable_span()[i];
    const uint8_t message = em[zero_at + 1 + i];
    byte = static_cast<uint8_t>((message & mask) | (byte & ~mask & 0xff));
  }
  return out;
}

}  // namespace vouchsafe::crypto
