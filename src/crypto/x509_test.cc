#include "crypto/x509.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/encoding.h"
#include "tests/fake/ca.h"
#include "tests/support/threads.h"

namespace vouchsafe::crypto {
namespace {

struct Chain {
  Certificate root, middle, leaf;
};

fake::CertSpec MiddleSpec() {
  auto spec = fake::CaSpec("middle", fake::RsaKey(1).Public());
  spec.issuer = fake::CommonName("root");
  spec.path_length = 0;
  spec.serial = {2};
  return spec;
}

fake::CertSpec LeafSpec() {
  auto spec = fake::LeafSpec("leaf", "middle", fake::EcKey(0).Public());
  spec.serial = {0x80, 3};
  spec.extensions = {{"1.3.6.1.4.1.3704.1.3.1", fake::DerInteger(7)},
                     {"1.3.6.1.4.1.3704.1.2", fake::DerIa5String("Milan-B0")}};
  return spec;
}

Certificate Root() {
  return fake::MakeCertificate(fake::CaSpec("root", fake::RsaKey(0).Public()),
                               fake::RsaKey(0));
}

Chain MakeChain() {
  return {Root(), fake::MakeCertificate(MiddleSpec(), fake::RsaKey(0)),
          fake::MakeCertificate(LeafSpec(), fake::RsaKey(1))};
}

TEST(X509, FieldsAreRead) {
  const Chain chain = MakeChain();
  EXPECT_EQ(chain.root.Version(), 3);
  EXPECT_TRUE(chain.root.IsCa());
  EXPECT_EQ(chain.root.PathLength(), std::nullopt);
  EXPECT_TRUE(chain.root.HasKeyUsage());
  EXPECT_TRUE(chain.root.CanSignCertificates());
  EXPECT_TRUE(chain.root.CanSignCrls());
  EXPECT_EQ(chain.middle.PathLength(), 0u);
  EXPECT_EQ(chain.middle.SubjectText(), "CN=middle");
  EXPECT_EQ(chain.middle.IssuerText(), "CN=root");
  EXPECT_EQ(chain.middle.IssuerCommonName(), "root");
  EXPECT_EQ(chain.middle.NotBeforeUnixS(), fake::kNotBefore);
  EXPECT_EQ(chain.middle.NotAfterUnixS(), fake::kNotAfter);
  EXPECT_TRUE(Equal(chain.middle.IssuerDer(), chain.root.SubjectDer()));
  EXPECT_FALSE(chain.leaf.IsCa());
  EXPECT_FALSE(chain.leaf.HasKeyUsage());
  EXPECT_FALSE(chain.leaf.CanSignCertificates());
  EXPECT_FALSE(chain.leaf.CanSignCrls());
  EXPECT_EQ(chain.leaf.SerialNumber(), (Bytes{0x80, 3}));
  EXPECT_EQ(chain.leaf.SubjectCommonName(), "leaf");
  EXPECT_EQ(chain.leaf.Sha256Fingerprint(), Sha256(chain.leaf.der()));
  const auto key = chain.leaf.public_key();
  ASSERT_TRUE(key);
  EXPECT_TRUE(*key == fake::EcKey(0).Public());
  EXPECT_EQ(chain.leaf.SpkiSha256(), Sha256(key->SpkiDer()));
}

TEST(X509, KeyUsageSaysWhatIsAllowed) {
  auto spec = fake::CaSpec("ca", fake::EcKey(0).Public());
  spec.key_usage = fake::kKeyCertSign;
  const auto signs_certificates = fake::MakeCertificate(spec, fake::EcKey(0));
  EXPECT_TRUE(signs_certificates.CanSignCertificates());
  EXPECT_FALSE(signs_certificates.CanSignCrls());
  spec.key_usage = fake::kCrlSign;
  const auto signs_crls = fake::MakeCertificate(spec, fake::EcKey(0));
  EXPECT_FALSE(signs_crls.CanSignCertificates());
  EXPECT_TRUE(signs_crls.CanSignCrls());
}

TEST(X509, ExtensionsAreFoundByOid) {
  const Chain chain = MakeChain();
  const auto spl = chain.leaf.Extension("1.3.6.1.4.1.3704.1.3.1");
  ASSERT_TRUE(spl);
  EXPECT_EQ(DerInteger(*spl).value(), 7u);
  const auto name = chain.leaf.Extension("1.3.6.1.4.1.3704.1.2");
  ASSERT_TRUE(name);
  EXPECT_EQ(DerIa5String(*name).value(), "Milan-B0");
  EXPECT_EQ(chain.leaf.Extension("1.3.6.1.4.1.3704.1.3"), std::nullopt);
  EXPECT_EQ(chain.leaf.Extension("not an oid"), std::nullopt);
}

TEST(X509, ExtensionTwiceIsRefused) {
  auto spec = LeafSpec();
  spec.extensions.push_back(spec.extensions[0]);
  const auto made =
      Certificate::FromDer(fake::MakeCertificateDer(spec, fake::RsaKey(1)));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kInvalidInput);
}

TEST(X509, SignatureByEveryAlgorithm) {
  using fake::Signing;
  const auto ed = PrivateKey::Generate(KeyType::kEd25519);
  ASSERT_TRUE(ed);
  const auto& rsa = fake::RsaKey(0);
  const struct {
    Signing signing;
    const PrivateKey& key;
  } cases[] = {
      {Signing::kPssSha256, rsa},
      {Signing::kPssSha384, rsa},
      {Signing::kPssSha384WithTrailer, rsa},
      {Signing::kPkcs1Sha256, rsa},
      {Signing::kPkcs1Sha384, rsa},
      {Signing::kEcdsaSha256, fake::EcKey(0, KeyType::kEcP256)},
      {Signing::kEcdsaSha384, fake::EcKey(0, KeyType::kEcP384)},
      {Signing::kEcdsaSha512, fake::EcKey(0, KeyType::kEcP521)},
      {Signing::kEd25519, *ed},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(static_cast<int>(one.signing));
    auto spec = LeafSpec();
    spec.signing = one.signing;
    Bytes der = fake::MakeCertificateDer(spec, one.key);
    const auto good = Certificate::FromDer(der);
    ASSERT_TRUE(good);
    EXPECT_TRUE(good->SignedBy(one.key.Public()));
    EXPECT_FALSE(good->SignedBy(fake::RsaKey(1).Public()));
    EXPECT_FALSE(good->SignedBy(fake::EcKey(9).Public()));
    der[der.size() - 1] ^= 1;
    const auto bad = Certificate::FromDer(der);
    if (bad) {
      EXPECT_FALSE(bad->SignedBy(one.key.Public()));
    }
  }
}

TEST(X509, InnerAndOuterAlgorithmMustBeEqual) {
  auto spec = LeafSpec();
  spec.signing = fake::Signing::kPssSha384;
  spec.inner_signing = fake::Signing::kPssSha384WithTrailer;
  const auto certificate = fake::MakeCertificate(spec, fake::RsaKey(1));
  EXPECT_FALSE(certificate.SignedBy(fake::RsaKey(1).Public()));
}

TEST(X509, SpoiledCertificatesNeverVerify) {
  auto spec = fake::LeafSpec("leaf", "root", fake::EcKey(0).Public());
  const Bytes der = fake::MakeCertificateDer(spec, fake::EcKey(1));
  const PublicKey issuer = fake::EcKey(1).Public();
  for (size_t i = 0; i < der.size(); ++i) {
    EXPECT_FALSE(Certificate::FromDer(ByteView(der).first(i))) << i;
    Bytes flipped = der;
    flipped[i] ^= 0x01;
    const auto made = Certificate::FromDer(flipped);
    if (made) {
      EXPECT_FALSE(made->SignedBy(issuer)) << i;
    }
  }
  Bytes longer = der;
  longer.push_back(0);
  EXPECT_FALSE(Certificate::FromDer(longer));
  EXPECT_EQ(Certificate::FromDer(Bytes(kMaxCertificateSize + 1)).error().code,
            ErrorCode::kTooLarge);
}

TEST(X509, ValidityOfAnyYear) {
  const struct {
    const char* name;
    int64_t from, to;
  } cases[] = {
      {"before 1970", -631152000, -1},           // 1950-01-01
      {"before 1950", -631152001, 0},            // 1949, GeneralizedTime
      {"last UTCTime", 2524607999, 2524608000},  // 2049 / 2050
      {"leap day", 951782400, 1709251199},       // 2000-02-29, 2024-02-29
      {"no expiry", 0, 253402300799},            // 9999-12-31T23:59:59Z
      {"year 0", -62167219200, 253402300799},
      {"ends before it begins", 1000000000, 999999999},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    auto spec = LeafSpec();
    spec.not_before_unix_s = one.from;
    spec.not_after_unix_s = one.to;
    const auto certificate = fake::MakeCertificate(spec, fake::EcKey(1));
    EXPECT_EQ(certificate.NotBeforeUnixS(), one.from);
    EXPECT_EQ(certificate.NotAfterUnixS(), one.to);
  }
}

TEST(X509, PemBlocks) {
  const Chain chain = MakeChain();
  const std::string pem = "before\n" + chain.root.Pem() + "between\n" +
                          chain.middle.Pem() + "after\n";
  EXPECT_EQ(Certificate::FromPem(pem)->der(), chain.root.der());
  const auto list = Certificate::ListFromPem(pem);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[1].der(), chain.middle.der());
  EXPECT_EQ(Certificate::ListFromPem(pem, 1).error().code,
            ErrorCode::kTooLarge);
  EXPECT_FALSE(Certificate::ListFromPem("no block"));
  EXPECT_FALSE(Certificate::FromPem(
      "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"));
  EXPECT_FALSE(Certificate::FromPem(fake::RsaKey(0).Public().SpkiPem()));
  const auto key = PublicKey::FromPem(chain.leaf.Pem());
  ASSERT_TRUE(key);
  EXPECT_TRUE(*key == fake::EcKey(0).Public());
}

