// Numbers against GMP: random ones of every shape, with a fixed seed.

#include <gmpxx.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "rego/number.h"

namespace vouchsafe::rego {
namespace {

class Random {
 public:
  size_t Below(size_t n) {
    return std::uniform_int_distribution(size_t{0}, n - 1)(engine_);
  }
  bool Coin() { return Below(2) == 1; }

  // Digits with runs of one of them: carries and zeros are where faults hide.
  std::string Digits(size_t count) {
    std::string out;
    while (out.size() < count) {
      const size_t run = Coin() ? 1 : 1 + Below(20);
      const char digit = "0199"[Below(4)];
      out.append(run, Coin() ? digit : static_cast<char>('0' + Below(10)));
    }
    out.resize(count);
    if (out[0] == '0') out[0] = '1';
    return out;
  }
  std::string Integer(size_t most) {
    switch (Below(8)) {
      case 0:
        return std::to_string(static_cast<int64_t>(Below(5)) - 2);
      case 1: {  // beside a power of two
        mpz_class power = mpz_class(1) << Below(200);
        power += static_cast<int>(Below(3)) - 1;
        if (Coin()) power = -power;
        return power.get_str();
      }
      default:
        return (Coin() ? "-" : "") + Digits(1 + Below(most));
    }
  }
  // A JSON number that is no plain integer, most of the time.
  std::string Decimal(size_t digits, size_t exponent) {
    std::string out = Coin() ? "-" : "";
    out += Coin() ? "0" : Digits(1 + Below(digits));
    if (Below(4) != 0)
      out += "." + std::string(Below(4), '0') + Digits(1 + Below(digits));
    if (Coin()) {
      out += Coin() ? "e" : "E";
      out += std::string_view("+-").substr(Below(3), 1);
      out += std::to_string(Below(exponent));
    }
    return out;
  }

