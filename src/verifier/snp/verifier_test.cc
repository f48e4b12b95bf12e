// The whole verifier over a fake CA: what is accepted, the claims, and one
// refusal for every named check.

#include "verifier/snp/verifier.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "base/encoding.h"
#include "tests/fake/snp_fixture.h"
#include "tests/support/threads.h"
#include "verifier/snp/claims.h"

namespace vouchsafe::snp {
namespace {

using fake::SnpCa;
using fake::SnpVekSpec;

// One piece of evidence, changed before and after it is signed.
struct Case {
  const char* name;
  const Check* check;  // the one that refuses
  const char* text = "";
  Generation generation = Generation::kMilan;
  uint32_t version = 3;
  std::function<void(Report&)> before_signing = [](Report&) {};
  std::function<void(Report&)> after_signing = [](Report&) {};
  std::function<void(SnpVekSpec&)> vek = [](SnpVekSpec&) {};
  bool vlek = false;
};

class VerifierTest : public SnpTest {
 protected:
  static json::Value EvidenceOf(const Case& c) {
    const SnpCa& ca = Ca(c.generation);
    Report report = fake::MakeSnpReport(c.version, c.generation);
    if (c.vlek) report.key_info = 1U << 2U;
    SnpVekSpec spec = c.vlek ? ca.VlekFor(report) : ca.VcekFor(report);
    c.vek(spec);
    c.before_signing(report);
    fake::SignSnpReport(report, fake::SnpVekKey());
    c.after_signing(report);
    return fake::SnpEvidence(report, c.generation,
                             {{c.vlek ? "VLEK" : "VCEK", ca.Vek(spec)}});
  }
  static json::Value GoodEvidence(Generation generation = Generation::kMilan,
                                  uint32_t version = 3) {
    return EvidenceOf({"", nullptr, "", generation, version});
  }
};

TEST_F(VerifierTest, AcceptsEveryVersionAndGeneration) {
  for (Generation generation : kGenerations) {
    for (uint32_t version = 2; version <= 5; ++version) {
      for (bool vlek : {false, true}) {
        Case c{"", nullptr, "", generation, version};
        c.vlek = vlek;
        const Claims claims = Run(EvidenceOf(c));
        ASSERT_TRUE(claims.has_value()) << GenerationName(generation) << version
                                        << vlek << claims.error().Text();
        const json::Object& got = (*claims)[0].claims;
        EXPECT_EQ(*got.Find("processor"),
                  json::Value(GenerationName(generation)));
        EXPECT_EQ(*got.Find("report_version"), json::Value(version));
        EXPECT_EQ(*got.Find("signing_key"),
                  json::Value(vlek ? "vlek" : "vcek"));
        EXPECT_EQ(got.Find("csp_id") != nullptr, vlek);
        EXPECT_EQ(got.Find("reported_tcb_fmc") != nullptr,
                  generation == Generation::kTurin);
        EXPECT_EQ(*got.Find("reported_tcb_microcode"), json::Value(219));
        EXPECT_EQ(got.Find("cpuid_family") != nullptr, version >= 3);
        EXPECT_EQ(got.Find("current_mit_vector") != nullptr, version >= 5);
        ASSERT_EQ(report_.collateral.size(), 1U);
        EXPECT_EQ(report_.collateral[0].source, "evidence");
      }
    }
  }
}

TEST_F(VerifierTest, AcceptsTheOlderShape) {
  for (Generation generation : kGenerations) {
    for (uint32_t version : {2U, 3U, 5U}) {
      Report report = fake::MakeSnpReport(version, generation);
      fake::SignSnpReport(report, fake::SnpVekKey());
      const SnpCa& ca = Ca(generation);
      const Claims claims = Run(fake::SnpOldEvidence(
          report.bytes, {{"VCEK", ca.Vek(ca.VcekFor(report))}}));
      ASSERT_TRUE(claims.has_value())
          << GenerationName(generation) << version << claims.error().Text();
    }
  }
}

TEST_F(VerifierTest, ClaimsAreSpecifiedAndAllOccur) {
  std::set<std::string> seen;
  for (bool vlek : {false, true}) {
    Case c{"", nullptr, "", Generation::kTurin, 5};
    c.vlek = vlek;
    const Claims claims = Run(EvidenceOf(c));
    ASSERT_TRUE(claims.has_value()) << claims.error().Text();
    for (const json::Member& member : (*claims)[0].claims) {
      seen.insert(member.name);
      const auto specs = SnpClaimSpecs();
      const auto spec = std::find_if(
          specs.begin(), specs.end(),
          [&member](const ClaimSpec& s) { return s.path == member.name; });
      ASSERT_NE(spec, specs.end()) << member.name;
      EXPECT_EQ(spec->type, json::TypeName(member.value)) << member.name;
    }
  }
  EXPECT_EQ(seen.size(), SnpClaimSpecs().size());
}

TEST_F(VerifierTest, BitsBecomeClaims) {
  const struct {
    const char* claim;
    uint64_t policy;
    uint64_t platform;
  } cases[] = {
      {"policy_smt_allowed", 1U << 16U, 0},
      {"policy_migrate_ma", 1U << 18U, 0},
      {"policy_debug_allowed", 1U << 19U, 0},
      {"policy_single_socket", 1U << 20U, 0},
      {"policy_cxl_allowed", 1U << 21U, 0},
      {"policy_mem_aes_256_xts", 1U << 22U, 0},
      {"policy_rapl_disabled", 1U << 23U, 0},
      {"policy_ciphertext_hiding", 1U << 24U, 0},
      {"policy_page_swap_disabled", 1U << 25U, 0},
      {"platform_smt_enabled", 0, 1U << 0U},
      {"platform_tsme_enabled", 0, 1U << 1U},
      {"platform_ecc_enabled", 0, 1U << 2U},
      {"platform_rapl_disabled", 0, 1U << 3U},
      {"platform_ciphertext_hiding", 0, 1U << 4U},
      {"platform_alias_check_complete", 0, 1U << 5U},
      {"platform_tio_enabled", 0, 1U << 7U},
  };
  for (const auto& c : cases) {
    Case good{"", nullptr};
    good.before_signing = [&c](Report& r) {
      r.policy = c.policy | 0x1D02;
      r.platform_info = c.platform | uint64_t{1} << 63U;
    };
    const Claims claims = Run(EvidenceOf(good));
    ASSERT_TRUE(claims.has_value()) << claims.error().Text();
    const json::Object& got = (*claims)[0].claims;
    for (const auto& other : cases) {
      EXPECT_EQ(*got.Find(other.claim), json::Value(other.claim == c.claim))
          << other.claim << " with " << c.claim;
    }
    EXPECT_EQ(*got.Find("policy_abi_major"), json::Value(0x1D));
    EXPECT_EQ(*got.Find("policy_abi_minor"), json::Value(2));
    EXPECT_EQ(*got.Find("platform_info"),
              json::Value(c.platform | uint64_t{1} << 63U));
  }
}

TEST_F(VerifierTest, EveryCheckRefuses) {
  std::vector<Case> cases;
  const auto add = [&cases](const char* name, const Check& check,
                            const char* text = "") -> Case& {
    cases.push_back(Case{name, &check, text});
    return cases.back();
  };
  add("version 1", kVersionMinimum, "version is too old").version = 1;
  add("version 6", kVersionKnown, "Unexpected attestation report version")
      .version = 6;
  add("family", kProcessor, "Processor family not supported").before_signing =
      [](Report& r) { r.cpuid_family = 0x18; };
  add("model", kProcessor, "Processor model not supported").before_signing =
      [](Report& r) { r.cpuid_model = 0x20; };
  add("algorithm", kSignatureAlgorithm).before_signing = [](Report& r) {
    r.signature_algo = 2;
  };
  for (size_t i : {48U, 71U}) {
    add("r high", kSignatureCanonical).after_signing = [i](Report& r) {
      r.signature_r[i] = 1;
    };
    add("s high", kSignatureCanonical).after_signing = [i](Report& r) {
      r.signature_s[i] = 1;
    };
  }
  add("measurement", kReportSignature, "Report signature verification")
      .after_signing = [](Report& r) { r.measurement[0] ^= 1U; };
  add("zero signature", kReportSignature).after_signing = [](Report& r) {
    r.signature_r.fill(0);
    r.signature_s.fill(0);
  };
  add("says VLEK", kSigningKey).before_signing = [](Report& r) {
    r.key_info = 1U << 2U;
  };
  add("says none", kSigningKey).before_signing = [](Report& r) {
    r.key_info = 7U << 2U;
  };
  add("masked key", kChipKeyUnmasked).before_signing = [](Report& r) {
    r.key_info = 2;
  };
  for (uint32_t vmpl : {1U, 3U}) {
    add("vmpl", kVmpl, "VMPL Check Failed").before_signing = [vmpl](Report& r) {
      r.vmpl = vmpl;
    };
  }
  add("both kinds", kVekKind).vek = [](SnpVekSpec& s) { s.csp_id = "x"; };
  add("no hardware id", kVekKind).vek = [](SnpVekSpec& s) {
    s.hardware_id.reset();
  };
  add("other subject", kVekKind).vek = [](SnpVekSpec& s) {
    s.subject_cn = "VCEK";
  };
  add("VLEK issuer", kVekKind).vek = [](SnpVekSpec& s) {
    s.issuer_cn = "SEV-VLEK-Milan";
  };
  add("issuer name", kVekIssuer,
      "Certificate chain provided by user failed to verify")
      .vek = [](SnpVekSpec& s) { s.issuer_cn = "SEV-Genoa"; };
  add("signed by ASVK", kVekSignature,
      "Certificate chain provided by user failed to verify")
      .vek = [](SnpVekSpec& s) { s.signed_by_asvk = true; };
  add("product", kVekProduct).vek = [](SnpVekSpec& s) {
    s.product_name = "Genoa";
  };
  add("no product", kVekProduct).vek = [](SnpVekSpec& s) {
    s.product_name.reset();
  };
  add("struct version", kVekStructVersion).vek = [](SnpVekSpec& s) {
    s.struct_version = 1;
  };
  add("no struct version", kVekStructVersion).vek = [](SnpVekSpec& s) {
    s.struct_version.reset();
  };
  Case& turin = add("Turin's struct version", kVekStructVersion);
  turin.generation = Generation::kTurin;
  turin.vek = [](SnpVekSpec& s) { s.struct_version = 0; };
  add("hardware id", kChipId, "Chip ID mismatch").vek = [](SnpVekSpec& s) {
    (*s.hardware_id)[63] ^= 1U;
  };
  add("short hardware id", kChipId).vek = [](SnpVekSpec& s) {
    s.hardware_id->resize(8);
  };
  Case& turin_chip = add("Turin's chip id", kChipId);
  turin_chip.generation = Generation::kTurin;
  turin_chip.before_signing = [](Report& r) { r.chip_id[8] = 1; };
  const struct {
    const Check& check;
    std::optional<uint64_t> SnpVekSpec::*part;
    const char* text;
  } parts[] = {
      {kTcbMicrocode, &SnpVekSpec::microcode, "Microcode version mismatch"},
      {kTcbSnp, &SnpVekSpec::snp, "SNP version mismatch"},
      {kTcbTee, &SnpVekSpec::tee, "TEE version mismatch"},
      {kTcbBootloader, &SnpVekSpec::bootloader, "Boot loader version mismatch"},
      {kTcbFmc, &SnpVekSpec::fmc, "FMC version mismatch"},
  };
  for (const auto& part : parts) {
    const auto member = part.part;
    for (int change : {1, 256, 0}) {
      Case& c = add("TCB part", part.check, part.text);
      c.generation = Generation::kTurin;
      c.vek = [member, change](SnpVekSpec& s) {
        if (change == 0) {
          (s.*member).reset();
        } else {
          *(s.*member) += static_cast<uint64_t>(change);
        }
      };
    }
  }
  Case& no_generation = add("v2, unknown issuer", kVekGeneration);
  no_generation.version = 2;
  no_generation.vek = [](SnpVekSpec& s) { s.issuer_cn = "SEV-Venice"; };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ExpectRefused(Run(EvidenceOf(c)), *c.check, c.text);
  }
}

TEST_F(VerifierTest, TcbErrorsBeginWithTrusteesText) {
  Case c{"", nullptr};
  c.vek = [](SnpVekSpec& s) { *s.snp += 1; };
  const Claims refused = Run(EvidenceOf(c));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().Text().find(
                "Reported TCB values do not match: SNP version mismatch: "),
            0U)
      << refused.error().Text();
}

