// Recorded evidence: verdicts, claims and the named edits of one good case.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "crypto/x509.h"
#include "json/parse.h"
#include "json/write.h"
#include "tests/fake/fake_collateral.h"
#include "tests/support/shared_data.h"
#include "verifier/snp/checks.h"
#include "verifier/snp/claims.h"
#include "verifier/snp/vcek_source.h"
#include "verifier/snp/verifier.h"

namespace vouchsafe::snp {
namespace {

using vouchsafe::testing::ReadFile;
using vouchsafe::testing::SharedPath;

class GoldenTest : public testing::Test {
 protected:
  Result<std::vector<TeeClaims>> Run(const json::Value& evidence,
                                     const Expected& expected = {}) {
    Result<Roots> amd = Roots::Amd();
    EXPECT_TRUE(amd.has_value());
    const SnpVerifier verifier(
        config_, std::make_shared<const Roots>(*std::move(amd)), nothing_);
    RequestContext context;
    context.clock = &clock_;
    report_ = VerifyReport();
    return verifier.Evaluate(evidence, expected, report_, context);
  }

  static json::Value Json(const std::string& path) {
    Result<json::Value> value = json::Parse(ReadFile(path));
    EXPECT_TRUE(value.has_value()) << path;
    return value ? *std::move(value) : json::Value();
  }

  // Every expected member is equal; more are allowed.
  static void ExpectClaims(const json::Value& want, const json::Object& got) {
    for (const json::Member& member : *want.if_object()) {
      const json::Value* value = got.Find(member.name);
      ASSERT_NE(value, nullptr) << member.name;
      EXPECT_EQ(*value, member.value) << member.name;
    }
  }

