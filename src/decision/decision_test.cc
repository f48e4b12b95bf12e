#include <gtest/gtest.h>

#include "decision/metrics.h"
#include "decision/record.h"
#include "decision/sink.h"
#include "tests/support/threads.h"

namespace vouchsafe {
namespace {

constexpr Check kDigest{"test.report.digest", "The digest fits", "nowhere",
                        "Boot the approved image."};
constexpr Check kOracle{
    "test.token.signature", "The token is signed", "nowhere",
    "Attest again.",        ErrorCode::kUntrusted, Disclosure::kGroup};

std::shared_ptr<DecisionRecord> Refused(const std::string& id) {
  auto record = std::make_shared<DecisionRecord>();
  record->id = id;
  record->kind = DecisionKind::kAttestation;
  record->subject = "tee=sample";
  const Result<> judged = record->Section("sample").RequireEqual(
      kDigest, std::string_view("good"), std::string_view("bad"));
  record->Refuse(judged.error());
  return record;
}

TEST(DecisionTest, RefusalTellsCheckWantGotAndRemedy) {
  const auto record = Refused("r1");
  EXPECT_EQ(record->outcome, "refused");
  EXPECT_EQ(record->code, "test.report.digest");
  EXPECT_EQ(record->reason,
            "test.report.digest: not so: The digest fits; want good, got bad");
  EXPECT_EQ(record->remedy, "Boot the approved image.");
}

TEST(DecisionTest, OraclesShowTheirGroupOnly) {
  CheckLog log;
  const Result<> judged = log.Require(kOracle, false);
  ASSERT_FALSE(judged);
  EXPECT_EQ(ErrorClientCode(judged.error()), "test.token");
}

TEST(DecisionTest, ErrorWithoutCheckGivesTheNameOfItsCode) {
  const Error error{ErrorCode::kExhausted, "queue full", nullptr, {}};
  EXPECT_EQ(ErrorClientCode(error), "exhausted");
}

TEST(DecisionTest, TextHasTheAnswerAndTheGrounds) {
  auto record = Refused("r1");
  record->policies.push_back({"default_cpu",
                              "ab",
                              "data.policy.trust_claims",
                              "{}",
                              {"default_cpu.rego:3: default"}});
  record->reference_values.push_back({"svn", "null", "expired"});
  record->collateral.push_back({"vcek", "Milan/ab", "kds", 0});
  const std::string text = ToText(ToJson(*record));
  for (const char* part :
       {"attestation r1: refused", "want good", "got bad",
        "Boot the approved image.", "default_cpu.rego:3: default",
        "reference value svn = null (expired)",
        "collateral vcek Milan/ab from kds, expires 1970-01-01T00:00:00Z"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(DecisionTest, RingKeepsTheNewest) {
  DecisionRing ring(2);
  for (const char* id : {"a", "b", "c"}) ring.Write(Refused(id));
  EXPECT_EQ(ring.Find("a"), nullptr);
  ASSERT_NE(ring.Find("b"), nullptr);
  const auto newest = ring.Newest(10);
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0]->id, "c");
  EXPECT_EQ(ring.Newest(1).size(), 1u);
}

TEST(DecisionTest, CounterCountsFailedChecks) {
  CheckCounter counter;
  counter.Write(Refused("a"));
  counter.Write(Refused("b"));
  const auto counts = counter.Counts();
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].first, "test.report.digest");
  EXPECT_EQ(counts[0].second, 2u);
}

class CapturingLogger final : public Logger {
 public:
  bool Enabled(LogLevel) const override { return true; }
  void Write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override {
    level_ = level;
    line_ = FormatLogLine(event, fields);
  }
  LogLevel level_ = LogLevel::kOff;
  std::string line_;
};

TEST(DecisionTest, LogHasOneLineWithReason) {
  CapturingLogger logger;
  DecisionLog log(logger);
  log.Write(Refused("r1"));
  EXPECT_EQ(logger.level_, LogLevel::kWarn);
  EXPECT_NE(logger.line_.find("request_id=\"r1\""), std::string::npos);
  EXPECT_NE(logger.line_.find("want good, got bad"), std::string::npos);
}

TEST(DecisionTest, SinksAreSharedBetweenThreads) {
  DecisionRing ring(16);
  CheckCounter counter;
  NullLogger logger;
  DecisionLog log(logger);
  DecisionFanOut all({&ring, &counter, &log});
  testing::InThreads(4, [&](size_t i) {
    for (int n = 0; n < 50; ++n) {
      const std::string id = std::to_string(i) + "-" + std::to_string(n);
      all.Write(Refused(id));
      (void)ring.Find(id);
      for (const auto& record : ring.Newest(4)) {
        EXPECT_EQ(record->code, kDigest.id);
      }
      (void)counter.Counts();
    }
  });
  EXPECT_EQ(ring.Newest(100).size(), 16u);
  ASSERT_EQ(counter.Counts().size(), 1u);
  EXPECT_EQ(counter.Counts()[0].second, 200u);
}

TEST(DecisionMetrics, CountsWhatTheRecordSays) {
  static constexpr Check kFails{"x.y.z", "s", "s", "r"};
  metrics::Registry registry;
  ManualClock clock(1'000);
  DecisionMetrics sink(registry, clock, "as_");
  auto record = std::make_shared<DecisionRecord>();
  record->kind = DecisionKind::kAttestation;
  record->subject = "tee=snp,nvidia session=ab";
  record->time_unix_us = clock.UnixMicros() - 3'000;
  EXPECT_FALSE(record->Section("device").Require(kFails, false));
  record->policies.push_back({"p", "", "data.policy.trust_claims", "", {}});
  record->collateral.push_back({"vcek", "chip", "kds", std::nullopt});
  record->outcome = "refused";
  sink.Write(record);
  auto admin = std::make_shared<DecisionRecord>();
  admin->kind = DecisionKind::kAdmin;
  admin->Allow();
  sink.Write(admin);
  const std::string text = registry.Text();
  for (const char* line :
       {"as_decisions_total{kind=\"attestation\",outcome=\"refused\"} 1\n",
        "as_decisions_total{kind=\"admin\",outcome=\"allowed\"} 1\n",
        "as_decision_duration_seconds_bucket{tee=\"snp\",le=\"0.0025\"} 0\n",
        "as_decision_duration_seconds_bucket{tee=\"snp\",le=\"0.005\"} 1\n",
        "as_checks_failed_total{check=\"x.y.z\"} 1\n",
        "as_policy_evaluations_total{entry=\"data.policy.trust_claims\"} 1\n",
        "as_collateral_used_total{kind=\"vcek\",source=\"kds\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
  }
}

}  // namespace
}  // namespace vouchsafe
