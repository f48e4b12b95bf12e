#include <algorithm>
#include <array>

#include "crypto/der_reader.h"
#include "crypto/key_impl.h"

namespace vouchsafe::crypto::internal {

namespace {

// RFC 8017 appendix A.1, RFC 5480 section 2.1.1, RFC 8410 section 3.
constexpr uint8_t kOidRsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7,
                               0x0d, 0x01, 0x01, 0x01};
constexpr uint8_t kOidEcPublicKey[] = {0x2a, 0x86, 0x48, 0xce,
                                       0x3d, 0x02, 0x01};
constexpr uint8_t kOidEd25519[] = {0x2b, 0x65, 0x70};
constexpr uint8_t kOidP256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr uint8_t kOidP384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr uint8_t kOidP521[] = {0x2b, 0x81, 0x04, 0x00, 0x23};

constexpr size_t kDefaultMinRsaBits = 2048;
constexpr size_t kDefaultMaxRsaBits = 8192;

ByteView CurveOid(KeyType curve) {
  switch (curve) {
    case KeyType::kEcP256:
      return kOidP256;
    case KeyType::kEcP384:
      return kOidP384;
    case KeyType::kEcP521:
      return kOidP521;
    default:
      return {};
  }
}

tl::unexpected<Error> Malformed() {
  return Fail(ErrorCode::kInvalidInput, "public key: malformed DER");
}

Result<std::shared_ptr<KeyImpl>> ParseEcPoint(DerReader& algorithm,
                                              ByteView point) {
  const auto oid = algorithm.TakeIf(kTagOid);
  if (!oid || !algorithm.End()) {
    return Fail(ErrorCode::kUnsupported,
                "public key: EC parameters that are not a named curve");
  }
  for (const KeyType curve :
       {KeyType::kEcP256, KeyType::kEcP384, KeyType::kEcP521}) {
    if (!Equal(*oid, CurveOid(curve))) continue;
    const size_t size = CoordinateSize(curve);
    if (point.size() == size + 1 && (point[0] == 2 || point[0] == 3)) {
      return Fail(ErrorCode::kUnsupported,
                  "public key: compressed points are not offered");
    }
    if (point.size() != 2 * size + 1 || point[0] != 4) return Malformed();
    return EcFromCoordinates(curve, point.subspan(1, size),
                             point.subspan(1 + size));
  }
  return Fail(ErrorCode::kUnsupported,
              "public key: a curve other than P-256, P-384 and P-521");
}

}  // namespace

Result<std::shared_ptr<KeyImpl>> ParsePkcs1Public(ByteView der) {
  DerReader outer(der);
  DerReader in = outer.Sub(kTagSequence);
  const auto n = UnsignedInteger(in.Take(kTagInteger));
  const auto e = UnsignedInteger(in.Take(kTagInteger));
  if (!in.End() || !outer.End() || !n || !e) return Malformed();
  return RsaPublicFrom(*n, *e, kDefaultMinRsaBits, kDefaultMaxRsaBits);
}

Result<std::shared_ptr<KeyImpl>> ParseSpki(ByteView der) {
  DerReader outer(der);
  DerReader in = outer.Sub(kTagSequence);
  DerReader algorithm = in.Sub(kTagSequence);
  const ByteView oid = algorithm.Take(kTagOid);
  const auto bits = WholeBits(in.Take(kTagBitString));
  if (!algorithm.ok() || !in.End() || !outer.End() || !bits) {
    return Malformed();
  }
  if (Equal(oid, kOidRsa)) {
    const ByteView null = algorithm.Take(kTagNull);
    if (!algorithm.End() || !null.empty()) return Malformed();
    return ParsePkcs1Public(*bits);
  }
  if (Equal(oid, kOidEcPublicKey)) return ParseEcPoint(algorithm, *bits);
  if (Equal(oid, kOidEd25519)) {
    if (!algorithm.End()) return Malformed();
    return Ed25519PublicFrom(*bits);
  }
  return Fail(ErrorCode::kUnsupported,
              "public key: an algorithm other than RSA, EC and Ed25519");
}

Bytes WriteSpki(const KeyImpl& key) {
  Bytes algorithm;
  Bytes bits{0};  // no unused bits
  if (key.type == KeyType::kRsa) {
    algorithm = DerValue(kTagOid, kOidRsa);
    Append(algorithm, DerValue(kTagNull, {}));
    Bytes numbers = DerUnsigned(key.rsa.n);
    Append(numbers, DerUnsigned(key.rsa.e));
    Append(bits, DerValue(kTagSequence, numbers));
  } else if (key.type == KeyType::kEd25519) {
    algorithm = DerValue(kTagOid, kOidEd25519);
    Append(bits, key.ed25519);
  } else {
    algorithm = DerValue(kTagOid, kOidEcPublicKey);
    Append(algorithm, DerValue(kTagOid, CurveOid(key.type)));
    bits.push_back(0x04);
    Append(bits, key.point.x);
    Append(bits, key.point.y);
  }
  Bytes content = DerValue(kTagSequence, algorithm);
  Append(content, DerValue(kTagBitString, bits));
  return DerValue(kTagSequence, content);
}

