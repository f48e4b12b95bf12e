// BigInt of number.h.

#include <algorithm>
#include <bit>

#include "rego/number.h"

namespace vouchsafe::rego {

BigInt::BigInt(int64_t value) : negative_(value < 0) {
  uint64_t magnitude = static_cast<uint64_t>(value);
  if (negative_) magnitude = ~magnitude + 1;
  for (; magnitude != 0; magnitude >>= 32) {
    limbs_.push_back(static_cast<uint32_t>(magnitude));
  }
}

void BigInt::Trim() {
  while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
  if (limbs_.empty()) negative_ = false;
}

BigInt BigInt::FromDigits(std::string_view digits) {
  BigInt out;
  bool negative = false;
  for (const char digit : digits) {
    if (digit == '-' || digit == '+') {
      negative = digit == '-';
      continue;
    }
    uint64_t carry = static_cast<uint64_t>(digit - '0');
    for (uint32_t& limb : out.limbs_) {
      carry += uint64_t{limb} * 10;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) out.limbs_.push_back(static_cast<uint32_t>(carry));
  }
  out.negative_ = negative;
  out.Trim();
  return out;
}

std::string BigInt::Digits(unsigned base) const {
  if (zero()) return "0";
  std::string out;
  std::vector<uint32_t> rest = limbs_;
  while (!rest.empty()) {
    uint64_t carry = 0;
    for (size_t i = rest.size(); i-- > 0;) {
      carry = (carry << 32) | rest[i];
      rest[i] = static_cast<uint32_t>(carry / base);
      carry %= base;
    }
    out.push_back("0123456789abcdef"[carry]);
    while (!rest.empty() && rest.back() == 0) rest.pop_back();
  }
  if (negative_) out.push_back('-');
  std::reverse(out.begin(), out.end());
  return out;
}

size_t BigInt::BitLength() const {
  if (zero()) return 0;
  return 32 * (limbs_.size() - 1) +
         static_cast<size_t>(std::bit_width(limbs_.back()));
}

BigInt BigInt::Negated() const {
  BigInt out = *this;
  if (!zero()) out.negative_ = !negative_;
  return out;
}

int BigInt::CompareMagnitude(const BigInt& a, const BigInt& b) {
  if (a.limbs_.size() != b.limbs_.size()) {
    return a.limbs_.size() < b.limbs_.size() ? -1 : 1;
  }
  for (size_t i = a.limbs_.size(); i-- > 0;) {
    if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] < b.limbs_[i] ? -1 : 1;
  }
  return 0;
}

std::vector<uint32_t> BigInt::AddMagnitude(const BigInt& a, const BigInt& b) {
  std::vector<uint32_t> out;
  uint64_t carry = 0;
  const size_t size = std::max(a.limbs_.size(), b.limbs_.size());
  for (size_t i = 0; i < size || carry != 0; ++i) {
    if (i < a.limbs_.size()) carry += a.limbs_[i];
    if (i < b.limbs_.size()) carry += b.limbs_[i];
    out.push_back(static_cast<uint32_t>(carry));
    carry >>= 32;
  }
  return out;
}

// |a| >= |b|.
std::vector<uint32_t> BigInt::SubMagnitude(const BigInt& a, const BigInt& b) {
  std::vector<uint32_t> out;
  int64_t borrow = 0;
  for (size_t i = 0; i < a.limbs_.size(); ++i) {
    int64_t digit = int64_t{a.limbs_[i]} + borrow;
    if (i < b.limbs_.size()) digit -= int64_t{b.limbs_[i]};
    borrow = digit < 0 ? -1 : 0;
    out.push_back(static_cast<uint32_t>(digit));
  }
  return out;
}

BigInt operator+(const BigInt& a, const BigInt& b) {
  BigInt out;
  if (a.negative_ == b.negative_) {
    out.limbs_ = BigInt::AddMagnitude(a, b);
    out.negative_ = a.negative_;
  } else if (BigInt::CompareMagnitude(a, b) >= 0) {
    out.limbs_ = BigInt::SubMagnitude(a, b);
    out.negative_ = a.negative_;
  } else {
    out.limbs_ = BigInt::SubMagnitude(b, a);
    out.negative_ = b.negative_;
  }
  out.Trim();
  return out;
}

