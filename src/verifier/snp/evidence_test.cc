#include "verifier/snp/evidence.h"

#include <gtest/gtest.h>

#include <string>

#include "json/parse.h"
#include "tests/fake/snp.h"

namespace vouchsafe::snp {
namespace {

using json::Value;

Report Signed(uint32_t version, Generation generation) {
  Report report = fake::MakeSnpReport(version, generation);
  fake::SignSnpReport(report, fake::SnpVekKey());
  return report;
}

Value Current() {
  return fake::SnpEvidence(Signed(3, Generation::kMilan), Generation::kMilan,
                           {{"VCEK", Bytes{1, 2, 3}}});
}
Value Old() {
  return fake::SnpOldEvidence(Signed(2, Generation::kMilan).bytes,
                              {{"VCEK", Bytes{1, 2, 3}}});
}

json::Object& ReportOf(Value& evidence) {
  return *evidence.if_object()->Find("attestation_report")->if_object();
}

void ExpectInvalid(const Value& evidence, const std::string& part) {
  const auto parsed = ParseEvidence(evidence);
  ASSERT_FALSE(parsed.has_value()) << part;
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(parsed.error().Text().find(part), std::string::npos)
      << parsed.error().Text();
}

TEST(EvidenceTest, BothShapesGiveTheReportsBytes) {
  for (Generation generation : kGenerations) {
    for (uint32_t version = 2; version <= 5; ++version) {
      const Report report = Signed(version, generation);
      for (const Value& evidence : {fake::SnpEvidence(report, generation, {}),
                                    fake::SnpOldEvidence(report.bytes, {})}) {
        const auto parsed = ParseEvidence(evidence);
        ASSERT_TRUE(parsed.has_value()) << parsed.error().Text();
        EXPECT_TRUE(parsed->chain.empty());
        EXPECT_EQ(parsed->cpuid_family.has_value(), version >= 3);
        CheckLog log;
        const auto made = MakeReport(*parsed, generation, log);
        ASSERT_TRUE(made.has_value()) << made.error().Text();
        EXPECT_EQ(made->bytes, report.bytes);
      }
    }
  }
}

TEST(EvidenceTest, EveryMemberOfAReportIsRequired) {
  for (bool old : {false, true}) {
    const Value good = old ? Old() : Current();
    ASSERT_TRUE(ParseEvidence(good).has_value());
    Value copy = good;
    std::vector<std::string> names;
    for (const json::Member& member : ReportOf(copy)) {
      names.push_back(member.name);
    }
    for (const std::string& name : names) {
      // May be absent; without _author_key_en it is the other shape.
      if (name.starts_with("cpuid_")) continue;
      Value changed = good;
      ReportOf(changed).Erase(name);
      EXPECT_FALSE(ParseEvidence(changed).has_value()) << name;
      for (const Value& wrong : {Value(), Value("1"), Value(-1), Value(true)}) {
        ReportOf(changed).Set(name, wrong);
        const auto parsed = ParseEvidence(changed);
        EXPECT_FALSE(parsed.has_value()) << name;
      }
    }
  }
}

TEST(EvidenceTest, MixedShapesAreRefused) {
  for (const char* name :
       {"key_info", "cpuid_fam_id", "cpuid_mod_id", "cpuid_step", "current",
        "committed", "launch_mit_vector", "current_mit_vector"}) {
    Value evidence = Old();
    ReportOf(evidence).Set(name, nullptr);
    ExpectInvalid(evidence, "mixed");
  }
  for (const char* name :
       {"_reserved_0", "_reserved_1", "_reserved_2", "_reserved_3",
        "_reserved_4", "current_build", "committed_major"}) {
    Value evidence = Current();
    ReportOf(evidence).Set(name, 0);
    ExpectInvalid(evidence, "mixed");
  }
  Value evidence = Old();
  ReportOf(evidence).Find("launch_tcb")->if_object()->Set("fmc", nullptr);
  ExpectInvalid(evidence, "launch_tcb.fmc");
  evidence = Current();
  ReportOf(evidence).Find("launch_tcb")->if_object()->Set("_reserved", nullptr);
  ExpectInvalid(evidence, "mixed");
  evidence = Current();
  ReportOf(evidence).Find("signature")->if_object()->Set("_reserved", nullptr);
  ExpectInvalid(evidence, "mixed");
  evidence = Current();
  ReportOf(evidence).Set("_author_key_en", 0);
  ExpectInvalid(evidence, "mixed");
}

TEST(EvidenceTest, UnknownMembersAreIgnored) {
  Value evidence = Current();
  evidence.if_object()->Set("more", 1);
  ReportOf(evidence).Set("x_future", Value(json::Object()));
  ReportOf(evidence).Find("current_tcb")->if_object()->Set("new", 1);
  EXPECT_TRUE(ParseEvidence(evidence).has_value());
}

TEST(EvidenceTest, NumbersAreExact) {
  Value evidence = Current();
  ReportOf(evidence).Set("policy", UINT64_MAX);
  const auto parsed = ParseEvidence(evidence);
  ASSERT_TRUE(parsed.has_value());
  CheckLog log;
  EXPECT_EQ(MakeReport(*parsed, Generation::kMilan, log)->policy, UINT64_MAX);
  ReportOf(evidence).Set("policy", *json::Parse("18446744073709551616"));
  ExpectInvalid(evidence, "policy");
  evidence = Current();
  ReportOf(evidence).Set("vmpl", int64_t{4294967296});
  ExpectInvalid(evidence, "vmpl");
  evidence = Current();
  ReportOf(evidence).Find("current_tcb")->if_object()->Set("tee", 256);
  ExpectInvalid(evidence, "current_tcb.tee");
}

TEST(EvidenceTest, CertificateTable) {
  const struct {
    const char* chain;
    const char* error;  // nullptr: good
  } cases[] = {
      {"null", nullptr},
      {"[]", nullptr},
      {R"([{"cert_type":"Empty","data":[]}])", nullptr},
      {R"([{"cert_type":{"OTHER":"x"},"data":[0]}])", nullptr},
      {"{}", "cert_chain"},
      {"[1]", "cert_chain[0]"},
      {R"([{"data":[]}])", "cert_type"},
      {R"([{"cert_type":"VCEK"}])", "data"},
      {R"([{"cert_type":"vcek","data":[]}])", "cert_chain[0].cert_type"},
      {R"([{"cert_type":null,"data":[]}])", "cert_type"},
      {R"([{"cert_type":{"OTHER":1},"data":[]}])", "cert_type"},
      {R"([{"cert_type":{"OTHER":"x","y":1},"data":[]}])", "cert_type"},
      {R"([{"cert_type":"ARK","data":[256]}])", "data"},
      {R"([{"cert_type":"ARK","data":"AA=="}])", "data"},
  };
  for (const auto& c : cases) {
    Value evidence = Current();
    evidence.if_object()->Set("cert_chain", *json::Parse(c.chain));
    if (c.error != nullptr) {
      ExpectInvalid(evidence, c.error);
    } else {
      EXPECT_TRUE(ParseEvidence(evidence).has_value()) << c.chain;
    }
  }
}

TEST(EvidenceTest, CertificateLimits) {
  const auto with = [](size_t entries, size_t bytes) {
    fake::SnpChain chain(entries, {"CRL", Bytes(bytes, 1)});
    return fake::SnpEvidence(Signed(3, Generation::kMilan), Generation::kMilan,
                             chain);
  };
  EXPECT_TRUE(ParseEvidence(with(16, 1)).has_value());
  EXPECT_TRUE(ParseEvidence(with(1, 8192)).has_value());
  ExpectInvalid(with(17, 1), "17 entries");
  ExpectInvalid(with(1, 8193), "8193 bytes");
}

TEST(EvidenceTest, OtherJsonIsRefused) {
  for (const char* text :
       {"null", "[]", "{}", "\"x\"", "1", R"({"attestation_report":null})",
        R"({"attestation_report":{}})"}) {
    ExpectInvalid(*json::Parse(text), "evidence");
  }
}

}  // namespace
}  // namespace vouchsafe::snp
