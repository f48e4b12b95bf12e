#include "kbs/admin.h"

#include <gtest/gtest.h>

#include <fstream>

#include "jose/jws.h"
#include "json/write.h"
#include "kbs/checks.h"
#include "tests/support/shared_data.h"
#include "token/checks.h"

namespace vouchsafe::kbs {
namespace {

constexpr int64_t kNow = 1'700'000'000;

class AdminGateTest : public testing::Test {
 protected:
  AdminGateTest()
      : key_(*crypto::PrivateKey::Generate(crypto::KeyType::kEd25519)),
        other_(*crypto::PrivateKey::Generate(crypto::KeyType::kEd25519)) {
    context_.clock = &clock_;
    std::ofstream(dir_.path() + "/public.pub") << key_.Public().SpkiPem();
  }

  AdminConfig Config(std::vector<AclRule> acls) const {
    AdminConfig config;
    config.mode = AdminMode::kAuthenticated;
    config.providers.push_back(
        {"issuer", "audience", dir_.path() + "/public.pub", std::nullopt});
    config.acls = std::move(acls);
    return config;
  }

  static json::Object Claims(const char* role) {
    json::Object claims;
    claims.Set("iss", "issuer");
    claims.Set("aud", json::Array{json::Value("audience")});
    if (role != nullptr) claims.Set("role", role);
    claims.Set("exp", kNow + 60);
    return claims;
  }
  static std::string Token(const crypto::PrivateKey& key,
                           const json::Object& claims) {
    json::Object header;
    header.Set("alg", "EdDSA");
    header.Set("typ", "JWT");
    return *jose::SignJws(header, AsBytes(json::Write(claims)), key);
  }
  Result<std::string> Admit(const AdminGate& gate, const std::string& target,
                            const std::string& token) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    if (!token.empty()) request.headers.Add("Authorization", "Bearer " + token);
    CheckLog log;
    return gate.Admit(request, log, context_);
  }

  testing::TempDir dir_;
  ManualClock clock_{kNow};
  RequestContext context_;
  crypto::PrivateKey key_;
  crypto::PrivateKey other_;
};

TEST_F(AdminGateTest, AllowAllLooksAtNothing) {
  const auto gate = *AdminGate::Create({AdminMode::kInsecureAllowAll, {}, {}},
                                       nullptr, context_);
  EXPECT_TRUE(Admit(*gate, "/kbs/v0/resource-policy", ""));
}

TEST_F(AdminGateTest, DenyAllRefuses) {
  const auto gate =
      *AdminGate::Create({AdminMode::kDenyAll, {}, {}}, nullptr, context_);
  const auto admitted = Admit(*gate, "/kbs/v0/resource-policy", "");
  ASSERT_FALSE(admitted);
  EXPECT_EQ(admitted.error().check, &kAdminMode);
}

TEST_F(AdminGateTest, RoleDecidesByPathAndQueryAsReceived) {
  const auto gate = AdminGate::Create(
      Config({{"admin", "^/kbs/.+$"},
              {"tester", "^/kbs/v0/resource/one/.+$"},
              {"tester", "^/kbs/v0/reference-value/[a-z]+$"}}),
      nullptr, context_);
  ASSERT_TRUE(gate) << gate.error().Text();
  const struct {
    const char* role;
    const char* target;
    bool allowed;
  } cases[] = {
      {"admin", "/kbs/v0/resource-policy", true},
      {"tester", "/kbs/v0/resource/one/two/three", true},
      {"tester", "/kbs/v0/reference-value/svn", true},
      {"tester", "/kbs/v0/reference-value/svn?x=1", false},
      {"tester", "/kbs/v0/resource/two/two/three", false},
      {"tester", "/x/kbs/v0/resource/one/two/three", false},
      {"Admin", "/kbs/v0/resource-policy", false},
      {"nobody", "/kbs/v0/resource-policy", false},
  };
  for (const auto& c : cases) {
    const auto admitted = Admit(**gate, c.target, Token(key_, Claims(c.role)));
    EXPECT_EQ(admitted.has_value(), c.allowed) << c.role << " " << c.target;
    if (c.allowed || admitted) continue;
    EXPECT_EQ(admitted.error().check, &kAdminRole);
    EXPECT_EQ(AdminErrorText(admitted.error()),
              std::string("Admin access denied: Role ") + c.role +
                  " not allowed for path " + c.target);
  }
}

TEST_F(AdminGateTest, TokensThatAreNotTheProviders) {
  const auto gate =
      *AdminGate::Create(Config({{"admin", "^/kbs/.+$"}}), nullptr, context_);
  const std::string path = "/kbs/v0/resource-policy";
  const auto none = Admit(*gate, path, "");
  ASSERT_FALSE(none);
  EXPECT_EQ(AdminErrorText(none.error()), token::kBadBearerText);
  json::Object expired = Claims("admin");
  expired.Set("exp", kNow - 3600);
  json::Object stranger = Claims("admin");
  stranger.Set("iss", "another");
  for (const std::string& bad :
       {std::string("not.a.jwt"), Token(other_, Claims("admin")),
        Token(key_, expired), Token(key_, stranger)}) {
    const auto admitted = Admit(*gate, path, bad);
    ASSERT_FALSE(admitted);
    EXPECT_EQ(AdminErrorText(admitted.error()),
              "Admin access denied: Cannot verify token with any of the "
              "issuers");
  }
  EXPECT_FALSE(Admit(*gate, path, Token(key_, Claims(nullptr))));
}

TEST_F(AdminGateTest, RefusesToStartWithWhatCannotWork) {
  const struct {
    const char* name;
    std::vector<AclRule> acls;
  } cases[] = {
      {"empty pattern", {{"admin", ""}}},
      {"not anchored at the start", {{"admin", "/kbs/.+$"}}},
      {"not anchored at the end", {{"admin", "^/kbs/.+"}}},
      {"does not compile", {{"admin", "^/kbs/(.+$"}}},
      {"look-around", {{"admin", "^/kbs/(?=x).+$"}}},
  };
  for (const auto& c : cases) {
    const auto gate = AdminGate::Create(Config(c.acls), nullptr, context_);
    ASSERT_FALSE(gate) << c.name;
    EXPECT_EQ(gate.error().code, ErrorCode::kInvalidInput) << c.name;
  }
  AdminConfig nobody = Config({});
  nobody.providers.clear();
  EXPECT_FALSE(AdminGate::Create(nobody, nullptr, context_));
}

}  // namespace
}  // namespace vouchsafe::kbs
