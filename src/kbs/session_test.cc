#include "kbs/session.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "kbs/checks.h"
#include "storage/memory.h"

namespace vouchsafe::kbs {
namespace {

class SessionTest : public testing::Test {
 protected:
  SessionTest()
      : clock_(1'700'000'000),
        store_(storage::MakeMemoryStore(clock_)),
        sessions_(store_, clock_, std::chrono::minutes(5)) {}

  Session NewSession() {
    Session::Authed authed;
    authed.version = "0.4.0";
    authed.tee = "snp";
    authed.extra_params = "";
    authed.nonce = "bm9uY2U=";
    authed.challenge_extra_params = "";
    return *sessions_.Create(authed, random_);
  }

  ManualClock clock_;
  FixedRandom random_;
  std::shared_ptr<storage::Store> store_;
  SessionStore sessions_;
};

TEST_F(SessionTest, RecordHasTrusteesForm) {
  const Session session = NewSession();
  const auto stored = store_->Get(session.id);
  ASSERT_TRUE(stored && stored->has_value());
  EXPECT_EQ(AsText(**stored),
            R"({"Authed":{"request":{"version":"0.4.0","tee":"snp",)"
            R"("extra-params":""},"challenge":{"nonce":"bm9uY2U=",)"
            R"("extra-params":""},"id":")" +
                session.id + R"(","timeout":"2023-11-14T22:18:20Z"}})");
}

TEST_F(SessionTest, ReadsRecordsOfTrustee) {
  const auto session =
      SessionFromJson(R"({"Attested":{"token":"a.b.c","id":"0123","future":1,)"
                      R"("timeout":"2023-11-14T22:18:20.123456789+00:00"}})");
  ASSERT_TRUE(session) << session.error().Text();
  ASSERT_NE(session->attested(), nullptr);
  EXPECT_EQ(session->attested()->token, "a.b.c");
  EXPECT_EQ(session->expires_unix_us, 1'700'000'300'123'456);
}

TEST_F(SessionTest, RefusesRecordsThatMakeNoSense) {
  for (const char* text :
       {"", "[]", "{}", R"({"Authed":{}})", R"({"Attested":{"token":1}})",
        R"({"Attested":{"token":"t","id":"x","timeout":"tomorrow"}})"}) {
    EXPECT_FALSE(SessionFromJson(text)) << text;
  }
}

TEST_F(SessionTest, AttestedKeepsIdAndEnd) {
  const Session session = NewSession();
  clock_.Advance(std::chrono::minutes(1));
  ASSERT_TRUE(sessions_.MarkAttested(session, "a.b.c"));
  CheckLog log;
  const auto found = sessions_.Find(session.id, log);
  ASSERT_TRUE(found) << found.error().Text();
  EXPECT_EQ(found->expires_unix_us, session.expires_unix_us);
  ASSERT_NE(found->attested(), nullptr);
  EXPECT_EQ(found->attested()->token, "a.b.c");
}

TEST_F(SessionTest, UnknownIdsFailTheCheck) {
  for (const char* id : {"", "../kbs", "0123456789abcdef0123456789abcdef",
                         "0123456789ABCDEF0123456789ABCDEF"}) {
    CheckLog log;
    const auto found = sessions_.Find(id, log);
    ASSERT_FALSE(found) << id;
    EXPECT_EQ(found.error().check, &kSessionKnown) << id;
    EXPECT_EQ(found.error().code, ErrorCode::kUntrusted) << id;
  }
}

TEST_F(SessionTest, ExpiredIsRefusedAndDeleted) {
  const Session session = NewSession();
  clock_.Advance(std::chrono::minutes(5));
  CheckLog log;
  EXPECT_TRUE(sessions_.Find(session.id, log)) << "the last moment counts";
  clock_.Advance(std::chrono::seconds(1));
  const auto found = sessions_.Find(session.id, log);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().check, &kSessionFresh);
  EXPECT_FALSE(store_->Get(session.id)->has_value());
}

TEST_F(SessionTest, SweepDeletesOnlyWhatExpired) {
  const Session old = NewSession();
  clock_.Advance(std::chrono::minutes(4));
  const Session young = NewSession();
  ASSERT_TRUE(store_->Set("broken", AsBytes("not JSON")));
  clock_.Advance(std::chrono::minutes(2));
  const auto swept = sessions_.Sweep();
  ASSERT_TRUE(swept) << swept.error().Text();
  EXPECT_EQ(*swept, 1u);
  EXPECT_FALSE(store_->Get(old.id)->has_value());
  EXPECT_TRUE(store_->Get(young.id)->has_value());
  EXPECT_TRUE(store_->Get("broken")->has_value());
}

TEST_F(SessionTest, CookieIsTrusteesPlusFlags) {
  Session session;
  session.id = "0123456789abcdef0123456789abcdef";
  session.expires_unix_us = 1'700'000'300'000'000;
  const std::string plain =
      "kbs-session-id=0123456789abcdef0123456789abcdef; Expires=Tue, 14 Nov "
      "2023 22:18:20 GMT";
  EXPECT_EQ(SetCookie(session, CookieStyle::kAsTrustee), plain);
  EXPECT_EQ(SetCookie(session, CookieStyle::kPlain), plain + "; HttpOnly");
  EXPECT_EQ(SetCookie(session, CookieStyle::kSecure),
            plain + "; HttpOnly; Secure");
}

TEST_F(SessionTest, LabelIsNotTheId) {
  const std::string id = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(SessionLabel(id).size(), 12u);
  EXPECT_EQ(id.find(SessionLabel(id)), std::string::npos);
}

}  // namespace
}  // namespace vouchsafe::kbs
