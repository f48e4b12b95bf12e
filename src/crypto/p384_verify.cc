#include <gmp.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>

#include "crypto/p384.h"

namespace vouchsafe::crypto::internal {

namespace {

class Number {
 public:
  explicit Number(ByteView big_endian) {
    mpz_init(value_);
    mpz_import(value_, big_endian.size(), 1, 1, 1, 0, big_endian.data());
  }
  ~Number() { mpz_clear(value_); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;

  mpz_srcptr get() const { return value_; }

 private:
  mpz_t value_;
};

class Signature {
 public:
  Signature(const Number& r, const Number& s) {
    dsa_signature_init(&value_);
    mpz_set(value_.r, r.get());
    mpz_set(value_.s, s.get());
  }
  ~Signature() { dsa_signature_clear(&value_); }
  Signature(const Signature&) = delete;
  Signature& operator=(const Signature&) = delete;

  const dsa_signature* get() const { return &value_; }

 private:
  dsa_signature value_;
};

}  // namespace

class P384Point {
 public:
  explicit P384Point(const EcPoint& point) {
    ecc_point_init(&point_, nettle_get_secp_384r1());
    const Number x(point.x);
    const Number y(point.y);
    good_ = ecc_point_set(&point_, x.get(), y.get()) == 1;
  }
  ~P384Point() { ecc_point_clear(&point_); }
  P384Point(const P384Point&) = delete;
  P384Point& operator=(const P384Point&) = delete;

  bool Verifies(const std::array<uint8_t, 48>& digest, ByteView r,
                ByteView s) const {
    if (!good_) return false;
    const Signature signature{Number(r), Number(s)};
    return ecdsa_verify(&point_, digest.size(), digest.data(),
                        signature.get()) == 1;
  }

 private:
  ecc_point point_;
  bool good_ = false;
};

void P384PointDeleter::operator()(P384Point* point) const { delete point; }

bool NettleVerifiesP384(const KeyImpl& key,
                        const std::array<uint8_t, 48>& digest, ByteView r,
                        ByteView s) {
  std::call_once(key.p384_once,
                 [&key] { key.p384.reset(new P384Point(key.point)); });
  return key.p384->Verifies(digest, r, s);
}

}  // namespace vouchsafe::crypto::internal
