// The snp verifier with the real cache and the real fetcher against a KDS over
// a loopback socket (spec 2.6). Time is the test's own, except where a deadline
// has to run out.

#include "tests/integration/fake_kds.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include "base/encoding.h"
#include "net/curl_fetcher.h"
#include "tests/fake/snp_fixture.h"

namespace vouchsafe::snp {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FakeKds;
using testing::Targets;

// The chip id of fake::MakeSnpReport.
constexpr const char* kHardwareId =
    "c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7"
    "e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff0001020304050607";
constexpr const char* kMilanCrl = "/vcek/v1/Milan/crl";
constexpr collateral::Limits kLimits;

// A report, its VCEK and where the KDS has it. The targets are written out, so
// that nothing of the program under test makes them.
struct Guest {
  Generation generation;
  Tcb tcb;
  std::string target;
  uint32_t version = 3;

  Report MakeReport() const {
    Report report = fake::MakeSnpReport(version, generation);
    report.reported_tcb = EncodeTcb(tcb, generation);
    fake::SignSnpReport(report, fake::SnpVekKey());
    return report;
  }
  json::Value Evidence() const {
    return fake::SnpEvidence(MakeReport(), generation, {});
  }
};

Guest Milan() {
  return {Generation::kMilan,
          {3, 1, 8, 219, {}},
          std::string("/vcek/v1/Milan/") + kHardwareId +
              "?blSPL=03&teeSPL=01&snpSPL=08&ucodeSPL=219"};
}
Guest Genoa() {
  return {Generation::kGenoa,
          {10, 0, 23, 25, {}},
          std::string("/vcek/v1/Genoa/") + kHardwareId +
              "?blSPL=10&teeSPL=00&snpSPL=23&ucodeSPL=25"};
}
Guest Turin() {
  return {Generation::kTurin,
          {115, 0, 9, 72, uint8_t{1}},
          "/vcek/v1/Turin/c8c9cacbcccdcecf"
          "?fmcSPL=01&blSPL=115&teeSPL=00&snpSPL=09&ucodeSPL=72",
          5};
}

http::Response Busy(const std::string& retry_after) {
  http::Response response = http::Empty(429);
  response.headers.Add("Retry-After", retry_after);
  return response;
}

class FakeKdsTest : public SnpTest {
 protected:
  void SetUp() override {
    kds_.Start();
    StartService(clock_);
  }

  // A service that has cached nothing yet.
  void StartService(const Clock& clock) {
    config_.vcek_sources = {
        {VcekSourceConfig::Type::kKds, kds_.Url(), std::string()}};
    const auto roots = std::make_shared<const Roots>(FakeRoots());
    cache_ = std::make_shared<collateral::Collateral>(kLimits, clock);
    AddSources(config_, roots, fetcher_, clock, *cache_);
    verifier_ = std::make_unique<SnpVerifier>(config_, roots, cache_);
  }

  Claims Ask(const Guest& guest) { return Run(*verifier_, guest.Evidence()); }
  static http::Response Right(const Guest& guest) {
    const fake::SnpCa& ca = Ca(guest.generation);
    return http::Octets(200, ca.Vek(ca.VcekFor(guest.MakeReport())));
  }
  void ExpectCode(const Guest& guest, ErrorCode want, const char* name = "") {
    const Claims claims = Ask(guest);
    ASSERT_FALSE(claims.has_value()) << name;
    EXPECT_EQ(claims.error().code, want) << name << claims.error().Text();
  }
  void ExpectAccepted(const Guest& guest, const char* name = "") {
    const Claims claims = Ask(guest);
    EXPECT_TRUE(claims.has_value()) << name << claims.error().Text();
  }

