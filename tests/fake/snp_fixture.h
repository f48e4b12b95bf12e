#pragma once

// Evaluates evidence of the fake CAs; for the tests of verifier/snp.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fake/fake_collateral.h"
#include "tests/fake/snp.h"
#include "tests/support/shared_data.h"
#include "verifier/snp/checks.h"
#include "verifier/snp/vcek_source.h"
#include "verifier/snp/verifier.h"

namespace vouchsafe::snp {

inline constexpr int64_t kTestNowUnixS = 1'800'000'000;

class SnpTest : public testing::Test {
 protected:
  using Claims = Result<std::vector<TeeClaims>>;

  static const fake::SnpCa& Ca(Generation generation) {
    static const fake::SnpCa milan(Generation::kMilan, 0);
    static const fake::SnpCa genoa(Generation::kGenoa, 1);
    static const fake::SnpCa turin(Generation::kTurin, 2);
    switch (generation) {
      case Generation::kMilan:
        return milan;
      case Generation::kGenoa:
        return genoa;
      case Generation::kTurin:
        break;
    }
    return turin;
  }
  static Roots FakeRoots() {
    return fake::SnpRootsOf({&Ca(Generation::kMilan), &Ca(Generation::kGenoa),
                             &Ca(Generation::kTurin)});
  }

  SnpVerifier MakeVerifier() const {
    return SnpVerifier(config_, std::make_shared<const Roots>(FakeRoots()),
                       collateral_);
  }
  Claims Run(const SnpVerifier& verifier, const json::Value& evidence,
             const Expected& expected = {}) {
    RequestContext context;
    context.clock = &clock_;
    report_ = VerifyReport();
    return verifier.Evaluate(evidence, expected, report_, context);
  }
  Claims Run(const json::Value& evidence, const Expected& expected = {}) {
    return Run(MakeVerifier(), evidence, expected);
  }

  // `text` is somewhere in the error's text.
  template <class T>
  static void ExpectRefused(const Result<T>& result, const Check& check,
                            std::string_view text = "") {
    ASSERT_FALSE(result.has_value()) << "want " << check.id;
    const Error& error = result.error();
    ASSERT_NE(error.check, nullptr) << error.Text();
    EXPECT_EQ(error.check->id, check.id) << error.Text();
    EXPECT_EQ(error.code, check.code) << error.Text();
    EXPECT_NE(error.Text().find(text), std::string::npos) << error.Text();
  }

  ManualClock clock_{kTestNowUnixS};
  SnpConfig config_;
  std::shared_ptr<fake::FakeCollateral> collateral_ =
      std::make_shared<fake::FakeCollateral>();
  VerifyReport report_;
};

}  // namespace vouchsafe::snp
