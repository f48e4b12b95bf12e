#include "verifier/registry/registry.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/fake/fake_fetcher.h"

namespace vouchsafe::registry {
namespace {

TEST(RegistryTest, HasWhatThisBuildOffers) {
  fake::FakeFetcher fetcher;
  const ManualClock clock(1'800'000'000);
  const auto set = MakeVerifiers(VerifierConfig(), {fetcher, clock});
  ASSERT_TRUE(set.has_value()) << set.error().Text();
  EXPECT_EQ(set->Names(),
            (std::vector<std::string>{"sample", "sampledevice", "snp"}));
  EXPECT_EQ(set->Find("tdx"), nullptr);
}

TEST(RegistryTest, SampleCanBeRemoved) {
  fake::FakeFetcher fetcher;
  const ManualClock clock(1'800'000'000);
  VerifierConfig config;
  config.sample = false;
  const auto set = MakeVerifiers(config, {fetcher, clock});
  ASSERT_TRUE(set.has_value()) << set.error().Text();
  EXPECT_EQ(set->Names(), std::vector<std::string>{"snp"});
}

TEST(RegistryTest, ClaimSpecsAreThoseOfTheVerifiers) {
  fake::FakeFetcher fetcher;
  const ManualClock clock(1'800'000'000);
  const auto set = MakeVerifiers(VerifierConfig(), {fetcher, clock});
  ASSERT_TRUE(set.has_value());
  ASSERT_EQ(AllClaimSpecs().size(), set->Names().size());
  for (const TeeClaimSpecs& specs : AllClaimSpecs()) {
    const Verifier* verifier = set->Find(specs.tee);
    ASSERT_NE(verifier, nullptr) << specs.tee;
    EXPECT_EQ(verifier->claim_specs().data(), specs.claims.data());
    std::set<std::string_view> paths;
    for (const ClaimSpec& claim : specs.claims) {
      EXPECT_TRUE(paths.insert(claim.path).second) << claim.path;
      EXPECT_FALSE(claim.sentence.empty()) << claim.path;
    }
  }
}

}  // namespace
}  // namespace vouchsafe::registry
