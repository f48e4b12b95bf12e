#include "policy/recorded.h"

#include <gtest/gtest.h>

#include "storage/memory.h"

namespace vouchsafe::policy {
namespace {

constexpr const char* kPolicy = R"(package policy
default trust := 99
trust := 2 if {
  input.version in ask("good_versions")
}
now := time.now_ns()
)";

class RecordedEvaluationTest : public ::testing::Test {
 protected:
  std::shared_ptr<const Policy> Load() {
    PolicyUse use;
    use.entry = "data.policy.trust";
    rego::ProgramCache cache{
        *rego::Builtins::WithHost({{"ask", 1, rego::Purity::kStable, {}}})};
    PolicyStore store(*store_, *defaults_, cache, logger_, use, {});
    EXPECT_TRUE(store.Set("p", kPolicy).has_value());
    RequestContext context;
    context.clock = &clock_;
    return *store.Load("p", context);
  }
  std::vector<std::string> Lines(std::string text, std::string at,
                                 HostAnswers answers) {
    const RecordedEvaluation recorded(
        {Load(), std::make_shared<const std::string>(std::move(text)),
         std::move(at), std::make_shared<const HostAnswers>(std::move(answers)),
         1'000'000});
    return recorded.Lines();
  }

  ManualClock clock_{1'000};
  NullLogger logger_;
  std::shared_ptr<storage::Store> store_ = storage::MakeMemoryStore(clock_);
  std::shared_ptr<storage::Store> defaults_ = storage::MakeMemoryStore(clock_);
};

TEST_F(RecordedEvaluationTest, SaysWhyFromWhatWasKept) {
  const auto lines =
      Lines(R"({"submods":{"cpu0":{"in":{"version":7}}}})", "/submods/cpu0/in",
            {{"good_versions", json::Array{1, 2}}});
  ASSERT_GE(lines.size(), 2u);
  EXPECT_NE(lines[0].find("data.policy.trust is 99 (default"),
            std::string::npos)
      << lines[0];
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  EXPECT_NE(all.find("input.version in ask(\"good_versions\")"),
            std::string::npos)
      << all;
}

TEST_F(RecordedEvaluationTest, SaysWhenItCannot) {
  const struct {
    std::string text, at, want;
    HostAnswers answers;
  } cases[] = {
      {"{", "", "not explained: json", {}},
      {R"({"a":1})", "/b", "not explained: the input was not kept", {}},
      {R"({"a":{"version":7}})", "/a", "this answer was not kept", {}},
  };
  for (const auto& c : cases) {
    const auto lines = Lines(c.text, c.at, c.answers);
    ASSERT_EQ(lines.size(), 1u) << c.text;
    EXPECT_NE(lines[0].find(c.want), std::string::npos) << lines[0];
  }
}

}  // namespace
}  // namespace vouchsafe::policy