  ManualClock clock_{1'800'000'000};
  SnpConfig config_;
  std::shared_ptr<fake::FakeCollateral> nothing_ =
      std::make_shared<fake::FakeCollateral>();
  VerifyReport report_;
};

TEST_F(GoldenTest, AcceptsRecordedEvidenceAndGivesTheClaims) {
  SHARED_OR_SKIP(folder, "evidence/snp");
  const struct {
    const char* evidence;
    const char* claims;
    const char* processor;
  } cases[] = {
      {"/evidence-genoa-v3.json", "/expected-claims-genoa-v3.json", "Genoa"},
      {"/evidence-legacy-v2.json", "/expected-claims-legacy-v2.json", "Milan"},
  };
  for (const auto& c : cases) {
    const auto claims = Run(Json(folder + c.evidence));
    ASSERT_TRUE(claims.has_value()) << c.evidence << claims.error().Text();
    ASSERT_EQ(claims->size(), 1U);
    EXPECT_EQ((*claims)[0].tee_class, "cpu");
    ExpectClaims(Json(folder + c.claims), (*claims)[0].claims);
    EXPECT_EQ(*(*claims)[0].claims.Find("processor"), json::Value(c.processor));
    EXPECT_TRUE(nothing_->asked.empty());
  }
}

TEST_F(GoldenTest, ReportDataMustFit) {
  SHARED_OR_SKIP(folder, "evidence/snp");
  const json::Value evidence = Json(folder + "/evidence-genoa-v3.json");
  const json::Value claims = Json(folder + "/expected-claims-genoa-v3.json");
  Expected expected;
  expected.report_data = *HexDecode(*claims.Find("report_data")->if_string());
  EXPECT_TRUE(Run(evidence, expected).has_value());
  expected.report_data->pop_back();
  const auto refused = Run(evidence, expected);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().check, &kReportData);
  EXPECT_EQ(refused.error().Text().find("Report Data Mismatch"), 0U);
}

TEST_F(GoldenTest, MinimumVersionThreeRefusesTheOldReport) {
  SHARED_OR_SKIP(folder, "evidence/snp");
  config_.min_report_version = 3;
  EXPECT_TRUE(Run(Json(folder + "/evidence-genoa-v3.json")).has_value());
  const auto refused = Run(Json(folder + "/evidence-legacy-v2.json"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().check, &kVersionMinimum);
}

// --- mutations.json: RFC 6902 patches -------------------------------------

// The value at all but the last part of a pointer, and that part.
std::pair<json::Value*, std::string> Parent(json::Value& root,
                                            std::string_view pointer) {
  json::Value* at = &root;
  pointer.remove_prefix(1);
  while (true) {
    const size_t slash = pointer.find('/');
    const std::string part(pointer.substr(0, slash));
    if (slash == std::string_view::npos) return {at, part};
    pointer.remove_prefix(slash + 1);
    at = at->if_array() != nullptr ? &(*at->if_array())[std::stoul(part)]
                                   : at->if_object()->Find(part);
  }
}

void Apply(json::Value& root, const std::string& op, const std::string& pointer,
           json::Value value) {
  const auto [parent, part] = Parent(root, pointer);
  if (json::Object* object = parent->if_object()) {
    if (op == "remove") {
      object->Erase(part);
    } else {
      object->Set(part, std::move(value));
    }
    return;
  }
  json::Array& array = *parent->if_array();
  const auto at =
      part == "-"
          ? array.end()
          : array.begin() + static_cast<std::ptrdiff_t>(std::stoul(part));
  if (op == "add") {
    array.insert(at, std::move(value));
  } else if (op == "remove") {
    array.erase(at);
  } else {
    *at = std::move(value);
  }
}

json::Value AsNumbers(ByteView bytes) {
  json::Array array;
  for (uint8_t byte : bytes) array.emplace_back(int{byte});
  return array;
}

// {"$cert": "snp/test-vcek.der"}, with "as DER" after a PEM file's name.
json::Value CertificateBytes(const std::string& named,
                             const json::Value& base) {
  if (named == "the VCEK as PEM") {
    Bytes der;
    for (const json::Value& byte : *base.At("/cert_chain/0/data")->if_array()) {
      der.push_back(static_cast<uint8_t>(*byte.uint64()));
    }
    return AsNumbers(AsBytes(crypto::Certificate::FromDer(der)->Pem()));
  }
  constexpr std::string_view kAsDer = " as DER";
  const bool as_der = named.ends_with(kAsDer);
  const std::string file =
      as_der ? named.substr(0, named.size() - kAsDer.size()) : named;
  auto path = SharedPath("evidence/" + file);
  if (!path) path = SharedPath(file);
  EXPECT_TRUE(path.has_value()) << named;
  const std::string text = ReadFile(*path);
  if (!as_der) return AsNumbers(AsBytes(text));
  return AsNumbers(crypto::Certificate::FromPem(text)->der());
}

// Replaces every {"$cert": F} within a patch's value.
json::Value Resolve(const json::Value& value, const json::Value& base) {
  if (const json::Value* named = value.Find("$cert")) {
    return CertificateBytes(*named->if_string(), base);
  }
  if (const json::Array* array = value.if_array()) {
    json::Array out;
    for (const json::Value& item : *array) out.push_back(Resolve(item, base));
    return out;
  }
  if (const json::Object* object = value.if_object()) {
    json::Object out;
    for (const json::Member& member : *object) {
      out.Set(member.name, Resolve(member.value, base));
    }
    return out;
  }
  return value;
}

TEST_F(GoldenTest, MutationsGiveTheWantedVerdicts) {
  SHARED_OR_SKIP(folder, "evidence/snp");
  const json::Value file = Json(folder + "/mutations.json");
  const json::Value base = Json(folder + "/" + *file.Find("base")->if_string());
  size_t cases = 0;
  for (const json::Value& c : *file.Find("cases")->if_array()) {
    const std::string& name = *c.Find("name")->if_string();
    json::Value evidence = base;
    for (const json::Value& patch : *c.Find("patch")->if_array()) {
      const json::Value* value = patch.Find("value");
      Apply(evidence, *patch.Find("op")->if_string(),
            *patch.Find("path")->if_string(),
            value == nullptr ? json::Value() : Resolve(*value, base));
    }
    nothing_->asked.clear();
    const auto claims = Run(evidence);
    std::string verdict = claims.has_value() ? "accept" : "reject";
    if (!nothing_->asked.empty()) {
      verdict = "fetch";
      EXPECT_EQ(nothing_->asked[0],
                "snp.vcek/Genoa/"
                "371c55d6d15cb50f16dc31d39a24e300caaabff4431e841111429b73ec45"
                "ad67ea6e687ffae7bf84b54a5d0e6d79b3ef6ff0bd8b4cff94c2163af5c5"
                "de8718e8/bl10_tee00_snp23_ucode25");
      EXPECT_EQ(claims.error().code, ErrorCode::kUnavailable);
    }
    EXPECT_EQ(verdict, *c.Find("wanted")->if_string())
        << name << (claims.has_value() ? std::string() : claims.error().Text());
    ++cases;
  }
  EXPECT_EQ(cases, 41U);
}

// --- single certificates and raw reports ----------------------------------

class RawTest : public GoldenTest {
 protected:
  Result<VerifiedReport> RunRaw(const std::string& report_bytes,
                                const std::string& certificate,
                                Generation generation) {
    CheckLog log;
    const Roots roots = *Roots::Amd();
    const Report report = TRY(ParseReport(AsBytes(report_bytes)));
    const auto parsed = TRY(ParseVek(AsBytes(certificate)));
    const VerifiedVek vek = TRY(VerifyVek(parsed, generation, roots, log));
    return Verify(report, vek, Expected(), log);
  }
  static void ExpectRefused(const Result<VerifiedReport>& result,
                            const Check& check, std::string_view text) {
    ASSERT_FALSE(result.has_value()) << check.id;
    EXPECT_EQ(result.error().check, &check) << result.error().Text();
    EXPECT_NE(result.error().Text().find(text), std::string::npos)
        << result.error().Text();
  }
};

TEST_F(RawTest, ReportsAndCertificatesWithSingleByteEdits) {
  SHARED_OR_SKIP(folder, "evidence/snp");
  const std::string vcek = ReadFile(folder + "/test-vcek.der");
  const std::string vlek = ReadFile(folder + "/test-vlek.der");
  const std::string report = ReadFile(folder + "/test-report.bin");
  const std::string vlek_report = ReadFile(folder + "/test-vlek-report.bin");
  const auto plus_one = [](std::string bytes, size_t at) {
    bytes[at] = static_cast<char>(bytes[at] + 1);
    return bytes;
  };
  const auto good = RunRaw(report, vcek, Generation::kMilan);
  EXPECT_TRUE(good.has_value()) << good.error().Text();
  // Signature, chip and TCB hold; it was asked for at VMPL 1.
  ExpectRefused(RunRaw(vlek_report, vlek, Generation::kMilan), kVmpl,
                "VMPL Check Failed");
  for (const std::string& changed : {plus_one(vcek, 42), plus_one(vlek, 42)}) {
    EXPECT_FALSE(RunRaw(report, changed, Generation::kMilan).has_value());
  }
  ExpectRefused(RunRaw(plus_one(report, 42), vcek, Generation::kMilan),
                kReportSignature, "Report signature verification");
  ExpectRefused(RunRaw(plus_one(vlek_report, 42), vlek, Generation::kMilan),
                kReportSignature, "Report signature verification");
  ExpectRefused(RunRaw(report, vcek, Generation::kGenoa), kVekIssuer, "");
  for (const char* invalid :
       {"/test-vcek-invalid-legacy.der", "/test-vcek-invalid-new.der"}) {
    ExpectRefused(
        RunRaw(report, ReadFile(folder + invalid), Generation::kMilan),
        kVekSignature, "");
  }
}

TEST_F(RawTest, FieldsOfTheVlekReport) {
  SHARED_OR_SKIP(folder, "evidence/snp");
  const Result<Report> report =
      ParseReport(AsBytes(ReadFile(folder + "/test-vlek-report.bin")));
  ASSERT_TRUE(report.has_value());
  const json::Value want =
      Json(folder + "/expected-claims-vlek-report-fields.json");
  EXPECT_EQ(HexEncode(report->measurement),
            *want.Find("measurement")->if_string());
  EXPECT_EQ(HexEncode(report->report_data),
            *want.Find("report_data")->if_string());
  EXPECT_EQ(HexEncode(report->chip_id), *want.Find("chip_id")->if_string());
  EXPECT_EQ(report->signing_key(), 1U);
  const Tcb tcb = DecodeTcb(report->reported_tcb, Generation::kMilan);
  EXPECT_EQ(tcb, (Tcb{4, 0, 24, 217, std::nullopt}));
}

TEST_F(RawTest, ExtensionsOfRecordedCertificates) {
  SHARED_OR_SKIP(folder, "evidence/snp");
  const auto read = [&folder](const char* name) {
    const auto vek = ParseVek(AsBytes(ReadFile(folder + name)));
    EXPECT_TRUE(vek.has_value()) << name;
    return *vek;
  };
  const auto vcek = read("/test-vcek.der");
  EXPECT_EQ(vcek->kind, VekKind::kVcek);
  EXPECT_TRUE(vcek->consistent);
  EXPECT_EQ(vcek->issuer_generation, Generation::kMilan);
  EXPECT_EQ(vcek->extensions.product_name, "Milan-B0");
  EXPECT_EQ(vcek->extensions.microcode, 115U);
  EXPECT_EQ(vcek->extensions.hardware_id->size(), 64U);
  const auto vlek = read("/test-vlek.der");
  EXPECT_EQ(vlek->kind, VekKind::kVlek);
  EXPECT_TRUE(vlek->consistent);
  EXPECT_EQ(vlek->extensions.csp_id, "CN=cc-us-east-2.amazonaws.com");
  EXPECT_EQ(vlek->extensions.microcode, 217U);
  // Raw and wrapped hardware ids.
  for (const char* name :
       {"/test-vcek-invalid-legacy.der", "/test-vcek-invalid-new.der"}) {
    EXPECT_EQ(read(name)->extensions.hardware_id->size(), 64U) << name;
  }
}

TEST(RootsTest, PinnedKeysAreThoseOfAmdsCertificates) {
  SHARED_OR_SKIP(folder, "vendor-roots/amd");
  const Result<Roots> roots = Roots::Amd();
  ASSERT_TRUE(roots.has_value()) << roots.error().Text();
  const struct {
    Generation generation;
    const char* name;
  } cases[] = {{Generation::kMilan, "milan"},
               {Generation::kGenoa, "genoa"},
               {Generation::kTurin, "turin"}};
  for (const auto& c : cases) {
    const GenerationRoots& pinned = *roots->Find(c.generation);
    const std::pair<const char*, const RootKey*> keys[] = {
        {"_ark.pem", &pinned.ark},
        {"_ask.pem", &pinned.ask},
        {"_asvk.pem", &pinned.asvk}};
    for (const auto& [suffix, key] : keys) {
      const auto certificate = crypto::Certificate::FromPem(
          ReadFile(folder + "/" + c.name + suffix));
      ASSERT_TRUE(certificate.has_value());
      EXPECT_EQ(key->certificate_sha256, certificate->Sha256Fingerprint());
      EXPECT_EQ(key->spki_sha256, certificate->SpkiSha256());
      EXPECT_EQ(key->key, *certificate->public_key());
      EXPECT_EQ(key->serial, certificate->SerialNumber());
      EXPECT_TRUE(Equal(key->subject_der, certificate->SubjectDer()));
      // What pinning takes for granted of the certificates.
      EXPECT_TRUE(certificate->SignedBy(pinned.ark.key));
      EXPECT_TRUE(Equal(certificate->IssuerDer(), pinned.ark.subject_der));
      EXPECT_TRUE(certificate->IsCa());
      EXPECT_TRUE(certificate->CanSignCertificates());
      if (key != &pinned.ark) {
        EXPECT_EQ(certificate->PathLength(), 0U);
      }
    }
  }
}

}  // namespace
}  // namespace vouchsafe::snp
