#include "policy_tools/recording.h"

#include "json/parse.h"
#include "json/write.h"
#include "policy_tools/eval.h"
#include "policy_tools/explain.h"
#include "policy_tools/files.h"
#include "policy_tools/test_fixture.h"

namespace vouchsafe::policy_tools {
namespace {

// Also depends on the time, so that a repetition must stand at it.
constexpr const char* kTimed = R"(package policy

default allow := false

allow if input.user in query_reference_value("users")

now := time.now_ns()
)";

class Recordings : public Tools {
 protected:
  PolicySetup Timed() {
    PolicySetup setup = Allowing();
    setup.policies = {Write("policy.rego", kTimed)};
    return setup;
  }
  // Asks as `setup` says and keeps the recording.
  json::Value Record(const PolicySetup& setup, const EvalQuestion& question) {
    const Loaded loaded = LoadOf(setup);
    Recording recording = loaded.question;
    recording.answers = Eval(loaded, question)->asked;
    return ToJson(recording);
  }
  // `setup` from that recording, which Write names.
  PolicySetup Replay(PolicySetup setup, const json::Value& recording) {
    setup.reference_values.reset();
    setup.replay = Write("recording.json", json::Write(recording));
    return setup;
  }
};

TEST_F(Recordings, RepeatAnEvaluation) {
  const EvalQuestion question{std::nullopt,
                              {"data.policy.allow", "data.policy.now"}};
  const PolicySetup setup = Timed();
  const Loaded live = LoadOf(setup);
  const auto before = Eval(live, question);
  Recording recording = live.question;
  recording.answers = before->asked;
  const Loaded later = LoadOf(Replay(setup, ToJson(recording)));
  const auto after = Eval(later, question);
  ASSERT_TRUE(after->ok());
  EXPECT_EQ(EvalText(later, *after), EvalText(live, *before));
  EXPECT_EQ(after->answers[0].value, json::Value(true));
  EXPECT_EQ(after->stats.host_calls, 0u);
  EXPECT_EQ(after->asked.ToJson(), before->asked.ToJson());
  // What is recorded again is the same.
  EXPECT_EQ(ToJson(later.question).Find("time_unix_ns")->int64(),
            recording.time_unix_ns);
}

TEST_F(Recordings, AreExplained) {
  const PolicySetup setup = Timed();
  const json::Value recording = Record(setup, {});
  const Loaded live = LoadOf(setup), later = LoadOf(Replay(setup, recording));
  const WhyQuestion question{{"data.policy.allow"}, {}};
  const std::string text = WhyText(later, *Explain(later, question));
  EXPECT_EQ(text, WhyText(live, *Explain(live, question)));
  EXPECT_EQ(text,
            "data.policy.allow = true (line 5)\n"
            "  tried line 5: succeeded\n");
}

TEST_F(Recordings, QueriesToo) {
  const EvalQuestion question{"x = query_reference_value(\"users\")[_]", {}};
  const PolicySetup setup = Timed();
  const Loaded later = LoadOf(Replay(setup, Record(setup, question)));
  EXPECT_EQ(EvalText(later, *Eval(later, question)), "x = \"ada\"\n");
}

TEST_F(Recordings, SayWhichAnswerIsLacking) {
  const PolicySetup setup = Timed();
  json::Value recording = Record(setup, {});
  recording.if_object()->Set("answers", json::Array());
  const Loaded later = LoadOf(Replay(setup, recording));
  const auto answer = Eval(later, {});
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->ok());
  const std::string want =
      "eval_host_error: query_reference_value: the recording has no answer for "
      "the arguments [\"users\"]\n"
      "    5 | allow if input.user in query_reference_value(\"users\")\n";
  EXPECT_NE(EvalText(later, *answer).find(want), std::string::npos)
      << EvalText(later, *answer);
  const auto why = Explain(later, {});
  EXPECT_TRUE(why->failed);
  EXPECT_NE(WhyText(later, *why).find("no answer for the arguments"),
            std::string::npos);
}

