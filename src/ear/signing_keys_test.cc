#include "ear/signing_keys.h"

#include <gtest/gtest.h>

#include "jose/jws.h"
#include "json/write.h"
#include "storage/memory.h"
#include "tests/support/threads.h"

namespace vouchsafe::ear {
namespace {

class SigningKeysTest : public ::testing::Test {
 protected:
  std::unique_ptr<SigningKeys> Open(KeyTiming timing = {},
                                    TokenForm form = TokenForm::kEar) {
    auto keys = SigningKeys::FromStore(*store_, form, timing, clock_, logger_);
    EXPECT_TRUE(keys.has_value()) << (keys ? "" : keys.error().Text());
    return keys ? *std::move(keys) : nullptr;
  }
  static std::vector<std::string> Kids(SigningKeys& keys) {
    std::vector<std::string> out;
    const json::Value set = keys.Jwks();
    for (const json::Value& key : *set.Find("keys")->if_array()) {
      out.push_back(*key.Find("kid")->if_string());
    }
    return out;
  }
  // Whether a relying party with this set believes the token.
  static bool Believes(const json::Value& set, const std::string& token) {
    auto jws = jose::UnverifiedJws::Parse(token);
    const auto keys = jose::JwkSet::FromJson(set);
    const jose::Jwk* key = keys->Find(*jws->kid());
    CheckLog log;
    return key != nullptr &&
           jose::VerifyJws(*std::move(jws), *key, log).has_value();
  }
  void Pass(int64_t seconds) { clock_.Advance(std::chrono::seconds(seconds)); }

