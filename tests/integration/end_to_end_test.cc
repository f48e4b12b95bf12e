// The cases of a whole deployment (kbs.md 13.1): a guest attests to the key
// broker, the attestation service judges, the broker releases or refuses.

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/parse.h"
#include "tests/integration/secrecy.h"
#include "tests/support/shared_data.h"
#include "tests/support/threads.h"

namespace vouchsafe::integration {
namespace {

constexpr const char* kPath = "default/test/secret";
constexpr const char* kSecret = "the secret of this test";

class EndToEnd : public ::testing::Test {
 protected:
  EndToEnd() { guest_.SetResource(kPath, kSecret); }
  // Whatever a test did, nothing confidential was written down.
  void TearDown() override { ExpectSecrecy(deployment_, guest_); }

  void ExpectAttested() {
    const auto token = guest_.Attest();
    ASSERT_TRUE(token) << token.error().Text();
  }
  void ExpectRefused(int status, std::string_view type, std::string_view code) {
    const auto& refusal = guest_.client.refusal();
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->status, status);
    EXPECT_TRUE(refusal->type.ends_with("/" + std::string(type)))
        << refusal->type;
    EXPECT_EQ(refusal->code, code);
    record_ = deployment_.decisions().Find(refusal->request_id);
    ASSERT_NE(record_, nullptr) << refusal->request_id;
    EXPECT_EQ(record_->outcome, "refused");
    EXPECT_EQ(record_->code, code);
  }
  // The checks of the last refusal's record that failed.
  std::vector<std::string> FailedChecks() const {
    std::vector<std::string> failed;
    for (const CheckSection& section : record_->sections) {
      for (const CheckEntry& entry : section.checks.entries()) {
        if (entry.outcome != CheckOutcome::kFailed) continue;
        failed.emplace_back(entry.check->id);
      }
    }
    return failed;
  }