TEST_F(Recordings, AreOfOneQuestion) {
  const PolicySetup setup = Timed();
  const json::Value recording = Record(setup, {});
  struct Case {
    const char* name;
    std::function<void(PolicySetup&)> change;
    const char* want;
  };
  const Case cases[] = {
      {"policy",
       [&](PolicySetup& s) {
         s.policies = {Write("q.rego", std::string(kTimed) + "x := 1\n")};
       },
       "another policy (SHA-384)"},
      {"input",
       [&](PolicySetup& s) { s.input = Write("o.json", R"({"user":"eve"})"); },
       "another input (SHA-384)"},
      {"no input", [](PolicySetup& s) { s.input.reset(); }, "got none"},
      {"data",
       [&](PolicySetup& s) { s.data = {Write("o.json", R"({"a":1})")}; },
       "another data (SHA-384)"},
      {"language",
       [](PolicySetup& s) { s.version = rego::Version::kV0CompatV1; },
       "another language: want v1, got v0-compat-v1"},
      {"errors", [](PolicySetup& s) { s.strict_errors = false; },
       "another --undefined-on-error: want off, got on"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    PolicySetup changed = Replay(setup, recording);
    if (std::string(c.name) == "language") {
      PolicySetup both = setup;  // of one meaning in either language
      both.policies = {Write("both.rego",
                             "package policy\nimport rego.v1\n"
                             "allow := true\n")};
      changed = Replay(both, Record(both, {}));
    }
    c.change(changed);
    const auto loaded = Load(changed);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kConflict);
    EXPECT_NE(loaded.error().Text().find(c.want), std::string::npos)
        << loaded.error().Text();
    EXPECT_NE(loaded.error().Text().find("recording.json: "),
              std::string::npos);
  }
  // Spaces and order make no other document.
  PolicySetup same = Replay(setup, recording);
  ASSERT_TRUE(Load(same));
  same.input = Write("o.json", "{ \"user\" : \"ada\" }");
  EXPECT_TRUE(Load(same));
}

TEST_F(Recordings, AreReadStrictly) {
  const std::string good = json::Write(Record(Timed(), {}));
  ASSERT_TRUE(ReadRecording(good, "r"));
  const auto without = [&](const char* name) {
    json::Value value = *json::Parse(good);
    value.if_object()->Erase(name);
    return json::Write(value);
  };
  const auto with = [&](const char* name, json::Value changed) {
    json::Value value = *json::Parse(good);
    value.if_object()->Set(name, std::move(changed));
    return json::Write(value);
  };
  struct Case {
    std::string text;
    const char* want;
  };
  const Case cases[] = {
      {"", "r: json 1:1"},
      {"{", "r: json 1:2"},
      {"[]", "recording: want an object"},
      {good + "x", "r: json"},
      {without("recording"), "recording.recording: want"},
      {with("recording", 2), "form 2, want 1"},
      {without("policy_sha384"), "recording.policy_sha384: want a string"},
      {with("input_sha384", 7), "recording.input_sha384: want a string"},
      {with("language", "v9"), "language: want v1, v0 or v0-compat-v1"},
      {with("undefined_on_error", "no"), "undefined_on_error: want"},
      {with("time_unix_ns", json::Decimal{"1.5"}), "time_unix_ns: want"},
      {without("answers"), "recording.answers: want"},
      {with("answers", json::Object()), "host answers: not a list"},
      {with("answers", json::Array{1}), "host answers: each needs"},
      {with("more", 1), "recording.more: no such member"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto read = ReadRecording(c.text, "r");
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().Text().find(c.want), std::string::npos)
        << read.error().Text();
  }
}

TEST_F(Recordings, AreTheOnlyAnswers) {
  PolicySetup setup = Timed();
  setup.replay = Write("recording.json", json::Write(Record(setup, {})));
  const auto both = Load(setup);
  ASSERT_FALSE(both);
  EXPECT_NE(both.error().Text().find("--reference-values"), std::string::npos);
  setup.reference_values.reset();
  setup.replay = folder_.path() + "/none.json";
  EXPECT_EQ(Load(setup).error().code, ErrorCode::kNotFound);
  setup.replay = "-";
  setup.input = "-";
  EXPECT_EQ(Load(setup).error().code, ErrorCode::kInvalidInput);
}

TEST(DocumentSha384, IsOfTheValue) {
  const auto of = [](const char* text) {
    return DocumentSha384(*json::Parse(text));
  };
  EXPECT_EQ(of(R"({"a":1,"b":2})"), of(R"({ "b": 2, "a": 1 })"));
  EXPECT_NE(of(R"({"a":1})"), of(R"({"a":1.0})"));
  EXPECT_EQ(of("{}").size(), 96u);
}

}  // namespace
}  // namespace vouchsafe::policy_tools
