#include "as/core.h"

#include <gtest/gtest.h>

#include "as/default_policies.h"
#include "as/policy_input.h"
#include "as/test_service.h"
#include "tests/support/shared_data.h"
#include "tests/support/threads.h"

namespace vouchsafe::as {
namespace {

std::string Str(const json::Value* value) {
  return value == nullptr ? "(absent)" : json::Write(*value);
}

TEST(Evaluate, SampleEvidenceGivesATokenThatWarns) {
  TestService service;
  EvaluateRequest request{{SampleRequest()}, {}};
  const json::Value claims = service.Claims(request);
  ASSERT_TRUE(claims.is_object()) << json::Write(claims);
  EXPECT_EQ(Str(claims.Find("iss")), "\"CoCo-Attestation-Service\"");
  EXPECT_EQ(Str(claims.Find("iat")), "1795559166");
  EXPECT_EQ(Str(claims.Find("exp")), "1795559466");
  const json::Value* cpu = claims.At("/submods/cpu0");
  ASSERT_NE(cpu, nullptr);
  EXPECT_EQ(Str(cpu->Find("ear.status")), "\"contraindicated\"");
  EXPECT_EQ(Str(cpu->Find("ear.appraisal-policy-id")), "\"default\"");
  EXPECT_EQ(cpu->Find("ear.vouchsafe.policy-sha384")->if_string()->size(), 96u);
  EXPECT_EQ(Str(cpu->Find("ear.trustee.identifiers")), R"({"validated":{}})");
  EXPECT_EQ(*cpu->Find("ear.veraison.annotated-evidence"),
            *json::Parse(
                R"({"report_data":"Y2hhbGxlbmdl","runtime_data_claims":null,)"
                R"("sample":{"debug":false,"launch_digest":"abcde",)"
                R"("platform_version":{"major":1,"minor":4},"svn":"1"}})"))
      << Str(cpu->Find("ear.veraison.annotated-evidence"));

  service.Register(R"({"launch_digest":["abcde"],"svn":["1"],)"
                   R"("major_version":1,"minimum_minor_version":1})");
  const json::Value again = service.Claims(request);
  EXPECT_EQ(Str(again.At("/submods/cpu0/ear.status")), "\"warning\"")
      << "sample evidence never affirms";
  EXPECT_NE(Str(again.Find("jti")), Str(claims.Find("jti")));
}

TEST(Evaluate, FillsTheRecord) {
  TestService service;
  service.fake->devices = {ClaimsOf("cpu", R"({"measurement":"aa"})")};
  VerificationRequest request;
  request.tee = "snp";
  DecisionRecord record;
  const auto token =
      service->Evaluate({{request}, {"default"}}, record, service.Context());
  ASSERT_TRUE(token.has_value()) << token.error().Text();
  ASSERT_EQ(record.collateral.size(), 1u);
  EXPECT_EQ(record.collateral[0].kind, "vcek");
  ASSERT_EQ(record.policies.size(), 1u);
  EXPECT_EQ(record.policies[0].id, "default_cpu");
  EXPECT_EQ(record.policies[0].entry, "data.policy.trust_claims");
  ASSERT_NE(record.policies[0].explanation, nullptr);
  EXPECT_GT(record.policies[0].explanation->Lines().size(), 1u)
      << "what was tried, since it does not affirm";
  ASSERT_FALSE(record.reference_values.empty());
  EXPECT_EQ(record.reference_values[0].id, "snp_launch_measurement");
  EXPECT_EQ(record.reference_values[0].value, "null");
}

TEST(Evaluate, AsksForAReferenceValueOncePerRequest) {
  TestService service;
  service.fake->devices = {ClaimsOf("cpu", R"({"measurement":"aa"})"),
                           ClaimsOf("cpu", R"({"measurement":"bb"})")};
  VerificationRequest request;
  request.tee = "snp";
  DecisionRecord record;
  ASSERT_TRUE(service->Evaluate({{request}, {}}, record, service.Context()));
  size_t asked = 0;
  for (const auto& fact : record.reference_values) {
    if (fact.id == "snp_launch_measurement") ++asked;
  }
  EXPECT_EQ(asked, 1u);
}

TEST(Evaluate, NumbersDevicesByClass) {
  TestService service({}, "nvidia");
  service.fake->devices = {ClaimsOf("gpu", "{}"), ClaimsOf("switch", "{}"),
                           ClaimsOf("gpu", "{}"), ClaimsOf("ppcie", "{}")};
  VerificationRequest device;
  device.tee = "nvidia";
  const json::Value claims =
      service.Claims({{SampleRequest(), device, device}, {}});
  std::vector<std::string> names;
  for (const auto& member : *claims.Find("submods")->if_object()) {
    names.push_back(member.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"cpu0", "gpu0", "gpu1", "gpu2",
                                             "gpu3", "ppcie0", "ppcie1",
                                             "switch0", "switch1"}));
  EXPECT_EQ(Str(claims.At("/submods/ppcie0/ear.status")), "\"affirming\"");
}

TEST(Evaluate, HandsTheBindingsToTheVerifier) {
  TestService service;
  service.fake->devices = {
      ClaimsOf("cpu", R"({"report_data":"00","init_data":"11","x":1})")};
  VerificationRequest request;
  request.tee = "snp";
  request.runtime_data = RuntimeData{RuntimeData::Structured{
      *json::Parse(R"({"nonce":"n","additional-evidence":"long"})")}};
  request.init_data = InitData{
      InitData::Toml{"version = \"1\"\nalgorithm = \"sha256\"\n[data]\n"
                     "a = \"b\"\n"}};
  const json::Value claims = service.Claims({{request}, {}});
  EXPECT_EQ(service.fake->last_expected.report_data->size(), 48u);
  EXPECT_EQ(service.fake->last_expected.init_data_digest->size(), 32u);
  const json::Value* evidence =
      claims.At("/submods/cpu0/ear.veraison.annotated-evidence");
  ASSERT_NE(evidence, nullptr) << json::Write(claims);
  EXPECT_EQ(
      *evidence,
      *json::Parse(R"({"report_data":"00","runtime_data_claims":{"nonce":"n",)"
                   R"("additional-evidence":"long"},"init_data":"11",)"
                   R"("init_data_claims":{"a":"b"},"snp":{"x":1}})"));

  AsConfig terse;
  terse.verbose_token = false;
  TestService other(terse);
  other.fake->devices = service.fake->devices;
  EXPECT_EQ(Str(other.Claims({{request}, {}})
                    .At("/submods/cpu0/ear.veraison.annotated-evidence/"
                        "runtime_data_claims")),
            R"({"nonce":"n"})");
}

TEST(Evaluate, RefusalsCarryTheKnownTexts) {
  struct Case {
    const char* name;
    EvaluateRequest request;
    ErrorCode code;
    const char* text;  // begins so
  };
  VerificationRequest unknown = SampleRequest();
  unknown.tee = "sev";
  VerificationRequest not_here = SampleRequest();
  not_here.tee = "tdx";
  VerificationRequest other_nonce = SampleRequest();
  other_nonce.runtime_data = RuntimeData{RuntimeData::Raw{ToBytes("other")}};
  VerificationRequest bad_toml = SampleRequest();
  bad_toml.init_data = InitData{InitData::Toml{"{"}};
  VerificationRequest bad_number = SampleRequest();
  bad_number.runtime_data =
      RuntimeData{RuntimeData::Structured{*json::Parse(R"({"a":1e999})")}};
  TestService service;
  for (const Case& c : std::initializer_list<Case>{
           {"nothing",
            {},
            ErrorCode::kInvalidInput,
            "No verification requests provided."},
           {"unknown TEE",
            {{unknown}, {}},
            ErrorCode::kInvalidInput,
            "Unsupported TEE type: sev"},
           {"other nonce",
            {{other_nonce}, {}},
            ErrorCode::kUntrusted,
            "Verifier evaluate failed: "},
           {"bad TOML",
            {{bad_toml}, {}},
            ErrorCode::kInvalidInput,
            "parse init data: parse TOML structured data: "},
           {"bad number",
            {{bad_number}, {}},
            ErrorCode::kInvalidInput,
            "parse runtime data: "},
           {"no policy",
            {{SampleRequest()}, {"nope"}},
            ErrorCode::kNotFound,
            "Policy `nope_cpu.rego` not found"}}) {
    SCOPED_TRACE(c.name);
    DecisionRecord record;
    const auto token = service->Evaluate(c.request, record, service.Context());
    ASSERT_FALSE(token.has_value());
    EXPECT_EQ(token.error().code, c.code);
    EXPECT_EQ(token.error().Text().substr(0, std::string(c.text).size()),
              c.text);
  }
  DecisionRecord record;
  const auto token =
      service->Evaluate({{not_here}, {}}, record, service.Context());
  ASSERT_FALSE(token.has_value());
  EXPECT_EQ(token.error().code, ErrorCode::kUnsupported);
  ASSERT_NE(token.error().check, nullptr);
  EXPECT_EQ(token.error().check->id, "as.admission.tee_accepted");
}

TEST(Evaluate, NoDevicesNoToken) {
  TestService service;
  VerificationRequest request;
  request.tee = "snp";
  const json::Value claims = service.Claims({{request}, {}});
  EXPECT_TRUE(claims.is_string()) << json::Write(claims);
}

TEST(Evaluate, AnAnswerThatIsNoTrustVectorIsAnError) {
  TestService service;
  struct Case {
    const char* name;
    const char* policy;
    const char* check;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"undefined",
            "package policy\ntrust_claims := {\"hardware\": 2} if input.no\n",
            "as.appraisal.trust_claims"},
           {"computed name",
            "package policy\ntrust_claims := {n: 2 | n := \"hardwear\"}\n",
            "as.appraisal.trust_claims"},
           {"too large",
            "package policy\ntrust_claims := {\"hardware\": 300}\n",
            "as.appraisal.trust_claims"},
           {"extension of the token's name",
            "package policy\ntrust_claims := {\"hardware\": 2}\n"
            "extensions := [{\"name\": \"ear.status\", \"key\": 1, "
            "\"value\": \"affirming\"}]\n",
            "as.appraisal.extensions"},
           {"extensions undefined",
            "package policy\ntrust_claims := {\"hardware\": 2}\n"
            "extensions := [] if input.no\n",
            "as.appraisal.extensions"}}) {
    SCOPED_TRACE(c.name);
    const auto set = service.SetPolicy("mine_cpu", c.policy);
    ASSERT_TRUE(set.has_value()) << set.error().Text();
    DecisionRecord record;
    const auto token = service->Evaluate({{SampleRequest()}, {"mine"}}, record,
                                         service.Context());
    ASSERT_FALSE(token.has_value());
    EXPECT_EQ(token.error().code, ErrorCode::kInternal);
    ASSERT_NE(token.error().check, nullptr);
    EXPECT_EQ(token.error().check->id, c.check);
    EXPECT_EQ(record.policies.size(), 1u) << "the record says which policy";
  }
}

