// Certificates made by vendors, where they are at hand.

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/x509.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::crypto {
namespace {

constexpr const char* kRoots = "vendor-roots/amd";

struct AmdFile {
  const char* name;
  const char* subject;
  const char* fingerprint;
  const char* spki;
};
// From the README beside the certificates.
const AmdFile kAmd[] = {
    {"milan_ark.pem", "ARK-Milan",
     "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
     "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9"},
    {"milan_ask.pem", "SEV-Milan",
     "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
     "42491669ccb851d627ea9846cd24eccbeb7de7c2a62740120fff88001d38ebb6"},
    {"milan_asvk.pem", "SEV-VLEK-Milan",
     "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5",
     "66450a123ea5876206df67f2514a4fea224c0f63b18313423078b0edc4535e33"},
    {"genoa_ark.pem", "ARK-Genoa",
     "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
     "429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831"},
    {"genoa_ask.pem", "SEV-Genoa",
     "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521",
     "0324d55bcd48ba877a8fd87c0e1b4934dec8448e3807a24384a34dc6a6c9ebb8"},
    {"genoa_asvk.pem", "SEV-VLEK-Genoa",
     "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
     "7d1633252ebbadaa75f96e9b4e6f7d43a90ceb3f843937482630f8da2459264e"},
    {"turin_ark.pem", "ARK-Turin",
     "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
     "4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08"},
    {"turin_ask.pem", "SEV-Turin",
     "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
     "0000ead352025f208bf55297c4192c34cd1b878002107366d8f2065a9ae7d3a9"},
    {"turin_asvk.pem", "SEV-VLEK-Turin",
     "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c",
     "bfc441408b2f806c5dbf180bd8920e6e60dd404d82141780d85dbf962954d386"},
};

std::string Fingerprint(const Certificate& certificate) {
  return HexEncode(certificate.Sha256Fingerprint());
}

TEST(Vendor, AmdRoots) {
  SHARED_OR_SKIP(folder, kRoots);
  std::optional<Certificate> ark;
  int good = 0;
  for (const AmdFile& file : kAmd) {
    SCOPED_TRACE(file.name);
    const auto certificate =
        Certificate::FromPem(testing::ReadFile(folder + "/" + file.name));
    ASSERT_TRUE(certificate) << certificate.error().Text();
    EXPECT_EQ(Fingerprint(*certificate), file.fingerprint);
    EXPECT_EQ(HexEncode(certificate->SpkiSha256()), file.spki);
    EXPECT_EQ(certificate->SubjectCommonName(), file.subject);
    EXPECT_TRUE(certificate->IsCa());
    EXPECT_TRUE(certificate->CanSignCertificates());
    const bool is_ark = certificate->SubjectText() == certificate->IssuerText();
    EXPECT_EQ(certificate->CanSignCrls(), is_ark);
    EXPECT_EQ(certificate->PathLength(),
              is_ark ? std::nullopt : std::optional<uint32_t>(0));
    if (is_ark) ark = *certificate;  // the first of its generation
    const auto key = ark->public_key();
    ASSERT_TRUE(key);
    EXPECT_EQ(key->bits(), 4096u);
    EXPECT_TRUE(certificate->SignedBy(*key));
    EXPECT_TRUE(VerifyChain(*certificate, {}, {*ark}, 1700000000));
    ++good;
  }
  EXPECT_EQ(good, 9);
}

TEST(Vendor, AmdBundles) {
  SHARED_OR_SKIP(folder, kRoots);
  for (const char* generation : {"milan", "genoa", "turin"}) {
    SCOPED_TRACE(generation);
    const auto list = Certificate::ListFromPem(
        testing::ReadFile(folder + "/" + generation + "_ask_ark_asvk.pem"));
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 3u);
    const auto ark = (*list)[1].public_key();
    for (const Certificate& one : *list) EXPECT_TRUE(one.SignedBy(*ark));
    EXPECT_FALSE((*list)[1].SignedBy(*(*list)[0].public_key()));
  }
}

// VCEKs and VLEKs: P-384 keys, extensions under AMD's arc, both encodings of
// the PSS parameters.
TEST(Vendor, AmdEndorsementKeys) {
  SHARED_OR_SKIP(evidence, "evidence/snp");
  SHARED_OR_SKIP(roots, kRoots);
  const struct {
    const char* name;
    const char* issuer;
    bool signed_by_issuer;
  } files[] = {
      {"test-vcek.der", "milan_ask.pem", true},
      {"test-vcek.der", "milan_asvk.pem", false},
      {"test-vcek.der", "genoa_ask.pem", false},
      {"test-vlek.der", "milan_asvk.pem", true},
      {"test-vlek.der", "milan_ask.pem", false},
      {"test-vcek-invalid-legacy.der", "milan_ask.pem", false},
      {"test-vcek-invalid-new.der", "milan_ask.pem", false},
  };
  for (const auto& file : files) {
    SCOPED_TRACE(std::string(file.name) + " by " + file.issuer);
    const std::string der = testing::ReadFile(evidence + "/" + file.name);
    const auto certificate = Certificate::FromDer(AsBytes(der));
    ASSERT_TRUE(certificate) << certificate.error().Text();
    const auto issuer =
        Certificate::FromPem(testing::ReadFile(roots + "/" + file.issuer));
    ASSERT_TRUE(issuer);
    EXPECT_EQ(certificate->SignedBy(*issuer->public_key()),
              file.signed_by_issuer);
    const auto key = certificate->public_key();
    ASSERT_TRUE(key);
    EXPECT_EQ(key->type(), KeyType::kEcP384);
    const auto spl = certificate->Extension("1.3.6.1.4.1.3704.1.3.1");
    ASSERT_TRUE(spl);
    EXPECT_TRUE(DerInteger(*spl));
  }
}

TEST(Vendor, IntelAndNvidiaCertificatesParse) {
  SHARED_OR_SKIP(roots, "vendor-roots");
  int certificates = 0, lists = 0;
  for (const char* vendor : {"intel", "nvidia"}) {
    for (const std::string& path : testing::FilesIn(roots + "/" + vendor)) {
      SCOPED_TRACE(path);
      const std::string file = testing::ReadFile(path);
      if (path.ends_with(".pem")) {
        const auto list = Certificate::ListFromPem(file);
        ASSERT_TRUE(list) << list.error().Text();
        certificates += static_cast<int>(list->size());
        for (const Certificate& one : *list) EXPECT_TRUE(one.public_key());
      } else if (path.find("crl") != std::string::npos) {
        const auto crl = Crl::FromDer(AsBytes(file));
        ASSERT_TRUE(crl) << crl.error().Text();
        const auto root = Certificate::FromPem(
            testing::ReadFile(roots + "/intel/intel-sgx-root-ca.pem"));
        EXPECT_TRUE(crl->SignedBy(*root->public_key()));
        EXPECT_TRUE(Equal(crl->IssuerDer(), root->SubjectDer()));
        EXPECT_FALSE(crl->Revokes(*root));
        ++lists;
      } else if (path.ends_with(".der")) {
        EXPECT_TRUE(Certificate::FromDer(AsBytes(file)));
      }
    }
  }
  EXPECT_GT(certificates, 0);
  EXPECT_GT(lists, 0);
}

}  // namespace
}  // namespace vouchsafe::crypto