TEST_F(VerifierTest, AcceptsBothFormsOfHardwareIdAndOfTheSignature) {
  const std::function<void(SnpVekSpec&)> changes[] = {
      [](SnpVekSpec& s) { s.wrap_hardware_id = true; },
      [](SnpVekSpec& s) { s.signing = fake::Signing::kPssSha384WithTrailer; },
      [](SnpVekSpec& s) { s.product_name = "Milan-B0"; },
  };
  for (const auto& change : changes) {
    Case c{"", nullptr};
    c.vek = change;
    const Claims claims = Run(EvidenceOf(c));
    EXPECT_TRUE(claims.has_value()) << claims.error().Text();
  }
}

TEST_F(VerifierTest, AMaskedChipIdFitsAnyVcek) {
  Case c{"", nullptr};
  c.before_signing = [](Report& r) { r.chip_id.fill(0); };
  const Claims claims = Run(EvidenceOf(c));
  EXPECT_TRUE(claims.has_value()) << claims.error().Text();
}

TEST_F(VerifierTest, BindingsMustHold) {
  Report report = fake::MakeSnpReport(3, Generation::kMilan);
  const json::Value evidence = GoodEvidence();
  const auto refused = [&](std::optional<Bytes> report_data,
                           std::optional<Bytes> init_data, const Check& check,
                           const char* text) {
    Expected expected{std::move(report_data), std::move(init_data)};
    ExpectRefused(Run(evidence, expected), check, text);
  };
  Bytes data = ToBytes(ByteView(report.report_data));
  Bytes host = ToBytes(ByteView(report.host_data));
  EXPECT_TRUE(Run(evidence, {data, host}).has_value());
  // Longer than the field: cut.
  Bytes longer = host;
  longer.resize(64, 9);
  EXPECT_TRUE(Run(evidence, {data, longer}).has_value());
  refused(Bytes(), host, kReportData, "Report Data Mismatch");
  refused(data, Bytes(), kHostData, "Host Data Mismatch");
  data[63] ^= 1U;
  refused(data, host, kReportData, "Report Data Mismatch");
  host[31] ^= 1U;
  refused(std::nullopt, host, kHostData, "Host Data Mismatch");
}

