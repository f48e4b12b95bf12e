#include "as/rest.h"

#include <gtest/gtest.h>

#include "as/rest_body.h"
#include "as/test_service.h"

namespace vouchsafe::as {
namespace {

const char kEvidence[] =
    "eyJyZXBvcnRfZGF0YSI6IlkyaGhiR3hsYm1kbCIsInN2biI6IjEifQ";

std::string Head(std::string_view members) {
  return R"({"verification_requests":[{"tee":"sample","evidence":")" +
         std::string(kEvidence) + R"(")" + std::string(members) +
         R"(}],"policy_ids":["default"]})";
}

class RestTest : public ::testing::Test {
 protected:
  http::Response Send(std::string method, std::string target,
                      std::string_view body = {},
                      std::string_view type = "application/json",
                      bool strict = false) {
    RestOptions options;
    options.strict_trustee_errors = strict;
    options.allowed_origins = {"http://ok.example"};
    const http::Router router =
        MakeRestRouter(options, {&*service_, &decisions_, &service_.logger()});
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    if (!type.empty()) request.headers.Add("Content-Type", type);
    request.body = ToBytes(body);
    return router.Handle(request, service_.Context());
  }
  http::Response Strict(std::string method, std::string target,
                        std::string_view body) {
    return Send(std::move(method), std::move(target), body, "application/json",
                true);
  }

  TestService service_;
  DecisionRing decisions_;
};

TEST_F(RestTest, BodiesOfBothErasGiveAToken) {
  const std::string seed = R"({"tee":"sample","evidence":")" +
                           std::string(kEvidence) +
                           R"(","runtime_data":{"raw":"Y2hhbGxlbmdl"},)"
                           R"("init_data":{"structured":{"a":1}},)"
                           R"("init_data_hash_algorithm":"sha256"})";
  for (const std::string& body :
       {Head(""), Head(R"(,"runtime_data":{"raw":"Y2hhbGxlbmdl"})"),
        Head(R"(,"runtime_data":null,"init_data":null)"), seed}) {
    SCOPED_TRACE(body);
    const http::Response response = Send("POST", "/attestation", body);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.headers.Find("Content-Type"), nullptr);
    EXPECT_TRUE(jose::UnverifiedJws::Parse(response.body).has_value());
  }
  const auto records = decisions_.Newest(10);
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0]->outcome, "allowed");
  EXPECT_EQ(records[0]->subject, "tee=sample");
}

TEST_F(RestTest, ExplainGivesTokenAndRecord) {
  const http::Response response =
      Send("POST", "/attestation?explain=true", Head(""));
  ASSERT_EQ(response.status, 200);
  const json::Value body = *json::Parse(response.body);
  EXPECT_TRUE(jose::UnverifiedJws::Parse(*body.Find("token")->if_string()));
  const json::Value* decision = body.Find("decision");
  ASSERT_NE(decision, nullptr);
  EXPECT_EQ(*decision->Find("id")->if_string(), "test-request");
  EXPECT_FALSE(decision->Find("policies")->if_array()->empty());
}

