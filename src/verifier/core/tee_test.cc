#include "verifier/core/tee.h"

#include <gtest/gtest.h>

namespace vouchsafe {
namespace {

TEST(TeeTest, FindsEveryNameAndNothingElse) {
  for (const TeeInfo& tee : AllTees()) EXPECT_EQ(FindTee(tee.name), &tee);
  for (const char* unknown : {"", "SNP", "sev", "snp ", "intel"}) {
    EXPECT_EQ(FindTee(unknown), nullptr) << unknown;
  }
}

TEST(TeeTest, AliasesGiveTheCurrentName) {
  const struct {
    const char* alias;
    const char* name;
  } cases[] = {{"azsnpvtpm", "az-snp-vtpm"},
               {"aztdxvtpm", "az-tdx-vtpm"},
               {"nvidiadpu", "nvidia-dpu"},
               {"dpu", "nvidia-dpu"}};
  for (const auto& c : cases) {
    ASSERT_NE(FindTee(c.alias), nullptr) << c.alias;
    EXPECT_EQ(FindTee(c.alias)->name, c.name);
  }
}

}  // namespace
}  // namespace vouchsafe
