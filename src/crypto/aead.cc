#include "crypto/aead.h"

#include "crypto/ossl.h"

namespace vouchsafe::crypto {

namespace {

using internal::CipherCtxPtr;
using internal::DrainErrors;
using internal::MustHave;

constexpr size_t kIvSize = 12;
constexpr size_t kTagSize = 16;
constexpr size_t kWrapBlock = 8;

// Fetched once, never freed (see hash.cc).
struct Ciphers {
  const EVP_CIPHER* gcm128 = Fetch("AES-128-GCM");
  const EVP_CIPHER* gcm192 = Fetch("AES-192-GCM");
  const EVP_CIPHER* gcm256 = Fetch("AES-256-GCM");
  const EVP_CIPHER* wrap128 = Fetch("AES-128-WRAP");
  const EVP_CIPHER* wrap192 = Fetch("AES-192-WRAP");
  const EVP_CIPHER* wrap256 = Fetch("AES-256-WRAP");

  static const EVP_CIPHER* Fetch(const char* name) {
    return MustHave(EVP_CIPHER_fetch(nullptr, name, nullptr), name);
  }
};

const Ciphers& AllCiphers() {
  static const Ciphers ciphers;
  return ciphers;
}

// nullptr for other key sizes.
const EVP_CIPHER* GcmFor(size_t key_size) {
  switch (key_size) {
    case 16:
      return AllCiphers().gcm128;
    case 24:
      return AllCiphers().gcm192;
    case 32:
      return AllCiphers().gcm256;
    default:
      return nullptr;
  }
}

const EVP_CIPHER* WrapFor(size_t key_size) {
  switch (key_size) {
    case 16:
      return AllCiphers().wrap128;
    case 24:
      return AllCiphers().wrap192;
    case 32:
      return AllCiphers().wrap256;
    default:
      return nullptr;
  }
}

CipherCtxPtr NewContext() {
  return CipherCtxPtr(MustHave(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new"));
}

Result<const EVP_CIPHER*> CheckGcm(const SecretBytes& key, ByteView iv,
                                   ByteView aad, ByteView text) {
  const EVP_CIPHER* cipher = GcmFor(key.size());
  if (cipher == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "AES-GCM key: " + std::to_string(key.size()) +
                    " bytes, want 16, 24 or 32");
  }
  if (iv.size() != kIvSize) {
    return Fail(ErrorCode::kUnsupported, "AES-GCM with an IV of " +
                                             std::to_string(iv.size()) +
                                             " bytes is not offered, want 12");
  }
  if (aad.size() > internal::kMaxInput || text.size() > internal::kMaxInput) {
    return Fail(ErrorCode::kTooLarge, "AES-GCM input over 1 GiB");
  }
  return cipher;
}

// EVP_EncryptUpdate takes a null pointer for "more of the AAD", so an empty
// text must not reach it as one.
bool Update(EVP_CIPHER_CTX* context, uint8_t* out, ByteView in) {
  if (in.empty()) return true;
  int size = 0;
  return EVP_CipherUpdate(context, out, &size, in.data(),
                          static_cast<int>(in.size())) == 1;
}

}  // namespace

Result<GcmSealed> AesGcmSeal(const SecretBytes& key, ByteView iv, ByteView aad,
                             ByteView plaintext) {
  const EVP_CIPHER* cipher = TRY(CheckGcm(key, iv, aad, plaintext));
  const CipherCtxPtr context = NewContext();
  GcmSealed sealed{Bytes(plaintext.size()), {}};
  uint8_t nothing[kTagSize];
  int size = 0;
  if (EVP_EncryptInit_ex2(context.get(), cipher, key.view().data(), iv.data(),
                          nullptr) != 1 ||
      !Update(context.get(), nullptr, aad) ||
      !Update(context.get(), sealed.ciphertext.data(), plaintext) ||
      EVP_EncryptFinal_ex(context.get(), nothing, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize,
                          sealed.tag.data()) != 1) {
    return internal::OpenSslFail(ErrorCode::kInternal, "AES-GCM seal");
  }
  return sealed;
}

Result<SecretBytes> AesGcmOpen(const SecretBytes& key, ByteView iv,
                               ByteView aad, ByteView ciphertext,
                               ByteView tag) {
  const EVP_CIPHER* cipher = TRY(CheckGcm(key, iv, aad, ciphertext));
  if (tag.size() != kTagSize) {
    return Fail(
        ErrorCode::kInvalidInput,
        "AES-GCM tag: " + std::to_string(tag.size()) + " bytes, want 16");
  }
  const CipherCtxPtr context = NewContext();
  SecretBytes plaintext(ciphertext.size());
  Bytes want_tag = ToBytes(tag);  // OpenSSL's control takes it as non-const
  uint8_t nothing[kTagSize];
  int size = 0;
  if (EVP_DecryptInit_ex2(context.get(), cipher, key.view().data(), iv.data(),
                          nullptr) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize,
                          want_tag.data()) != 1 ||
      !Update(context.get(), nullptr, aad) ||
      !Update(context.get(), plaintext.mutable_span().data(), ciphertext) ||
      EVP_DecryptFinal_ex(context.get(), nothing, &size) != 1) {
    DrainErrors();
    return Fail(ErrorCode::kUntrusted, "AES-GCM: authentication failed");
  }
  return plaintext;
}

namespace {

Result<const EVP_CIPHER*> CheckWrap(const SecretBytes& kek, size_t data_size,
                                    size_t min_size) {
  const EVP_CIPHER* cipher = WrapFor(kek.size());
  if (cipher == nullptr) {
    return Fail(ErrorCode::kInvalidInput,
                "AES key wrap key: " + std::to_string(kek.size()) +
                    " bytes, want 16, 24 or 32");
  }
  if (data_size % kWrapBlock != 0 || data_size < min_size ||
      data_size > internal::kMaxInput) {
    return Fail(ErrorCode::kInvalidInput,
                "AES key wrap: " + std::to_string(data_size) +
                    " bytes, want a multiple of 8, at least " +
                    std::to_string(min_size));
  }
  return cipher;
}

// The IV is RFC 3394's default when none is given.
bool RunWrap(const EVP_CIPHER* cipher, const SecretBytes& kek, ByteView in,
             uint8_t* out, bool wrap, size_t want_size) {
  const CipherCtxPtr context = NewContext();
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  int size = 0;
  if (EVP_CipherInit_ex2(context.get(), cipher, kek.view().data(), nullptr,
                         wrap ? 1 : 0, nullptr) != 1 ||
      EVP_CipherUpdate(context.get(), out, &size, in.data(),
                       static_cast<int>(in.size())) != 1 ||
      size != static_cast<int>(want_size)) {
    DrainErrors();
    return false;
  }
  return true;
}

}  // namespace

Result<Bytes> AesKeyWrap(const SecretBytes& kek, const SecretBytes& key) {
  const EVP_CIPHER* cipher = TRY(CheckWrap(kek, key.size(), 2 * kWrapBlock));
  Bytes wrapped(key.size() + kWrapBlock);
  if (!RunWrap(cipher, kek, key.view(), wrapped.data(), true, wrapped.size())) {
    return Fail(ErrorCode::kInternal, "AES key wrap failed");
  }
  return wrapped;
}

Result<SecretBytes> AesKeyUnwrap(const SecretBytes& kek, ByteView wrapped) {
  const EVP_CIPHER* cipher =
      TRY(CheckWrap(kek, wrapped.size(), 3 * kWrapBlock));
  // OpenSSL works in the output buffer over the whole input's size.
  SecretBytes buffer(wrapped.size());
  const size_t size = wrapped.size() - kWrapBlock;
  if (!RunWrap(cipher, kek, wrapped, buffer.mutable_span().data(), false,
               size)) {
    return Fail(ErrorCode::kUntrusted,
                "AES key unwrap: integrity check failed");
  }
  return SecretBytes(buffer.view().first(size));
}

}  // namespace vouchsafe::crypto
