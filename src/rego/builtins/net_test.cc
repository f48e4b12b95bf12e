// Networks, versions and identifiers.

#include "rego/builtins/test_support.h"

namespace vouchsafe::rego {
namespace {

using testing::CallCase;
using testing::CheckCalls;

constexpr CallCase kNet[] = {
    {R"(net.cidr_contains("10.0.0.0/8", "10.1.2.3"))", "true"},
    {R"(net.cidr_contains("10.0.0.0/8", "10.0.0.0/7"))", "false"},
    {R"(net.cidr_contains("::/0", "1.2.3.4"))", "false"},
    {R"(net.cidr_contains("2001:db8::/32", "2001:db8::/48"))", "true"},
    {R"(net.cidr_contains("10.0.0.0", "10.0.0.1"))",
     "! net.cidr_contains: invalid CIDR address: 10.0.0.0"},
    {R"(net.cidr_contains("10.0.0.0/8", "x"))",
     "! not a valid textual representation of an IP address or CIDR: x"},
    {R"(net.cidr_overlap("10.0.0.0/8", "10.1.0.0/16"))", "true"},
    {R"(net.cidr_contains_matches({"a": "10.0.0.0/8"}, ["10.1.1.1", "9.9.9.9"]))",
     R"([["a",0]])"},
    {R"(net.cidr_contains_matches("10.0.0.0/8", [["10.1.1.1", "x"]]))",
     R"([["10.0.0.0/8",0]])"},
    {R"(net.cidr_contains_matches("10.0.0.0/8", [1]))",
     "! operand 2: element must be string or non-empty array"},
    {R"(net.cidr_intersects("10.0.0.0/8", "10.1.0.0/16"))", "true"},
    {R"(net.cidr_intersects("10.0.0.0/8", "11.0.0.0/8"))", "false"},
    {R"(net.cidr_expand("10.0.0.254/30"))",
     R"(["10.0.0.252","10.0.0.253","10.0.0.254","10.0.0.255"])"},
    {R"(net.cidr_expand("::/0"))",
     "! net.cidr_expand: more addresses than memory allows"},
    {R"(net.cidr_is_valid("10.0.0.0/33"))", "false"},
    {R"(net.cidr_is_valid("010.0.0.0/8"))", "false"},
    {R"(net.cidr_is_valid("fe80::%eth0/8"))", "false"},
    {R"(net.cidr_is_valid("::ffff:1.2.3.4/128"))", "true"},
    {R"(net.cidr_merge(["10.0.0.0/9", "10.128.0.0/9"]))", R"(["10.0.0.0/8"])"},
    {R"(net.cidr_merge(["1:0:0:2:0:0:0:3/128"]))", R"(["1:0:0:2::3/128"])"},
    {R"(net.cidr_merge(["::1"]))", "! IPv6 invalid: needs prefix length"},
    {R"(net.cidr_merge("x"))", "! net.cidr_merge: operand must be an array"},
    {R"(net.cidr_merge([1]))", "! element must be string"},
    {R"(semver.compare("1.2.3", "v1.2.3+b"))", "0"},
    {R"(semver.compare("1.0.0-alpha.2", "1.0.0-alpha.10"))", "-1"},
    {R"(semver.compare("1.0.0", "1.0.0-rc"))", "1"},
    {R"(semver.compare("1.0.0-1", "1.0.0-a"))", "-1"},
    {R"(semver.compare("1.0.0-a", "1.0.0-a.b"))", "-1"},
    {R"(semver.compare("1", "1.0.0"))",
     R"(! semver.compare: operand 1: string "1" is not a valid SemVer)"},
    {R"(semver.is_valid("1.0.0-!"))", "false"},
    {R"(semver.is_valid(1))", "false"},
    {R"(uuid.parse("00000000-0000-4000-8000-000000000000"))",
     R"({"variant":"RFC4122","version":4})"},
    {R"(uuid.parse("urn:uuid:00000000-0000-1000-c000-010000000000").macvariables)",
     R"("global:multicast")"},
    {R"(uuid.parse("x"))", "-"},
    {R"(uuid.parse(1))", "! uuid.parse: operand 1 must be string"},
    {R"(uuid.rfc4122("a") == uuid.rfc4122("a"))", "true"},
    {R"(uuid.rfc4122("a") == uuid.rfc4122("b"))", "false"},
    {R"(uuid.parse(uuid.rfc4122("a")).version)", "4"},
    {R"(net.cidr_intersects("10.0.0.0", "10.0.0.0/8"))",
     "! net.cidr_intersects: invalid CIDR address: 10.0.0.0"},
    {R"(net.cidr_intersects(1, "a"))",
     "! net.cidr_intersects: operand 1 must be string but got number"},
    {R"(net.cidr_overlap("10.0.0.0/8", "x"))",
     "! net.cidr_overlap: not a valid textual representation of an IP address "
     "or CIDR: x"},
    {"uuid.rfc4122(1)",
     "! uuid.rfc4122: operand 1 must be string but got number"},
};

TEST(NetBuiltins, Table) { CheckCalls(kNet); }

}  // namespace

std::span<const CallCase> testing::NetRows() { return kNet; }

}  // namespace vouchsafe::rego