  ManualClock clock_{1'000'000};
  NullLogger logger_;
  std::shared_ptr<storage::Store> store_ = storage::MakeMemoryStore(clock_);
};

TEST_F(SigningKeysTest, ANewKeyIsAnnouncedBeforeItSigns) {
  const auto keys = Open();
  const std::string first = keys->Signer()->kid();
  EXPECT_EQ(Kids(*keys), std::vector<std::string>{first});
  const auto next = keys->Rotate(std::nullopt);
  ASSERT_TRUE(next.has_value()) << next.error().Text();
  EXPECT_EQ(next->state, KeyState::kAnnounced);
  EXPECT_EQ(next->signs_from_unix_s, 1'000'000 + 3600);
  EXPECT_EQ(Kids(*keys), (std::vector<std::string>{first, next->kid}));
  EXPECT_EQ(keys->Signer()->kid(), first);

  const json::Value cached = keys->Jwks();  // by somebody, now
  Pass(3599);
  EXPECT_EQ(keys->Signer()->kid(), first);
  const std::string last = *keys->Signer()->Sign("{}");
  Pass(1);
  EXPECT_EQ(keys->Signer()->kid(), next->kid);
  EXPECT_TRUE(Believes(cached, *keys->Signer()->Sign("{}")));
  EXPECT_EQ(Kids(*keys), (std::vector<std::string>{next->kid, first}));
  EXPECT_TRUE(Believes(keys->Jwks(), last));

  Pass(300);  // the last token of the old key has expired, ours is no clock
  EXPECT_TRUE(Believes(keys->Jwks(), last)) << "other clocks are slower";
  Pass(300);
  EXPECT_EQ(Kids(*keys), std::vector<std::string>{next->kid});
  EXPECT_FALSE(Believes(keys->Jwks(), last));
}

TEST_F(SigningKeysTest, ReplicasAndRestartsAgree) {
  const auto one = Open();
  const auto two = Open();
  EXPECT_EQ(one->Signer()->kid(), two->Signer()->kid());
  const auto next = one->Rotate(10);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(two->Rotate(10).error().code, ErrorCode::kConflict);
  Pass(2);
  EXPECT_EQ(Kids(*two), Kids(*one)) << "within the refresh time";
  Pass(8);
  EXPECT_EQ(two->Signer()->kid(), next->kid);
  EXPECT_EQ(Open()->Signer()->kid(), next->kid);
  EXPECT_EQ(Kids(*Open()).size(), 2u);
}

TEST_F(SigningKeysTest, OldOnesAreDroppedFromTheStore) {
  const auto keys = Open();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(keys->Rotate(0).has_value());
    Pass(601);
  }
  EXPECT_EQ(Kids(*keys).size(), 1u);
  EXPECT_LE(store_->ListAll()->size(), 3u) << "the list and two keys";
  EXPECT_EQ(Open()->Signer()->kid(), keys->Signer()->kid())
      << "though the first key is gone";
}

TEST_F(SigningKeysTest, AnOldKeyIsReplacedByItself) {
  KeyTiming timing;
  timing.rotate_s = 86'400;
  const auto keys = Open(timing);
  const std::string first = keys->Signer()->kid();
  Pass(86'400 - 3600 - 2);
  EXPECT_EQ(Kids(*keys).size(), 1u);
  Pass(2);
  keys->Signer();
  ASSERT_EQ(Kids(*keys).size(), 2u) << "in time to sign at that age";
  EXPECT_EQ(keys->Signer()->kid(), first);
  Pass(3601);
  EXPECT_NE(keys->Signer()->kid(), first);
  Pass(601);
  EXPECT_EQ(Kids(*keys).size(), 1u);
  EXPECT_EQ(keys->List()[0].state, KeyState::kSigns);
}

TEST_F(SigningKeysTest, AKeyCanBeTakenOutAtOnce) {
  const auto keys = Open();
  const std::string first = keys->Signer()->kid();
  EXPECT_EQ(keys->Revoke(first).error().code, ErrorCode::kConflict);
  EXPECT_EQ(keys->Revoke("other").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(keys->Rotate(0));
  EXPECT_NE(keys->Signer()->kid(), first);
  EXPECT_EQ(keys->List()[0].state, KeyState::kRetiring);
  ASSERT_TRUE(keys->Revoke(first));
  EXPECT_EQ(Kids(*keys).size(), 1u);

  // An announced one: the one before goes on.
  const std::string second = keys->Signer()->kid();
  const auto third = keys->Rotate(100);
  ASSERT_TRUE(third && keys->Revoke(third->kid));
  Pass(100'000);
  EXPECT_EQ(keys->Signer()->kid(), second);
  EXPECT_EQ(Kids(*keys), std::vector<std::string>{second});
}

TEST_F(SigningKeysTest, SimpleTokensHaveKeysOfTheirOwn) {
  const auto ear = Open();
  const auto simple = Open({}, TokenForm::kSimple);
  ASSERT_TRUE(simple->Rotate(0));
  EXPECT_EQ(Kids(*simple).size(), 2u);
  EXPECT_EQ(Kids(*ear).size(), 1u);
  EXPECT_TRUE(Believes(simple->Jwks(), *simple->Signer()->Sign("{}")));
}

TEST_F(SigningKeysTest, TimesAreBounded) {
  const auto keys = Open();
  EXPECT_EQ(keys->Rotate(-1).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(keys->Rotate(int64_t{1} << 60).error().code,
            ErrorCode::kInvalidInput);
}

TEST_F(SigningKeysTest, AListThatMakesNoSenseIsAnError) {
  Open();
  for (const char* text :
       {"", "{}", R"({"keys":[]})", R"({"keys":[{"kid":"a"}]})",
        R"({"keys":[{"kid":"a","pem":"none"}]})", R"({"keys":{}})"}) {
    SCOPED_TRACE(text);
    ASSERT_TRUE(store_->Set("attestation_token_es256.keys.json",
                            AsBytes(std::string_view(text))));
    EXPECT_FALSE(
        SigningKeys::FromStore(*store_, TokenForm::kEar, {}, clock_, logger_));
  }
}

TEST_F(SigningKeysTest, AKnownKeySignsOnWhileTheStoreIsBroken) {
  const auto keys = Open();
  const std::string first = keys->Signer()->kid();
  ASSERT_TRUE(
      store_->Set("attestation_token_es256.keys.json", AsBytes("broken")));
  Pass(2);
  EXPECT_EQ(keys->Signer()->kid(), first);
  EXPECT_FALSE(keys->Rotate(0));
}

TEST_F(SigningKeysTest, AConfiguredKeyIsPublishedWithItsNeighbours) {
  const auto next = *TokenSigner::NewKey(TokenForm::kEar);
  auto own = *TokenSigner::NewKey(TokenForm::kEar);
  const auto own_public = own.Public();
  const auto keys = SigningKeys::Fixed(*TokenSigner::Create(std::move(own), {}),
                                       {next.Public(), own_public});
  EXPECT_EQ(Kids(*keys).size(), 2u) << "itself only once";
  EXPECT_EQ(Kids(*keys)[0], keys->Signer()->kid());
  EXPECT_TRUE(Believes(keys->Jwks(), *keys->Signer()->Sign("{}")));
  EXPECT_EQ(keys->Rotate(0).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(keys->Revoke("a").error().code, ErrorCode::kUnsupported);
}

TEST_F(SigningKeysTest, ThreadsSignWhileKeysChange) {
  KeyTiming timing;
  timing.refresh = std::chrono::milliseconds(0);
  const auto keys = Open(timing);
  vouchsafe::testing::InThreads(4, [&](size_t i) {
    for (int n = 0; n < 10; ++n) {
      if (i == 0) {
        EXPECT_TRUE(keys->Rotate(0));
        continue;
      }
      const auto signer = keys->Signer();
      EXPECT_TRUE(Believes(keys->Jwks(), *signer->Sign("{}")));
    }
  });
}

}  // namespace
}  // namespace vouchsafe::ear