TEST_F(RestTest, RefusalsByTheStatusTable) {
  struct Case {
    const char* name;
    std::string body;
    int status;
    const char* code;
    const char* detail;  // is part of it
  };
  const std::string mark = "\"sample\"";
  const auto tee = [&](const char* name) {
    std::string body = Head("");
    return body.replace(body.find(mark), mark.size(),
                        "\"" + std::string(name) + "\"");
  };
  for (const Case& c : std::initializer_list<Case>{
           {"empty", "", 400, "invalid_input", "Json deserialize error"},
           {"bad JSON", "{", 400, "invalid_input", "Json deserialize error"},
           {"no requests member", "{}", 400, "invalid_input",
            "verification_requests"},
           {"key twice", R"({"tee":"a","tee":"b"})", 400, "invalid_input",
            "Json deserialize error"},
           {"both forms", Head(R"(,"runtime_data":{"raw":"","structured":{}})"),
            400, "invalid_input", "exactly one of"},
           {"old init data", Head(R"(,"init_data":{"raw":"AAAA"})"), 400,
            "invalid_input", "unknown variant `raw`"},
           {"empty hash", Head(R"(,"runtime_data_hash_algorithm":"")"), 400,
            "invalid_input", "HashAlgorithm"},
           {"sha1", Head(R"(,"runtime_data_hash_algorithm":"sha1")"), 400,
            "invalid_input", "HashAlgorithm"},
           {"raw", Head(R"(,"runtime_data":{"raw":"***"})"), 400,
            "invalid_input", "base64 decode raw runtime data"},
           {"no requests", R"({"verification_requests":[],"policy_ids":[]})",
            400, "invalid_input", "No verification requests provided."},
           {"unknown TEE", tee("sev"), 400, "invalid_input",
            "tee `sev not supported`"},
           {"other nonce", Head(R"(,"runtime_data":{"raw":"b3RoZXI"})"), 422,
            "", "attestation report evaluate"}}) {
    SCOPED_TRACE(c.name);
    const http::Response response = Send("POST", "/attestation", c.body);
    EXPECT_EQ(response.status, c.status) << response.body;
    EXPECT_EQ(response.headers.Get("Content-Type"), "application/problem+json");
    const json::Value problem = *json::Parse(response.body);
    EXPECT_NE(problem.Find("detail")->if_string()->find(c.detail),
              std::string::npos)
        << response.body;
    if (*c.code != 0) {
      EXPECT_EQ(*problem.Find("code")->if_string(), c.code);
    }
    EXPECT_EQ(*problem.Find("request_id")->if_string(), "test-request");
  }
}

TEST_F(RestTest, StrictErrorsAreTrustees) {
  struct Case {
    const char* name;
    std::string body;
    int status;
    const char* text;  // begins so
  };
  for (const Case& c : std::initializer_list<Case>{
           {"shape", "{", 400, "Json deserialize error: "},
           {"no requests", R"({"verification_requests":[],"policy_ids":[]})",
            500,
            "An internal error occured: \n0: attestation report evaluate\n1: "
            "No verification requests provided."},
           {"verifier", Head(R"(,"runtime_data":{"raw":"b3RoZXI"})"), 500,
            "An internal error occured: \n0: attestation report evaluate\n1: "
            "Verifier evaluate failed: "},
           {"raw", Head(R"(,"runtime_data":{"raw":"***"})"), 500,
            "An internal error occured: \n0: decode given Runtime Data\n1: An "
            "internal error occured: base64 decode raw runtime data\n2: base64 "
            "decode raw runtime data\n3: "},
           {"TEE not verified here",
            R"({"tee":"tpm","evidence":"e30","policy_ids":[]})", 500,
            "An internal error occured: \n0: tee `tpm not supported`"},
           {"TEE", R"({"tee":"sev","evidence":"","policy_ids":[]})", 500,
            "An internal error occured: \n0: tee `sev not supported`"},
           {"evidence", R"({"tee":"sample","evidence":"e30=","policy_ids":[]})",
            500, "An internal error occured: \n0: base64 decode evidence\n1: "},
           {"not JSON", R"({"tee":"sample","evidence":"eA","policy_ids":[]})",
            500,
            "An internal error occured: \n0: failed to parse evidence as "
            "JSON\n1: "},
           {"no policy",
            R"({"tee":"sample","evidence":"eyJzdm4iOiIxIn0",)"
            R"("policy_ids":["nope"]})",
            500,
            "An internal error occured: \n0: attestation report evaluate\n1: "
            "Policy `nope_cpu.rego` not found"}}) {
    SCOPED_TRACE(c.name);
    const http::Response response = Strict("POST", "/attestation", c.body);
    EXPECT_EQ(response.status, c.status);
    EXPECT_EQ(response.body.substr(0, std::string(c.text).size()), c.text)
        << response.body;
  }
}

