#include "verifier/snp/vcek_source.h"

#include <filesystem>
#include <fstream>

#include "tests/fake/fake_fetcher.h"
#include "tests/fake/snp_fixture.h"
#include "verifier/snp/vek_cache.h"

namespace vouchsafe::snp {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMilanUrlTail =
    "?blSPL=03&teeSPL=01&snpSPL=08&ucodeSPL=219";

void WriteFile(const fs::path& path, ByteView bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << AsText(bytes);
}

class VcekSourceTest : public SnpTest {
 protected:
  VcekSourceTest() { fake::SignSnpReport(milan_, fake::SnpVekKey()); }

  std::shared_ptr<collateral::Collateral> Cache(const SnpConfig& config) {
    auto cache = std::make_shared<collateral::Collateral>(collateral::Limits(),
                                                          clock_, nullptr);
    AddSources(config, std::make_shared<const Roots>(FakeRoots()), fetcher_,
               clock_, *cache);
    return cache;
  }
  static SnpConfig Kds() {
    SnpConfig config;
    config.vcek_sources = {{VcekSourceConfig::Type::kKds, "https://kds", ""}};
    return config;
  }
  SnpConfig Folder() const {
    SnpConfig config;
    config.vcek_sources = {
        {VcekSourceConfig::Type::kOfflineStore, "", folder_.path()}};
    return config;
  }
  // Through the whole verifier, evidence without a chain.
  Claims Ask(collateral::Provider& provider, const Report& report,
             Generation generation = Generation::kMilan) {
    const std::shared_ptr<collateral::Provider> shared(
        &provider, [](collateral::Provider*) {});
    const SnpVerifier verifier(
        SnpConfig(), std::make_shared<const Roots>(FakeRoots()), shared);
    return Run(verifier, fake::SnpEvidence(report, generation, {}));
  }
  std::string MilanUrl() const {
    const VcekId id = VcekId::Of(milan_, Generation::kMilan);
    return "https://kds/vcek/v1/Milan/" + id.hardware_id + kMilanUrlTail;
  }
  Bytes MilanVcek() const {
    const fake::SnpCa& ca = Ca(Generation::kMilan);
    return ca.Vek(ca.VcekFor(milan_));
  }

