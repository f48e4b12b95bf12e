#include "policy/text_scan.h"

#include <gtest/gtest.h>

#include "policy/nearest.h"

namespace vouchsafe::policy {
namespace {

std::vector<std::string> Texts(const std::vector<Seen>& seen) {
  std::vector<std::string> out;
  for (const Seen& one : seen) out.push_back(one.text);
  return out;
}

TEST(InputPaths, FindsConstantPaths) {
  struct Case {
    const char* name;
    const char* text;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"none", "package policy\nx := 1", {}},
      {"dots", "x if input.snp.measurement == \"a\"", {"snp.measurement"}},
      {"brackets",
       "x if input[\"az-snp-vtpm\"].tpm.pcr11 in y",
       {"az-snp-vtpm.tpm.pcr11"}},
      {"ends at a variable",
       "x if input.csv.policy[name] == 1",
       {"csv.policy"}},
      {"in a call", "x if f(input.tdx, input.tdx.quote)", {"tdx", "tdx.quote"}},
      {"comment", "# input.snp.nothing\nx := 1", {}},
      {"string", "x := \"input.snp.nothing\"", {}},
      {"raw string", "x := `input.snp.nothing`", {}},
      {"quote in a string", R"(x := "a\"b input.c" ; y if input.d)", {"d"}},
      {"member called input", "x if data.input.snp", {}},
      {"alone", "x if f(input)", {}},
      {"unterminated", "x := \"input.a", {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Texts(InputPaths(c.text)), c.want);
  }
  const auto seen = InputPaths("a := 1\n  b if input.snp.x");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].row, 2);
  EXPECT_EQ(seen[0].col, 8);
}

TEST(DefinedMembers, FindsWhatARuleSets) {
  struct Case {
    const char* name;
    const char* text;
    std::vector<std::string> want;
  };
  const Case cases[] = {
      {"object",
       "trust_claims := {\"hardware\": 2, \"executables\": {\"x\": 1}}",
       {"hardware", "executables"}},
      {"default", "default trust_claims := {\"hardware\": 97}", {"hardware"}},
      {"old sign", "trust_claims = {\"hardware\": 97}", {"hardware"}},
      {"by member",
       "trust_claims.hardware := 2\ntrust_claims[\"x\"] := 3",
       {"hardware", "x"}},
      {"only read", "y if trust_claims.hardware == 2\nz := trust_claims.b", {}},
      {"computed", "trust_claims := {name: 1 | name := \"a\"}", {}},
      {"another rule", "claims := {\"hardwear\": 2}", {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Texts(DefinedMembers(c.text, "trust_claims")), c.want);
  }
}

TEST(OrderedCalls, FindsOrderingsOnEitherSide) {
  const auto find = [](const char* text) {
    return Texts(OrderedCalls(text, "rv"));
  };
  EXPECT_EQ(find("x if input.a >= rv(\"b\")"), std::vector<std::string>{">="});
  EXPECT_EQ(find("x if rv(f(\"b\")) < 3"), std::vector<std::string>{"<"});
  EXPECT_TRUE(find("x if input.a == rv(\"b\")").empty());
  EXPECT_TRUE(find("x if input.a in rv(\"b\")").empty());
  EXPECT_TRUE(find("x := rv(").empty());
}

TEST(Nearest, IsTheSmallestSlip) {
  constexpr std::string_view kNames[] = {"hardware", "configuration",
                                         "executables"};
  EXPECT_EQ(Nearest("hardwear", kNames), "hardware");
  EXPECT_EQ(Nearest("executable", kNames), "executables");
  EXPECT_EQ(Nearest("zzzzzzzz", kNames), "");
  EXPECT_EQ(Nearest("", kNames), "");
  EXPECT_EQ(Nearest(std::string(200, 'a'), kNames), "");
}

TEST(DefinitionRow, IsTheFirstThatBeginsALine) {
  constexpr const char* kText =
      "package policy\n# allow := 1\nx if allow\n\"allow\"\n"
      "allow if input.a\nallow := 2\n";
  EXPECT_EQ(DefinitionRow(kText, "allow"), 5);
  EXPECT_EQ(DefinitionRow(kText, "x"), 3);
  EXPECT_EQ(DefinitionRow(kText, "none"), 0);
  EXPECT_EQ(DefinitionRow("", "allow"), 0);
}

}  // namespace
}  // namespace vouchsafe::policy
