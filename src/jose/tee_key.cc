// JweRecipient: a guest's public key, checked once.

#include <optional>
#include <vector>

#include "base/encoding.h"
#include "jose/checks.h"
#include "jose/jwe.h"
#include "jose/jwk.h"
#include "json/fields.h"

namespace vouchsafe::jose {
namespace {

using crypto::KeyType;
using crypto::PublicKey;

constexpr size_t kMinRsaBits = 2048;
constexpr size_t kMaxRsaBits = 8192;
// Parsed up to here, so that the size is judged by its check.
constexpr size_t kMinParsedRsaBits = 512;
constexpr size_t kMaxParsedRsaBits = 16384;

std::optional<KeyType> CurveNamed(std::string_view crv) {
  if (crv == "P-256") return KeyType::kEcP256;
  if (crv == "P-384") return KeyType::kEcP384;
  if (crv == "P-521") return KeyType::kEcP521;
  return std::nullopt;
}

// Every reading of a coordinate that a client may have shortened: as it is, and
// with one or two '0' at its end taken for leading zero bytes.
std::vector<Bytes> Readings(const Bytes& coordinate) {
  std::vector<Bytes> readings = {coordinate};
  Bytes shifted = coordinate;
  for (int lost = 1; lost <= 2; ++lost) {
    if (shifted.empty() || shifted.back() != '0') break;
    shifted.pop_back();
    shifted.insert(shifted.begin(), 0);
    readings.push_back(shifted);
  }
  return readings;
}

// The one reading that lies on the curve. It gives nobody more than the bytes
// say that the evidence is bound to.
std::optional<PublicKey> RepairPoint(KeyType curve, const Bytes& x,
                                     const Bytes& y) {
  std::optional<PublicKey> found;
  for (const Bytes& try_x : Readings(x)) {
    for (const Bytes& try_y : Readings(y)) {
      auto key = PublicKey::FromEcPoint(curve, try_x, try_y);
      if (!key) continue;
      if (found) return std::nullopt;
      found = *std::move(key);
    }
  }
  return found;
}

Result<PublicKey> PointOf(KeyType curve, std::string_view x_text,
                          std::string_view y_text) {
  const Bytes x = TRY_CONTEXT(Base64UrlDecode(x_text), "x");
  const Bytes y = TRY_CONTEXT(Base64UrlDecode(y_text), "y");
  auto key = PublicKey::FromEcPoint(curve, x, y);
  if (key || curve != KeyType::kEcP256 || x.size() != 32 || y.size() != 32) {
    return key;
  }
  if (auto repaired = RepairPoint(curve, x, y)) return *std::move(repaired);
  return key;
}

// Released clients' libraries ignore leading zero bytes.
Bytes WithoutLeadingZeros(Bytes number) {
  size_t zeros = 0;
  while (zeros < number.size() && number[zeros] == 0) ++zeros;
  number.erase(number.begin(),
               number.begin() + static_cast<std::ptrdiff_t>(zeros));
  return number;
}

Result<PublicKey> ModulusOf(std::string_view n_text, std::string_view e_text) {
  const Bytes n = TRY_CONTEXT(Base64UrlDecode(n_text), "n");
  const Bytes e = TRY_CONTEXT(Base64UrlDecode(e_text), "e");
  return PublicKey::FromRsa(WithoutLeadingZeros(n), WithoutLeadingZeros(e),
                            kMinParsedRsaBits, kMaxParsedRsaBits);
}

Result<PublicKey> EcKeyOf(const json::Fields& in, CheckLog& log) {
  const std::string crv = TRY(in.String("crv"));
  const std::string x = TRY(in.String("x"));
  const std::string y = TRY(in.String("y"));
  const KeyType curve = TRY(
      log.RequireSome(kTeeKeyKind, CurveNamed(crv), CheckValue::OfText(crv)));
  return log.RequireOk(kTeeKeyPoint, PointOf(curve, x, y));
}

Result<PublicKey> RsaKeyOf(const json::Fields& in, CheckLog& log) {
  const std::string n = TRY(in.String("n"));
  const std::string e = TRY(in.String("e"));
  return log.RequireOk(kTeeKeyNumbers, ModulusOf(n, e));
}

// Kinds that guests name and that cannot be encrypted to.
bool IsKnownKty(std::string_view kty) { return kty == "AKP" || kty == "OKP"; }

Result<PublicKey> KeyOf(const json::Fields& in, CheckLog& log) {
  const std::string kty = TRY(in.String("kty"));
  if (kty == "EC") return EcKeyOf(in, log);
  if (kty == "RSA") return RsaKeyOf(in, log);
  if (!IsKnownKty(kty)) {
    return Fail(ErrorCode::kInvalidInput,
                in.PathOf("kty") + ": unknown key type " + kty.substr(0, 32));
  }
  return log.RequireSome(kTeeKeyKind, std::optional<PublicKey>(),
                         CheckValue::OfText(kty));
}

bool Fits(JweAlg alg, KeyType type) {
  return alg == JweAlg::kEcdhEsA256Kw ? crypto::IsEc(type)
                                      : type == KeyType::kRsa;
}

std::optional<JweAlg> AlgNamed(std::string_view name) {
  auto alg = ParseJweAlg(name);
  if (!alg) return std::nullopt;
  return *alg;
}

}  // namespace

std::string_view JweAlgName(JweAlg alg) {
  switch (alg) {
    case JweAlg::kRsaOaep256:
      return "RSA-OAEP-256";
    case JweAlg::kEcdhEsA256Kw:
      return "ECDH-ES+A256KW";
    case JweAlg::kRsa15:
      return "RSA1_5";
  }
  return "";
}

Result<JweAlg> ParseJweAlg(std::string_view name) {
  for (const JweAlg alg :
       {JweAlg::kRsaOaep256, JweAlg::kEcdhEsA256Kw, JweAlg::kRsa15}) {
    if (JweAlgName(alg) == name) return alg;
  }
  return Fail(
      ErrorCode::kUnsupported,
      "jwe: algorithm " + std::string(name.substr(0, 32)) + " is not offered");
}

Result<JweRecipient> JweRecipient::FromJwk(const json::Value& jwk, Rsa15 rsa15,
                                           CheckLog& log) {
  const auto in = TRY(json::Fields::Of(jwk, "tee-pubkey"));
  const std::string name = TRY(in.String("alg"));
  const PublicKey key = TRY(KeyOf(in, log));
  const JweAlg alg = TRY(
      log.RequireSome(kTeeKeyAlg, AlgNamed(name), CheckValue::OfText(name)));
  return FromKey(key, alg, rsa15, log);
}

Result<JweRecipient> JweRecipient::FromKey(const PublicKey& key, JweAlg alg,
                                           Rsa15 rsa15, CheckLog& log) {
  const bool allowed = alg != JweAlg::kRsa15 || rsa15 == Rsa15::kAllow;
  TRY(log.Require(kTeeKeyAlg, Fits(alg, key.type()) && allowed,
                  CheckValue::OfText(JweAlgName(alg))));
  if (key.type() == KeyType::kRsa) {
    const size_t bits = key.bits();
    TRY(log.Require(kTeeKeySize, bits >= kMinRsaBits && bits <= kMaxRsaBits,
                    CheckValue::OfNumber(bits)));
    TRY(log.Require(kTeeKeyRoca, !HasRocaFingerprint(key.rsa_numbers().n)));
  }
  return JweRecipient(key, alg);
}

}  // namespace vouchsafe::jose