  Report milan_ = fake::MakeSnpReport(3, Generation::kMilan);
  fake::FakeFetcher fetcher_;
  vouchsafe::testing::TempDir folder_;
};

TEST_F(VcekSourceTest, IdsAreReadBack) {
  for (Generation generation : kGenerations) {
    const VcekId id =
        VcekId::Of(fake::MakeSnpReport(3, generation), generation);
    const auto parsed = VcekId::Parse(id.Text());
    ASSERT_TRUE(parsed.has_value()) << id.Text();
    EXPECT_EQ(*parsed, id);
    EXPECT_EQ(id.hardware_id.size(),
              generation == Generation::kTurin ? 16U : 128U);
  }
  const std::string good = VcekId::Of(milan_, Generation::kMilan).Text();
  for (const std::string& broken :
       {std::string(), good.substr(1), good + "0x", good + "_fmc",
        good.substr(0, good.size() - 3), std::string("Milan/../../etc/passwd"),
        std::string("Genoa/00/bl03_tee01_snp08_ucode219")}) {
    EXPECT_FALSE(VcekId::Parse(broken).has_value()) << broken;
  }
}

TEST_F(VcekSourceTest, KdsUrls) {
  EXPECT_EQ(*KdsVcekUrl("https://kds", VcekId::Of(milan_, Generation::kMilan)),
            MilanUrl());
  const Report turin = fake::MakeSnpReport(3, Generation::kTurin);
  EXPECT_EQ(*KdsVcekUrl("https://kds", VcekId::Of(turin, Generation::kTurin)),
            "https://kds/vcek/v1/Turin/c8c9cacbcccdcecf?fmcSPL=02&blSPL=03&"
            "teeSPL=01&snpSPL=08&ucodeSPL=219");
  Report masked = milan_;
  masked.chip_id.fill(0);
  EXPECT_EQ(KdsVcekUrl("https://kds", VcekId::Of(masked, Generation::kMilan))
                .error()
                .code,
            ErrorCode::kNotFound);
}

TEST_F(VcekSourceTest, KdsIsAskedOncePerObject) {
  fetcher_.On(MilanUrl(), 200, MilanVcek());
  const auto cache = Cache(Kds());
  for (int i = 0; i < 3; ++i) {
    const Claims claims = Ask(*cache, milan_);
    ASSERT_TRUE(claims.has_value()) << claims.error().Text();
  }
  EXPECT_EQ(fetcher_.Count(MilanUrl()), 1);
  EXPECT_EQ(report_.collateral[0].source, "kds");
}

TEST_F(VcekSourceTest, TurinIsAskedWithFmc) {
  Report turin = fake::MakeSnpReport(4, Generation::kTurin);
  fake::SignSnpReport(turin, fake::SnpVekKey());
  const fake::SnpCa& ca = Ca(Generation::kTurin);
  const VcekId id = VcekId::Of(turin, Generation::kTurin);
  fetcher_.On(*KdsVcekUrl("https://kds", id), 200, ca.Vek(ca.VcekFor(turin)));
  const auto cache = Cache(Kds());
  const Claims claims = Ask(*cache, turin, Generation::kTurin);
  EXPECT_TRUE(claims.has_value()) << claims.error().Text();
}

TEST_F(VcekSourceTest, KdsRefusalsKeepTheirKind) {
  const fake::SnpCa& ca = Ca(Generation::kMilan);
  fake::SnpVekSpec other_chip = ca.VcekFor(milan_);
  (*other_chip.hardware_id)[0] ^= 1U;
  fake::SnpVekSpec other_tcb = ca.VcekFor(milan_);
  *other_tcb.microcode += 1;
  fake::SnpVekSpec unsigned_by_ask = ca.VcekFor(milan_);
  unsigned_by_ask.signed_by_asvk = true;
  const Bytes garbage = ToBytes(std::string_view("<html>"));
  const struct {
    const char* name;
    int status;
    Bytes body;
    ErrorCode want;
  } cases[] = {
      {"unknown chip", 404, {}, ErrorCode::kUntrusted},
      {"too many requests", 429, {}, ErrorCode::kUnavailable},
      {"down", 500, {}, ErrorCode::kUnavailable},
      {"garbage", 200, garbage, ErrorCode::kBadPeer},
      {"empty", 200, {}, ErrorCode::kBadPeer},
      {"other chip", 200, ca.Vek(other_chip), ErrorCode::kBadPeer},
      {"other TCB", 200, ca.Vek(other_tcb), ErrorCode::kBadPeer},
      {"not AMD's", 200, ca.Vek(unsigned_by_ask), ErrorCode::kBadPeer},
      {"VLEK", 200, ca.Vek(ca.VlekFor(milan_)), ErrorCode::kBadPeer},
  };
  for (const auto& c : cases) {
    fetcher_.On(MilanUrl(), c.status, c.body);
    const auto cache = Cache(Kds());
    const Claims claims = Ask(*cache, milan_);
    ASSERT_FALSE(claims.has_value()) << c.name;
    EXPECT_EQ(claims.error().code, c.want) << c.name << claims.error().Text();
  }
}

TEST_F(VcekSourceTest, RetryAfterIsKept) {
  fetcher_.On(MilanUrl(), 429, std::string_view(), {{"Retry-After", "60"}});
  const auto cache = Cache(Kds());
  EXPECT_FALSE(Ask(*cache, milan_).has_value());
  fetcher_.On(MilanUrl(), 200, MilanVcek());
  clock_.Advance(std::chrono::seconds(59));
  EXPECT_FALSE(Ask(*cache, milan_).has_value());
  EXPECT_EQ(fetcher_.Count(MilanUrl()), 1);
  // That failure is believed for a while too.
  clock_.Advance(std::chrono::seconds(collateral::Limits().failure_ttl_s + 1));
  EXPECT_TRUE(Ask(*cache, milan_).has_value());
  EXPECT_EQ(fetcher_.Count(MilanUrl()), 2);
}

TEST_F(VcekSourceTest, ASlowKdsIsUnavailable) {
  fetcher_.Fail(MilanUrl(), ErrorCode::kDeadline);
  const auto cache = Cache(Kds());
  const Claims claims = Ask(*cache, milan_);
  ASSERT_FALSE(claims.has_value());
  EXPECT_TRUE(claims.error().code == ErrorCode::kUnavailable ||
              claims.error().code == ErrorCode::kDeadline)
      << claims.error().Text();
}

TEST_F(VcekSourceTest, AMaskedChipIsNotAskedFor) {
  Report masked = fake::MakeSnpReport(3, Generation::kMilan);
  masked.chip_id.fill(0);
  fake::SignSnpReport(masked, fake::SnpVekKey());
  const auto cache = Cache(Kds());
  const Claims claims = Ask(*cache, masked);
  ASSERT_FALSE(claims.has_value());
  EXPECT_EQ(claims.error().code, ErrorCode::kUntrusted);
  EXPECT_TRUE(fetcher_.Requests().empty());
}

TEST_F(VcekSourceTest, WithoutSourcesEveryFetchFails) {
  SnpConfig config;
  config.vcek_sources.clear();
  const auto cache = Cache(config);
  EXPECT_FALSE(Ask(*cache, milan_).has_value());
}

TEST_F(VcekSourceTest, OfflineFilesByTcbThenByChip) {
  const VcekId id = VcekId::Of(milan_, Generation::kMilan);
  const fs::path chip = fs::path(folder_.path()) / "vcek" / id.hardware_id;
  const auto offline = [this] {
    const auto cache = Cache(Folder());
    return Ask(*cache, milan_).has_value();
  };
  EXPECT_FALSE(offline());
  WriteFile(chip / "vcek.der", MilanVcek());
  EXPECT_TRUE(offline());
  EXPECT_EQ(report_.collateral[0].source, "offline_store");
  // The file with the TCB in its name goes first, even when it is broken.
  const fs::path named = chip / "bl03_tee01_snp08_ucode219_vcek.der";
  WriteFile(named, Bytes{1});
  EXPECT_FALSE(offline());
  // PEM is read too.
  const std::string pem = crypto::Certificate::FromDer(MilanVcek())->Pem();
  WriteFile(named, AsBytes(pem));
  EXPECT_TRUE(offline());
}

TEST_F(VcekSourceTest, OfflineNameOnTurinHasFmc) {
  Report turin = fake::MakeSnpReport(3, Generation::kTurin);
  fake::SignSnpReport(turin, fake::SnpVekKey());
  const fake::SnpCa& ca = Ca(Generation::kTurin);
  WriteFile(fs::path(folder_.path()) / "vcek" / "c8c9cacbcccdcecf" /
                "bl03_tee01_snp08_ucode219_fmc02_vcek.der",
            ca.Vek(ca.VcekFor(turin)));
  const auto cache = Cache(Folder());
  EXPECT_TRUE(Ask(*cache, turin, Generation::kTurin).has_value());
}

TEST_F(VcekSourceTest, AnUnreadableFolderDoesNotFallBack) {
  // A file where a folder is wanted: not "absent".
  const VcekId id = VcekId::Of(milan_, Generation::kMilan);
  WriteFile(fs::path(folder_.path()) / "vcek" / id.hardware_id, Bytes{1});
  const auto cache = Cache(Folder());
  const Claims claims = Ask(*cache, milan_);
  ASSERT_FALSE(claims.has_value());
}

TEST_F(VcekSourceTest, SourcesAreAskedInOrder) {
  SnpConfig config = Folder();
  config.vcek_sources.push_back(Kds().vcek_sources[0]);
  fetcher_.On(MilanUrl(), 200, MilanVcek());
  auto cache = Cache(config);
  EXPECT_TRUE(Ask(*cache, milan_).has_value());
  EXPECT_EQ(fetcher_.Count(MilanUrl()), 1);
  const VcekId id = VcekId::Of(milan_, Generation::kMilan);
  WriteFile(fs::path(folder_.path()) / "vcek" / id.hardware_id / "vcek.der",
            MilanVcek());
  cache = Cache(config);
  EXPECT_TRUE(Ask(*cache, milan_).has_value());
  EXPECT_EQ(fetcher_.Count(MilanUrl()), 1);
}

TEST_F(VcekSourceTest, RevocationListsFromBothSources) {
  const fake::SnpCa& ca = Ca(Generation::kMilan);
  const Bytes list = ca.Crl(ca.ListOf({}));
  RequestContext context;
  context.clock = &clock_;
  fetcher_.On("https://kds/vlek/v1/Milan/crl", 200, list);
  const collateral::Key key{std::string(kCrlCollateral),
                            CrlIdText(VekKind::kVlek, Generation::kMilan)};
  auto got = Cache(Kds())->Get(key, context);
  ASSERT_TRUE(got.has_value()) << got.error().Text();
  EXPECT_EQ((*got)->bytes, list);
  WriteFile(fs::path(folder_.path()) / "crl" / "vlek_Milan.crl", list);
  got = Cache(Folder())->Get(key, context);
  ASSERT_TRUE(got.has_value()) << got.error().Text();
  EXPECT_EQ((*got)->bytes, list);
  // Not a list.
  fetcher_.On("https://kds/vlek/v1/Milan/crl", 200, std::string_view("x"));
  EXPECT_FALSE(Cache(Kds())->Get(key, context).has_value());
}

TEST_F(VcekSourceTest, VekCacheForgetsTheLeastRecentlyUsed) {
  CheckLog log;
  const auto parsed = ParseVek(MilanVcek());
  ASSERT_TRUE(parsed.has_value());
  const auto vek = VerifyVek(*parsed, Generation::kMilan, FakeRoots(), log);
  ASSERT_TRUE(vek.has_value());
  const auto digest = [](uint8_t n) {
    return VekCache::DigestOf(ByteView(&n, size_t{1}));
  };
  VekCache cache(2);
  cache.Put(digest(1), *vek);
  cache.Put(digest(2), *vek);
  EXPECT_TRUE(cache.Find(digest(1)).has_value());
  cache.Put(digest(3), *vek);
  cache.Put(digest(3), *vek);
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_TRUE(cache.Find(digest(1)).has_value());
  EXPECT_FALSE(cache.Find(digest(2)).has_value());
  EXPECT_TRUE(cache.Find(digest(3)).has_value());
  VekCache none(0);
  none.Put(digest(1), *vek);
  EXPECT_FALSE(none.Find(digest(1)).has_value());
}

}  // namespace
}  // namespace vouchsafe::snp