constexpr int64_t kNow = 1700000000;

TEST(X509Chain, HoldsToAnAnchor) {
  const Chain chain = MakeChain();
  EXPECT_TRUE(VerifyChain(chain.leaf, {chain.middle}, {chain.root}, kNow));
  EXPECT_TRUE(VerifyChain(chain.root, {}, {chain.root}, kNow));
}

TEST(X509Chain, Refusals) {
  const Chain chain = MakeChain();
  const Certificate other = fake::MakeCertificate(
      fake::CaSpec("root", fake::RsaKey(2).Public()), fake::RsaKey(2));
  auto not_ca = MiddleSpec();
  not_ca.ca = false;
  not_ca.path_length = {};
  auto no_sign = MiddleSpec();
  no_sign.key_usage = fake::kCrlSign;
  auto second = fake::CaSpec("second", fake::EcKey(5).Public());
  second.issuer = fake::CommonName("middle");
  auto deep = fake::LeafSpec("deep", "second", fake::EcKey(6).Public());
  auto critical = LeafSpec();
  critical.extensions = {{"1.2.3.4", fake::DerInteger(1), true}};
  const auto made = [](const fake::CertSpec& spec, const PrivateKey& key) {
    return fake::MakeCertificate(spec, key);
  };
  const struct {
    const char* name;
    Certificate leaf;
    std::vector<Certificate> untrusted;
    std::vector<Certificate> anchors;
    int64_t now;
  } cases[] = {
      {"no anchors", chain.leaf, {chain.middle}, {}, kNow},
      {"intermediate missing", chain.leaf, {}, {chain.root}, kNow},
      {"root only among the untrusted",
       chain.leaf,
       {chain.middle, chain.root},
       {},
       kNow},
      {"an intermediate is no anchor", chain.leaf, {}, {chain.middle}, kNow},
      {"another key of the same name",
       chain.leaf,
       {chain.middle},
       {other},
       kNow},
      {"too early",
       chain.leaf,
       {chain.middle},
       {chain.root},
       fake::kNotBefore - 1},
      {"too late",
       chain.leaf,
       {chain.middle},
       {chain.root},
       fake::kNotAfter + 1},
      {"intermediate is no CA",
       chain.leaf,
       {made(not_ca, fake::RsaKey(0))},
       {chain.root},
       kNow},
      {"intermediate may not sign",
       chain.leaf,
       {made(no_sign, fake::RsaKey(0))},
       {chain.root},
       kNow},
      {"path too long",
       made(deep, fake::EcKey(5)),
       {made(second, fake::RsaKey(1)), chain.middle},
       {chain.root},
       kNow},
      {"unknown critical extension",
       made(critical, fake::RsaKey(1)),
       {chain.middle},
       {chain.root},
       kNow},
      {"signed by another key",
       made(LeafSpec(), fake::RsaKey(2)),
       {chain.middle},
       {chain.root},
       kNow},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto held =
        VerifyChain(one.leaf, one.untrusted, one.anchors, one.now);
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().code, ErrorCode::kUntrusted);
  }
}

