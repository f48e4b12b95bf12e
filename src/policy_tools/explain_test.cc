#include "policy_tools/explain.h"

#include "json/write.h"
#include "policy_tools/test_fixture.h"

namespace vouchsafe::policy_tools {
namespace {

TEST_F(Tools, TellsWhy) {
  PolicySetup setup = Allowing();
  setup.reference_values.reset();
  const Loaded loaded = LoadOf(setup);
  const auto answer = Explain(loaded, {});
  ASSERT_TRUE(answer) << answer.error().Text();
  EXPECT_FALSE(answer->failed);
  EXPECT_EQ(WhyText(loaded, *answer),
            "data.policy.allow = false (default, line 5)\n"
            "  tried line 7: failed at line 9\n"
            "    input.user in query_reference_value(\"users\")\n"
            "    left \"ada\", right null\n"
            "    query_reference_value(\"users\") gave null\n");
  const json::Value tree = WhyJson(*answer);
  EXPECT_EQ(json::Write(*tree.At("/entries/0/state")), "\"defined\"");
  EXPECT_EQ(tree.At("/entries/0/tried/0/at/line")->int64(), 9);
  EXPECT_EQ(
      json::Write(*tree.At("/entries/0/tried/0/asked")),
      R"j([{"call":"query_reference_value(\"users\")","answer":"null"}])j");
  EXPECT_EQ(tree.Find("findings"), nullptr);
  EXPECT_EQ(json::Write(answer->asked.ToJson()),
            R"([{"function":"query_reference_value","arguments":["users"],)"
            R"("answer":null}])");
}

TEST_F(Tools, TellsWhyOfEachEntry) {
  PolicySetup setup;
  setup.policies = {Write("p.rego",
                          "package policy\n\ntrust_claims := {\"a\": b}\n\n"
                          "b := 1 if input.c\n\nextensions := []\n")};
  const Loaded loaded = LoadOf(setup);
  EXPECT_EQ(WhyText(loaded, *Explain(loaded, {})),
            "data.policy.trust_claims is undefined\n"
            "  tried line 3: failed at line 3\n"
            "    trust_claims := {\"a\": b}\n"
            "    data.policy.b is undefined\n"
            "    data.policy.b is undefined\n"
            "      tried line 5: not applicable, input is missing\n"
            "data.policy.extensions = [] (line 7)\n"
            "  tried line 7: succeeded\n");
  WhyQuestion question;
  question.entries = {"data.policy.none", "data.policy.b"};
  const auto named = Explain(loaded, question);
  EXPECT_EQ(WhyText(loaded, *named),
            "data.policy.none is not defined by the policy\n"
            "data.policy.b is undefined\n"
            "  tried line 5: not applicable, input is missing\n");
  EXPECT_EQ(WhyJson(*named).Find("entries")->if_array()->size(), 2u);
}

TEST_F(Tools, ShowsNoMoreThanAsked) {
  PolicySetup setup = Allowing();
  setup.input = Write("input.json", R"({"user": "eve"})");
  const Loaded loaded = LoadOf(setup);
  const auto text = [&](const WhyQuestion& question) {
    return WhyText(loaded, *Explain(loaded, question));
  };
  EXPECT_NE(text({}).find("\"eve\""), std::string::npos);
  WhyQuestion hidden;
  hidden.options.show_values = false;
  EXPECT_EQ(text(hidden).find("\"eve\""), std::string::npos) << text(hidden);
  EXPECT_EQ(text(hidden).find("\"ada\""), std::string::npos) << text(hidden);
  WhyQuestion redacted;
  redacted.options.redact = {"input.user"};
  EXPECT_EQ(text(redacted).find("\"eve\""), std::string::npos);
  EXPECT_NE(text(redacted).find("[\"ada\"]"), std::string::npos);
}

TEST_F(Tools, TellsWhyAnEvaluationFails) {
  PolicySetup setup;
  setup.policies = {Write("p.rego", "package policy\n\nallow if 1 / 0 == 1\n")};
  const Loaded loaded = LoadOf(setup);
  const auto answer = Explain(loaded, {{"data.policy.allow"}, {}});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->failed);
  const std::string text = WhyText(loaded, *answer);
  EXPECT_NE(text.find("data.policy.allow failed: "), std::string::npos);
  EXPECT_NE(text.find("div: divide by zero"), std::string::npos) << text;
  EXPECT_TRUE(
      text.ends_with("    3 | allow if 1 / 0 == 1\n"
                     "      |          ^\n"))
      << text;
  const json::Value tree = WhyJson(*answer);
  EXPECT_EQ(json::Write(*tree.At("/entries/0/state")), "\"error\"");
}

TEST_F(Tools, ARefusedPolicyIsNotExplained) {
  PolicySetup setup;
  setup.policies = {Write("p.rego", "package policy\n\nallow if {\n")};
  const Loaded loaded = LoadOf(setup);
  const auto answer = Explain(loaded, {});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->refused);
  EXPECT_NE(WhyText(loaded, *answer).find("rego_parse_error"),
            std::string::npos);
  EXPECT_EQ(WhyJson(*answer).Find("findings")->if_array()->size(), 1u);
  EXPECT_EQ(WhyJson(*answer).Find("entries"), nullptr);
  setup.policies = {Write("q.rego", "package other\n\na := 1\n")};
  EXPECT_EQ(Explain(LoadOf(setup), {}).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace vouchsafe::policy_tools
