// The certificate chain of the evidence, what is configured about it, and VEKs
// that are fetched, over a fake CA.

#include <gtest/gtest.h>

#include "tests/fake/snp_fixture.h"

namespace vouchsafe::snp {
namespace {

using fake::SnpCa;
using fake::SnpVekSpec;

// --- the chain ------------------------------------------------------------

class ChainTest : public SnpTest {
 protected:
  ChainTest() { fake::SignSnpReport(report_3_, fake::SnpVekKey()); }
  json::Value With(const fake::SnpChain& chain) const {
    return fake::SnpEvidence(report_3_, Generation::kMilan, chain);
  }
  static Bytes Pem(const crypto::Certificate& certificate) {
    return ToBytes(certificate.Pem());
  }

  const SnpCa& ca_ = Ca(Generation::kMilan);
  Report report_3_ = fake::MakeSnpReport(3, Generation::kMilan);
  Bytes vek_ = ca_.Vek(ca_.VcekFor(report_3_));
};

TEST_F(ChainTest, SuppliedRootsMustBeThePinnedOnes) {
  const SnpCa other(Generation::kMilan, 3);
  EXPECT_TRUE(Run(With({{"ARK", Pem(ca_.ark())},
                        {"ASK", ca_.ask().der()},
                        {"VCEK", vek_}}))
                  .has_value());
  ExpectRefused(Run(With({{"VCEK", vek_}, {"ARK", other.ark().der()}})),
                kChainArk, "Provided ARK has an invalid signature");
  ExpectRefused(Run(With({{"VCEK", vek_}, {"ARK", ca_.ask().der()}})),
                kChainArk);
  ExpectRefused(Run(With({{"VCEK", vek_}, {"ASK", other.ask().der()}})),
                kChainAsk,
                "Certificate chain provided by user failed to verify");
  ExpectRefused(Run(With({{"VCEK", vek_}, {"ASK", ca_.asvk().der()}})),
                kChainAsk);
  // The last ASK counts, each ARK does.
  EXPECT_TRUE(Run(With({{"ASK", other.ask().der()},
                        {"ASK", ca_.ask().der()},
                        {"VCEK", vek_}}))
                  .has_value());
  EXPECT_FALSE(Run(With({{"ARK", other.ark().der()},
                         {"ARK", ca_.ark().der()},
                         {"VCEK", vek_}}))
                   .has_value());
}

TEST_F(ChainTest, AReissuedAskForTheSameKeyIsAccepted) {
  fake::CertSpec spec = fake::CaSpec("SEV-Milan", *ca_.ask().public_key());
  spec.subject = fake::AmdName("SEV-Milan");
  spec.issuer = fake::AmdName("ARK-Milan");
  spec.signing = fake::Signing::kPssSha384;
  const Bytes by_ark = fake::MakeCertificateDer(spec, fake::RsaKey(0));
  EXPECT_TRUE(Run(With({{"ASK", by_ark}, {"VCEK", vek_}})).has_value());
  const Bytes by_other = fake::MakeCertificateDer(spec, fake::RsaKey(3));
  ExpectRefused(Run(With({{"ASK", by_other}, {"VCEK", vek_}})), kChainAsk);
}

TEST_F(ChainTest, AChainNeedsAVek) {
  ExpectRefused(Run(With({{"ARK", ca_.ark().der()}})), kChainVekPresent,
                "If a cert chain is provided, it must include a VCEK/VLEK");
  ExpectRefused(Run(With({{"CRL", Bytes{1, 2}}})), kChainVekPresent);
}

TEST_F(ChainTest, TheLabelMustFit) {
  ExpectRefused(Run(With({{"VLEK", vek_}})), kVekLabel);
}

TEST_F(ChainTest, TheFirstVekCountsAndOthersAreNotParsed) {
  EXPECT_TRUE(Run(With({{"VCEK", vek_}, {"VLEK", Bytes{1}}, {"CRL", Bytes()}}))
                  .has_value());
  EXPECT_FALSE(Run(With({{"VCEK", Bytes{1}}, {"VCEK", vek_}})).has_value());
}

TEST_F(ChainTest, BrokenCertificatesAreUntrusted) {
  Bytes truncated = vek_;
  truncated.pop_back();
  Bytes longer = vek_;
  longer.push_back(0);
  for (const Bytes& broken :
       {Bytes(), Bytes{0x30}, truncated, longer,
        ToBytes(std::string_view("-----BEGIN CERTIFICATE-----"))}) {
    const Claims refused = Run(With({{"VCEK", broken}}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kUntrusted);
  }
  // A key that is not on P-384.
  const Bytes rsa = ca_.Vek(ca_.VcekFor(report_3_), fake::RsaKey(1));
  const Claims refused = Run(With({{"VCEK", rsa}}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kUntrusted);
}

TEST_F(ChainTest, VekOfAnotherAuthorityIsRefused) {
  const SnpCa other(Generation::kMilan, 3);
  ExpectRefused(Run(With({{"VCEK", other.Vek(other.VcekFor(report_3_))}})),
                kVekSignature);
}

TEST_F(ChainTest, AVekIsProvenOnceAndForItsGenerationOnly) {
  const SnpVerifier verifier = MakeVerifier();
  const auto proven_before = [this] {
    for (const CheckEntry& entry : report_.checks.entries()) {
      if (entry.check == &kVekSignature) {
        return entry.got.Text() == "proven before";
      }
    }
    return false;
  };
  EXPECT_TRUE(Run(verifier, With({{"VCEK", vek_}})).has_value());
  EXPECT_FALSE(proven_before());
  EXPECT_TRUE(Run(verifier, With({{"VCEK", vek_}})).has_value());
  EXPECT_TRUE(proven_before());
  // The same bytes with a Genoa report, and under another label.
  Report genoa = fake::MakeSnpReport(3, Generation::kGenoa);
  fake::SignSnpReport(genoa, fake::SnpVekKey());
  ExpectRefused(Run(verifier, fake::SnpEvidence(genoa, Generation::kGenoa,
                                                {{"VCEK", vek_}})),
                kVekIssuer);
  ExpectRefused(Run(verifier, With({{"VLEK", vek_}})), kVekLabel);
  // What was proven of the certificate says nothing about the report.
  Report forged = report_3_;
  forged.measurement[1] ^= 1U;
  ExpectRefused(Run(verifier, fake::SnpEvidence(forged, Generation::kMilan,
                                                {{"VCEK", vek_}})),
                kReportSignature);
}

// --- what is configured ---------------------------------------------------

TEST_F(ChainTest, DatesCountWhenConfigured) {
  const struct {
    int64_t from;
    int64_t until;
    bool good;
  } cases[] = {{kTestNowUnixS, kTestNowUnixS, true},
               {kTestNowUnixS + 1, kTestNowUnixS + 9, false},
               {kTestNowUnixS - 9, kTestNowUnixS - 1, false}};
  for (const auto& c : cases) {
    SnpVekSpec spec = ca_.VcekFor(report_3_);
    spec.not_before_unix_s = c.from;
    spec.not_after_unix_s = c.until;
    const json::Value evidence = With({{"VCEK", ca_.Vek(spec)}});
    config_.check_dates = false;
    EXPECT_TRUE(Run(evidence).has_value());
    config_.check_dates = true;
    if (c.good) {
      EXPECT_TRUE(Run(evidence).has_value());
    } else {
      ExpectRefused(Run(evidence), kVekDates);
    }
  }
}

TEST_F(ChainTest, MinimumVersionIsConfigurable) {
  config_.min_report_version = 4;
  ExpectRefused(Run(With({{"VCEK", vek_}})), kVersionMinimum);
  config_.min_report_version = 3;
  EXPECT_TRUE(Run(With({{"VCEK", vek_}})).has_value());
}

class RevocationTest : public ChainTest {
 protected:
  RevocationTest() { config_.check_revocation = true; }
  Claims RunWith(const fake::CrlSpec& list, const SnpCa& signer) {
    collateral_->Put("snp.crl", "vcek/Milan", signer.Crl(list));
    return Run(With({{"VCEK", vek_}}));
  }
};

TEST_F(RevocationTest, AGoodListIsUsedAndReported) {
  const Claims claims = RunWith(ca_.ListOf({{1, 1, 1}, {9}}), ca_);
  ASSERT_TRUE(claims.has_value()) << claims.error().Text();
  ASSERT_EQ(report_.collateral.size(), 2U);
  EXPECT_EQ(report_.collateral[1].kind, "crl");
  EXPECT_EQ(report_.collateral[1].id, "vcek/Milan");
}

TEST_F(RevocationTest, ARevokedAskIsRefused) {
  ExpectRefused(RunWith(ca_.ListOf({{9}, ca_.ask().SerialNumber()}), ca_),
                kCrlNotRevoked);
}

TEST_F(RevocationTest, AForeignOrOldListIsRefused) {
  const SnpCa other(Generation::kMilan, 3);
  ExpectRefused(RunWith(ca_.ListOf({}), other), kCrlSignature);
  fake::CrlSpec list = ca_.ListOf({});
  list.issuer = fake::AmdName("ARK-Genoa");
  ExpectRefused(RunWith(list, ca_), kCrlIssuer);
  list = ca_.ListOf({});
  list.next_update_unix_s = kTestNowUnixS - 1;
  ExpectRefused(RunWith(list, ca_), kCrlCurrent);
  list.next_update_unix_s.reset();
  ExpectRefused(RunWith(list, ca_), kCrlCurrent);
  list = ca_.ListOf({});
  list.this_update_unix_s = kTestNowUnixS + 1;
  ExpectRefused(RunWith(list, ca_), kCrlCurrent);
}

TEST_F(RevocationTest, WithoutAListNothingIsAccepted) {
  for (ErrorCode code : {ErrorCode::kNotFound, ErrorCode::kUnavailable}) {
    collateral_->FailWith(code);
    const Claims refused = Run(With({{"VCEK", vek_}}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  }
}

// --- fetching -------------------------------------------------------------

class FetchTest : public ChainTest {};

TEST_F(FetchTest, NullAndEmptyChainsFetch) {
  const VcekId id = VcekId::Of(report_3_, Generation::kMilan);
  collateral_->Put("snp.vcek", id.Text(), vek_);
  json::Value evidence = With({});
  EXPECT_TRUE(Run(evidence).has_value());
  ASSERT_EQ(report_.collateral.size(), 1U);
  EXPECT_EQ(report_.collateral[0].kind, "vcek");
  EXPECT_EQ(report_.collateral[0].source, "fake");
  evidence.if_object()->Set("cert_chain", json::Array());
  EXPECT_TRUE(Run(evidence).has_value());
  evidence.if_object()->Erase("cert_chain");
  EXPECT_TRUE(Run(evidence).has_value());
  EXPECT_EQ(collateral_->asked.size(), 3U);
}

TEST_F(FetchTest, AVersion2ReportAsksForMilanThenGenoa) {
  for (Generation generation : {Generation::kMilan, Generation::kGenoa}) {
    Report report = fake::MakeSnpReport(2, generation);
    fake::SignSnpReport(report, fake::SnpVekKey());
    const SnpCa& ca = Ca(generation);
    collateral_ = std::make_shared<fake::FakeCollateral>();
    collateral_->FailWith(ErrorCode::kNotFound);
    collateral_->Put("snp.vcek", VcekId::Of(report, generation).Text(),
                     ca.Vek(ca.VcekFor(report)));
    const Claims claims = Run(fake::SnpEvidence(report, generation, {}));
    ASSERT_TRUE(claims.has_value()) << claims.error().Text();
    EXPECT_EQ(*(*claims)[0].claims.Find("processor"),
              json::Value(GenerationName(generation)));
    EXPECT_EQ(collateral_->asked.size(),
              generation == Generation::kMilan ? 1U : 2U);
    EXPECT_EQ(collateral_->asked[0].find("snp.vcek/Milan/"), 0U);
  }
}

TEST_F(FetchTest, FailuresKeepTheirKind) {
  const std::pair<ErrorCode, ErrorCode> cases[] = {
      {ErrorCode::kNotFound, ErrorCode::kUntrusted},
      {ErrorCode::kUnavailable, ErrorCode::kUnavailable},
      {ErrorCode::kBadPeer, ErrorCode::kBadPeer},
      {ErrorCode::kDeadline, ErrorCode::kDeadline}};
  for (const auto& [given, want] : cases) {
    collateral_->FailWith(given);
    const Claims refused = Run(With({}));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, want);
    EXPECT_EQ(refused.error().Text().find(
                  "Failed to fetch VCEK from any configured source"),
              0U);
  }
}

TEST_F(FetchTest, AWrongVcekIsRefused) {
  const VcekId id = VcekId::Of(report_3_, Generation::kMilan);
  SnpVekSpec spec = ca_.VcekFor(report_3_);
  spec.signed_by_asvk = true;
  collateral_->Put("snp.vcek", id.Text(), ca_.Vek(spec));
  ExpectRefused(Run(With({})), kVekSignature,
                "Certificate chain from KDS failed verification");
}

TEST_F(FetchTest, AVlekHostMustSendItsChain) {
  Report report = fake::MakeSnpReport(3, Generation::kMilan);
  report.key_info = 1U << 2U;
  fake::SignSnpReport(report, fake::SnpVekKey());
  ExpectRefused(Run(fake::SnpEvidence(report, Generation::kMilan, {})),
                kChainVekPresent);
  EXPECT_TRUE(collateral_->asked.empty());
}

}  // namespace
}  // namespace vouchsafe::snp