TEST(Evaluate, PolicyRuntimeFailureIsAnError) {
  TestService service;
  ASSERT_TRUE(service.SetPolicy("mine_cpu",
                                "package policy\n"
                                "trust_claims := {\"hardware\": "
                                "to_number(\"x\")}\n"));
  const json::Value claims = service.Claims({{SampleRequest()}, {"mine"}});
  ASSERT_TRUE(claims.is_string());
  EXPECT_EQ(claims.if_string()->substr(0, 21), "Failed to eval policy");
}

TEST(Policies, SetGetListDelete) {
  TestService service;
  const auto listed = service->ListPolicies(service.Context());
  ASSERT_TRUE(listed.has_value());
  EXPECT_EQ(listed->size(), DefaultPolicies().size());
  constexpr const char* kText =
      "package policy\ntrust_claims := {\"hardware\": 2}\n";
  ASSERT_TRUE(service.SetPolicy("mine_cpu", kText));
  EXPECT_EQ(*service->GetPolicy("mine_cpu", service.Context()), kText);
  EXPECT_EQ(Str(service.Claims({{SampleRequest()}, {"mine"}})
                    .At("/submods/cpu0/ear.status")),
            "\"affirming\"");
  ASSERT_TRUE(service->DeletePolicy("mine_cpu", service.Context()));
  EXPECT_EQ(service->GetPolicy("mine_cpu", service.Context()).error().code,
            ErrorCode::kNotFound);
  EXPECT_FALSE(service->SetPolicy("x", "***", service.Context()));
  EXPECT_FALSE(service->SetPolicy("x", "e30=", service.Context()));
}

