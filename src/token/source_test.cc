#include "token/source.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/fake/fake_fetcher.h"
#include "tests/support/shared_data.h"
#include "token/test_support.h"

namespace vouchsafe::token {
namespace {

using test::ExpectCode;
using test::KeyFrom;
using test::KeySetText;
using test::Now;

class SourceTest : public ::testing::Test {
 protected:
  std::string File(std::string_view text) {
    const std::string path = folder_.path() + "/file";
    std::ofstream(path) << text;
    return path;
  }
  Result<jose::JwkSet> Keys(std::string_view source) {
    return ReadJwkSet(source, &fetcher_, now_.context);
  }

  vouchsafe::testing::TempDir folder_;
  Now now_;
  fake::FakeFetcher fetcher_;
  std::string set_ = KeySetText("k", KeyFrom(test::kLeafKeyPem));
};

TEST_F(SourceTest, FilesAndPaths) {
  const std::string path = File(set_);
  EXPECT_TRUE(Keys(path));
  EXPECT_TRUE(Keys("file://" + path));
  EXPECT_FALSE(Keys("file:/" + path));
  EXPECT_FALSE(Keys("file://host" + path));
  ExpectCode(Keys(path + "x"), ErrorCode::kInvalidInput, "no such file");
  ExpectCode(Keys(folder_.path()), ErrorCode::kInvalidInput, "no such file");
  ExpectCode(Keys(File("")), ErrorCode::kInvalidInput, "empty");
  ExpectCode(Keys(File("{}")), ErrorCode::kInvalidInput, "keys");
}

TEST_F(SourceTest, OtherSchemesAreRefused) {
  for (const auto source :
       {"http://issuer.example/keys", "ftp://x/y", "HTTPS://issuer.example"}) {
    ExpectCode(Keys(source), ErrorCode::kInvalidInput, "want https://");
  }
  EXPECT_TRUE(fetcher_.Requests().empty());
}

TEST_F(SourceTest, ASetWithoutAUsableKeyIsNone) {
  ExpectCode(Keys(File(R"({"keys":[]})")), ErrorCode::kInvalidInput,
             "no usable key");
  ExpectCode(Keys(File(R"({"keys":[{"kty":"oct","k":"AA"}]})")),
             ErrorCode::kInvalidInput, "no usable key");
}

TEST_F(SourceTest, AnAddressThatIsTheSet) {
  fetcher_.On("https://as.example/jwks", 200, std::string_view(set_));
  const auto keys = Keys("https://as.example/jwks");
  ASSERT_TRUE(keys) << keys.error().Text();
  EXPECT_EQ(fetcher_.Requests().size(), 1u);
}

TEST_F(SourceTest, DiscoveryAfterAnAnswerThatIsNoSet) {
  const std::string discovery =
      "https://as.example/v1/.well-known/openid-configuration";
  for (const int status : {200, 404}) {
    for (const std::string issuer :
         {"https://as.example/v1", "https://as.example/v1/"}) {
      fetcher_.On(issuer, status, std::string_view("<html>"));
      fetcher_.On(discovery, 200,
                  std::string_view(R"({"jwks_uri":"https://k.example/k"})"));
      fetcher_.On("https://k.example/k", 200, std::string_view(set_));
      const auto keys = Keys(issuer);
      EXPECT_TRUE(keys) << keys.error().Text();
    }
  }
  fetcher_.On(discovery, 200,
              std::string_view(R"({"jwks_uri":"http://k.example/k"})"));
  ExpectCode(Keys("https://as.example/v1"), ErrorCode::kBadPeer, "not https");
  fetcher_.On(discovery, 500, std::string_view(""));
  ExpectCode(Keys("https://as.example/v1"), ErrorCode::kBadPeer, "status 500");
}

TEST_F(SourceTest, AnUnreachableServerIsNotAskedTwice) {
  fetcher_.Fail("https://as.example", ErrorCode::kUnavailable);
  ExpectCode(Keys("https://as.example"), ErrorCode::kUnavailable, "as.example");
  EXPECT_EQ(fetcher_.Requests().size(), 1u);
}

TEST_F(SourceTest, WithoutANetwork) {
  ExpectCode(ReadSource("https://as.example", nullptr, now_.context),
             ErrorCode::kUnsupported, "no network");
}

}  // namespace
}  // namespace vouchsafe::token
