#include <string>

#include "base/encoding.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "jose/checks.h"
#include "jose/header.h"
#include "jose/jwe.h"
#include "jose/jwe_alg.h"
#include "json/fields.h"
#include "json/parse.h"

namespace vouchsafe::jose {
namespace {

using crypto::KeyType;
using crypto::PrivateKey;
using json::Fields;

constexpr size_t kMaxJweDepth = 16;
constexpr size_t kMaxPartyInfo = 1024;

// What a header of ours says, members of the right type.
struct Header {
  JweAlg alg = JweAlg::kRsaOaep256;
  std::string enc;
  // ECDH-ES only.
  std::string crv;
  Bytes x;
  Bytes y;
  Bytes party_u;
  Bytes party_v;
};

Result<Bytes> PartyInfo(const Fields& in, std::string_view name) {
  if (in.Optional(name) == nullptr) return Bytes{};
  Bytes bytes = TRY(in.Encoded(name, Base64::kUrlNoPad));
  if (bytes.size() > kMaxPartyInfo) {
    return Fail(ErrorCode::kTooLarge, in.PathOf(name) + ": too long");
  }
  return bytes;
}

Result<> ReadEcdh(const Fields& in, Header& header) {
  const Fields epk = TRY(in.ObjectOf("epk"));
  const std::string kty = TRY(epk.String("kty"));
  if (kty != "EC") {
    return Fail(ErrorCode::kUnsupported,
                epk.PathOf("kty") + ": want EC, got " + kty.substr(0, 32));
  }
  header.crv = TRY(epk.String("crv"));
  header.x = TRY(epk.Encoded("x", Base64::kUrlNoPad));
  header.y = TRY(epk.Encoded("y", Base64::kUrlNoPad));
  header.party_u = TRY(PartyInfo(in, "apu"));
  header.party_v = TRY(PartyInfo(in, "apv"));
  return {};
}

Result<Header> ReadHeader(const json::Value& value, CheckLog& log) {
  const Fields in = TRY(Fields::Of(value, "jwe header"));
  Header header;
  const std::string alg = TRY(in.String("alg"));
  header.alg = TRY(ParseJweAlg(alg));
  TRY(log.Require(kJweCrit, in.object().Find("crit") == nullptr));
  TRY(log.Require(kJweZip, in.object().Find("zip") == nullptr));
  header.enc = TRY(in.String("enc"));
  if (header.alg == JweAlg::kEcdhEsA256Kw) TRY(ReadEcdh(in, header));
  return header;
}

bool AlgAllowed(JweAlg alg, const PrivateKey& key,
                const JweOpenOptions& options) {
  if (alg == JweAlg::kRsa15 && options.rsa15 != Rsa15::kAllow) return false;
  if (options.alg && *options.alg != alg) return false;
  return (alg == JweAlg::kEcdhEsA256Kw) == crypto::IsEc(key.type());
}

Result<> CheckHeader(const Header& header, const PrivateKey& key,
                     const JweOpenOptions& options, CheckLog& log) {
  TRY(log.Require(kJweAlg, AlgAllowed(header.alg, key, options),
                  CheckValue::OfText(JweAlgName(header.alg))));
  TRY(log.RequireEqual(kJweEnc, kA256Gcm, header.enc));
  if (header.alg == JweAlg::kEcdhEsA256Kw) {
    TRY(log.RequireEqual(kJweCurve, crypto::KeyTypeName(key.type()),
                         header.crv));
  }
  return {};
}

Result<SecretBytes> UnwrapEc(const Header& header, const PrivateKey& key,
                             ByteView encrypted_key) {
  const auto epk =
      TRY(crypto::PublicKey::FromEcPoint(key.type(), header.x, header.y));
  const SecretBytes z = TRY(crypto::EcdhX(key, epk));
  const SecretBytes kek = crypto::ConcatKdfSha256(
      z.view(), kKdfAlgorithmId, header.party_u, header.party_v, kKekBits);
  return crypto::AesKeyUnwrap(kek, encrypted_key);
}

Result<SecretBytes> ContentKey(const Header& header, const PrivateKey& key,
                               ByteView encrypted_key) {
  if ((header.alg == JweAlg::kEcdhEsA256Kw) != crypto::IsEc(key.type()) ||
      key.type() == KeyType::kEd25519) {
    return Fail(ErrorCode::kUntrusted, "a key of another kind");
  }
  if (header.alg == JweAlg::kEcdhEsA256Kw) {
    return UnwrapEc(header, key, encrypted_key);
  }
  if (header.alg == JweAlg::kRsa15) {
    return crypto::RsaPkcs1Decrypt(key, encrypted_key, kContentKeySize);
  }
  return crypto::RsaOaepDecrypt(key, crypto::Hash::kSha256, encrypted_key);
}

struct Decoded {
  Bytes encrypted_key;
  Bytes iv;
  Bytes ciphertext;
  Bytes tag;
};

Result<Decoded> Decode(const JweParts& parts) {
  Decoded out;
  out.encrypted_key = TRY(DecodePart(parts.encrypted_key, "jwe encrypted_key"));
  out.iv = TRY(DecodePart(parts.iv, "jwe iv"));
  out.ciphertext = TRY(DecodePart(parts.ciphertext, "jwe ciphertext"));
  out.tag = TRY(DecodePart(parts.tag, "jwe tag"));
  if (out.iv.size() != kGcmIvSize || out.tag.size() != kGcmTagSize) {
    return Fail(ErrorCode::kInvalidInput,
                "jwe: iv of " + std::to_string(out.iv.size()) + " and tag of " +
                    std::to_string(out.tag.size()) + " bytes, want 12 and 16");
  }
  return out;
}

// One error for every way not to authenticate, so that nobody can tell a bad
// padding from a bad tag.
Result<SecretBytes> Open(const Header& header, const Decoded& in,
                         std::string_view aad, const PrivateKey& key) {
  auto cek = ContentKey(header, key, in.encrypted_key);
  if (cek && cek->size() == kContentKeySize) {
    auto plaintext =
        crypto::AesGcmOpen(*cek, in.iv, AsBytes(aad), in.ciphertext, in.tag);
    if (plaintext) return plaintext;
  }
  return Fail(ErrorCode::kUntrusted, "cannot be opened");
}

}  // namespace

Result<SecretBytes> OpenJweParts(const JweParts& parts, const PrivateKey& key,
                                 const JweOpenOptions& options, CheckLog& log) {
  const json::Value value =
      TRY(ParseJoseHeader(parts.protected_header, "jwe header"));
  const Header header = TRY(ReadHeader(value, log));
  TRY(CheckHeader(header, key, options, log));
  const Decoded in = TRY(Decode(parts));
  return log.RequireOk(kJweOpen, Open(header, in, parts.protected_header, key));
}

Result<SecretBytes> OpenJwe(std::string_view flattened_json,
                            const PrivateKey& key,
                            const JweOpenOptions& options, CheckLog& log) {
  json::ParseOptions limits;
  limits.max_depth = kMaxJweDepth;
  limits.max_size = kMaxJweSize;
  const json::Value value =
      TRY_CONTEXT(json::Parse(flattened_json, limits), "jwe");
  const Fields in = TRY(Fields::Of(value, "jwe"));
  JweParts parts;
  parts.protected_header = TRY(in.String("protected"));
  parts.encrypted_key = TRY(in.String("encrypted_key"));
  parts.iv = TRY(in.String("iv"));
  parts.ciphertext = TRY(in.String("ciphertext"));
  parts.tag = TRY(in.String("tag"));
  return OpenJweParts(parts, key, options, log);
}

Result<SecretBytes> OpenJweCompact(std::string_view compact,
                                   const PrivateKey& key,
                                   const JweOpenOptions& options,
                                   CheckLog& log) {
  if (compact.size() > kMaxJweSize) {
    return Fail(ErrorCode::kTooLarge,
                "jwe: over " + std::to_string(kMaxJweSize) + " characters");
  }
  const auto split = TRY(SplitCompact(compact, 5, "jwe"));
  const JweParts parts{std::string(split[0]), std::string(split[1]),
                       std::string(split[2]), std::string(split[3]),
                       std::string(split[4])};
  return OpenJweParts(parts, key, options, log);
}

}  // namespace vouchsafe::jose