TEST(Evaluate, AllListedPoliciesAreAskedWhereThatIsConfigured) {
  AsConfig config;
  config.policy_ids = PolicyIdsMode::kAll;
  TestService service(config);
  ASSERT_TRUE(service.SetPolicy(
      "a_cpu",
      "package policy\ntrust_claims := {\"hardware\": 2, \"executables\": 33}\n"
      "extensions := [{\"name\": \"x\", \"key\": 1, \"value\": 5}]\n"));
  ASSERT_TRUE(service.SetPolicy(
      "b_cpu",
      "package policy\ntrust_claims := {\"hardware\": 97, \"configuration\": "
      "2}\nextensions := [{\"name\": \"x\", \"key\": 1, \"value\": 5}]\n"));
  ASSERT_TRUE(service.SetPolicy(
      "c_cpu",
      "package policy\ntrust_claims := {\"hardware\": 2}\n"
      "extensions := [{\"name\": \"x\", \"key\": 1, \"value\": 6}]\n"));
  const json::Value claims =
      service.Claims({{SampleRequest()}, {"a", "b", "a"}});
  const json::Value* cpu = claims.At("/submods/cpu0");
  ASSERT_NE(cpu, nullptr) << json::Write(claims);
  EXPECT_EQ(Str(cpu->Find("ear.status")), "\"contraindicated\"");
  EXPECT_EQ(Str(cpu->Find("ear.trustworthiness-vector")),
            R"({"configuration":2,"executables":33,"hardware":97})");
  EXPECT_EQ(Str(cpu->Find("ear.appraisal-policy-id")), "\"a\"");
  EXPECT_EQ(Str(cpu->Find("x")), "5");
  const json::Value* policies = cpu->Find("ear.vouchsafe.policies");
  ASSERT_EQ(policies->if_array()->size(), 2u) << "each once";
  EXPECT_EQ(Str(policies->At("/0/id")), "\"a\"");
  EXPECT_EQ(Str(policies->At("/0/status")), "\"warning\"");
  EXPECT_EQ(Str(policies->At("/1/status")), "\"contraindicated\"");
  EXPECT_EQ(*policies->At("/0/sha384"),
            *cpu->Find("ear.vouchsafe.policy-sha384"));
  EXPECT_NE(*policies->At("/0/sha384"), *policies->At("/1/sha384"));

  EXPECT_TRUE(service.Claims({{SampleRequest()}, {"a", "nope"}}).is_string())
      << "one that is missing fails all";
  DecisionRecord record;
  const auto apart = service->Evaluate({{SampleRequest()}, {"a", "c"}}, record,
                                       service.Context());
  ASSERT_FALSE(apart.has_value()) << "two values of one extension";
  EXPECT_EQ(apart.error().check->id, "as.appraisal.extensions");
  EXPECT_EQ(service
                ->Evaluate({{SampleRequest()},
                            std::vector<std::string>(kMostPolicyIds + 1, "a")},
                           record, service.Context())
                .error()
                .code,
            ErrorCode::kInvalidInput);
}

