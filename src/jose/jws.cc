#include "jose/jws.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "crypto/sign.h"
#include "jose/checks.h"
#include "jose/header.h"
#include "json/fields.h"
#include "json/write.h"

namespace vouchsafe::jose {
namespace {

using crypto::Hash;
using crypto::KeyType;
using crypto::SignatureScheme;

struct AlgRow {
  JwsAlg alg;
  std::string_view name;
  SignatureScheme scheme;
  Hash hash;
  KeyType key;
};

constexpr std::array<AlgRow, 10> kAlgs = {{
    {JwsAlg::kEs256, "ES256", SignatureScheme::kEcdsa, Hash::kSha256,
     KeyType::kEcP256},
    {JwsAlg::kEs384, "ES384", SignatureScheme::kEcdsa, Hash::kSha384,
     KeyType::kEcP384},
    {JwsAlg::kEs512, "ES512", SignatureScheme::kEcdsa, Hash::kSha512,
     KeyType::kEcP521},
    {JwsAlg::kRs256, "RS256", SignatureScheme::kRsaPkcs1, Hash::kSha256,
     KeyType::kRsa},
    {JwsAlg::kRs384, "RS384", SignatureScheme::kRsaPkcs1, Hash::kSha384,
     KeyType::kRsa},
    {JwsAlg::kRs512, "RS512", SignatureScheme::kRsaPkcs1, Hash::kSha512,
     KeyType::kRsa},
    {JwsAlg::kPs256, "PS256", SignatureScheme::kRsaPss, Hash::kSha256,
     KeyType::kRsa},
    {JwsAlg::kPs384, "PS384", SignatureScheme::kRsaPss, Hash::kSha384,
     KeyType::kRsa},
    {JwsAlg::kPs512, "PS512", SignatureScheme::kRsaPss, Hash::kSha512,
     KeyType::kRsa},
    {JwsAlg::kEdDsa, "EdDSA", SignatureScheme::kEd25519, Hash::kSha512,
     KeyType::kEd25519},
}};

const AlgRow& RowOf(JwsAlg alg) { return kAlgs[static_cast<size_t>(alg)]; }

// b64 is true where it is absent (RFC 7797 section 3).
bool PayloadIsEncoded(const json::Value& header) {
  const json::Value* b64 = header.Find("b64");
  if (b64 == nullptr) return true;
  return b64->if_bool() != nullptr && *b64->if_bool();
}

bool KeyMaySign(const Jwk& key) {
  if (key.use && *key.use != "sig") return false;
  return key.key_ops.empty() ||
         std::find(key.key_ops.begin(), key.key_ops.end(), "verify") !=
             key.key_ops.end();
}

}  // namespace

std::string_view JwsAlgName(JwsAlg alg) { return RowOf(alg).name; }

Result<JwsAlg> ParseJwsAlg(std::string_view name) {
  for (const AlgRow& row : kAlgs) {
    if (row.name == name) return row.alg;
  }
  std::string text = "jws: algorithm " + std::string(name.substr(0, 32));
  if (name == "HS256" || name == "HS384" || name == "HS512") {
    text += " needs a shared secret and is not offered";
  } else if (name == "none") {
    text += " is no signature and is not offered";
  } else {
    text += " is not offered";
  }
  return Fail(ErrorCode::kUnsupported, std::move(text));
}

bool AlgFitsKey(JwsAlg alg, KeyType type) { return RowOf(alg).key == type; }

JwsAlg DefaultJwsAlg(KeyType type) {
  for (const AlgRow& row : kAlgs) {
    if (row.key == type) return row.alg;
  }
  return JwsAlg::kEs256;
}

Result<UnverifiedJws> UnverifiedJws::Parse(std::string_view compact,
                                           size_t max_size) {
  if (compact.size() > max_size) {
    return Fail(ErrorCode::kTooLarge, "jws: " + std::to_string(compact.size()) +
                                          " characters, at most " +
                                          std::to_string(max_size));
  }
  const auto parts = TRY(SplitCompact(compact, 3, "jws"));
  UnverifiedJws jws;
  jws.header_ = TRY(ParseJoseHeader(parts[0], "jws header"));
  const auto fields = TRY(json::Fields::Of(jws.header_, "jws header"));
  jws.alg_ = TRY(fields.String("alg"));
  jws.kid_ = TRY(fields.OptionalString("kid"));
  jws.payload_ = TRY(DecodePart(parts[1], "jws payload"));
  jws.signature_ = TRY(DecodePart(parts[2], "jws signature"));
  jws.signing_input_ = compact.substr(0, compact.rfind('.'));
  return jws;
}

Result<VerifiedJws> VerifyJws(UnverifiedJws jws, const crypto::PublicKey& key,
                              JwsAlg expected, CheckLog& log) {
  const json::Value& header = jws.header();
  TRY(log.Require(kJwsCrit, header.Find("crit") == nullptr));
  TRY(log.Require(kJwsB64, PayloadIsEncoded(header)));
  const JwsAlg named = TRY(ParseJwsAlg(jws.alg()));
  TRY(log.RequireEqual(kJwsAlg, JwsAlgName(expected), JwsAlgName(named)));
  const AlgRow& row = RowOf(expected);
  TRY(log.RequireEqual(kJwsKeyKind, crypto::KeyTypeName(row.key),
                       crypto::KeyTypeName(key.type())));
  // A key of another kind is an error of Verify, also when that check is
  // waived.
  const bool holds =
      TRY(crypto::Verify(key, row.scheme, row.hash,
                         AsBytes(jws.signing_input()), jws.signature()));
  TRY(log.Require(kJwsSignature, holds));
  return VerifiedJws(std::move(jws), expected);
}

Result<VerifiedJws> VerifyJws(UnverifiedJws jws, const Jwk& key,
                              CheckLog& log) {
  const std::string alg = TRY(log.RequireSome(kJwsKeyAlg, key.alg));
  TRY(log.Require(kJwsKeyUse, KeyMaySign(key)));
  // The message's own algorithm first, so that one that is not offered is
  // refused by its name.
  TRY(ParseJwsAlg(jws.alg()));
  const JwsAlg expected = TRY(ParseJwsAlg(alg));
  return VerifyJws(std::move(jws), key.key, expected, log);
}

Result<std::string> SignJws(const json::Object& header, ByteView payload,
                            const crypto::PrivateKey& key) {
  const json::Value value(header);
  const auto fields = TRY(json::Fields::Of(value, "jws header"));
  const std::string name = TRY(fields.String("alg"));
  const JwsAlg alg = TRY(ParseJwsAlg(name));
  if (!AlgFitsKey(alg, key.type())) {
    return Fail(ErrorCode::kInvalidInput,
                "jws: " + std::string(JwsAlgName(alg)) + " with a key of " +
                    std::string(crypto::KeyTypeName(key.type())));
  }
  std::string text = Base64UrlEncode(AsBytes(json::Write(value)));
  text += '.';
  text += Base64UrlEncode(payload);
  const AlgRow& row = RowOf(alg);
  const Bytes signature =
      TRY(crypto::Sign(key, row.scheme, row.hash, AsBytes(text)));
  text += '.';
  text += Base64UrlEncode(signature);
  return text;
}

}  // namespace vouchsafe::jose