// What a check wanted and found is the operator's.
TEST_F(RestTest, StrictErrorsDoNotTellWhatAVerifierFound) {
  const http::Response response = Strict(
      "POST", "/attestation", Head(R"(,"runtime_data":{"raw":"b3RoZXI"})"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body,
            "An internal error occured: \n0: attestation report evaluate\n1: "
            "Verifier evaluate failed: Evidence's identity verification error."
            "\n\nCaused by:\n    REPORT_DATA is different from that in Sample "
            "Quote");
}

TEST_F(RestTest, OnlyJsonBodies) {
  for (const char* type : {"", "text/plain", "application/xml", "json"}) {
    EXPECT_EQ(Send("POST", "/attestation", Head(""), type).status, 400) << type;
  }
  for (const char* type : {"application/x+json", "Application/JSON",
                           "application/json; charset=utf-8"}) {
    EXPECT_EQ(Send("POST", "/attestation", Head(""), type).status, 200) << type;
  }
  EXPECT_EQ(Send("POST", "/policy", "{}", "").status, 400);
  EXPECT_EQ(Send("POST", "/challenge", "{}", "").status, 400);
  EXPECT_EQ(Send("POST", "/attestation", "{}", "text/plain", true).body,
            "Content type error");
}

TEST_F(RestTest, TwoMebibytesAreTheLimit) {
  const http::Response response =
      Send("POST", "/attestation", std::string(kMaxRestBody + 1, 'a'));
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.headers.Get("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_NE(response.body.find("2097152"), std::string::npos);
}

TEST_F(RestTest, PoliciesAreSetListedReadAndDeleted) {
  const std::string text =
      "package policy\ntrust_claims := {\"hardware\": 2}\n";
  const std::string body =
      R"({"type":"rego","policy_id":"mine_cpu","policy":")" +
      Base64UrlEncode(AsBytes(text)) + "\"}";
  const http::Response set = Send("POST", "/policy", body);
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(set.body, "");
  EXPECT_EQ(set.headers.Find("Policy-Finding"), nullptr);
  const json::Value list = *json::Parse(Send("GET", "/policy").body);
  bool found = false;
  for (const json::Value& one : *list.if_array()) {
    found |= *one.Find("policy-id")->if_string() == "mine_cpu";
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(Send("GET", "/policy/mine_cpu").body, text);
  const json::Value* first = list.At("/0");
  EXPECT_EQ(
      *first->Find("policy-hash")->if_string(),
      Base64UrlEncode(*HexDecode(*first->Find("policy-sha384")->if_string())))
      << "as older clients read it";
  EXPECT_EQ(Strict("GET", "/policy/mine_cpu", "").status, 404)
      << "Trustee has no such route";
  EXPECT_EQ(Send("DELETE", "/policy/mine_cpu").status, 200);
  EXPECT_EQ(Send("DELETE", "/policy/mine_cpu").status, 404);
  EXPECT_EQ(Send("GET", "/policy/mine_cpu").status, 404);
}

TEST_F(RestTest, AnUploadCanBeTakenBack) {
  const auto set = [&](int hardware) {
    return Send("POST", "/policy",
                R"({"policy_id":"mine_cpu","policy":")" +
                    Base64UrlEncode(AsBytes(
                        "package policy\ntrust_claims := {\"hardware\": " +
                        std::to_string(hardware) + "}\n")) +
                    "\"}");
  };
  ASSERT_EQ(set(2).status, 200);
  ASSERT_EQ(set(32).status, 200);
  const http::Response list = Send("GET", "/policy/mine_cpu?versions=true");
  ASSERT_EQ(list.status, 200) << list.body;
  const json::Value versions = *json::Parse(list.body);
  ASSERT_EQ(versions.if_array()->size(), 2u);
  EXPECT_EQ(json::Write(*versions.At("/0/current")), "true");
  const std::string old = *versions.At("/1/policy-sha384")->if_string();
  EXPECT_NE(Send("GET", "/policy/mine_cpu?sha384=" + old).body.find(": 2}"),
            std::string::npos);
  EXPECT_EQ(Send("POST", "/policy/mine_cpu").status, 400);
  EXPECT_EQ(Send("POST", "/policy/mine_cpu?rollback=00").status, 404);
  EXPECT_EQ(Send("POST", "/policy/mine_cpu?rollback=" + old).status, 200);
  EXPECT_NE(Send("GET", "/policy/mine_cpu").body.find(": 2}"),
            std::string::npos);
  EXPECT_EQ(decisions_.Newest(1)[0]->subject,
            "roll back attestation policy mine_cpu");
}

// W1: whoever reaches the port could replace the policies.
TEST_F(RestTest, W1CallsThatChangeStateNeedTheTokenWhereThereIsOne) {
  RestOptions options;
  options.write_token = SecretBytes(AsBytes("0123456789abcdef"));
  const http::Router router =
      MakeRestRouter(options, {&*service_, &decisions_, &service_.logger()});
  struct Call {
    const char* method;
    const char* target;
    std::string body;
  };
  const std::string policy =
      R"({"policy_id":"mine_cpu","policy":")" +
      Base64UrlEncode(AsBytes("package policy\ntrust_claims := {}\n")) + "\"}";
  for (const Call& call : std::initializer_list<Call>{
           {"POST", "/policy", policy},
           {"DELETE", "/policy/default_cpu", ""},
           {"POST", "/policy/default_cpu?rollback=00", ""}}) {
    for (const char* header :
         {"", "Bearer other", "Bearer 0123456789abcde", "Basic x"}) {
      SCOPED_TRACE(std::string(call.target) + " " + header);
      http::Request request;
      request.method = call.method;
      request.target = call.target;
      request.headers.Add("Content-Type", "application/json");
      if (*header != 0) request.headers.Add("Authorization", header);
      request.body = ToBytes(call.body);
      const http::Response response =
          router.Handle(request, service_.Context());
      EXPECT_EQ(response.status, 401) << response.body;
      EXPECT_NE(response.body.find("as.write.token"), std::string::npos);
    }
  }
  EXPECT_TRUE(service_->GetPolicy("default_cpu", service_.Context()));
  http::Request request;
  request.method = "POST";
  request.target = "/policy";
  request.headers.Add("Content-Type", "application/json");
  request.headers.Add("Authorization", "Bearer 0123456789abcdef");
  request.body = ToBytes(policy);
  EXPECT_EQ(router.Handle(request, service_.Context()).status, 200);
  request = {};
  request.method = "GET";
  request.target = "/policy";
  EXPECT_EQ(router.Handle(request, service_.Context()).status, 200)
      << "reading needs none";
}

