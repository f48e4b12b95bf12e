#pragma once

// An AttestationService for tests: everything in memory, a clock that stands
// still, sample verifiers, and a verifier whose claims the test sets.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "as/assembly.h"
#include "as/core.h"
#include "base/encoding.h"
#include "jose/jwt.h"
#include "json/parse.h"
#include "json/write.h"
#include "storage/memory.h"
#include "verifier/registry/registry.h"
#include "verifier/sample/sample.h"

namespace vouchsafe::as {

// Claims of one device, or a refusal.
class FakeVerifier final : public Verifier {
 public:
  Result<std::vector<TeeClaims>> Evaluate(
      const json::Value&, const Expected& expected, VerifyReport& report,
      const RequestContext&) const override {
    last_expected = expected;
    report.collateral.push_back({"vcek", "chip", "evidence", std::nullopt});
    if (refuse) return Fail(ErrorCode::kUntrusted, "signature is bad");
    return devices;
  }
  Result<std::string> Challenge(std::string_view parameters) const override {
    return "challenge for " + std::string(parameters);
  }
  std::span<const ClaimSpec> claim_specs() const override { return {}; }

  std::vector<TeeClaims> devices;
  bool refuse = false;
  mutable Expected last_expected;
};

class TestService {
 public:
  // The fake stands for `fake_tee`.
  explicit TestService(AsConfig config = {}, std::string_view fake_tee = "snp")
      : env_(storage::MakePosixEnv()), stores_(config.storage, *env_, clock_) {
    VerifierSet verifiers;
    verifiers.Add("sample", std::make_unique<sample::SampleVerifier>());
    verifiers.Add("sampledevice",
                  std::make_unique<sample::SampleDeviceVerifier>());
    auto fake_verifier = std::make_unique<FakeVerifier>();
    fake = fake_verifier.get();
    verifiers.Add(fake_tee, std::move(fake_verifier));
    auto made = MakeService(
        config, std::move(verifiers),
        {&clock_, &random_, &logger_, &stores_, registry::AllClaimSpecs()});
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().Text());
    if (made) service_ = *std::move(made);
  }

  AttestationService& operator*() { return *service_; }
  AttestationService* operator->() { return service_.get(); }

  RequestContext Context() {
    RequestContext context;
    context.request_id = "test-request";
    context.clock = &clock_;
    return context;
  }
  ManualClock& clock() { return clock_; }
  Logger& logger() { return logger_; }
  storage::StoreProvider& stores() { return stores_; }

  // Reference values by name, as one object's text.
  void Register(std::string_view values) {
    const auto done = service_->RegisterReferenceValue(
        R"({"type":"sample","payload":")" + Base64Encode(AsBytes(values)) +
            "\"}",
        Context());
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().Text());
  }
  Result<std::vector<rego::Diagnostic>> SetPolicy(std::string_view id,
                                                  std::string_view text) {
    return service_->SetPolicy(id, Base64UrlEncode(AsBytes(text)), Context());
  }
  // The claims of the token, or the error's text as a string.
  json::Value Claims(const EvaluateRequest& request) {
    DecisionRecord record;
    const auto token = service_->Evaluate(request, record, Context());
    if (!token) return json::Value(token.error().Text());
    const auto jws = jose::UnverifiedJws::Parse(*token);
    EXPECT_TRUE(jws.has_value());
    return *jose::UnverifiedClaims(*jws);
  }

  FakeVerifier* fake = nullptr;

 private:
  ManualClock clock_{1'795'559'166};
  FixedRandom random_;
  NullLogger logger_;
  std::unique_ptr<storage::Env> env_;
  storage::StoreProvider stores_;
  std::unique_ptr<AttestationService> service_;
};

inline VerificationRequest SampleRequest() {
  VerificationRequest request;
  request.tee = "sample";
  request.evidence =
      *json::Parse(R"({"report_data":"Y2hhbGxlbmdl","svn":"1"})");
  request.runtime_data = RuntimeData{RuntimeData::Raw{ToBytes("challenge")}};
  return request;
}

inline TeeClaims ClaimsOf(std::string_view tee_class, std::string_view text) {
  const json::Value value = *json::Parse(text);
  return {std::string(tee_class), *value.if_object()};
}

}  // namespace vouchsafe::as