TEST_F(VerifierTest, ShortExpectedDataIsPaddedWithZeros) {
  Case c{"", nullptr};
  c.before_signing = [](Report& r) {
    r.report_data.fill(0);
    r.report_data[0] = 7;
    r.host_data.fill(0);
  };
  EXPECT_TRUE(Run(EvidenceOf(c), {Bytes{7}, Bytes()}).has_value());
}

TEST_F(VerifierTest, ReservedBytesMustBeZero) {
  const SnpCa& ca = Ca(Generation::kMilan);
  const struct {
    uint32_t version;
    size_t offset;
  } cases[] = {{2, 0x188}, {2, 0x19F}, {2, 0x1F8}, {3, 0x04C}, {3, 0x18B},
               {3, 0x1EB}, {3, 0x1EF}, {3, 0x1F8}, {4, 0x207}, {5, 0x208},
               {5, 0x29F}, {3, 0x03A}, {3, 0x185}, {3, 0x330}, {3, 0x49F}};
  for (const auto& c : cases) {
    Report report = fake::MakeSnpReport(c.version, Generation::kMilan);
    const Bytes vek = ca.Vek(ca.VcekFor(report));
    ReportBytes bytes = SerializeReport(report);
    bytes[c.offset] = 1;
    fake::SignSnpReportBytes(bytes, fake::SnpVekKey());
    SCOPED_TRACE(c.offset);
    ExpectRefused(Run(fake::SnpOldEvidence(bytes, {{"VCEK", vek}})),
                  kReservedZero);
  }
}

