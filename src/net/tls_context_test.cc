#include "net/tls_context.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/fake/self_signed.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::net {
namespace {

class TlsContextTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fake::MakeSelfSigned().Save(folder_.path());
    options_.certificate_file = folder_.path() + "/cert.pem";
    options_.private_key_file = folder_.path() + "/key.pem";
  }
  // Cipher names in order, joined by ':'.
  std::string Ciphers() {
    const auto context = MakeTlsContext(options_);
    if (!context) return context.error().Text();
    std::string out;
    STACK_OF(SSL_CIPHER)* list =
        SSL_CTX_get_ciphers((*context)->native_handle());
    for (int i = 0; i < sk_SSL_CIPHER_num(list); ++i) {
      out += (i == 0 ? "" : ":") +
             std::string(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(list, i)));
    }
    return out;
  }
  long MinVersion() {
    const auto context = MakeTlsContext(options_);
    return context ? SSL_CTX_get_min_proto_version((*context)->native_handle())
                   : 0;
  }

  testing::TempDir folder_;
  TlsOptions options_;
};

TEST_F(TlsContextTest, IntermediateIsTheDefault) {
  EXPECT_EQ(Ciphers(),
            "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
            "TLS_CHACHA20_POLY1305_SHA256:"
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
            "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384");
  EXPECT_EQ(MinVersion(), TLS1_2_VERSION);
}

TEST_F(TlsContextTest, Profiles) {
  options_.profile = TlsProfile::kModern;
  EXPECT_EQ(MinVersion(), TLS1_3_VERSION);
  options_.min_version = TlsVersion::k12;
  EXPECT_EQ(MinVersion(), TLS1_2_VERSION);
  options_.min_version.reset();
  options_.profile = TlsProfile::kOld;
  EXPECT_EQ(MinVersion(), TLS1_2_VERSION);
}

TEST_F(TlsContextTest, CiphersAreSplitByPrefix) {
  options_.profile = TlsProfile::kCustom;
  options_.ciphers = "TLS_AES_256_GCM_SHA384";
  EXPECT_TRUE(Ciphers().starts_with(
      "TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:"));
  options_.ciphers = "ECDHE-RSA-AES256-GCM-SHA384";
  EXPECT_TRUE(Ciphers().ends_with(
      "TLS_CHACHA20_POLY1305_SHA256:ECDHE-RSA-AES256-GCM-SHA384"));
  const CipherLists lists = SplitCiphers("TLS_A:B::TLS_C:D:");
  EXPECT_EQ(lists.tls13, "TLS_A:TLS_C");
  EXPECT_EQ(lists.tls12, "B:D");
}

TEST_F(TlsContextTest, RefusesWhatCannotWork) {
  const TlsOptions good = options_;
  const auto refused = [&](const TlsOptions& options, const char* word) {
    const auto context = MakeTlsContext(options);
    ASSERT_FALSE(context) << word;
    EXPECT_EQ(context.error().code, ErrorCode::kInvalidInput) << word;
    EXPECT_NE(context.error().Text().find(word), std::string::npos)
        << context.error().Text();
  };
  TlsOptions bad = good;
  bad.certificate_file = folder_.path() + "/none.pem";
  refused(bad, "certificate");
  bad = good;
  bad.private_key_file = good.certificate_file;
  refused(bad, "private key");
  bad = good;
  bad.ciphers = "NO-SUCH-CIPHER";
  refused(bad, "cipher");
  bad = good;
  bad.ciphers = "TLS_NO_SUCH_SUITE";
  refused(bad, "suite");
  bad = good;
  bad.groups = "no-such-group";
  refused(bad, "groups");
  bad = good;
  bad.min_version = TlsVersion::k13;
  bad.max_version = TlsVersion::k12;
  refused(bad, "version");

  testing::TempDir other;
  fake::MakeSelfSigned().Save(other.path());
  bad = good;
  bad.private_key_file = other.path() + "/key.pem";
  refused(bad, "key");
}

TEST_F(TlsContextTest, GroupsVerbatim) {
  options_.groups = "P-384";
  EXPECT_TRUE(MakeTlsContext(options_));
}

}  // namespace
}  // namespace vouchsafe::net
