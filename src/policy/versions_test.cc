#include "policy/versions.h"

#include <gtest/gtest.h>

#include "policy/policy_store.h"
#include "storage/memory.h"
#include "tests/support/threads.h"

namespace vouchsafe::policy {
namespace {

std::string Text(int number) {
  return "package policy\nallow := input.a == " + std::to_string(number) + "\n";
}

class PolicyVersionsTest : public ::testing::Test {
 protected:
  static PolicyUse Use() {
    PolicyUse use;
    use.entry = "data.policy.allow";
    return use;
  }
  PolicyStoreOptions Options() {
    PolicyStoreOptions options;
    options.versions = &versions_;
    return options;
  }
  ManualClock clock_{1'000};
  NullLogger logger_;
  rego::ProgramCache cache_{*rego::Builtins::WithHost({})};
  std::shared_ptr<storage::Store> store_ = storage::MakeMemoryStore(clock_);
  std::shared_ptr<storage::Store> defaults_ = storage::MakeMemoryStore(clock_);
  std::shared_ptr<storage::Store> kept_ = storage::MakeMemoryStore(clock_);
  PolicyVersions versions_{*kept_, clock_, 3};
  PolicyStore policies_{*store_, *defaults_, cache_, logger_, Use(), Options()};
};

TEST_F(PolicyVersionsTest, AnUploadCanBeTakenBack) {
  ASSERT_TRUE(policies_.Set("p", Text(1)));
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_TRUE(policies_.Set("p", Text(2)));
  const auto list = policies_.Versions("p");
  ASSERT_TRUE(list.has_value()) << list.error().Text();
  ASSERT_EQ(list->size(), 2u);
  EXPECT_TRUE((*list)[0].current);
  EXPECT_FALSE((*list)[1].current);
  EXPECT_EQ((*list)[1].stored_unix_us, 1'000'000'000);
  EXPECT_EQ(*policies_.VersionText("p", (*list)[1].sha384), Text(1));

  ASSERT_TRUE(policies_.RollBack("p", (*list)[1].sha384));
  EXPECT_EQ(*policies_.Get("p"), Text(1));
  const auto after = policies_.Versions("p");
  ASSERT_EQ(after->size(), 3u) << "going back is a change too";
  EXPECT_TRUE((*after)[0].current);
  EXPECT_EQ((*after)[0].sha384, (*list)[1].sha384);
}

TEST_F(PolicyVersionsTest, OnlyTheNewestAreKept) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(policies_.Set("p", Text(i)));
  ASSERT_TRUE(policies_.Set("p", Text(6))) << "the same again adds nothing";
  const auto list = policies_.Versions("p");
  ASSERT_EQ(list->size(), 3u);
  EXPECT_EQ(*policies_.VersionText("p", (*list)[0].sha384), Text(6));
  EXPECT_EQ(*policies_.VersionText("p", (*list)[2].sha384), Text(4));
  EXPECT_EQ(kept_->ListAll()->size(), 3u);
}

TEST_F(PolicyVersionsTest, WhatStoodThereBeforeIsKeptToo) {
  ASSERT_TRUE(policies_.EnsureDefault("default_cpu", Text(1)));
  ASSERT_TRUE(policies_.Set("default_cpu", Text(2)));
  const auto list = policies_.Versions("default_cpu");
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ(*policies_.VersionText("default_cpu", (*list)[1].sha384), Text(1));
}

TEST_F(PolicyVersionsTest, ADeletedPolicyCanComeBack) {
  ASSERT_TRUE(policies_.Set("p", Text(1)));
  ASSERT_TRUE(policies_.Delete("p"));
  const auto list = policies_.Versions("p");
  ASSERT_EQ(list->size(), 1u);
  EXPECT_FALSE((*list)[0].current);
  ASSERT_TRUE(policies_.RollBack("p", (*list)[0].sha384));
  EXPECT_EQ(*policies_.Get("p"), Text(1));
}

TEST_F(PolicyVersionsTest, IdsThatContinueOthersStayApart) {
  ASSERT_TRUE(policies_.Set("p", Text(1)));
  ASSERT_TRUE(policies_.Set("p.rego/q", Text(2)));
  EXPECT_EQ(policies_.Versions("p")->size(), 1u);
  EXPECT_EQ(policies_.Versions("p.rego/q")->size(), 1u);
  ASSERT_TRUE(kept_->Set("p.rego/0000000000000001-zz", AsBytes("x")));
  EXPECT_EQ(policies_.Versions("p")->size(), 1u) << "no digest, no version";
}

TEST_F(PolicyVersionsTest, RefusesWhatIsNotKept) {
  ASSERT_TRUE(policies_.Set("p", Text(1)));
  const std::string other(96, 'a');
  EXPECT_EQ(policies_.RollBack("p", other).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(policies_.RollBack("p", "").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(policies_.RollBack("q", other).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(*policies_.Get("p"), Text(1));
  PolicyStore none(*store_, *defaults_, cache_, logger_, Use(), {});
  EXPECT_EQ(none.Versions("p").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(none.RollBack("p", other).error().code, ErrorCode::kUnsupported);
}

// An earlier text that would not be admitted today does not come back.
TEST_F(PolicyVersionsTest, GoingBackIsAnUpload) {
  ASSERT_TRUE(store_->Set("p.rego", AsBytes("package policy\nx := 1\n")));
  ASSERT_TRUE(policies_.Set("p", Text(1)));
  const auto list = policies_.Versions("p");
  ASSERT_EQ(list->size(), 2u);
  const auto back = policies_.RollBack("p", (*list)[1].sha384);
  ASSERT_FALSE(back.has_value());
  EXPECT_EQ(back.error().check->id, "policy.admission.entry_rule");
  EXPECT_EQ(*policies_.Get("p"), Text(1));
}

TEST_F(PolicyVersionsTest, AClockThatWentBackKeepsTheOrder) {
  ASSERT_TRUE(policies_.Set("p", Text(1)));
  clock_.Advance(std::chrono::seconds(-100));
  ASSERT_TRUE(policies_.Set("p", Text(2)));
  EXPECT_EQ(*policies_.VersionText("p", (*policies_.Versions("p"))[0].sha384),
            Text(2));
}

TEST_F(PolicyVersionsTest, ThreadsUploadAndListTogether) {
  testing::InThreads(4, [&](size_t i) {
    for (int n = 0; n < 10; ++n) {
      EXPECT_TRUE(policies_.Set("p", Text(static_cast<int>(i) * 10 + n)));
      EXPECT_TRUE(policies_.Versions("p"));
    }
  });
  const auto list = policies_.Versions("p");
  ASSERT_TRUE(list.has_value());
  EXPECT_TRUE(policies_.VersionText("p", list->front().sha384));
}

}  // namespace
}  // namespace vouchsafe::policy
