#include "policy/policy_store.h"

#include <gtest/gtest.h>

#include "json/write.h"
#include "storage/memory.h"
#include "tests/support/threads.h"

namespace vouchsafe::policy {
namespace {

constexpr const char* kAllow = "package policy\nallow := input.a == 1\n";
constexpr const char* kOther = "package policy\ndefault allow := false\n";

class PolicyStoreTest : public ::testing::Test {
 protected:
  static PolicyUse Use() {
    PolicyUse use;
    use.entry = "data.policy.allow";
    use.optional_entries = {"data.policy.more"};
    return use;
  }
  static rego::Builtins Functions() {
    return *rego::Builtins::WithHost({{"ask", 1, rego::Purity::kStable, {}}});
  }
  RequestContext Context() {
    RequestContext context;
    context.clock = &clock_;
    return context;
  }
  Result<PolicyAnswer> Ask(const Policy& policy, const char* input,
                           bool explain = false) {
    const auto document = rego::Document::FromJson(input);
    PolicyQuestion question;
    question.input = &*document;
    question.explain = explain;
    question.host =
        [](rego::HostCall&,
           std::span<const json::Value> args) -> Result<json::Value> {
      if (args[0].is_null()) return Fail(ErrorCode::kUnavailable, "gone");
      return args[0];
    };
    return PolicyStore::Evaluate(policy, question, Context());
  }

