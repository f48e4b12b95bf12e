#include "verifier/snp/report.h"

#include <gtest/gtest.h>

#include "tests/fake/snp.h"

namespace vouchsafe::snp {
namespace {

Report Good(uint32_t version = 5, Generation generation = Generation::kTurin) {
  Report report = fake::MakeSnpReport(version, generation);
  fake::SignSnpReport(report, fake::SnpVekKey());
  return report;
}

TEST(ReportTest, BytesAndFieldsAgree) {
  for (Generation generation : kGenerations) {
    for (uint32_t version = 2; version <= 5; ++version) {
      const Report report = Good(version, generation);
      const auto parsed = ParseReport(report.bytes);
      ASSERT_TRUE(parsed.has_value());
      EXPECT_EQ(SerializeReport(*parsed), report.bytes);
      EXPECT_EQ(parsed->bytes, report.bytes);
    }
  }
}

TEST(ReportTest, EveryOtherLengthIsRefused) {
  const Report report = Good();
  Bytes bytes = ToBytes(ByteView(report.bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto parsed = ParseReport(ByteView(bytes).first(size));
    ASSERT_FALSE(parsed.has_value()) << size;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidInput);
  }
  bytes.push_back(0);
  EXPECT_FALSE(ParseReport(bytes).has_value());
}

// Each byte is either a field, so that it survives, or reserved, so that
// FirstReservedNonZero finds it.
TEST(ReportTest, NoByteIsForgotten) {
  for (Generation generation : kGenerations) {
    for (uint32_t version : {2U, 3U, 5U}) {
      const Report report = Good(version, generation);
      EXPECT_EQ(FirstReservedNonZero(report, generation), std::nullopt);
      for (size_t i = 0; i < kReportSize; ++i) {
        ReportBytes bytes = report.bytes;
        bytes[i] ^= 0xFFU;
        if (i < 4) continue;  // the version itself
        const auto changed = ParseReport(bytes);
        ASSERT_TRUE(changed.has_value());
        const auto reserved = FirstReservedNonZero(*changed, generation);
        if (reserved.has_value()) {
          EXPECT_EQ(*reserved, i);
        } else {
          EXPECT_EQ(SerializeReport(*changed), bytes) << i;
        }
      }
    }
  }
}

TEST(ReportTest, FieldsStandWhereAmdPutsThem) {
  ReportBytes bytes{};
  bytes[0x000] = 5;
  bytes[0x008] = 0x1F;
  bytes[0x00A] = 0x03;
  bytes[0x030] = 2;
  bytes[0x048] = 0x05;  // AUTHOR_KEY_EN, SIGNING_KEY 1
  bytes[0x050] = 0x11;
  bytes[0x090] = 0x22;
  bytes[0x0C0] = 0x33;
  bytes[0x187] = 0x44;
  bytes[0x188] = 0x1A;
  bytes[0x1A0] = 0x55;
  bytes[0x1E8] = 40;
  bytes[0x1E9] = 55;
  bytes[0x1EA] = 1;
  bytes[0x207] = 0x80;
  bytes[0x2A0] = 0x66;
  bytes[0x2E8] = 0x77;
  const auto r = ParseReport(bytes);
  ASSERT_TRUE(r.has_value());
  EXPECT_EQ(r->version, 5U);
  EXPECT_EQ(r->policy, 0x3001FU);
  EXPECT_EQ(r->vmpl, 2U);
  EXPECT_TRUE(r->author_key_enabled());
  EXPECT_FALSE(r->chip_key_masked());
  EXPECT_EQ(r->signing_key(), 1U);
  EXPECT_EQ(r->report_data[0], 0x11);
  EXPECT_EQ(r->measurement[0], 0x22);
  EXPECT_EQ(r->host_data[0], 0x33);
  EXPECT_EQ(DecodeTcb(r->reported_tcb, Generation::kMilan).microcode, 0x44);
  EXPECT_EQ(r->cpuid_family, 0x1A);
  EXPECT_EQ(r->chip_id[0], 0x55);
  EXPECT_EQ(r->current.build, 40);
  EXPECT_EQ(r->current.minor, 55);
  EXPECT_EQ(r->current.major, 1);
  EXPECT_EQ(r->current_mit_vector, uint64_t{1} << 63U);
  EXPECT_EQ(r->signature_r[0], 0x66);
  EXPECT_EQ(r->signature_s[0], 0x77);
}

TEST(ReportTest, TcbLayouts) {
  const RawTcb raw{1, 2, 3, 4, 0, 0, 7, 8};
  EXPECT_EQ(DecodeTcb(raw, Generation::kMilan),
            (Tcb{1, 2, 7, 8, std::nullopt}));
  EXPECT_EQ(DecodeTcb(raw, Generation::kGenoa),
            (Tcb{1, 2, 7, 8, std::nullopt}));
  EXPECT_EQ(DecodeTcb(raw, Generation::kTurin), (Tcb{2, 3, 4, 8, uint8_t{1}}));
  EXPECT_EQ(EncodeTcb({2, 3, 4, 8, uint8_t{1}}, Generation::kTurin),
            (RawTcb{1, 2, 3, 4, 0, 0, 0, 8}));
  EXPECT_EQ(EncodeTcb({2, 3, 4, 8, uint8_t{1}}, Generation::kMilan),
            (RawTcb{2, 3, 0, 0, 0, 0, 4, 8}));
}

TEST(GenerationTest, CpusAndIssuers) {
  const struct {
    uint8_t family;
    uint8_t model;
    std::optional<Generation> want;
  } cpus[] = {
      {0x19, 0x00, Generation::kMilan}, {0x19, 0x0F, Generation::kMilan},
      {0x19, 0x10, Generation::kGenoa}, {0x19, 0x1F, Generation::kGenoa},
      {0x19, 0x20, std::nullopt},       {0x19, 0x9F, std::nullopt},
      {0x19, 0xA0, Generation::kGenoa}, {0x19, 0xAF, Generation::kGenoa},
      {0x19, 0xB0, std::nullopt},       {0x1A, 0x00, Generation::kTurin},
      {0x1A, 0x11, Generation::kTurin}, {0x1A, 0x12, std::nullopt},
      {0x1A, 0x50, std::nullopt},       {0x18, 0x01, std::nullopt},
      {0x00, 0x00, std::nullopt},
  };
  for (const auto& c : cpus) {
    const auto got = GenerationOfCpu(c.family, c.model);
    ASSERT_EQ(got.has_value(), c.want.has_value()) << int{c.model};
    if (got) {
      EXPECT_EQ(*got, *c.want);
    }
  }
  EXPECT_EQ(GenerationOfIssuer("SEV-Milan"), Generation::kMilan);
  EXPECT_EQ(GenerationOfIssuer("SEV-VLEK-Turin"), Generation::kTurin);
  for (const char* other : {"", "SEV-", "SEV-VLEK-", "SEV-Venice", "ARK-Milan",
                            "sev-Milan", "SEV-Milan "}) {
    EXPECT_EQ(GenerationOfIssuer(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace vouchsafe::snp