TEST(Evaluate, OnlyTheFirstPolicyIsAskedByDefault) {
  TestService service;
  const json::Value claims =
      service.Claims({{SampleRequest()}, {"default", "nope"}});
  ASSERT_TRUE(claims.is_object()) << json::Write(claims);
  EXPECT_EQ(claims.At("/submods/cpu0")->Find("ear.vouchsafe.policies"),
            nullptr);
  EXPECT_TRUE(service.Claims({{SampleRequest()}, {""}}).is_string());
}

// Each token is by the old policy or the new one, whole, and none fails.
TEST(Evaluate, ThreadsEvaluateWhileTheirPolicyIsReplaced) {
  TestService service;
  const std::string texts[] = {
      "package policy\ntrust_claims := {\"hardware\": 2}\n",
      "package policy\ntrust_claims := {\"hardware\": 97}\n"};
  ASSERT_TRUE(service.SetPolicy("mine_cpu", texts[0]));
  testing::InThreads(4, [&](size_t i) {
    for (int n = 0; n < 25; ++n) {
      if (i == 0) {
        EXPECT_TRUE(service.SetPolicy("mine_cpu", texts[n % 2]));
        continue;
      }
      const json::Value claims = service.Claims({{SampleRequest()}, {"mine"}});
      const json::Value* cpu = claims.At("/submods/cpu0");
      ASSERT_NE(cpu, nullptr) << json::Write(claims);
      const std::string status = Str(cpu->Find("ear.status"));
      const std::string digest =
          *cpu->Find("ear.vouchsafe.policy-sha384")->if_string();
      const size_t which = status == "\"affirming\"" ? 0 : 1;
      EXPECT_EQ(digest, HexEncode(crypto::Sha384(AsBytes(texts[which]))));
    }
  });
}

