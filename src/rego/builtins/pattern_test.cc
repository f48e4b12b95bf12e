// Regular expressions and globs.

#include "rego/builtins/test_support.h"

namespace vouchsafe::rego {
namespace {

using testing::CallCase;
using testing::CheckCalls;

constexpr CallCase kPatterns[] = {
    {R"(regex.match("^a+$", "aa"))", "true"},
    {R"(re_match("b", "abc"))", "true"},
    {R"~(regex.match("(?<n>a)", "a"))~", "true"},
    {R"(regex.match("(", "a"))",
     "! regex.match: error parsing regexp: missing closing ): `(`"},
    {R"(regex.match("[", "a"))", "! missing closing ]: `[`"},
    {R"~(regex.match("a)", "a"))~", "! unexpected ): `a)`"},
    {R"(regex.match("*", "a"))",
     "! missing argument to repetition operator: `*`"},
    {R"(regex.match("a**", "a"))",
     "! invalid nested repetition operator: `**`"},
    {R"(regex.match("a{1001}", "a"))", "! invalid repeat count: `{1001}`"},
    {R"(regex.match("[z-a]", "a"))", "! invalid character class range: `z-a`"},
    {R"(regex.match("\\q", "a"))", "! invalid escape sequence: `\\q`"},
    {R"(regex.match("\\C", "a"))", "! invalid escape sequence: `\\C`"},
    {R"(regex.match("a\\", "a"))", "! trailing backslash at end of expression"},
    {R"~(regex.match("(?!a)", "a"))~", "! invalid or unsupported Perl syntax"},
    {R"(regex.match("(x{1000}){1000}", "a"))", "! error parsing regexp: "},
    {R"(regex.is_valid("[a"))", "false"},
    {R"(regex.is_valid("[a]"))", "true"},
    {R"(regex.find_n("a.", "abac", -1))", R"(["ab","ac"])"},
    {R"(regex.find_n("a*", "baac", -1))", R"(["","aa",""])"},
    {R"(regex.find_n("a", "aa", 1.5))", "! operand 3 must be integer number"},
    {R"(regex.find_all_string_submatch_n("a(x*)b", "-axxb-ab-", -1))",
     R"([["axxb","xx"],["ab",""]])"},
    {R"~(regex.replace("abc", "(?P<x>b)", "<${x}$1$$>"))~", R"("a<bb$>c")"},
    {R"(regex.split("-", "a-b"))", R"(["a","b"])"},
    {R"(regex.split("", "ab"))", R"(["a","b"])"},
    {R"(regex.template_match("u:{[a-z]+}", "u:ab", "{", "}"))", "true"},
    {R"(regex.template_match("u:{[a-z]+", "u:ab", "{", "}"))",
     R"(! unbalanced braces in "u:{[a-z]+")"},
    {R"(regex.template_match("u", "u", "{{", "}"))",
     "! start delimiter has to be exactly one character long but is 2 long"},
    {R"(regex.globs_match("a.*z", "ab+z"))", "true"},
    {R"(regex.globs_match("[a-c]+", "[d-f]*"))", "false"},
    {R"(regex.globs_match("a\\*", "a[*]"))", "true"},
    {R"(regex.globs_match("*a", "a"))",
     "! flag '*' must be preceded by a non-flag"},
    {R"(regex.globs_match("[a", "a"))", "! found [ without matching ]"},
    {R"(regex.globs_match("a]", "a"))",
     "! input:a], pos:2, set-close ']' with no preceding '['"},
    {R"(glob.match("*.b.com", [], "a.b.com"))", "true"},
    {R"(glob.match("*.com", [], "a.b.com"))", "false"},
    {R"(glob.match("**.com", [], "a.b.com"))", "true"},
    {R"(glob.match("*", null, "a.b/c"))", "true"},
    {R"(glob.match("a:*", [":"], "a:b"))", "true"},
    {R"(glob.match("{a,b{c,d}}?", ["/"], "bdx"))", "true"},
    {R"(glob.match("[!a-c][xyz]", [], "dx"))", "true"},
    {R"(glob.match("\\*", [], "*"))", "true"},
    {R"(glob.match("a+(b)|^$", [], "a+(b)|^$"))", "true"},
    {R"(glob.match("[]", [], "a"))", "! could not parse range"},
    {R"(glob.match("[c-a]", [], "a"))",
     "! hi character 'a' should be greater than lo 'c'"},
    {R"(glob.match("[a", [], "a"))", "! unexpected end of input"},
    {R"(glob.match("a", ["ab"], "a"))",
     "! operand 2 must be array of runes but got array containing string"},
    {R"(glob.match("a", "x", "a"))",
     "! operand 2 must be one of {array, null} but got string"},
    {R"(glob.quote_meta("a*{b}"))", R"("a\\*\\{b\\}")"},
    {"glob.quote_meta(1)",
     "! glob.quote_meta: operand 1 must be string but got number"},
    {R"(re_match("(", "a"))",
     "! re_match: error parsing regexp: missing closing ): `(`"},
    {R"(regex.find_all_string_submatch_n("(", "a", 1))",
     "! regex.find_all_string_submatch_n: error parsing regexp: missing "
     "closing ): `(`"},
    {R"(regex.find_all_string_submatch_n("a", "a", "x"))",
     "! regex.find_all_string_submatch_n: operand 3 must be number but got "
     "string"},
    {R"(regex.replace("a", "(", "b"))",
     "! regex.replace: error parsing regexp: missing closing ): `(`"},
    {R"(regex.replace(1, "a", "b"))",
     "! regex.replace: operand 1 must be string but got number"},
    {R"(regex.split("(", "a"))",
     "! regex.split: error parsing regexp: missing closing ): `(`"},
};

TEST(PatternBuiltins, Table) { CheckCalls(kPatterns); }

}  // namespace

std::span<const CallCase> testing::PatternRows() { return kPatterns; }

}  // namespace vouchsafe::rego