  ManualClock clock_{1'000};
  NullLogger logger_;
  rego::ProgramCache cache_{Functions()};
  std::shared_ptr<storage::Store> store_ = storage::MakeMemoryStore(clock_);
  std::shared_ptr<storage::Store> defaults_ = storage::MakeMemoryStore(clock_);
  PolicyStore policies_{*store_, *defaults_, cache_, logger_, Use(), {}};
};

TEST_F(PolicyStoreTest, StoresUnderTrusteesKey) {
  ASSERT_TRUE(policies_.Set("mine_cpu", kAllow).has_value());
  EXPECT_EQ(ToText(**store_->Get("mine_cpu.rego")), kAllow);
  EXPECT_EQ(*policies_.Get("mine_cpu"), kAllow);
  ASSERT_TRUE(store_->Set("foreign", AsBytes("x")).has_value());
  const auto list = policies_.List();
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->size(), 1u) << "a foreign key is skipped";
  EXPECT_EQ((*list)[0].id, "mine_cpu");
  EXPECT_EQ((*list)[0].sha384.size(), 96u);
  EXPECT_TRUE(policies_.Delete("mine_cpu").has_value());
  EXPECT_EQ(policies_.Delete("mine_cpu").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(policies_.Get("mine_cpu").error().message,
            "Policy `mine_cpu.rego` not found");
}

TEST_F(PolicyStoreTest, ARefusedPolicyIsNotStored) {
  const auto refused = policies_.Set("mine", "package policy\nx := 1\n");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().check->id, "policy.admission.entry_rule");
  EXPECT_FALSE(store_->Get("mine.rego")->has_value());
}

TEST_F(PolicyStoreTest, AnswersWithTheFactsForTheRecord) {
  ASSERT_TRUE(policies_.Set("mine", kAllow).has_value());
  const auto policy = policies_.Load("mine", Context());
  ASSERT_TRUE(policy.has_value()) << policy.error().Text();
  const auto yes = Ask(**policy, R"({"a":1})");
  ASSERT_TRUE(yes.has_value()) << yes.error().Text();
  EXPECT_EQ(json::Write(yes->answers[0].value), "true");
  EXPECT_EQ(yes->answers[1].state, rego::State::kAbsent);
  EXPECT_EQ(yes->fact.id, "mine");
  EXPECT_EQ(yes->fact.entry, "data.policy.allow");
  EXPECT_EQ(yes->fact.answer, "true");
  EXPECT_EQ(yes->fact.sha384, (*policy)->sha384);
  ASSERT_FALSE(yes->fact.deciding.empty());
  EXPECT_EQ(yes->fact.deciding[0].substr(0, 12), "mine.rego:2:");

  const auto undefined = Ask(**policy, "{}", true);
  ASSERT_TRUE(undefined.has_value());
  EXPECT_EQ(undefined->answers[0].state, rego::State::kUndefined);
  EXPECT_EQ(undefined->fact.answer, "undefined");
  ASSERT_EQ(undefined->fact.deciding.size(), 2u);
  EXPECT_EQ(undefined->fact.deciding[1],
            "data.policy.allow: a definition does not apply (input.a is "
            "missing)");

  ASSERT_TRUE(policies_.Set("body", "package policy\nallow if input.a == 1\n")
                  .has_value());
  const auto body = policies_.Load("body", Context());
  const auto no = Ask(**body, R"({"a":2})", true);
  ASSERT_TRUE(no.has_value());
  ASSERT_EQ(no->fact.deciding.size(), 2u);
  EXPECT_EQ(no->fact.deciding[1],
            "body.rego:2: data.policy.allow: input.a == 1: left 2, right 1");
}

TEST_F(PolicyStoreTest, AFailingHostFailsTheEvaluation) {
  ASSERT_TRUE(policies_.Set("mine", "package policy\nallow := ask(input.a)\n")
                  .has_value());
  const auto policy = policies_.Load("mine", Context());
  ASSERT_TRUE(policy.has_value());
  EXPECT_TRUE(Ask(**policy, R"({"a":1})").has_value());
  const auto failed = Ask(**policy, R"({"a":null})");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().context.back(), "Failed to eval policy");
}

TEST_F(PolicyStoreTest, APolicysOwnFailureIsNotTheAskers) {
  ASSERT_TRUE(
      policies_.Set("mine", "package policy\nallow if to_number(\"x\") == 1\n")
          .has_value());
  const auto policy = policies_.Load("mine", Context());
  ASSERT_TRUE(policy.has_value());
  const auto failed = Ask(**policy, "{}");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
}

TEST_F(PolicyStoreTest, SeesOwnWritesAtOnceAndOthersWithinTheRefreshTime) {
  ASSERT_TRUE(policies_.Set("mine", kAllow).has_value());
  const auto sha = [&] { return (*policies_.Load("mine", Context()))->sha384; };
  const std::string first = sha();
  ASSERT_TRUE(policies_.Set("mine", kOther).has_value());
  const std::string second = sha();
  EXPECT_NE(second, first);
  ASSERT_TRUE(store_->Set("mine.rego", AsBytes(kAllow)).has_value());
  EXPECT_EQ(sha(), second);
  clock_.Advance(std::chrono::milliseconds(1'000));
  EXPECT_EQ(sha(), first);
  EXPECT_EQ(cache_.compiled(), 2u) << "each text once";
}

TEST_F(PolicyStoreTest, AStoredTextThatWasNeverAdmittedDoesNotDecide) {
  ASSERT_TRUE(store_->Set("mine.rego", AsBytes("package policy\nx := 1\n"))
                  .has_value());
  const auto policy = policies_.Load("mine", Context());
  ASSERT_FALSE(policy.has_value());
  EXPECT_EQ(policy.error().code, ErrorCode::kInternal);
}

TEST_F(PolicyStoreTest, UpgradesADefaultThatNobodyEdited) {
  ASSERT_TRUE(policies_.EnsureDefault("default_cpu", kAllow).has_value());
  EXPECT_EQ(*policies_.Get("default_cpu"), kAllow);
  ASSERT_TRUE(policies_.EnsureDefault("default_cpu", kOther).has_value());
  EXPECT_EQ(*policies_.Get("default_cpu"), kOther);

  const std::string edited = std::string(kAllow) + "# mine\n";
  ASSERT_TRUE(policies_.Set("default_cpu", edited).has_value());
  ASSERT_TRUE(policies_.EnsureDefault("default_cpu", kOther).has_value());
  EXPECT_EQ(*policies_.Get("default_cpu"), edited);
}

TEST_F(PolicyStoreTest, OldRegoOnlyWhereItIsAskedFor) {
  constexpr const char* kOld = "package policy\nallow { input.a == 1 }\n";
  EXPECT_FALSE(policies_.Set("old", kOld).has_value());
  PolicyStoreOptions options;
  options.also_v0 = true;
  options.key_prefix = "simple/";
  PolicyStore also(*store_, *defaults_, cache_, logger_, Use(), options);
  const auto set = also.Set("old", kOld);
  ASSERT_TRUE(set.has_value()) << set.error().Text();
  EXPECT_TRUE(store_->Get("simple/old.rego")->has_value());
  const auto list = also.List();
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ((*list)[0].id, "old");
}

// While one thread replaces a policy, others ask it: each sees the old text or
// the new one, whole.
TEST_F(PolicyStoreTest, ThreadsAskWhileOneReplaces) {
  ASSERT_TRUE(policies_.Set("mine", kAllow).has_value());
  testing::InThreads(6, [&](size_t i) {
    for (int n = 0; n < 25; ++n) {
      if (i == 0) {
        EXPECT_TRUE(policies_.Set("mine", n % 2 == 0 ? kOther : kAllow));
        EXPECT_TRUE(policies_.Set("passing", kAllow));
        EXPECT_TRUE(policies_.Delete("passing"));
        continue;
      }
      const auto policy = policies_.Load("mine", Context());
      ASSERT_TRUE(policy.has_value()) << policy.error().Text();
      const auto answer = Ask(**policy, R"({"a":1})");
      ASSERT_TRUE(answer.has_value()) << answer.error().Text();
      EXPECT_EQ(json::Write(answer->answers[0].value),
                (*policy)->text == kAllow ? "true" : "false");
      EXPECT_TRUE(policies_.List());
    }
  });
}

}  // namespace
}  // namespace vouchsafe::policy