TEST_F(RestTest, RepliesNameTheirRequest) {
  for (const char* target : {"/policy", "/healthz", "/policy/none"}) {
    EXPECT_EQ(Send("GET", target).headers.Get("X-Request-Id"), "test-request")
        << target;
  }
  EXPECT_EQ(Send("POST", "/attestation", Head("")).headers.Get("X-Request-Id"),
            "test-request");
  EXPECT_EQ(Strict("GET", "/policy", "").headers.Find("X-Request-Id"), nullptr);
}

TEST_F(RestTest, MetricsWhereARegistryIsGiven) {
  EXPECT_EQ(Send("GET", "/metrics").status, 404);
  metrics::Registry registry;
  registry.AddCounter("as_x_total", "x").Add();
  const http::Router router = MakeRestRouter(
      {}, {&*service_, &decisions_, &service_.logger(), &registry});
  http::Request request;
  request.method = "GET";
  request.target = "/metrics";
  const http::Response response = router.Handle(request, service_.Context());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.Get("Content-Type"), metrics::kContentType);
  EXPECT_NE(response.body.find("as_x_total 1\n"), std::string::npos);
}

TEST_F(RestTest, KeysAreReplacedOverTheAdminSocket) {
  const http::Router router =
      MakeAdminRouter(decisions_, service_->TokenSigningKeys(), decisions_);
  const auto ask = [&](const char* method, const std::string& target) {
    http::Request request;
    request.method = method;
    request.target = "/kbs/v0/admin/token-keys" + target;
    return router.Handle(request, service_.Context());
  };
  const json::Value before = *json::Parse(ask("GET", "").body);
  ASSERT_EQ(before.if_array()->size(), 1u);
  EXPECT_EQ(*before.At("/0/state")->if_string(), "signs");
  const std::string first = *before.At("/0/kid")->if_string();
  EXPECT_EQ(ask("POST", "/rotate?announce_min=x").status, 400);
  EXPECT_EQ(ask("POST", "/rotate?announce_min=-1").status, 400);
  EXPECT_EQ(ask("DELETE", "/" + first).status, 409);
  EXPECT_EQ(ask("DELETE", "/none").status, 404);
  const http::Response announced = ask("POST", "/rotate");
  ASSERT_EQ(announced.status, 200) << announced.body;
  EXPECT_EQ(*json::Parse(announced.body)->Find("state")->if_string(),
            "announced");
  EXPECT_EQ(decisions_.Newest(1)[0]->subject, "replace the token signing key");
  EXPECT_EQ(decisions_.Newest(1)[0]->outcome, "allowed");
  EXPECT_EQ(ask("POST", "/rotate").status, 409);
  EXPECT_EQ(decisions_.Newest(1)[0]->outcome, "refused");
  EXPECT_EQ(json::Parse(Send("GET", "/.well-known/jwks.json").body)
                ->Find("keys")
                ->if_array()
                ->size(),
            2u);
  EXPECT_EQ(ask("GET", "").body.find("BEGIN"), std::string::npos);
}

