#pragma once

// Numbers: int64 on the fast path; integers of any size; other decimals kept
// as their text and compared exactly. Arithmetic on fractions reads both sides
// with a 64-bit mantissa and prints the shortest decimal that reads back.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rego/value.h"

namespace vouchsafe::rego {

inline constexpr size_t kMaxNumberDigits = 4096;

int CompareNumbers(const Value& a, const Value& b);

// A number in JSON form. Undefined when it is not one, or when it has more
// digits or a larger exponent than `max_digits`.
Value MakeNumber(Arena& arena, std::string_view text,
                 size_t max_digits = kMaxNumberDigits);
bool IsJsonNumber(std::string_view text);
// As it is written out.
std::string NumberText(const Value& number);
bool IsInteger(const Value& number);
// Cut toward zero is not done: nullopt unless an integer in range.
std::optional<int64_t> AsInt64(const Value& number);
long double AsLongDouble(const Value& number);
double AsDouble(const Value& number);
// Undefined when not finite.
Value FromLongDouble(Arena& arena, long double value);

// Big integers, sign and magnitude in base 2^32, least significant first.
class BigInt {
 public:
  BigInt() = default;
  explicit BigInt(int64_t value);
  // Of an integral number.
  static BigInt Of(const Value& number);
  // Digits of base 10 with an optional sign.
  static BigInt FromDigits(std::string_view digits);

  bool zero() const { return limbs_.empty(); }
  bool negative() const { return negative_; }
  size_t BitLength() const;
  std::string Digits(unsigned base = 10) const;  // with "-" when negative
  // Throws limit_number beyond kMaxNumberDigits.
  Value ToValue(Arena& arena) const;

  BigInt Negated() const;
  friend BigInt operator+(const BigInt& a, const BigInt& b);
  friend BigInt operator-(const BigInt& a, const BigInt& b);
  friend BigInt operator*(const BigInt& a, const BigInt& b);
  // Truncates toward zero; `b` not zero.
  static void DivMod(const BigInt& a, const BigInt& b, BigInt* quotient,
                     BigInt* remainder);
  // Two's complement with infinite sign, as OPA's bits.*.
  enum class Bits { kAnd, kOr, kXor };
  static BigInt Bitwise(Bits op, const BigInt& a, const BigInt& b);
  BigInt ShiftLeft(size_t bits) const;
  BigInt ShiftRight(size_t bits) const;  // rounds down

 private:
  void Trim();
  static int CompareMagnitude(const BigInt& a, const BigInt& b);
  static std::vector<uint32_t> AddMagnitude(const BigInt& a, const BigInt& b);
  static std::vector<uint32_t> SubMagnitude(const BigInt& a, const BigInt& b);
  std::vector<uint32_t> TwosComplement(size_t limbs) const;

  bool negative_ = false;
  std::vector<uint32_t> limbs_;
};

// + - * as the language has them; operands are numbers.
Value Add(Arena& arena, const Value& a, const Value& b);
Value Subtract(Arena& arena, const Value& a, const Value& b);
Value Multiply(Arena& arena, const Value& a, const Value& b);
// `b` not zero.
Value Divide(Arena& arena, const Value& a, const Value& b);
Value Negate(Arena& arena, const Value& a);
bool IsZero(const Value& number);
bool IsNegative(const Value& number);
enum class Rounding { kFloor, kCeil, kHalfAway, kTruncate };
Value Round(Arena& arena, const Value& number, Rounding rounding);

}  // namespace vouchsafe::rego