TEST(Challenge, ComesFromTheVerifier) {
  TestService service;
  EXPECT_EQ(*service->Challenge("snp", "{}", service.Context()),
            "challenge for {}");
  EXPECT_EQ(*service->Challenge("sample", "", service.Context()), "");
  EXPECT_FALSE(service->Challenge("zz", "", service.Context()));
}

TEST(ReferenceValues, ThroughTheService) {
  TestService service;
  service.Register(R"({"svn":["1"]})");
  const auto value = service->QueryReferenceValue("svn", service.Context());
  ASSERT_TRUE(value.has_value() && value->has_value());
  EXPECT_EQ(json::Write(**value), R"(["1"])");
  EXPECT_FALSE(*service->QueryReferenceValue("none", service.Context()));
}

TEST(Restart, KeepsTheKeyAndThePoliciesOfAStore) {
  const vouchsafe::testing::TempDir dir;
  AsConfig config;
  config.storage.type = storage::StorageType::kLocalFs;
  config.storage.local_fs = storage::StorageConfig::Dir{dir.path()};
  std::string key;
  {
    TestService service(config);
    key = json::Write(service->TokenSignerJwks());
    ASSERT_TRUE(service.SetPolicy(
        "default_cpu", "package policy\ntrust_claims := {\"hardware\": 2}\n"));
  }
  TestService service(config);
  EXPECT_EQ(json::Write(service->TokenSignerJwks()), key);
  EXPECT_EQ(Str(service.Claims({{SampleRequest()}, {}})
                    .At("/submods/cpu0/ear.status")),
            "\"affirming\"")
      << "an edited default is never replaced";
}

TEST(MakePolicyInput, ClaimsThatMoveMustBeText) {
  json::Object claims;
  claims.Set("report_data", 1);
  EXPECT_FALSE(MakePolicyInput("snp", claims, {}, {}, Verbose::kYes));
}

TEST(Evaluate, ThreadsShareOneService) {
  TestService service;
  service.Register(R"({"svn":["1"]})");
  testing::InThreads(4, [&](size_t i) {
    for (int n = 0; n < 5; ++n) {
      DecisionRecord record;
      const auto token = service->Evaluate({{SampleRequest()}, {"default"}},
                                           record, service.Context());
      EXPECT_TRUE(token) << token.error().Text();
      if (i != 0) continue;
      service.Register(n % 2 == 0 ? R"({"svn":["2"]})" : R"({"svn":["1"]})");
      EXPECT_TRUE(service.SetPolicy("mine" + std::to_string(n % 2),
                                    "package policy\ntrust_claims := {}\n"));
    }
  });
}

}  // namespace
}  // namespace vouchsafe::as