 private:
  std::mt19937_64 engine_{20240229};
};

// The exact value of a JSON number.
mpq_class Exact(std::string_view text) {
  const size_t e = std::min(text.find_first_of("eE"), text.size());
  std::string digits(text.substr(0, e));
  long exponent =
      e < text.size() ? std::stol(std::string(text.substr(e + 1))) : 0;
  const size_t dot = digits.find('.');
  if (dot != std::string::npos) {
    exponent -= static_cast<long>(digits.size() - dot - 1);
    digits.erase(dot, 1);
  }
  mpz_class power;
  mpz_ui_pow_ui(power.get_mpz_t(), 10,
                static_cast<unsigned long>(std::labs(exponent)));
  mpq_class out(mpz_class(digits, 10));
  if (exponent < 0) {
    out /= power;
  } else {
    out *= power;
  }
  return out;
}

// To the nearest with 64 bits of mantissa, to even between two.
mpq_class To64Bits(const mpq_class& exact) {
  if (exact == 0) return exact;
  const mpz_class num = abs(exact.get_num()), den = exact.get_den();
  long shift = static_cast<long>(mpz_sizeinbase(num.get_mpz_t(), 2)) -
               static_cast<long>(mpz_sizeinbase(den.get_mpz_t(), 2)) - 64;
  const auto scaled = [&](long by, mpz_class* rest, mpz_class* divisor) {
    mpz_class n = num, d = den, q;
    if (by < 0) {
      n <<= static_cast<unsigned long>(-by);
    } else {
      d <<= static_cast<unsigned long>(by);
    }
    mpz_tdiv_qr(q.get_mpz_t(), rest->get_mpz_t(), n.get_mpz_t(), d.get_mpz_t());
    *divisor = d;
    return q;
  };
  mpz_class rest, divisor;
  mpz_class mantissa = scaled(shift, &rest, &divisor);
  while (mpz_sizeinbase(mantissa.get_mpz_t(), 2) > 64) {
    mantissa = scaled(++shift, &rest, &divisor);
  }
  while (mpz_sizeinbase(mantissa.get_mpz_t(), 2) < 64) {
    mantissa = scaled(--shift, &rest, &divisor);
  }
  const int half = cmp(mpz_class(rest * 2), divisor);
  if (half > 0 || (half == 0 && mpz_odd_p(mantissa.get_mpz_t()))) ++mantissa;
  mpq_class out(mantissa);
  if (shift < 0) {
    out >>= static_cast<unsigned long>(-shift);
  } else {
    out <<= static_cast<unsigned long>(shift);
  }
  return exact < 0 ? mpq_class(-out) : out;
}

std::string Text(const Value& number) { return NumberText(number); }

TEST(NumberProperty, BigIntegers) {
  Random random;
  Arena arena;
  for (int i = 0; i < 4000; ++i) {
    const std::string at = random.Integer(i % 50 == 0 ? 1900 : 90);
    const std::string bt = random.Integer(i % 70 == 0 ? 1900 : 60);
    SCOPED_TRACE(at + " " + bt);
    const mpz_class a(at, 10), b(bt, 10);
    const Value x = MakeNumber(arena, at), y = MakeNumber(arena, bt);
    ASSERT_TRUE(x.defined() && y.defined());
    ASSERT_EQ(Text(Add(arena, x, y)), mpz_class(a + b).get_str());
    ASSERT_EQ(Text(Subtract(arena, x, y)), mpz_class(a - b).get_str());
    ASSERT_EQ(Text(Multiply(arena, x, y)), mpz_class(a * b).get_str());
    ASSERT_EQ(Text(Negate(arena, x)), mpz_class(-a).get_str());
    const int order = cmp(a, b);
    ASSERT_EQ(CompareNumbers(x, y), order < 0 ? -1 : order > 0);
    const BigInt p = BigInt::FromDigits(at), q = BigInt::FromDigits(bt);
    ASSERT_EQ(BigInt::Bitwise(BigInt::Bits::kAnd, p, q).Digits(),
              mpz_class(a & b).get_str());
    ASSERT_EQ(BigInt::Bitwise(BigInt::Bits::kOr, p, q).Digits(),
              mpz_class(a | b).get_str());
    ASSERT_EQ(BigInt::Bitwise(BigInt::Bits::kXor, p, q).Digits(),
              mpz_class(a ^ b).get_str());
    for (const int base : {2, 8, 10, 16}) {
      ASSERT_EQ(p.Digits(static_cast<unsigned>(base)), a.get_str(base));
    }
    const size_t bits = random.Below(300);
    ASSERT_EQ(p.ShiftLeft(bits).Digits(), mpz_class(a << bits).get_str());
    mpz_class down;
    mpz_fdiv_q_2exp(down.get_mpz_t(), a.get_mpz_t(), bits);
    ASSERT_EQ(p.ShiftRight(bits).Digits(), down.get_str());
    if (b == 0) continue;
    BigInt quotient, remainder;
    BigInt::DivMod(p, q, &quotient, &remainder);
    ASSERT_EQ(quotient.Digits(), mpz_class(a / b).get_str());
    ASSERT_EQ(remainder.Digits(), mpz_class(a % b).get_str());
    // Exact division is exact, at any size.
    const Value product = MakeNumber(arena, mpz_class(a * b).get_str());
    ASSERT_EQ(Text(Divide(arena, product, y)), a.get_str());
  }
}

TEST(NumberProperty, DecimalsCompareExactly) {
  Random random;
  Arena arena;
  for (int i = 0; i < 20000; ++i) {
    std::string a = random.Decimal(30, i % 2 ? 20 : 1500);
    std::string b = random.Decimal(30, i % 2 ? 20 : 1500);
    if (i % 3 == 0) {  // nearly the same, or the same written otherwise
      const size_t e = std::min(a.find_first_of("eE"), a.size());
      const bool dot = a.substr(0, e).find('.') != std::string::npos;
      b = a.substr(0, e) + (dot ? "" : ".") +
          std::string(1 + random.Below(3), '0') + (random.Coin() ? "1" : "") +
          a.substr(e);
    }
    SCOPED_TRACE(a + " " + b);
    const Value x = MakeNumber(arena, a), y = MakeNumber(arena, b);
    ASSERT_TRUE(x.defined() && y.defined());
    const int order = cmp(Exact(a), Exact(b));
    ASSERT_EQ(CompareNumbers(x, y), order < 0 ? -1 : order > 0);
    ASSERT_EQ(CompareNumbers(y, x), order < 0 ? 1 : -(order > 0));
    ASSERT_EQ(CompareNumbers(x, x), 0);
    if (order == 0) {
      ASSERT_EQ(HashOf(x), HashOf(y));
    }
    ASSERT_EQ(IsInteger(x), Exact(a).get_den() == 1);
    // As it is written out it is the same number.
    ASSERT_EQ(Exact(Text(x)), Exact(a));
  }
}

TEST(NumberProperty, Rounding) {
  Random random;
  Arena arena;
  for (int i = 0; i < 10000; ++i) {
    const std::string text = random.Decimal(25, 25);
    SCOPED_TRACE(text);
    const Value x = MakeNumber(arena, text);
    const mpq_class exact = Exact(text);
    mpz_class floor, ceil, cut, half;
    mpz_fdiv_q(floor.get_mpz_t(), exact.get_num_mpz_t(), exact.get_den_mpz_t());
    mpz_cdiv_q(ceil.get_mpz_t(), exact.get_num_mpz_t(), exact.get_den_mpz_t());
    mpz_tdiv_q(cut.get_mpz_t(), exact.get_num_mpz_t(), exact.get_den_mpz_t());
    const mpq_class moved = abs(exact) + mpq_class(1, 2);
    mpz_fdiv_q(half.get_mpz_t(), moved.get_num_mpz_t(), moved.get_den_mpz_t());
    if (exact < 0) half = -half;
    ASSERT_EQ(Text(Round(arena, x, Rounding::kFloor)), floor.get_str());
    ASSERT_EQ(Text(Round(arena, x, Rounding::kCeil)), ceil.get_str());
    ASSERT_EQ(Text(Round(arena, x, Rounding::kTruncate)), cut.get_str());
    ASSERT_EQ(Text(Round(arena, x, Rounding::kHalfAway)), half.get_str());
  }
}

// Digits of a number in JSON form, without zeros around.
size_t DigitsOf(const std::string& text) {
  std::string digits;
  for (const char c : text.substr(0, text.find_first_of("eE"))) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  const size_t from = std::min(digits.find_first_not_of('0'), digits.size());
  digits = digits.substr(from);
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return digits.size();
}

// Is there a decimal of `count` digits that reads as the same 64 bits?
bool Readable(const mpq_class& value, size_t count) {
  const mpq_class positive = abs(value);
  mpz_class power = 1;
  mpq_class scaled = positive;
  mpz_class low;
  mpz_ui_pow_ui(low.get_mpz_t(), 10, count);
  while (scaled >= low) {
    power *= 10;
    scaled /= 10;
  }
  mpq_class up = 1;
  while (scaled * 10 < low) {
    scaled *= 10;
    up *= 10;
  }
  mpz_class cut;
  mpz_fdiv_q(cut.get_mpz_t(), scaled.get_num_mpz_t(), scaled.get_den_mpz_t());
  for (int more = 0; more < 2; ++more) {
    const mpq_class candidate = mpq_class(cut + more) * power / up;
    if (To64Bits(candidate) == positive) return true;
  }
  return false;
}

// Both sides are read with 64 bits, and what comes out is the shortest decimal
// that reads back to the result's 64 bits.
TEST(NumberProperty, FractionsHave64Bits) {
  Random random;
  Arena arena;
  for (int i = 0; i < 3000; ++i) {
    const std::string at = random.Decimal(30, i % 2 ? 10 : 300);
    const std::string bt = random.Decimal(30, i % 2 ? 10 : 300);
    const Value x = MakeNumber(arena, at), y = MakeNumber(arena, bt);
    const bool fraction = !IsInteger(x) || !IsInteger(y);
    const mpq_class a = To64Bits(Exact(at)), b = To64Bits(Exact(bt));
    const auto check = [&](const char* what, const Value& got,
                           const mpq_class& exact) {
      SCOPED_TRACE(at + what + bt + " = " + Text(got));
      const mpq_class want = To64Bits(exact);
      ASSERT_EQ(To64Bits(Exact(Text(got))), want);
      if (want.get_den() == 1) {  // plain: zeros after the digits that count
        ASSERT_EQ(Text(got).find_first_of(".eE"), std::string::npos);
      }
      if (want == 0) return;
      const size_t digits = DigitsOf(Text(got));
      ASSERT_TRUE(digits == 1 || !Readable(want, digits - 1));
    };
    if (fraction) {
      check(" + ", Add(arena, x, y), a + b);
      check(" - ", Subtract(arena, x, y), a - b);
      check(" * ", Multiply(arena, x, y), a * b);
    }
    if (b == 0) continue;
    const bool exact_integers =
        !fraction && mpq_class(Exact(at) / Exact(bt)).get_den() == 1;
    if (!exact_integers) check(" / ", Divide(arena, x, y), a / b);
  }
}

TEST(NumberProperty, Limits) {
  Arena arena;
  const std::string most(kMaxNumberDigits, '9');
  EXPECT_TRUE(MakeNumber(arena, most).defined());
  EXPECT_TRUE(MakeNumber(arena, "-" + most).defined());
  EXPECT_FALSE(MakeNumber(arena, most + "9").defined());
  EXPECT_TRUE(MakeNumber(arena, "1e4095").defined());
  EXPECT_FALSE(MakeNumber(arena, "1e4096").defined());
  EXPECT_TRUE(MakeNumber(arena, "1e-4096").defined());
  EXPECT_FALSE(MakeNumber(arena, "1e-4098").defined());
  EXPECT_FALSE(MakeNumber(arena, "1e99999999999999999999").defined());
  EXPECT_FALSE(MakeNumber(arena, "1e-99999999999999999999").defined());
  EXPECT_EQ(Text(MakeNumber(arena, "0e99999999999999999999")), "0");
  EXPECT_EQ(Text(MakeNumber(arena, "-0.000e-5")), "0");
  const Value large = MakeNumber(arena, most);
  const Value small = MakeNumber(arena, "1e-4000");
  const auto limit = [](const auto& work) {
    try {
      work();
      return std::string("no limit");
    } catch (const Halt& halt) {
      return halt.detail;
    }
  };
  EXPECT_EQ(limit([&] { Add(arena, large, Value::Int(1)); }), "limit_number");
  EXPECT_EQ(limit([&] { Multiply(arena, large, large); }), "limit_number");
  EXPECT_EQ(limit([&] { Divide(arena, large, small); }), "limit_number");
  // Not zero, but too small: never a wrong number.
  EXPECT_EQ(limit([&] { Multiply(arena, small, small); }), "limit_number");
  EXPECT_EQ(limit([&] { Divide(arena, small, large); }), "limit_number");
  EXPECT_EQ(Text(Multiply(arena, small, Value::Int(0))), "0");
}

}  // namespace
}  // namespace vouchsafe::rego
