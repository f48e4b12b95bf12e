#include "verifier/snp/roots.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/encoding.h"
#include "crypto/hash.h"

namespace vouchsafe::snp {
namespace {

// The names of all AMD certificates but for the common name, which comes last:
// OU=Engineering, C=US, L=Santa Clara, ST=CA, O=Advanced Micro Devices.
constexpr std::string_view kNamePrefixHex =
    "31143012060355040b0c0b456e67696e656572696e67"
    "310b3009060355040613025553"
    "3114301206035504070c0b53616e746120436c617261"
    "310b300906035504080c024341"
    "311f301d060355040a0c16416476616e636564204d6963726f2044657669636573";
// OID 2.5.4.3, commonName.
constexpr std::string_view kCommonNameOidHex = "0603550403";
constexpr uint8_t kSequence = 0x30;
constexpr uint8_t kSet = 0x31;
constexpr uint8_t kUtf8String = 0x0C;

// One DER value of fewer than 256 bytes, which AMD's names are.
Bytes Der(uint8_t tag, ByteView content) {
  Bytes out{tag};
  if (content.size() >= 0x80) out.push_back(0x81);
  out.push_back(static_cast<uint8_t>(content.size()));
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Result<Bytes> AmdName(std::string_view common_name) {
  const Bytes value = Der(kUtf8String, AsBytes(common_name));
  Bytes attribute = TRY(HexDecode(kCommonNameOidHex));
  attribute.insert(attribute.end(), value.begin(), value.end());
  const Bytes last = Der(kSet, Der(kSequence, attribute));
  Bytes name = TRY(HexDecode(kNamePrefixHex));
  name.insert(name.end(), last.begin(), last.end());
  return Der(kSequence, name);
}

Bytes BigEndian(uint64_t number) {
  Bytes out;
  for (; number != 0; number >>= 8U) {
    out.push_back(static_cast<uint8_t>(number));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<RootKey> RootKeyOf(const PinnedKey& pinned) {
  const Bytes spki = TRY(Base64Decode(pinned.spki_base64));
  const Bytes fingerprint = TRY(HexDecode(pinned.certificate_sha256));
  Bytes subject = TRY(AmdName(pinned.common_name));
  crypto::PublicKey key = TRY(crypto::PublicKey::FromSpkiDer(spki));
  RootKey root{std::move(key),
               std::move(subject),
               BigEndian(pinned.serial),
               {},
               crypto::Sha256(spki)};
  std::copy_n(fingerprint.begin(),
              std::min(fingerprint.size(), root.certificate_sha256.size()),
              root.certificate_sha256.begin());
  return root;
}

Result<RootKey> Pinned(Generation generation, PinnedRole role) {
  for (const PinnedKey& key : AmdKeys()) {
    if (key.generation == generation && key.role == role) {
      return RootKeyOf(key);
    }
  }
  return Fail(ErrorCode::kInternal, "snp: a pinned key is missing");
}

}  // namespace

Result<Roots> Roots::Amd() {
  std::map<Generation, GenerationRoots> all;
  for (Generation generation : kGenerations) {
    RootKey ark = TRY(Pinned(generation, PinnedRole::kArk));
    RootKey ask = TRY(Pinned(generation, PinnedRole::kAsk));
    RootKey asvk = TRY(Pinned(generation, PinnedRole::kAsvk));
    all.emplace(generation, GenerationRoots{std::move(ark), std::move(ask),
                                            std::move(asvk)});
  }
  return Roots(std::move(all));
}

Result<RootKey> RootKeyOf(const crypto::Certificate& certificate) {
  crypto::PublicKey key = TRY(certificate.public_key());
  return RootKey{std::move(key), ToBytes(certificate.SubjectDer()),
                 certificate.SerialNumber(), certificate.Sha256Fingerprint(),
                 certificate.SpkiSha256()};
}

}  // namespace vouchsafe::snp