  // What an answer of kds_ waits for: outlives its threads.
  std::latch gate_{1};
  FakeKds kds_;
  net::CurlFetcher fetcher_;
  std::shared_ptr<collateral::Collateral> cache_;
  std::unique_ptr<SnpVerifier> verifier_;
};

TEST_F(FakeKdsTest, EveryGenerationIsAskedForOnce) {
  Targets want;
  for (const Guest& guest : {Milan(), Genoa(), Turin()}) {
    SCOPED_TRACE(guest.target);
    kds_.On(guest.target, Right(guest));
    want.push_back(guest.target);
    for (int i = 0; i < 2; ++i) {
      const Claims claims = Ask(guest);
      ASSERT_TRUE(claims.has_value()) << claims.error().Text();
      EXPECT_EQ(kds_.Asked(), want);
      ASSERT_EQ(report_.collateral.size(), 1U);
      EXPECT_EQ(report_.collateral[0].source, "kds");
    }
  }
}

TEST_F(FakeKdsTest, ClaimsAreThoseOfTheReport) {
  const Guest guest = Genoa();
  kds_.On(guest.target, Right(guest));
  const Claims claims = Ask(guest);
  ASSERT_TRUE(claims.has_value()) << claims.error().Text();
  ASSERT_EQ(claims->size(), 1U);
  EXPECT_EQ((*claims)[0].tee_class, "cpu");
  const Report report = guest.MakeReport();
  const std::pair<const char*, json::Value> want[] = {
      {"processor", json::Value("Genoa")},
      {"signing_key", json::Value("vcek")},
      {"reported_tcb_bootloader", json::Value(10)},
      {"reported_tcb_tee", json::Value(0)},
      {"reported_tcb_snp", json::Value(23)},
      {"reported_tcb_microcode", json::Value(25)},
      {"measurement", json::Value(HexEncode(report.measurement))},
      {"report_data", json::Value(HexEncode(report.report_data))},
      {"init_data", json::Value(HexEncode(report.host_data))},
      {"chip_id", json::Value(kHardwareId)},
  };
  for (const auto& [name, value] : want) {
    const json::Value* got = (*claims)[0].claims.Find(name);
    ASSERT_NE(got, nullptr) << name;
    EXPECT_EQ(*got, value) << name;
  }
}

// Version 2 does not say which processor it is.
TEST_F(FakeKdsTest, VersionTwoIsLookedForInBothProducts) {
  Guest guest = Genoa();
  guest.version = 2;
  kds_.On(guest.target, Right(guest));
  ExpectAccepted(guest);
  std::string as_milan = guest.target;
  as_milan.replace(as_milan.find("Genoa"), 5, "Milan");
  EXPECT_EQ(kds_.Asked(), (Targets{as_milan, guest.target}));
  ExpectAccepted(guest);
  EXPECT_EQ(kds_.Asked().size(), 2U);
  // Who asks for quiet is not asked about the other product.
  kds_.On(as_milan, Busy("60"));
  StartService(clock_);
  ExpectCode(guest, ErrorCode::kUnavailable);
  EXPECT_EQ(kds_.Asked().size(), 3U);
}

TEST_F(FakeKdsTest, AnUnknownChipIsUntrusted) {
  const Guest guest = Milan();
  ExpectCode(guest, ErrorCode::kUntrusted);
  clock_.Advance(seconds(kLimits.not_found_ttl_s - 1));
  ExpectCode(guest, ErrorCode::kUntrusted);
  EXPECT_EQ(kds_.Asked(), Targets{guest.target});
  kds_.On(guest.target, Right(guest));
  clock_.Advance(seconds(2));
  ExpectAccepted(guest);
}

TEST_F(FakeKdsTest, RetryAfterHoldsForEveryChip) {
  const Guest guest = Turin();
  const std::string values[] = {"120", FormatHttpDate(kTestNowUnixS + 120)};
  for (const std::string& value : values) {
    SCOPED_TRACE(value);
    clock_ = ManualClock(kTestNowUnixS);
    StartService(clock_);
    const size_t before = kds_.Asked().size();
    kds_.On(guest.target, Busy(value));
    ExpectCode(guest, ErrorCode::kUnavailable);
    kds_.On(guest.target, Right(guest));
    kds_.On(Milan().target, Right(Milan()));
    for (int i = 0; i < 7; ++i) {
      ExpectCode(guest, ErrorCode::kUnavailable);
      clock_.Advance(seconds(17));  // 119 in the end
    }
    ExpectCode(Milan(), ErrorCode::kUnavailable);
    EXPECT_EQ(kds_.Asked().size(), before + 1);
    clock_.Advance(seconds(1 + kLimits.failure_ttl_s));
    ExpectAccepted(guest);
    EXPECT_EQ(kds_.Asked().size(), before + 2);
  }
}

TEST_F(FakeKdsTest, WrongAnswersAreRefusedAndNotKept) {
  const Guest guest = Milan();
  const fake::SnpCa& ca = Ca(Generation::kMilan);
  const Report report = guest.MakeReport();
  fake::SnpVekSpec chip = ca.VcekFor(report);
  chip.hardware_id->back() ^= 1U;
  fake::SnpVekSpec tcb = ca.VcekFor(report);
  *tcb.microcode -= 1;
  Bytes flipped = ca.Vek(ca.VcekFor(report));
  flipped.back() ^= 1U;
  Bytes longer = ca.Vek(ca.VcekFor(report));
  longer.push_back(0);
  // The names of AMD's keys, but other keys.
  const fake::SnpCa other(Generation::kMilan, 3);
  http::Response away = http::Empty(302);
  away.headers.Add("Location", Genoa().target);
  const auto octets = [](const Bytes& body) { return http::Octets(200, body); };
  const struct {
    const char* name;
    http::Response response;
    ErrorCode code;
  } cases[] = {
      {"text", http::Text(200, "<html>busy</html>"), ErrorCode::kBadPeer},
      {"nothing", http::Empty(200), ErrorCode::kBadPeer},
      {"flipped bit", octets(flipped), ErrorCode::kBadPeer},
      {"byte appended", octets(longer), ErrorCode::kBadPeer},
      {"other chip", octets(ca.Vek(chip)), ErrorCode::kBadPeer},
      {"other TCB", octets(ca.Vek(tcb)), ErrorCode::kBadPeer},
      {"other CA", octets(other.Vek(other.VcekFor(report))),
       ErrorCode::kBadPeer},
      {"other generation", Right(Genoa()), ErrorCode::kBadPeer},
      {"VLEK", octets(ca.Vek(ca.VlekFor(report))), ErrorCode::kBadPeer},
      {"too long", octets(Bytes((size_t{4} << 20) + 1)), ErrorCode::kTooLarge},
      {"moved", away, ErrorCode::kBadPeer},
      {"bad request", http::Empty(400), ErrorCode::kBadPeer},
      {"broken", http::Empty(500), ErrorCode::kUnavailable},
  };
  for (const auto& c : cases) {
    StartService(clock_);
    const size_t before = kds_.Asked().size();
    kds_.On(guest.target, c.response);
    ExpectCode(guest, c.code, c.name);
    // Believed for a moment, so that a storm of guests does not pass through.
    kds_.On(guest.target, Right(guest));
    ExpectCode(guest, c.code, c.name);
    EXPECT_EQ(kds_.Asked().size(), before + 1) << c.name;
    clock_.Advance(seconds(kLimits.failure_ttl_s + 1));
    ExpectAccepted(guest, c.name);
    EXPECT_EQ(kds_.Asked().size(), before + 2) << c.name;
  }
}

TEST_F(FakeKdsTest, NobodyListens) {
  kds_.Stop();
  ExpectCode(Milan(), ErrorCode::kUnavailable);
}

// Real time: the handler waits until the guest's time has run out.
TEST_F(FakeKdsTest, ASlowAnswerCostsOnlyWhoCannotWait) {
  const Guest guest = Milan();
  const SystemClock clock;
  StartService(clock);
  kds_.OnCall(guest.target, [this, guest] {
    gate_.wait();
    return Right(guest);
  });
  RequestContext hurried;
  hurried.clock = &clock;
  hurried.deadline = clock.Steady() + milliseconds(150);
  VerifyReport report;
  const Claims refused =
      verifier_->Evaluate(guest.Evidence(), {}, report, hurried);
  const auto over = clock.Steady() - hurried.deadline;
  gate_.count_down();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kDeadline)
      << refused.error().Text();
  EXPECT_LT(over, seconds(5));
  // That was one guest's lack of time, not the chip's fault.
  RequestContext patient;
  patient.clock = &clock;
  const Claims claims =
      verifier_->Evaluate(guest.Evidence(), {}, report, patient);
  EXPECT_TRUE(claims.has_value()) << claims.error().Text();
}

