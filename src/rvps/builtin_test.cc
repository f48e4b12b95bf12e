#include "rvps/builtin.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "json/write.h"
#include "storage/memory.h"
#include "tests/support/threads.h"

namespace vouchsafe::rvps {
namespace {

class Builtin : public ::testing::Test {
 protected:
  static std::string Message(std::string_view payload) {
    return R"({"type":"sample","payload":")" + Base64Encode(AsBytes(payload)) +
           "\"}";
  }
  RequestContext context() {
    RequestContext context;
    context.clock = &clock_;
    return context;
  }
  std::string Ask(std::string_view id) {
    const auto found = values_.Query(id, context());
    if (!found) return found.error().Text();
    return found->value ? json::Write(*found->value) : "-";
  }

  ManualClock clock_{1'795'559'166};
  NullLogger logger_;
  std::shared_ptr<storage::Store> store_ = storage::MakeMemoryStore(clock_);
  BuiltinReferenceValues values_{*store_, clock_, logger_};
};

TEST_F(Builtin, AnswersWhatWasRegistered) {
  EXPECT_EQ(Ask("svn"), "-");
  ASSERT_TRUE(values_.Register(Message(R"({"svn":["1"],"n":null})"), context())
                  .has_value());
  EXPECT_EQ(Ask("svn"), R"(["1"])");
  EXPECT_EQ(Ask("n"), "null");
  EXPECT_EQ(Ask(""), "-");
  ASSERT_TRUE(
      values_.Register(Message(R"({"svn":["2"]})"), context()).has_value());
  EXPECT_EQ(Ask("svn"), R"(["2"])") << "replaced as a whole, at once";
  EXPECT_EQ(*values_.List(context()), (std::vector<std::string>{"n", "svn"}));
}

TEST_F(Builtin, AnExpiredValueIsAsIfAbsent) {
  ASSERT_TRUE(
      values_.Register(Message(R"({"svn":["1"]})"), context()).has_value());
  clock_.Advance(std::chrono::hours(24 * 366));
  const auto found = values_.Query("svn", context());
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->value.has_value());
  EXPECT_EQ(found->note.substr(0, 11), "expired at ");

  BuiltinReferenceValues lenient(*store_, clock_, logger_,
                                 {false, std::chrono::milliseconds(0)});
  EXPECT_TRUE(lenient.Query("svn", context())->value.has_value());
}

TEST_F(Builtin, SeesAnotherProcessWithinTheRefreshTime) {
  EXPECT_EQ(Ask("svn"), "-");
  BuiltinReferenceValues other(*store_, clock_, logger_);
  ASSERT_TRUE(
      other.Register(Message(R"({"svn":["1"]})"), context()).has_value());
  EXPECT_EQ(Ask("svn"), "-");
  clock_.Advance(std::chrono::milliseconds(1'000));
  EXPECT_EQ(Ask("svn"), R"(["1"])");
}

TEST_F(Builtin, DeletesByName) {
  ASSERT_TRUE(
      values_.Register(Message(R"({"svn":["1"]})"), context()).has_value());
  EXPECT_TRUE(values_.Delete("svn", context()).has_value());
  EXPECT_EQ(Ask("svn"), "-");
  EXPECT_EQ(values_.Delete("svn", context()).error().code,
            ErrorCode::kNotFound);
}

TEST_F(Builtin, AStoredValueThatIsNoneIsAnError) {
  ASSERT_TRUE(store_->Set("bad", AsBytes("{")).has_value());
  EXPECT_EQ(values_.Query("bad", context()).error().context.back(),
            "deserialize reference value");
}

TEST_F(Builtin, ThreadsAskWhileOneRegisters) {
  ASSERT_TRUE(
      values_.Register(Message(R"({"svn":["1"]})"), context()).has_value());
  testing::InThreads(6, [&](size_t i) {
    for (int n = 0; n < 50; ++n) {
      if (i == 0) {
        EXPECT_TRUE(values_.Register(
            Message(n % 2 == 0 ? R"({"svn":["2"]})" : R"({"svn":["1"]})"),
            context()));
        EXPECT_TRUE(values_.Register(Message(R"({"gone":1})"), context()));
        EXPECT_TRUE(values_.Delete("gone", context()));
        continue;
      }
      const std::string answer = Ask("svn");
      EXPECT_TRUE(answer == R"(["1"])" || answer == R"(["2"])") << answer;
      (void)Ask("gone");
      EXPECT_TRUE(values_.List(context()));
    }
  });
}

}  // namespace
}  // namespace vouchsafe::rvps
