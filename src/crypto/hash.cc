#include "crypto/hash.h"

#include <openssl/hmac.h>

#include <algorithm>

#include "crypto/md.h"
#include "crypto/ossl.h"

namespace vouchsafe::crypto {

using internal::Die;
using internal::Must;
using internal::MustHave;

namespace internal {
namespace {

// Fetched once and never freed: freeing in a static destructor could come
// after OpenSSL's own clean-up at exit.
struct Digests {
  const EVP_MD* sha1 = Fetch("SHA1");
  const EVP_MD* sha256 = Fetch("SHA256");
  const EVP_MD* sha384 = Fetch("SHA384");
  const EVP_MD* sha512 = Fetch("SHA512");
  const EVP_MD* sm3 = Fetch("SM3");

  static const EVP_MD* Fetch(const char* name) {
    return MustHave(EVP_MD_fetch(nullptr, name, nullptr), name);
  }
};

}  // namespace

const EVP_MD* Md(Hash hash) {
  static const Digests digests;
  switch (hash) {
    case Hash::kMd5: {
      // By itself: providers of approved algorithms alone do not have it.
      static const EVP_MD* md5 = Digests::Fetch("MD5");
      return md5;
    }
    case Hash::kSha1:
      return digests.sha1;
    case Hash::kSha256:
      return digests.sha256;
    case Hash::kSha384:
      return digests.sha384;
    case Hash::kSha512:
      return digests.sha512;
    case Hash::kSm3:
      return digests.sm3;
  }
  Die("no such hash");
}

bool IsSignatureHash(Hash hash) {
  return hash == Hash::kSha256 || hash == Hash::kSha384 ||
         hash == Hash::kSha512;
}

}  // namespace internal

namespace {

void DigestInto(Hash hash, ByteView data, uint8_t* out) {
  Must(EVP_Digest(data.data(), data.size(), out, nullptr, internal::Md(hash),
                  nullptr) == 1,
       "EVP_Digest");
}

}  // namespace

std::string_view HashName(Hash hash) {
  switch (hash) {
    case Hash::kMd5:
      return "md5";
    case Hash::kSha1:
      return "sha1";
    case Hash::kSha256:
      return "sha256";
    case Hash::kSha384:
      return "sha384";
    case Hash::kSha512:
      return "sha512";
    case Hash::kSm3:
      return "sm3";
  }
  return "";
}

size_t HashSize(Hash hash) {
  switch (hash) {
    case Hash::kMd5:
      return 16;
    case Hash::kSha1:
      return 20;
    case Hash::kSha256:
    case Hash::kSm3:
      return 32;
    case Hash::kSha384:
      return 48;
    case Hash::kSha512:
      return 64;
  }
  return 0;
}

std::optional<Hash> ParseHashName(std::string_view name) {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  };
  for (const Hash hash :
       {Hash::kSha256, Hash::kSha384, Hash::kSha512, Hash::kSm3}) {
    const std::string_view want = HashName(hash);
    if (std::equal(name.begin(), name.end(), want.begin(), want.end(), same)) {
      return hash;
    }
  }
  return std::nullopt;
}

Bytes Digest(Hash hash, ByteView data) {
  Bytes out(HashSize(hash));
  DigestInto(hash, data, out.data());
  return out;
}

std::array<uint8_t, 32> Sha256(ByteView data) {
  std::array<uint8_t, 32> out;
  DigestInto(Hash::kSha256, data, out.data());
  return out;
}

std::array<uint8_t, 48> Sha384(ByteView data) {
  std::array<uint8_t, 48> out;
  DigestInto(Hash::kSha384, data, out.data());
  return out;
}

struct Hasher::Impl {
  Hash hash;
  internal::MdCtxPtr context;
};

Hasher::Hasher(Hash hash)
    : impl_(std::make_unique<Impl>(Impl{
          hash,
          internal::MdCtxPtr(MustHave(EVP_MD_CTX_new(), "EVP_MD_CTX_new"))})) {
  Must(EVP_DigestInit_ex2(impl_->context.get(), internal::Md(hash), nullptr) ==
           1,
       "EVP_DigestInit_ex2");
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::Update(ByteView data) {
  Must(EVP_DigestUpdate(impl_->context.get(), data.data(), data.size()) == 1,
       "EVP_DigestUpdate");
  return *this;
}

Bytes Hasher::Finish() {
  Bytes out(HashSize(impl_->hash));
  Must(EVP_DigestFinal_ex(impl_->context.get(), out.data(), nullptr) == 1,
       "EVP_DigestFinal_ex");
  return out;
}

Bytes Hmac(Hash hash, ByteView key, ByteView data) {
  Must(key.size() <= internal::kMaxInput, "HMAC key too long");
  Bytes out(HashSize(hash));
  // OpenSSL takes null pointers for "not yet given", so empty views get
  // another.
  static constexpr uint8_t kNothing[1] = {};
  const uint8_t* key_at = key.empty() ? kNothing : key.data();
  const uint8_t* data_at = data.empty() ? kNothing : data.data();
  Must(HMAC(internal::Md(hash), key_at, static_cast<int>(key.size()), data_at,
            data.size(), out.data(), nullptr) != nullptr,
       "HMAC");
  return out;
}

SecretBytes ConcatKdfSha256(ByteView z, std::string_view algorithm_id,
                            ByteView party_u, ByteView party_v,
                            size_t key_bits) {
  const auto u32 = [](size_t value) {
    return std::array<uint8_t, 4>{
        static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
        static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
  };
  SecretBytes key((key_bits + 7) / 8);
  std::span<uint8_t> rest = key.mutable_span();
  for (size_t counter = 1; !rest.empty(); ++counter) {
    Hasher round(Hash::kSha256);
    round.Update(u32(counter)).Update(z);
    round.Update(u32(algorithm_id.size())).Update(AsBytes(algorithm_id));
    round.Update(u32(party_u.size())).Update(party_u);
    round.Update(u32(party_v.size())).Update(party_v);
    round.Update(u32(key_bits));
    const SecretBytes block(round.Finish());
    const size_t size = std::min(rest.size(), block.size());
    std::copy_n(block.view().begin(), size, rest.begin());
    rest = rest.subspan(size);
  }
  return key;
}

}  // namespace vouchsafe::crypto