TEST_F(FakeKdsTest, EightGuestsAtOnceMakeOneRequest) {
  constexpr int kGuests = 8;
  const Guest guest = Genoa();
  kds_.OnCall(guest.target, [this, guest] {
    gate_.wait();
    return Right(guest);
  });
  const json::Value evidence = guest.Evidence();
  std::atomic<int> accepted = 0;
  std::vector<std::jthread> guests;
  for (int i = 0; i < kGuests; ++i) {
    guests.emplace_back([&] {
      RequestContext context;
      context.clock = &clock_;
      VerifyReport report;
      if (verifier_->Evaluate(evidence, {}, report, context)) ++accepted;
    });
  }
  const auto give_up = SystemClock().Steady() + seconds(60);
  while (cache_->counters().waits < kGuests - 1 &&
         SystemClock().Steady() < give_up) {
    std::this_thread::yield();
  }
  EXPECT_EQ(cache_->counters().waits, uint64_t{kGuests - 1});
  gate_.count_down();
  guests.clear();  // joins
  EXPECT_EQ(accepted, kGuests);
  EXPECT_EQ(kds_.Asked(), Targets{guest.target});
}

class FakeKdsCrlTest : public FakeKdsTest {
 protected:
  FakeKdsCrlTest() { config_.check_revocation = true; }
  void SetUp() override {
    FakeKdsTest::SetUp();
    kds_.On(guest_.target, Right(guest_));
  }
  void Serve(const fake::CrlSpec& list) {
    kds_.On(kMilanCrl, http::Octets(200, ca_.Crl(list)));
  }

