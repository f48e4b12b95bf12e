// Operators by the names that stand for them, and what they are written as.

#include "rego/builtins/test_support.h"

namespace vouchsafe::rego {
namespace {

using testing::CallCase;
using testing::CheckCalls;

constexpr CallCase kOperators[] = {
    {"plus(1, 2)", "3"},
    {"plus(9223372036854775807, 1)", "9223372036854775808"},
    {R"(plus(1, "a"))", "! plus: operand 2 must be number but got string"},
    {"1 + null", "! plus: operand 2 must be number but got null"},
    {"minus(1, 2)", "-1"},
    {"minus({1, 2}, {2, 3})", "[1]"},
    {"minus({1}, 1)", "! minus: operand 2 must be set but got number"},
    {"minus(1, {1})", "! minus: operand 2 must be number but got set"},
    {R"(minus("a", 1))",
     "! minus: operand 1 must be one of {number, set} but got string"},
    {"mul(4294967296, 4294967296)", "18446744073709551616"},
    {R"(mul("a", 1))", "! mul: operand 1 must be number but got string"},
    {"div(1e109, 1e100)", "1000000000"},
    {"div(1, 3)", "0.33333333333333333334"},
    {"div(1, 0)", "! eval_builtin_error: div: divide by zero"},
    {"div([], 1)", "! div: operand 1 must be number but got array"},
    {"rem(-7, 2)", "-1"},
    {"rem(7, -2)", "1"},
    {"rem(7.0, 2)", "1"},
    {"rem(1, 0)", "! eval_builtin_error: rem: modulo by zero"},
    {"rem(1.5, 1)", "! rem: modulo on floating-point number"},
    {"equal(1, 1.0)", "true"},
    {"equal([1], {1})", "false"},
    {"neq(1, 2)", "true"},
    {"lt(null, false)", "true"},
    {"lt(true, -1e500)", "true"},
    {R"(lte("", []))", "true"},
    {"gt(set(), {})", "true"},
    {"gte(7.10, 71e-1)", "true"},
    {"2.00000000000000000001 > 2", "true"},
    {"1e500 > 1e499", "true"},
    {"1e-500 > 0", "true"},
    {"4 >= null", "true"},
    {"null >= 4", "false"},
    {"[1, 2] < [1, 2, 0]", "true"},
    {R"({"a": 1} < {"b": 0})", "true"},
    {R"({"a": 2} < {"a": 1, "b": 0})", "false"},
    {R"("a" < "á")", "true"},
    {"and({1, 2}, {2, 3})", "[2]"},
    {"{1} & 1", "! and: operand 2 must be set but got number"},
    {"and([1], {1})", "! and: operand 1 must be set but got array"},
    {"or({1}, {2})", "[1,2]"},
    {"or({1}, [2])", "! or: operand 2 must be set but got array"},
    {"internal.member_2(2, [1, 2])", "true"},
    {"internal.member_2(2, {2: 3})", "false"},
    {"internal.member_2(3, {2: 3})", "true"},
    {R"(internal.member_2("a", "a"))", "false"},
    {"internal.member_2(1, null)", "false"},
    {"internal.member_3(1, 5, [4, 5])", "true"},
    {"internal.member_3(5, 5, {5})", "true"},
    {"internal.member_3(0, 5, 1)", "false"},
};

TEST(OperatorBuiltins, Table) { CheckCalls(kOperators); }

}  // namespace

std::span<const CallCase> testing::OperatorRows() { return kOperators; }

}  // namespace vouchsafe::rego