BigInt operator-(const BigInt& a, const BigInt& b) { return a + b.Negated(); }

BigInt operator*(const BigInt& a, const BigInt& b) {
  BigInt out;
  out.limbs_.assign(a.limbs_.size() + b.limbs_.size(), 0);
  for (size_t i = 0; i < a.limbs_.size(); ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; j < b.limbs_.size(); ++j) {
      carry += uint64_t{a.limbs_[i]} * b.limbs_[j] + out.limbs_[i + j];
      out.limbs_[i + j] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    out.limbs_[i + b.limbs_.size()] = static_cast<uint32_t>(carry);
  }
  out.negative_ = a.negative_ != b.negative_;
  out.Trim();
  return out;
}

// Schoolbook division bit by bit: plain, and bounded by the digit limit.
void BigInt::DivMod(const BigInt& a, const BigInt& b, BigInt* quotient,
                    BigInt* remainder) {
  BigInt divisor = b;
  divisor.negative_ = false;
  BigInt rest, result;
  const size_t bits = a.BitLength();
  result.limbs_.assign(a.limbs_.size(), 0);
  for (size_t i = bits; i-- > 0;) {
    rest = rest.ShiftLeft(1);
    if ((a.limbs_[i / 32] >> (i % 32)) & 1) {
      if (rest.limbs_.empty()) rest.limbs_.push_back(0);
      rest.limbs_[0] |= 1;
    }
    if (CompareMagnitude(rest, divisor) >= 0) {
      rest.limbs_ = SubMagnitude(rest, divisor);
      rest.Trim();
      result.limbs_[i / 32] |= uint32_t{1} << (i % 32);
    }
  }
  result.negative_ = a.negative_ != b.negative_;
  rest.negative_ = a.negative_;
  result.Trim();
  rest.Trim();
  *quotient = std::move(result);
  *remainder = std::move(rest);
}

std::vector<uint32_t> BigInt::TwosComplement(size_t limbs) const {
  std::vector<uint32_t> out = limbs_;
  out.resize(limbs, 0);
  if (!negative_) return out;
  uint64_t carry = 1;
  for (uint32_t& limb : out) {
    carry += uint32_t(~limb);
    limb = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  return out;
}

BigInt BigInt::Bitwise(Bits op, const BigInt& a, const BigInt& b) {
  const size_t limbs = std::max(a.limbs_.size(), b.limbs_.size()) + 1;
  const std::vector<uint32_t> x = a.TwosComplement(limbs);
  const std::vector<uint32_t> y = b.TwosComplement(limbs);
  BigInt out;
  out.limbs_.resize(limbs);
  for (size_t i = 0; i < limbs; ++i) {
    out.limbs_[i] = op == Bits::kAnd  ? x[i] & y[i]
                    : op == Bits::kOr ? x[i] | y[i]
                                      : x[i] ^ y[i];
  }
  if (out.limbs_.back() >> 31) {
    out.negative_ = true;
    out.limbs_ = out.TwosComplement(limbs);
  }
  out.Trim();
  return out;
}

BigInt BigInt::ShiftLeft(size_t bits) const {
  BigInt out;
  if (zero()) return out;
  out.negative_ = negative_;
  out.limbs_.assign(bits / 32, 0);
  uint64_t carry = 0;
  for (const uint32_t limb : limbs_) {
    carry |= uint64_t{limb} << (bits % 32);
    out.limbs_.push_back(static_cast<uint32_t>(carry));
    carry >>= 32;
  }
  if (carry != 0) out.limbs_.push_back(static_cast<uint32_t>(carry));
  return out;
}

BigInt BigInt::ShiftRight(size_t bits) const {
  if (negative_) {
    // floor(-n / 2^k) = -(floor((n - 1) / 2^k) + 1)
    const BigInt one(1);
    return ((Negated() - one).ShiftRight(bits) + one).Negated();
  }
  BigInt out;
  const size_t drop = bits / 32;
  for (size_t i = drop; i < limbs_.size(); ++i) {
    uint64_t limb = limbs_[i];
    if (i + 1 < limbs_.size()) limb |= uint64_t{limbs_[i + 1]} << 32;
    out.limbs_.push_back(static_cast<uint32_t>(limb >> (bits % 32)));
  }
  out.Trim();
  return out;
}

}  // namespace vouchsafe::rego