TEST(Crl, RevokesBySerial) {
  const Chain chain = MakeChain();
  fake::CrlSpec spec{fake::CommonName("root"), {{9}, {2}, {0x80, 1}}};
  const Crl crl = fake::MakeCrl(spec, fake::RsaKey(0));
  EXPECT_TRUE(crl.SignedBy(fake::RsaKey(0).Public()));
  EXPECT_FALSE(crl.SignedBy(fake::RsaKey(1).Public()));
  EXPECT_TRUE(Equal(crl.IssuerDer(), chain.root.SubjectDer()));
  EXPECT_EQ(crl.IssuerText(), "CN=root");
  EXPECT_EQ(crl.ThisUpdateUnixS(), fake::kNotBefore);
  EXPECT_EQ(crl.NextUpdateUnixS(), fake::kNotAfter);
  EXPECT_TRUE(crl.Revokes(chain.middle));
  EXPECT_FALSE(crl.Revokes(chain.root));
  EXPECT_FALSE(crl.Revokes(chain.leaf));
  spec.serials = {};
  spec.next_update_unix_s = {};
  spec.extensions = {{"2.5.29.20", fake::DerInteger(1)}};
  const Crl empty = fake::MakeCrl(spec, fake::RsaKey(0));
  EXPECT_FALSE(empty.Revokes(chain.middle));
  EXPECT_EQ(empty.NextUpdateUnixS(), std::nullopt);
}