Result<std::shared_ptr<KeyImpl>> ParsePkcs1Private(ByteView der) {
  DerReader outer(der);
  DerReader in = outer.Sub(kTagSequence);
  const ByteView version = in.Take(kTagInteger);
  std::array<std::optional<ByteView>, 8> numbers;  // n e d p q dp dq qinv
  for (auto& number : numbers) number = UnsignedInteger(in.Take(kTagInteger));
  const bool all = std::all_of(numbers.begin(), numbers.end(),
                               [](const auto& number) { return !!number; });
  if (!in.End() || !outer.End() || !all || !Equal(version, Bytes{0})) {
    return Fail(ErrorCode::kInvalidInput, "RSA private key: malformed DER");
  }
  // dp, dq and qinv follow from the rest and are computed again.
  return RsaPrivateFrom(*numbers[0], *numbers[1], *numbers[2], *numbers[3],
                        *numbers[4]);
}

namespace {

std::optional<KeyType> CurveFromOid(ByteView oid) {
  for (const KeyType curve :
       {KeyType::kEcP256, KeyType::kEcP384, KeyType::kEcP521}) {
    if (Equal(oid, CurveOid(curve))) return curve;
  }
  return std::nullopt;
}

}  // namespace

// RFC 5915. `curve` is what PKCS#8 said around it.
Result<std::shared_ptr<KeyImpl>> ParseSec1(ByteView der,
                                           std::optional<KeyType> curve) {
  DerReader outer(der);
  DerReader in = outer.Sub(kTagSequence);
  const ByteView version = in.Take(kTagInteger);
  const ByteView scalar = in.Take(kTagOctetString);
  if (const auto parameters = in.TakeIf(ContextTag(0))) {
    const auto oid = SingleValue(*parameters, kTagOid);
    const auto named = oid ? CurveFromOid(*oid) : std::nullopt;
    if (!named) {
      return Fail(ErrorCode::kUnsupported,
                  "EC private key: a curve other than P-256, P-384, P-521");
    }
    if (curve && *curve != *named) {
      return Fail(ErrorCode::kInvalidInput,
                  "EC private key: names two different curves");
    }
    curve = named;
  }
  const auto point = in.TakeIf(ContextTag(1));
  if (!in.End() || !outer.End() || !Equal(version, Bytes{1})) {
    return Fail(ErrorCode::kInvalidInput, "EC private key: malformed DER");
  }
  if (!curve) {
    return Fail(ErrorCode::kInvalidInput, "EC private key: names no curve");
  }
  if (scalar.size() > CoordinateSize(*curve)) {
    return Fail(ErrorCode::kInvalidInput, "EC private key: too long");
  }
  auto key = TRY(EcFromScalar(*curve, ToBn(scalar)));
  if (point) {
    const auto bits = SingleValue(*point, kTagBitString);
    Bytes want{0x00, 0x04};
    Append(want, key->point.x);
    Append(want, key->point.y);
    if (!bits || !Equal(*bits, want)) {
      return Fail(ErrorCode::kInvalidInput,
                  "EC private key: its public key is another one");
    }
  }
  return key;
}

// RFC 5208, RFC 5958 (attributes and a public key after it are allowed).
Result<std::shared_ptr<KeyImpl>> ParsePkcs8(ByteView der) {
  DerReader outer(der);
  DerReader in = outer.Sub(kTagSequence);
  const ByteView version = in.Take(kTagInteger);
  DerReader algorithm = in.Sub(kTagSequence);
  const ByteView oid = algorithm.Take(kTagOid);
  const ByteView inner = in.Take(kTagOctetString);
  in.TakeIf(ContextTag(0));
  in.TakeIf(PrimitiveContextTag(1));
  const bool version_ok = Equal(version, Bytes{0}) || Equal(version, Bytes{1});
  if (!algorithm.ok() || !in.End() || !outer.End() || !version_ok) {
    return Fail(ErrorCode::kInvalidInput, "private key: malformed PKCS#8");
  }
  if (Equal(oid, kOidRsa)) return ParsePkcs1Private(inner);
  if (Equal(oid, kOidEd25519)) {
    const auto seed = SingleValue(inner, kTagOctetString);
    if (!seed) {
      return Fail(ErrorCode::kInvalidInput,
                  "Ed25519 private key: malformed DER");
    }
    return Ed25519PrivateFrom(*seed);
  }
  if (Equal(oid, kOidEcPublicKey)) {
    const auto named = algorithm.TakeIf(kTagOid);
    const auto curve = named ? CurveFromOid(*named) : std::nullopt;
    if (curve) return ParseSec1(inner, curve);
    return Fail(ErrorCode::kUnsupported,
                "private key: a curve other than P-256, P-384 and P-521");
  }
  return Fail(ErrorCode::kUnsupported,
              "private key: an algorithm other than RSA, EC and Ed25519");
}

}  // namespace vouchsafe::crypto::internal
