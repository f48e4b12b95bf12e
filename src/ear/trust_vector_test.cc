#include "ear/trust_vector.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace vouchsafe::ear {
namespace {

TEST(TierOf, BoundariesOfEachTier) {
  struct Case {
    int value;
    Tier want;
  };
  for (const Case& c :
       std::initializer_list<Case>{{-128, Tier::kContraindicated},
                                   {-97, Tier::kContraindicated},
                                   {-96, Tier::kWarning},
                                   {-33, Tier::kWarning},
                                   {-32, Tier::kAffirming},
                                   {-2, Tier::kAffirming},
                                   {-1, Tier::kNone},
                                   {0, Tier::kNone},
                                   {1, Tier::kNone},
                                   {2, Tier::kAffirming},
                                   {31, Tier::kAffirming},
                                   {32, Tier::kWarning},
                                   {95, Tier::kWarning},
                                   {96, Tier::kContraindicated},
                                   {127, Tier::kContraindicated}}) {
    EXPECT_EQ(TierOf(static_cast<int8_t>(c.value)), c.want) << c.value;
  }
}

TEST(TrustVector, TheWorstClaimDecides) {
  struct Case {
    const char* name;
    const char* answer;
    Tier want;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"all set to none", R"({"hardware":0,"configuration":1})",
            Tier::kNone},
           {"one affirms", R"({"hardware":2,"file-system":0})",
            Tier::kAffirming},
           {"one warns", R"({"hardware":2,"executables":33})", Tier::kWarning},
           {"one contraindicates", R"({"hardware":97,"executables":3})",
            Tier::kContraindicated},
           {"negative", R"({"sourced-data":-97})", Tier::kContraindicated}}) {
    SCOPED_TRACE(c.name);
    const auto vector = TrustVector::FromPolicy(*json::Parse(c.answer));
    ASSERT_TRUE(vector.has_value()) << vector.error().Text();
    EXPECT_EQ(vector->Worst(), c.want);
  }
}

TEST(TrustVector, AnswersThatAreNotUnderstoodAreErrors) {
  struct Case {
    const char* name;
    const char* answer;
    const char* message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"null", "null", "Trust claims is not an object"},
           {"array", "[]", "Trust claims is not an object"},
           {"empty", "{}", "At least one policy claim must be set."},
           {"unknown name", R"({"hardwear":2})",
            "Trust claim `hardwear` is not known"},
           {"text", R"({"hardware":"2"})", "Trust claim value not number"},
           {"fraction", R"({"hardware":2.5})", "Trust claim value not number"},
           {"too large", R"({"hardware":300})", "want -128 to 127"},
           {"too small", R"({"hardware":-129})", "want -128 to 127"}}) {
    SCOPED_TRACE(c.name);
    const auto vector = TrustVector::FromPolicy(*json::Parse(c.answer));
    ASSERT_FALSE(vector.has_value());
    EXPECT_EQ(vector.error().code, ErrorCode::kInternal);
    EXPECT_NE(vector.error().message.find(c.message), std::string::npos)
        << vector.error().message;
  }
}

TEST(TrustVector, IsWrittenInKeyOrderWithoutUnsetClaims) {
  const auto vector = TrustVector::FromPolicy(
      *json::Parse(R"({"sourced-data":1,"hardware":97,"configuration":2})"));
  ASSERT_TRUE(vector.has_value());
  EXPECT_EQ(json::Write(vector->ToJson()),
            R"({"configuration":2,"hardware":97,"sourced-data":1})");
}

}  // namespace
}  // namespace vouchsafe::ear
