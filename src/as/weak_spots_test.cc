// What as.md section 20 found wrong elsewhere, right here. Each test names its
// row; docs/weak-spots.md says where those of other folders are tested.

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "as/rest_body.h"
#include "as/test_service.h"
#include "verifier/core/tee.h"

namespace vouchsafe::as {
namespace {

// Waits, as for a vendor's service that does not answer.
class WaitingVerifier final : public Verifier {
 public:
  Result<std::vector<TeeClaims>> Evaluate(
      const json::Value&, const Expected&, VerifyReport&,
      const RequestContext&) const override {
    begun.count_down();
    go_on.wait();
    return std::vector<TeeClaims>{ClaimsOf("cpu", "{}")};
  }
  std::span<const ClaimSpec> claim_specs() const override { return {}; }
  mutable std::latch begun{1};
  mutable std::latch go_on{1};
};

// One evaluation that waits holds nobody up: were there a lock around the
// service, this test would never end.
TEST(WeakSpots, W2NobodyWaitsForASlowAttestation) {
  ManualClock clock(1'795'559'166);
  FixedRandom random;
  NullLogger logger;
  const auto env = storage::MakePosixEnv();
  const AsConfig config;
  storage::StoreProvider stores(config.storage, *env, clock);
  VerifierSet verifiers;
  auto waiting = std::make_unique<WaitingVerifier>();
  WaitingVerifier& slow = *waiting;
  verifiers.Add("snp", std::move(waiting));
  verifiers.Add("sample", std::make_unique<sample::SampleVerifier>());
  const auto made = MakeService(config, std::move(verifiers),
                                {&clock, &random, &logger, &stores, {}});
  ASSERT_TRUE(made.has_value()) << made.error().Text();
  AttestationService& service = **made;
  RequestContext context;
  context.clock = &clock;
  bool slow_done = false;
  std::jthread first([&] {
    VerificationRequest request;
    request.tee = "snp";
    DecisionRecord record;
    slow_done = service.Evaluate({{request}, {}}, record, context).has_value();
  });
  slow.begun.wait();
  EXPECT_TRUE(service.SetPolicy(
      "mine_cpu",
      Base64UrlEncode(AsBytes("package policy\ntrust_claims := {}\n")),
      context));
  DecisionRecord record;
  EXPECT_TRUE(service.Evaluate({{SampleRequest()}, {}}, record, context));
  EXPECT_TRUE(service.ListPolicies(context));
  EXPECT_FALSE(service.TokenSignerJwks().is_null());
  slow.go_on.count_down();
  first.join();
  EXPECT_TRUE(slow_done);
}

TEST(WeakSpots, W5ATokenCommitsToThePolicysText) {
  TestService service;
  const auto digest = [&](const char* text) {
    EXPECT_TRUE(service.SetPolicy("mine_cpu", text));
    const json::Value claims = service.Claims({{SampleRequest()}, {"mine"}});
    return *claims.At("/submods/cpu0/ear.vouchsafe.policy-sha384")->if_string();
  };
  constexpr const char* kText =
      "package policy\ntrust_claims := {\"hardware\": 2}\n";
  EXPECT_EQ(digest(kText), HexEncode(crypto::Sha384(AsBytes(kText))));
  EXPECT_NE(digest("package policy\ntrust_claims := {\"hardware\": 3}\n"),
            digest(kText));
}

TEST(WeakSpots, W7ClaimsOfAnyTypeAreAnErrorAndNoPanic) {
  TestService service;
  VerificationRequest request;
  request.tee = "snp";
  for (const char* claims :
       {R"({"report_data":1})", R"({"report_data":null})",
        R"({"init_data":{"a":1}})", R"({"init_data":[]})"}) {
    SCOPED_TRACE(claims);
    service.fake->devices = {ClaimsOf("cpu", claims)};
    EXPECT_TRUE(service.Claims({{request}, {}}).is_string());
  }
  service.fake->devices = {
      ClaimsOf("cpu", R"({"n":12345678901234567890123,"f":1.5})")};
  EXPECT_TRUE(service.Claims({{request}, {}}).is_object())
      << "numbers of any size are numbers";
}

TEST(WeakSpots, W8APolicyThatSaysNothingGivesNoToken) {
  TestService service;
  for (const char* text :
       {"package other\ntrust_claims := {\"hardware\": 2}\n",
        "package policy\nallow := true\n", "package policy\n"}) {
    EXPECT_FALSE(service.SetPolicy("mine_cpu", text)) << text;
    // Another program may have written it into the store.
    const auto store = service.stores().Open("attestation_service_policy");
    ASSERT_TRUE(
        (*store)->Set("mine_cpu.rego", AsBytes(std::string_view(text))));
    EXPECT_TRUE(service.Claims({{SampleRequest()}, {"mine"}}).is_string())
        << text;
    service.clock().Advance(std::chrono::seconds(2));
  }
  ASSERT_TRUE(service.SetPolicy(
      "mine_cpu",
      "package policy\ntrust_claims := {\"hardware\": 2} if input.none\n"));
  DecisionRecord record;
  const auto token = service->Evaluate({{SampleRequest()}, {"mine"}}, record,
                                       service.Context());
  ASSERT_FALSE(token.has_value());
  ASSERT_FALSE(record.policies.empty());
  bool line_named = false;
  std::string all = token.error().Text();
  for (const std::string& line : record.policies[0].deciding) {
    all += "\n" + line;
    line_named |= line.find("mine_cpu.rego:2") != std::string::npos;
  }
  EXPECT_TRUE(line_named) << "the line of the policy that did not answer: "
                          << all;
}

TEST(WeakSpots, W9DevicesKeepTheirOrderAndDoNotWrap) {
  TestService service({}, "nvidia");
  for (int i = 0; i < 300; ++i) {
    service.fake->devices.push_back(
        ClaimsOf("gpu", "{\"n\":" + std::to_string(i) + "}"));
  }
  VerificationRequest request;
  request.tee = "nvidia";
  const json::Value claims = service.Claims({{request}, {}});
  const json::Value* submods = claims.Find("submods");
  ASSERT_NE(submods, nullptr) << json::Write(claims);
  EXPECT_EQ(submods->if_object()->size(), 300u);
  for (int i : {0, 255, 256, 299}) {
    const json::Value* number =
        claims.At("/submods/gpu" + std::to_string(i) +
                  "/ear.veraison.annotated-evidence/nvidia/n");
    ASSERT_NE(number, nullptr) << i;
    EXPECT_EQ(number->int64(), i);
  }
}

TEST(WeakSpots, W12EveryTeeIsReadBothWays) {
  std::vector<std::string> names = {"azsnpvtpm", "aztdxvtpm", "nvidiadpu",
                                    "dpu"};
  for (const TeeInfo& tee : AllTees()) names.emplace_back(tee.name);
  EXPECT_GE(names.size(), 17u);
  for (const std::string& name : names) {
    const std::string device =
        "{\"tee\":\"" + name + "\",\"evidence\":\"e30\"}";
    const auto head = ParseAttestationBody("{\"verification_requests\":[" +
                                           device + "],\"policy_ids\":[]}");
    EXPECT_TRUE(head) << name;
    EXPECT_TRUE(ParseAttestationBody(device)) << name;
  }
}

TEST(WeakSpots, W23ATokenSaysWhoseKeyAndWhichTokenItIs) {
  TestService service;
  DecisionRecord record;
  const auto token =
      service->Evaluate({{SampleRequest()}, {}}, record, service.Context());
  ASSERT_TRUE(token.has_value());
  const auto jws = jose::UnverifiedJws::Parse(*token);
  ASSERT_TRUE(jws->kid());
  EXPECT_EQ(*service->TokenSignerJwks().At("/keys/0/kid")->if_string(),
            *jws->kid());
  const json::Value claims = *jose::UnverifiedClaims(*jws);
  EXPECT_NE(claims.Find("jti"), nullptr);
  EXPECT_EQ(json::Write(*claims.Find("nbf")), json::Write(*claims.Find("iat")));
}

TEST(WeakSpots, W24ARequestEndsAtItsDeadline) {
  TestService service;
  RequestContext late = service.Context();
  late.deadline = service.clock().Steady() - std::chrono::seconds(1);
  DecisionRecord record;
  const auto token = service->Evaluate({{SampleRequest()}, {}}, record, late);
  ASSERT_FALSE(token.has_value());
  EXPECT_EQ(token.error().code, ErrorCode::kDeadline);
  EXPECT_FALSE(service->SetPolicy("x", "e30", late));
  EXPECT_FALSE(service->ListPolicies(late));
}

}  // namespace
}  // namespace vouchsafe::as