TEST(Crl, PartialListsAreNotOffered) {
  fake::CrlSpec spec{fake::CommonName("root"), {}};
  spec.extensions = {{"2.5.29.28", {0x30, 0x00}, true}};
  const auto crl = Crl::FromDer(fake::MakeCrlDer(spec, fake::EcKey(0)));
  ASSERT_FALSE(crl);
  EXPECT_EQ(crl.error().code, ErrorCode::kUnsupported);
}

TEST(Crl, SpoiledListsNeverVerify) {
  const fake::CrlSpec spec{fake::CommonName("root"), {{1}, {2}}};
  const Bytes der = fake::MakeCrlDer(spec, fake::EcKey(0));
  const PublicKey issuer = fake::EcKey(0).Public();
  for (size_t i = 0; i < der.size(); ++i) {
    EXPECT_FALSE(Crl::FromDer(ByteView(der).first(i))) << i;
    Bytes flipped = der;
    flipped[i] ^= 0x01;
    const auto made = Crl::FromDer(flipped);
    if (made) {
      EXPECT_FALSE(made->SignedBy(issuer)) << i;
    }
  }
  Bytes longer = der;
  longer.push_back(0);
  EXPECT_FALSE(Crl::FromDer(longer));
  const std::string pem = "-----BEGIN X509 CRL-----\n" + Base64Encode(der) +
                          "\n-----END X509 CRL-----\n";
  EXPECT_TRUE(Crl::FromPem(pem));
}

// The key is made when it is first asked for, by whichever thread is first.
TEST(X509, ThreadsShareOneCertificate) {
  const Chain chain = MakeChain();
  std::atomic<int> good = 0;
  testing::InThreads(8, [&](size_t) {
    const auto key = chain.root.public_key();
    if (key && chain.middle.SignedBy(*key)) ++good;
  });
  EXPECT_EQ(good, 8);
}

}  // namespace
}  // namespace vouchsafe::crypto
