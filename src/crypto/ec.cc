// Elliptic-curve keys and ECDH on the curves' groups directly (EC_GROUP and
// EC_POINT, which OpenSSL 3 keeps): an EVP_PKEY costs a fresh group each, and
// an ephemeral exchange needs none. EC_POINT_mul with one secret scalar is
// constant-time (nistz256, or the ladder).

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include "crypto/key_impl.h"

namespace vouchsafe::crypto {

namespace internal {

namespace {

struct CurveNames {
  KeyType type;
  int nid;
  const char* group;
  size_t bits;
};
constexpr CurveNames kCurves[] = {
    {KeyType::kEcP256, NID_X9_62_prime256v1, SN_X9_62_prime256v1, 256},
    {KeyType::kEcP384, NID_secp384r1, SN_secp384r1, 384},
    {KeyType::kEcP521, NID_secp521r1, SN_secp521r1, 521},
};

const CurveNames& Names(KeyType curve) {
  for (const CurveNames& names : kCurves) {
    if (names.type == curve) return names;
  }
  Die("not a curve");
}

BnCtxPtr NewBnCtx() { return BnCtxPtr(MustHave(BN_CTX_new(), "BN_CTX_new")); }

EcPointPtr NewPoint(const EC_GROUP* group) {
  return EcPointPtr(MustHave(EC_POINT_new(group), "EC_POINT_new"));
}

BnPtr NewBn() { return BnPtr(MustHave(BN_new(), "BN_new")); }

EcPoint Coordinates(const EC_GROUP* group, const EC_POINT* point, KeyType curve,
                    BN_CTX* context) {
  const BnPtr x = NewBn();
  const BnPtr y = NewBn();
  Must(EC_POINT_get_affine_coordinates(group, point, x.get(), y.get(),
                                       context) == 1,
       "EC_POINT_get_affine_coordinates");
  const size_t size = CoordinateSize(curve);
  EcPoint out{Bytes(size), Bytes(size)};
  FromBnPadded(x.get(), out.x);
  FromBnPadded(y.get(), out.y);
  return out;
}

// `scalar` is in [1, order).
std::shared_ptr<KeyImpl> FromGoodScalar(KeyType curve, BnPtr scalar) {
  const EC_GROUP* group = SharedGroup(curve);
  const BnCtxPtr context = NewBnCtx();
  auto key = std::make_shared<KeyImpl>();
  key->type = curve;
  key->bits = Names(curve).bits;
  key->is_private = true;
  BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
  key->ec_scalar = std::move(scalar);
  key->ec_point = NewPoint(group);
  Must(EC_POINT_mul(group, key->ec_point.get(), key->ec_scalar.get(), nullptr,
                    nullptr, context.get()) == 1,
       "EC_POINT_mul");
  key->point = Coordinates(group, key->ec_point.get(), curve, context.get());
  return key;
}

}  // namespace

const EC_GROUP* SharedGroup(KeyType curve) {
  // Never freed (see hash.cc); read-only after it is made.
  static const EC_GROUP* const groups[] = {
      MustHave(EC_GROUP_new_by_curve_name(kCurves[0].nid), "P-256"),
      MustHave(EC_GROUP_new_by_curve_name(kCurves[1].nid), "P-384"),
      MustHave(EC_GROUP_new_by_curve_name(kCurves[2].nid), "P-521")};
  return groups[&Names(curve) - kCurves];
}

const char* GroupName(KeyType curve) { return Names(curve).group; }

Result<std::shared_ptr<KeyImpl>> EcFromScalar(KeyType curve, BnPtr scalar) {
  if (BN_is_zero(scalar.get()) != 0 ||
      BN_cmp(scalar.get(), EC_GROUP_get0_order(SharedGroup(curve))) >= 0) {
    return Fail(ErrorCode::kInvalidInput,
                "EC private key: not between 1 and the group's order");
  }
  return FromGoodScalar(curve, std::move(scalar));
}

std::shared_ptr<KeyImpl> EcGenerate(KeyType curve) {
  const BIGNUM* order = EC_GROUP_get0_order(SharedGroup(curve));
  BnPtr scalar(MustHave(BN_secure_new(), "BN_secure_new"));
  do {
    Must(BN_priv_rand_range(scalar.get(), order) == 1, "no randomness");
  } while (BN_is_zero(scalar.get()) != 0);
  return FromGoodScalar(curve, std::move(scalar));
}

Result<std::shared_ptr<KeyImpl>> EcFromCoordinates(KeyType curve, ByteView x,
                                                   ByteView y) {
  const size_t size = CoordinateSize(curve);
  if (size == 0) {
    return Fail(ErrorCode::kInvalidInput, "EC key: not an elliptic curve");
  }
  if (x.size() != size || y.size() != size) {
    return Fail(ErrorCode::kInvalidInput,
                "EC key: coordinates of " + std::to_string(x.size()) + " and " +
                    std::to_string(y.size()) + " bytes, want " +
                    std::to_string(size));
  }
  const EC_GROUP* group = SharedGroup(curve);
  auto key = std::make_shared<KeyImpl>();
  key->type = curve;
  key->bits = Names(curve).bits;
  key->point = {ToBytes(x), ToBytes(y)};
  key->ec_point = NewPoint(group);
  // From 04 || x || y: refuses coordinates not below p, and points not on the
  // curve. These curves have cofactor 1, so a point on the curve is enough.
  Bytes encoded{0x04};
  encoded.insert(encoded.end(), x.begin(), x.end());
  encoded.insert(encoded.end(), y.begin(), y.end());
  if (EC_POINT_oct2point(group, key->ec_point.get(), encoded.data(),
                         encoded.size(), nullptr) != 1) {
    return OpenSslFail(ErrorCode::kInvalidInput, "EC key");
  }
  return key;
}

PkeyPtr EcPkey(const KeyImpl& key) {
  Bytes encoded{0x04};
  encoded.insert(encoded.end(), key.point.x.begin(), key.point.x.end());
  encoded.insert(encoded.end(), key.point.y.begin(), key.point.y.end());
  using BldPtr = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
  using ParamsPtr = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
  const BldPtr build(MustHave(OSSL_PARAM_BLD_new(), "OSSL_PARAM_BLD_new"));
  Must(
      OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                      GroupName(key.type), 0) == 1 &&
          OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                           encoded.data(), encoded.size()) == 1,
      "EC parameters");
  if (key.is_private) {
    Must(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY,
                                key.ec_scalar.get()) == 1,
         "EC private parameter");
  }
  const ParamsPtr params(
      MustHave(OSSL_PARAM_BLD_to_param(build.get()), "EC parameters"));
  const PkeyCtxPtr context(MustHave(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), "EC context"));
  EVP_PKEY* made = nullptr;
  Must(EVP_PKEY_fromdata_init(context.get()) == 1 &&
           EVP_PKEY_fromdata(
               context.get(), &made,
               key.is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
               params.get()) == 1,
       "EVP_PKEY of a checked EC key");
  return PkeyPtr(made);
}

}  // namespace internal

Result<SecretBytes> EcdhX(const PrivateKey& own, const PublicKey& peer) {
  if (!IsEc(own.type()) || own.type() != peer.type()) {
    return Fail(ErrorCode::kInvalidInput,
                "ECDH: keys of " + std::string(KeyTypeName(own.type())) +
                    " and " + std::string(KeyTypeName(peer.type())));
  }
  using internal::Must;
  const EC_GROUP* group = internal::SharedGroup(own.type());
  const internal::BnCtxPtr context = internal::NewBnCtx();
  const internal::EcPointPtr shared = internal::NewPoint(group);
  const internal::BnPtr x = internal::NewBn();
  // Neither the peer (on a curve of prime order) nor the scalar is zero, so
  // the product is never the point at infinity.
  Must(EC_POINT_mul(group, shared.get(), nullptr, peer.impl().ec_point.get(),
                    own.impl().ec_scalar.get(), context.get()) == 1 &&
           EC_POINT_get_affine_coordinates(group, shared.get(), x.get(),
                                           nullptr, context.get()) == 1,
       "ECDH");
  SecretBytes out(CoordinateSize(own.type()));
  internal::FromBnPadded(x.get(), out.mutable_span());
  return out;
}

}  // namespace vouchsafe::crypto
