// Numbers, units and conversions.

#include "rego/builtins/test_support.h"

namespace vouchsafe::rego {
namespace {

using testing::CallCase;
using testing::CheckCalls;

constexpr CallCase kNumbers[] = {
    {"abs(-1.5)", "1.5"},
    {"ceil(1.2)", "2"},
    {"floor(-1.2)", "-2"},
    {"round(2.5)", "3"},
    {R"(abs("a"))", "! abs: operand 1 must be number but got string"},
    {"1 / 0", "! div: divide by zero"},
    {"1 % 0", "! rem: modulo by zero"},
    {"1.5 % 1", "! rem: modulo on floating-point number"},
    {"0.1 + 0.2", "0.3"},
    {"numbers.range(3, 1)", "[3,2,1]"},
    {"numbers.range(9223372036854775806, 9223372036854775808)",
     "[9223372036854775806,9223372036854775807,9223372036854775808]"},
    {"numbers.range(1.5, 2)",
     "! numbers.range: operand 1 must be integer number but got "
     "floating-point number"},
    {R"(numbers.range("a", 2))",
     "! numbers.range: operand 1 must be integer but got string"},
    {"numbers.range_step(0, 10, 4)", "[0,4,8]"},
    {"numbers.range_step(0, 10, 0)",
     "! numbers.range_step: step must be a positive integer"},
    {"bits.and(6, 3)", "2"},
    {"bits.or(6, 3)", "7"},
    {"bits.xor(6, 3)", "5"},
    {"bits.negate(0)", "-1"},
    {"bits.lsh(1, 70)", "1180591620717411303424"},
    {"bits.rsh(-5, 1)", "-3"},
    {"bits.lsh(1, -1)",
     "! operand 2 must be an unsigned integer number but got a negative "
     "integer"},
    {R"(rand.intn("a", 0))", "0"},
    {R"(rand.intn("a", 10) == rand.intn("a", 10))", "true"},
    {R"(rand.intn("a", 1.5))", "! rand.intn: operand 2 must be integer number"},
    {R"(to_number("1.50"))", "1.50"},
    {R"(to_number(".5"))", "0.5"},
    {R"(to_number("+7"))", "7"},
    {R"(to_number("5."))", "5"},
    {R"(to_number(null))", "0"},
    {R"(to_number(true))", "1"},
    {R"(to_number("a"))",
     "! strconv.ParseFloat: parsing \"a\": invalid syntax"},
    {R"(to_number("."))", "! invalid syntax"},
    {R"(to_number("1e400"))", "! value out of range"},
    {R"(to_number("-Infinity"))",
     "! operand 1 must be valid number string but got string"},
    {R"(to_number([]))",
     "! operand 1 must be one of {null, boolean, number, string} but got "
     "array"},
    {"sum([1, 2.5])", "3.5"},
    {"sum([])", "0"},
    {"sum({1, 2})", "3"},
    {"product([9223372036854775807, 2])", "18446744073709551614"},
    {"product([])", "1"},
    {R"(sum(["a"]))",
     "! sum: operand 1 must be array of numbers but got array containing "
     "string"},
    {"max([])", "-"},
    {R"(max([1, "a", null]))", "\"a\""},
    {"min({3, 1})", "1"},
    {"min(1)", "! min: operand 1 must be one of {set, array} but got number"},
    {R"(bits.and("a", 1))",
     "! bits.and: operand 1 must be integer but got string"},
    {"bits.and(1.5, 1)",
     "! bits.and: operand 1 must be integer number but got floating-point "
     "number"},
    {"bits.negate(1.5)",
     "! bits.negate: operand 1 must be integer number but got floating-point "
     "number"},
    {"bits.or(1, null)", "! bits.or: operand 2 must be integer but got null"},
    {"bits.rsh(1, -1)",
     "! bits.rsh: operand 2 must be an unsigned integer number but got a "
     "negative integer"},
    {R"(bits.xor(1, "a"))",
     "! bits.xor: operand 2 must be integer but got string"},
    {"bits.lsh(1.5, 1)",
     "! bits.lsh: operand 1 must be integer number but got floating-point "
     "number"},
    {R"(ceil("a"))", "! ceil: operand 1 must be number but got string"},
    {"floor(null)", "! floor: operand 1 must be number but got null"},
    {"round([])", "! round: operand 1 must be number but got array"},
    {R"(product(["a"]))",
     "! product: operand 1 must be array of numbers but got array containing "
     "string"},
    {"product(1)",
     "! product: operand 1 must be one of {set, array} but got number"},
};

constexpr CallCase kUnits[] = {
    {R"(units.parse("500m"))", "0.5"},
    {R"(units.parse("1.5Ki"))", "1536"},
    {R"(units.parse("10K"))", "10000"},
    {R"(units.parse("2M"))", "2000000"},
    {R"(units.parse("0.00000000004"))", "0"},
    {R"(units.parse("0.00000000005"))", "0.0000000001"},
    {R"(units.parse("1e3"))", "1000"},
    {R"(units.parse("-1.5"))", "-1.5"},
    {R"(units.parse("1 K"))",
     "! units.parse: spaces not allowed in resource strings"},
    {R"(units.parse("K"))", "! units.parse: no amount provided"},
    {R"(units.parse("1Q"))", "! units.parse: unit Q not recognized"},
    {R"(units.parse("1.2.3"))",
     "! units.parse: could not parse amount to a number"},
    {R"(units.parse("1e9999999"))", "! units.parse: exponent too large"},
    {R"(units.parse_bytes("10KB"))", "10000"},
    {R"(units.parse_bytes("10KiB"))", "10240"},
    {R"(units.parse_bytes("1.5m"))", "1500000"},
    {R"(units.parse_bytes("0.1kb"))", "100"},
    {R"(units.parse_bytes("12345678901234567890123"))",
     "12345678901234567889920"},
    {R"(units.parse_bytes("1zb"))",
     "! units.parse_bytes: byte unit zb not recognized"},
    {R"(units.parse_bytes(""))",
     "! units.parse_bytes: no byte amount provided"},
    {R"(units.parse(""))", "! units.parse: no amount provided"},
    {R"(units.parse_bytes("1 kb"))",
     "! units.parse_bytes: spaces not allowed in resource strings"},
};

TEST(NumberBuiltins, Numbers) { CheckCalls(kNumbers); }
TEST(NumberBuiltins, Units) { CheckCalls(kUnits); }

}  // namespace

std::span<const CallCase> testing::NumberRows() { return kNumbers; }
std::span<const CallCase> testing::UnitRows() { return kUnits; }

}  // namespace vouchsafe::rego