TEST_F(RestTest, ARefusedPolicySaysWhy) {
  const auto send = [&](const std::string& text) {
    return Send("POST", "/policy",
                R"({"policy_id":"mine_cpu","policy":")" +
                    Base64UrlEncode(AsBytes(text)) + "\"}");
  };
  const http::Response syntax = send("package policy\nx := {\n");
  EXPECT_EQ(syntax.status, 400);
  EXPECT_NE(syntax.body.find("Failed to load policy"), std::string::npos);
  const http::Response noted = send(
      "package policy\ntrust_claims := {\"hardware\": x}\n"
      "x := 2 if input.sample.svm == \"1\"\n");
  EXPECT_EQ(noted.status, 200);
  EXPECT_NE(noted.headers.Get("Policy-Finding").find("input.sample.svm"),
            std::string_view::npos);
  const http::Response name =
      send("package policy\ntrust_claims := {\"hardwear\": 2}\n");
  EXPECT_EQ(name.status, 400);
  EXPECT_NE(name.body.find("policy.admission.member_names"), std::string::npos);
  EXPECT_NE(name.body.find("`hardware`"), std::string::npos);
  EXPECT_EQ(Send("POST", "/policy", R"({"policy":""})").status, 400);
}

TEST_F(RestTest, Challenges) {
  const auto ask = [&](const char* body) {
    return Send("POST", "/challenge", body);
  };
  const http::Response snp = ask(R"({"tee":"snp","tee_params":"{}"})");
  EXPECT_EQ(snp.status, 200);
  EXPECT_EQ(snp.body, "challenge for {}");
  EXPECT_EQ(ask(R"({"tee":"sample","tee_params":"x"})").body, "");
  for (const char* body : {R"({"tee_params":""})", R"({"tee":"sample"})",
                           R"({"tee":"zz","tee_params":""})",
                           R"({"tee":"sample","tee_params":1})"}) {
    EXPECT_EQ(ask(body).status, 400) << body;
  }
}

TEST_F(RestTest, TheOtherRoutes) {
  const http::Response jwks = Send("GET", "/.well-known/jwks.json");
  EXPECT_EQ(jwks.status, 200);
  EXPECT_EQ(jwks.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(json::Parse(jwks.body)->Find("keys")->if_array()->size(), 1u);
  EXPECT_EQ(Send("GET", "/healthz").status, 200);
  EXPECT_EQ(Send("POST", "/healthz").status, 404);
  EXPECT_EQ(Send("POST", "/.well-known/jwks.json").status, 405);
  EXPECT_EQ(Send("PUT", "/policy").status, 405);
  EXPECT_EQ(Send("GET", "/attestation").status, 405);
  EXPECT_EQ(Send("GET", "/challenge").status, 405);
  EXPECT_EQ(Send("GET", "/").status, 404);
}

TEST_F(RestTest, DecisionsCanBeAskedFor) {
  ASSERT_EQ(Send("POST", "/attestation", Head("")).status, 200);
  const http::Router router = MakeDecisionRouter(decisions_);
  http::Request request;
  request.method = "GET";
  request.target = "/kbs/v0/admin/decisions/test-request";
  const http::Response one = router.Handle(request, service_.Context());
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(*json::Parse(one.body)->Find("outcome")->if_string(), "allowed");
  request.target = "/kbs/v0/admin/decisions";
  EXPECT_EQ(json::Parse(router.Handle(request, service_.Context()).body)
                ->if_array()
                ->size(),
            1u);
  request.target = "/kbs/v0/admin/decisions/other";
  EXPECT_EQ(router.Handle(request, service_.Context()).status, 404);
}

TEST(ParseAttestationBody, EveryTruncationIsRefused) {
  const std::string body = Head(R"(,"runtime_data":{"raw":"Y2hhbGxlbmdl"})");
  ASSERT_TRUE(ParseAttestationBody(body).has_value());
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(ParseAttestationBody(body.substr(0, size)).has_value())
        << size;
  }
  EXPECT_FALSE(ParseAttestationBody(body + "x").has_value());
}

}  // namespace
}  // namespace vouchsafe::as
