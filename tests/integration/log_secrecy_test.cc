// What a deployment writes down about its flows, allowed and refused: log lines
// of every level and decision records hold no secret, token, cookie or nonce.

#include <gtest/gtest.h>

#include <map>

#include "base/encoding.h"
#include "json/parse.h"
#include "json/write.h"
#include "tests/integration/deployment.h"

namespace vouchsafe::integration {
namespace {

constexpr const char* kPath = "default/test/secret";
constexpr const char* kSecret = "d41e8f-our-secret-text-7c21";
constexpr const char* kAdminToken = "admin.bearer.text-of-an-administrator";

// What must not be found, by what it is.
using Needles = std::multimap<std::string, std::string>;

void AddToken(const std::string& token, Needles& needles) {
  needles.emplace("token", token);
  needles.emplace("token's signature", token.substr(token.rfind('.') + 1));
}

void AddText(const json::Value& body, const char* name, Needles& needles) {
  const json::Value* value = body.Find(name);
  if (value == nullptr || value->if_string() == nullptr) return;
  const std::string& text = *value->if_string();
  if (std::string_view(name) == "token") return AddToken(text, needles);
  needles.emplace(name, text);
}

Needles CollectFrom(const fake::RouterFetcher& wire) {
  Needles needles;
  for (std::string_view text : {kSecret}) {
    needles.emplace("secret", text);
    needles.emplace("secret in base64", Base64Encode(AsBytes(text)));
    needles.emplace("secret in base64url", Base64UrlEncode(AsBytes(text)));
    needles.emplace("secret in hex", HexEncode(AsBytes(text)));
  }
  needles.emplace("admin token", kAdminToken);
  for (const auto& [request, response] : wire.exchanges()) {
    const std::string_view cookie = response.headers.Get("Set-Cookie");
    if (!cookie.empty()) {
      const size_t begin = cookie.find('=') + 1;
      needles.emplace("cookie", cookie.substr(begin, cookie.find(';') - begin));
    }
    const auto answer = json::Parse(AsText(response.body));
    if (answer) {
      AddText(*answer, "nonce", needles);
      AddText(*answer, "token", needles);
      AddText(*answer, "ciphertext", needles);
    }
    const auto asked = json::Parse(AsText(request.body));
    const json::Value* runtime = asked ? asked->Find("runtime-data") : nullptr;
    if (runtime != nullptr) AddText(*runtime, "nonce", needles);
  }
  return needles;
}

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
  const Needles needles = CollectFrom(guest.wire);
  for (const char* kind :
       {"secret", "token", "cookie", "nonce", "ciphertext"}) {
    EXPECT_GT(needles.count(kind), 0u) << kind;
  }

  std::vector<std::string> written = deployment.logger().lines();
  EXPECT_FALSE(written.empty());
  for (const auto& record : deployment.decisions().Newest(1000)) {
    written.push_back(json::Write(ToJson(*record)));
    written.push_back(ToText(ToJson(*record)));
  }
  for (const std::string& line : written) {
    for (const auto& [kind, needle] : needles) {
      EXPECT_EQ(line.find(needle), std::string::npos) << kind << " in " << line;
    }
  }
}

}  // namespace
}  // namespace vouchsafe::integration