  const Guest guest_ = Milan();
  const fake::SnpCa& ca_ = Ca(Generation::kMilan);
};

TEST_F(FakeKdsCrlTest, TheListIsFetchedOnce) {
  Serve(ca_.ListOf({{9}, ca_.asvk().SerialNumber()}));
  for (int i = 0; i < 2; ++i) {
    ExpectAccepted(guest_);
    ASSERT_EQ(report_.collateral.size(), 2U);
    EXPECT_EQ(report_.collateral[1].kind, "crl");
    EXPECT_EQ(report_.collateral[1].source, "kds");
    EXPECT_EQ(kds_.Asked(), (Targets{guest_.target, kMilanCrl}));
  }
}

TEST_F(FakeKdsCrlTest, ARevokedAskIsRefused) {
  Serve(ca_.ListOf({ca_.ask().SerialNumber()}));
  ExpectRefused(Ask(guest_), kCrlNotRevoked);
  EXPECT_EQ(kCrlNotRevoked.id, "snp.crl.not_revoked");
  // A chain in the evidence does not get around the list.
  const Report report = guest_.MakeReport();
  ExpectRefused(Run(*verifier_, fake::SnpEvidence(
                                    report, guest_.generation,
                                    {{"VCEK", ca_.Vek(ca_.VcekFor(report))}})),
                kCrlNotRevoked);
}

TEST_F(FakeKdsCrlTest, WithoutAListNothingIsAccepted) {
  const struct {
    const char* name;
    http::Response response;
    ErrorCode code;
  } cases[] = {
      {"none", http::Empty(404), ErrorCode::kUnavailable},
      {"busy", Busy("5"), ErrorCode::kUnavailable},
      {"text", http::Text(200, "no list"), ErrorCode::kBadPeer},
  };
  for (const auto& c : cases) {
    StartService(clock_);
    kds_.On(kMilanCrl, c.response);
    ExpectCode(guest_, c.code, c.name);
    Serve(ca_.ListOf({}));
    clock_.Advance(seconds(kLimits.not_found_ttl_s + 1));
    ExpectAccepted(guest_, c.name);
  }
}

TEST_F(FakeKdsCrlTest, AListIsKeptNoLongerThanItSays) {
  fake::CrlSpec list = ca_.ListOf({});
  list.next_update_unix_s = kTestNowUnixS + 3600;
  Serve(list);
  ExpectAccepted(guest_);
  clock_.Advance(seconds(3601));
  Serve(ca_.ListOf({}));
  ExpectAccepted(guest_);
  EXPECT_EQ(kds_.Asked(), (Targets{guest_.target, kMilanCrl, kMilanCrl}));
}

TEST_F(FakeKdsCrlTest, AForeignListIsNotKept) {
  const fake::SnpCa other(Generation::kMilan, 3);
  kds_.On(kMilanCrl, http::Octets(200, other.Crl(other.ListOf({}))));
  ExpectCode(guest_, ErrorCode::kBadPeer);
  Serve(ca_.ListOf({}));
  clock_.Advance(seconds(kLimits.failure_ttl_s + 1));
  ExpectAccepted(guest_);
}

}  // namespace
}  // namespace vouchsafe::snp