TEST_F(VerifierTest, MembersThatNobodySignedAreRefused) {
  const struct {
    Generation generation;
    uint32_t version;
    const char* path;
  } cases[] = {
      {Generation::kMilan, 3, "reported_tcb.fmc"},
      {Generation::kGenoa, 3, "launch_tcb.fmc"},
      {Generation::kMilan, 2, "cpuid_fam_id"},
      {Generation::kMilan, 2, "cpuid_mod_id"},
      {Generation::kMilan, 2, "cpuid_step"},
      {Generation::kTurin, 4, "launch_mit_vector"},
      {Generation::kMilan, 3, "current_mit_vector"},
  };
  for (const auto& c : cases) {
    json::Value evidence = GoodEvidence(c.generation, c.version);
    json::Object* report =
        evidence.if_object()->Find("attestation_report")->if_object();
    std::string name = c.path;
    if (const size_t dot = name.find('.'); dot != std::string::npos) {
      report = report->Find(name.substr(0, dot))->if_object();
      name = name.substr(dot + 1);
    }
    report->Set(name, nullptr);
    EXPECT_TRUE(Run(evidence).has_value()) << c.path;
    report->Set(name, 0);
    SCOPED_TRACE(c.path);
    ExpectRefused(Run(evidence), kUnsignedMembers);
  }
}

TEST_F(VerifierTest, MissingProcessorIsRefused) {
  for (const auto& [member, text] :
       {std::pair{"cpuid_fam_id", "version 3+ is missing CPU family ID"},
        std::pair{"cpuid_mod_id", "missing CPU model ID"}}) {
    json::Value evidence = GoodEvidence();
    evidence.if_object()
        ->Find("attestation_report")
        ->if_object()
        ->Set(member, nullptr);
    ExpectRefused(Run(evidence), kProcessor, text);
  }
}

// The memory of verified certificates is smaller than what is asked for, so
// that entries come and go under the threads.
TEST_F(VerifierTest, ThreadsShareOneVerifier) {
  std::vector<json::Value> evidence;
  for (Generation generation : kGenerations) {
    evidence.push_back(GoodEvidence(generation));
  }
  config_.max_cached_veks = 2;
  const SnpVerifier verifier = MakeVerifier();
  testing::InThreads(6, [&](size_t i) {
    for (size_t n = 0; n < 4; ++n) {
      RequestContext context;
      context.clock = &clock_;
      VerifyReport report;
      const Claims claims = verifier.Evaluate(
          evidence[(i + n) % evidence.size()], {}, report, context);
      EXPECT_TRUE(claims.has_value()) << claims.error().Text();
    }
  });
}

}  // namespace
}  // namespace vouchsafe::snp
