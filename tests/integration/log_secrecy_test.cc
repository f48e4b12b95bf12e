// What a deployment writes down about its flows, allowed and refused: log lines
// of every level, decision records and error answers hold nothing confidential
// (confidential.h). The other tests of this program are searched as well.

#include <gtest/gtest.h>

#include "tests/integration/secrecy.h"

namespace vouchsafe::integration {
namespace {

constexpr const char* kPath = "default/test/secret";
constexpr const char* kSecret = "d41e8f-our-secret-text-7c21";
constexpr const char* kAdminToken = "admin.bearer.text-of-an-administrator";
constexpr const char* kInitData =
    "version = \"0.1.0\"\nalgorithm = \"sha256\"\n\n[data]\n"
    "\"cdh.toml\" = \"password = 'of no interest to any policy'\"\n";

// Flows that succeed and flows that are refused at every step.
void RunFlows(Guest& guest) {
  guest.client.SetAdminToken(kAdminToken);
  guest.SetResource(kPath, kSecret);
  const auto token = guest.Attest();
  ASSERT_TRUE(token) << token.error().Text();
  EXPECT_NE(guest.Get(kPath), kSecret);
  guest.SetResourcePolicy(policy::kAllowAllResourcePolicy);
  EXPECT_EQ(guest.Get(kPath), kSecret);
  EXPECT_NE(guest.Get(kPath, "no.token.at-all-but-a-text"), kSecret);
  EXPECT_EQ(guest.Get(kPath, *token), kSecret);
  EXPECT_NE(guest.Get(kPath, *token + "x"), kSecret);
  EXPECT_NE(guest.Get("default/test/absent"), kSecret);

  EXPECT_TRUE(guest.Attest(kInitData));

  guest.SetAttestationPolicy("default_cpu", kSvnPolicy);
  guest.SetReferenceValue("svn", json::Array{json::Value("1")});
  EXPECT_TRUE(guest.Attest());
  guest.wire.Tamper(ReplaceNonce);
  EXPECT_FALSE(guest.Attest());
  guest.wire.Tamper([](http::FetchRequest& request) {
    if (request.url.ends_with("/attest")) request.body.pop_back();
  });
  EXPECT_FALSE(guest.Attest());
  guest.wire.Tamper(nullptr);
  guest.attester = std::make_unique<ReplayingAttester>();
  EXPECT_FALSE(guest.Attest());
}

TEST(LogSecrecy, NothingConfidentialIsWrittenDown) {
  Deployment deployment;
  Guest guest(deployment.router());
  RunFlows(guest);
  const Confidential confidential = ConfidentialOf(deployment, guest);
  for (const char* kind :
       {"secret", "token", "bearer token", "cookie", "nonce", "ciphertext",
        "evidence", "init data", "guest's key", "signing key"}) {
    EXPECT_GT(confidential.Count(kind), 0u) << kind;
  }
  EXPECT_FALSE(deployment.logger().lines().empty());
  ExpectNothingWrittenDown(deployment, guest.wire, confidential);
}

// The search itself: every form is found, whole or in part, inside of anything.
TEST(LogSecrecy, TheSearchFindsEveryForm) {
  const std::string secret =
      "It was a bright cold day, and the clocks were striking sixteen.";
  Confidential confidential;
  confidential.Add("secret", secret);
  confidential.Add("short", "12345678");
  for (size_t begin : {size_t{0}, size_t{1}, size_t{2}, size_t{17}}) {
    for (const char* before : {"", "x", "xy"}) {
      const std::string part = before + secret.substr(begin, 40) + "yx";
      for (const std::string& form :
           {part, HexEncode(AsBytes(part)), Base64Encode(AsBytes(part)),
            Base64UrlEncode(AsBytes(part))}) {
        EXPECT_EQ(confidential.In("line \"" + form + "\"").size(), 1u) << form;
      }
    }
  }
  for (const std::string& text :
       {std::string("a12345678b"), HexEncode(AsBytes("a12345678b")),
        Base64Encode(AsBytes("a12345678b")), Base64Encode(AsBytes("12345678")),
        Base64Encode(AsBytes("ab12345678"))}) {
    EXPECT_EQ(confidential.In(text).size(), 1u) << text;
  }
  EXPECT_TRUE(confidential.In("It was a bright cold").empty());
  EXPECT_TRUE(confidential.In("1234567").empty());
}

// And a line that leaks is one that fails.
TEST(LogSecrecy, ALineThatLeaksIsNoticed) {
  Deployment deployment;
  Guest guest(deployment.router());
  guest.SetResource(kPath, kSecret);
  ASSERT_TRUE(guest.Attest());
  const Confidential confidential = ConfidentialOf(deployment, guest);
  for (const auto& exchange : guest.wire.exchanges()) {
    for (const http::Header& header : exchange.response.headers) {
      if (header.name != "Set-Cookie") continue;
      EXPECT_FALSE(confidential.In(header.value).empty());
    }
    if (exchange.request.url.ends_with("/attest")) {
      EXPECT_FALSE(confidential.In(AsText(exchange.request.body)).empty());
      EXPECT_FALSE(confidential.In(exchange.response.body_text()).empty());
    }
  }
}

}  // namespace
}  // namespace vouchsafe::integration