  Deployment deployment_;
  Guest guest_{deployment_.router()};
  std::shared_ptr<const DecisionRecord> record_;
};

TEST_F(EndToEnd, SampleGuestGetsNothingUnlessEverybodyDoes) {
  ExpectAttested();
  EXPECT_TRUE(guest_.Get(kPath).starts_with("request unauthorized"));
  ExpectRefused(401, "PolicyDeny", "kbs.release.policy");
  EXPECT_EQ(FailedChecks(), std::vector<std::string>{"kbs.release.policy"});

  guest_.SetResourcePolicy(policy::kAllowAllResourcePolicy);
  EXPECT_EQ(guest_.Get(kPath), kSecret);
}

TEST_F(EndToEnd, DenyAllRefuses) {
  guest_.SetResourcePolicy(policy::kDenyAllResourcePolicy);
  ExpectAttested();
  EXPECT_TRUE(guest_.Get(kPath).starts_with("request unauthorized"));
  ExpectRefused(401, "PolicyDeny", "kbs.release.policy");
}

TEST_F(EndToEnd, ReferenceValueMakesAGuestAffirming) {
  guest_.SetResourcePolicy(policy::kAffirmingResourcePolicy);
  guest_.SetAttestationPolicy("default_cpu", kSvnPolicy);
  ExpectAttested();
  EXPECT_TRUE(guest_.Get(kPath).starts_with("request unauthorized"));
  ExpectRefused(401, "PolicyDeny", "kbs.release.policy");

  guest_.SetReferenceValue("svn", json::Array{json::Value("2")});
  ExpectAttested();
  EXPECT_TRUE(guest_.Get(kPath).starts_with("request unauthorized"));

  guest_.SetReferenceValue("svn", json::Array{json::Value("1")});
  const auto stored = guest_.client.GetReferenceValue("svn", guest_.context);
  ASSERT_TRUE(stored) << stored.error().Text();
  EXPECT_EQ(*stored, R"(["1"])");
  ExpectAttested();
  EXPECT_EQ(guest_.Get(kPath), kSecret);
}

TEST_F(EndToEnd, ResourcePolicySeesInitData) {
  const std::string toml =
      "version = \"0.1.0\"\n"
      "algorithm = \"sha256\"\n\n"
      "[data]\n"
      "\"cdh.toml\" = '''\n"
      "[image]\n"
      "extra_root_certificates = [\"our root\"]\n"
      "'''\n";
  const std::string digest =
      Base64Encode(crypto::Digest(crypto::Hash::kSha256, AsBytes(toml)));
  const auto policy = [](const std::string& want_digest,
                         const std::string& want_root) {
    return "package policy\n\nimport rego.v1\n\ndefault allow := false\n\n"
           "evidence := input.submods.cpu0"
           "[\"ear.veraison.annotated-evidence\"]\n\n"
           "allow if {\n\tevidence.init_data == \"" +
           want_digest +
           "\"\n\tevidence.init_data_claims[\"cdh.toml\"].image"
           ".extra_root_certificates[0] == \"" +
           want_root + "\"\n}\n";
  };
  const auto token = guest_.Attest(toml);
  ASSERT_TRUE(token) << token.error().Text();
  guest_.SetResourcePolicy(policy(digest, "our root"));
  EXPECT_EQ(guest_.Get(kPath), kSecret);
  guest_.SetResourcePolicy(policy(digest, "another root"));
  EXPECT_NE(guest_.Get(kPath), kSecret);
  guest_.SetResourcePolicy(policy(Base64Encode(Bytes(32, 1)), "our root"));
  EXPECT_NE(guest_.Get(kPath), kSecret);
}

TEST_F(EndToEnd, NonceOfAnotherSessionIsRefused) {
  guest_.wire.Tamper(ReplaceNonce);
  EXPECT_FALSE(guest_.Attest());
  ExpectRefused(401, "AttestationError", "kbs.attest.nonce");
  EXPECT_EQ(FailedChecks(), std::vector<std::string>{"kbs.attest.nonce"});
}

TEST_F(EndToEnd, EvidenceForAnotherNonceIsRefused) {
  guest_.attester = std::make_unique<ReplayingAttester>();
  EXPECT_FALSE(guest_.Attest());
  ExpectRefused(401, "AttestationError", "sample.report_data");
  EXPECT_EQ(FailedChecks(), std::vector<std::string>{"sample.report_data"});
  guest_.SetResourcePolicy(policy::kAllowAllResourcePolicy);
  EXPECT_TRUE(guest_.Get(kPath).starts_with("request unauthorized"));
  ExpectRefused(401, "TokenNotFound", "kbs.release.token_present");
}

TEST_F(EndToEnd, TokenVerifiesWithPublishedKeysOnly) {
  const auto token = guest_.Attest();
  ASSERT_TRUE(token) << token.error().Text();
  CheckLog log;
  EXPECT_TRUE(deployment_.tokens().Verify(*token, log, deployment_.Context()));
  Deployment another;
  EXPECT_FALSE(another.tokens().Verify(*token, log, another.Context()));
}

// A new process over the same folder: nothing that was answered is lost.
TEST(Restart, StateOutlivesTheProcess) {
  const vouchsafe::testing::TempDir dir;
  auto first = std::make_unique<Deployment>(dir.path());
  Guest guest(first->router());
  guest.SetResource(kPath, kSecret);
  guest.SetResourcePolicy(policy::kAllowAllResourcePolicy);
  guest.SetAttestationPolicy("default_cpu", kSvnPolicy);
  guest.SetReferenceValue("svn", json::Array{json::Value("1")});
  const auto token = guest.Attest();
  ASSERT_TRUE(token) << token.error().Text();
  const json::Value keys = first->attestation().TokenSignerJwks();
  ExpectSecrecy(*first, guest);
  first.reset();

  Deployment second(dir.path());
  guest.wire.Serve(second.router());
  EXPECT_EQ(second.attestation().TokenSignerJwks(), keys);
  EXPECT_EQ(guest.Get(kPath), kSecret) << "by the session's cookie";
  EXPECT_EQ(guest.Get(kPath, *token), kSecret) << "by the old token";
  const auto stored = guest.client.GetReferenceValue("svn", guest.context);
  ASSERT_TRUE(stored) << stored.error().Text();
  EXPECT_EQ(*stored, R"(["1"])");
  const auto policy =
      second.attestation().GetPolicy("default_cpu", second.Context());
  ASSERT_TRUE(policy) << policy.error().Text();
  EXPECT_EQ(*policy, kSvnPolicy);

  // The uploaded policy still decides: the guest is affirming.
  guest.SetResourcePolicy(policy::kAffirmingResourcePolicy);
  ASSERT_TRUE(guest.Attest());
  EXPECT_EQ(guest.Get(kPath), kSecret);
  ExpectSecrecy(second, guest);
}

// Guests attest and fetch while an administrator changes what they ask for.
TEST_F(EndToEnd, ManyGuestsAtOnce) {
  guest_.SetResourcePolicy(policy::kAllowAllResourcePolicy);
  testing::InThreads(5, [&](size_t i) {
    Guest guest(deployment_.router());
    for (int n = 0; n < 3; ++n) {
      if (i == 0) {
        guest.SetResource("default/test/other", std::to_string(n));
        guest.SetResourcePolicy(policy::kAllowAllResourcePolicy);
        guest.SetReferenceValue("svn", json::Array{json::Value("1")});
        guest.SetAttestationPolicy("default_cpu", kSvnPolicy);
        continue;
      }
      const auto token = guest.Attest();
      ASSERT_TRUE(token) << token.error().Text();
      EXPECT_EQ(guest.Get(kPath), kSecret);
      EXPECT_EQ(guest.Get(kPath, *token), kSecret) << "with the bearer token";
    }
  });
  EXPECT_GE(deployment_.decisions().Newest(100).size(), 24u);
}

}  // namespace
}  // namespace vouchsafe::integration
