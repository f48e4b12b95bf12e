// Bodies that no endpoint can use: each is refused with 400, the operator is
// told what is wrong and where, the server goes on, and nothing is stored.

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/encoding.h"
#include "json/write.h"
#include "policy/resource_policies.h"
#include "tests/integration/servers.h"

namespace vouchsafe::integration {
namespace {

struct Endpoint {
  const char* name;
  Which which;
  const char* target;
  std::string body;  // one that is accepted
};

class BadBody : public Servers {
 protected:
  BadBody() {
    const WireAnswer auth =
        Ask(Which::kKbs, Request("POST", "/kbs/v0/auth", endpoints_[0].body));
    EXPECT_EQ(auth.Status(), "200") << auth.text;
    const std::string head = auth.Head();
    const size_t cookie = head.find("kbs-session-id=");
    cookie_ =
        "Cookie: " + head.substr(cookie, head.find(';', cookie) - cookie) +
        "\r\n";
  }

  WireAnswer Post(const Endpoint& endpoint, std::string_view body) const {
    return Ask(endpoint.which, Request("POST", endpoint.target, body, cookie_));
  }
  const Endpoint& Named(std::string_view name) const {
    for (const Endpoint& endpoint : endpoints_) {
      if (endpoint.name == name) return endpoint;
    }
    ADD_FAILURE() << name;
    return endpoints_[0];
  }

  // Refused with 400; `says` stands in what the operator reads, which at the
  // attestation service is what the client reads too.
  void ExpectRefused(const Endpoint& endpoint, std::string_view body,
                     std::string_view says) const {
    const std::string before = StoreDigest();
    const WireAnswer answer = Post(endpoint, body);
    EXPECT_EQ(answer.Status(), "400") << answer.text;
    EXPECT_NE(answer.Head().find("application/problem+json"),
              std::string::npos);
    EXPECT_NE(answer.Member("code"), "");
    EXPECT_NE(answer.Member("title"), "");
    const std::string id = answer.Member("request_id");
    EXPECT_NE(id, "");
    const std::string told =
        endpoint.which == Which::kAs ? answer.Member("detail") : ReasonOf(id);
    EXPECT_NE(told.find(says), std::string::npos)
        << "want: " << says << "\n got: " << told
        << "\n for: " << answer.Body();
    EXPECT_EQ(StoreDigest(), before);
    ExpectServes();
  }

  const std::string policy_ =
      Base64UrlEncode(AsBytes(policy::kAllowAllResourcePolicy));
  const std::string as_policy_ = Base64UrlEncode(AsBytes(kSvnPolicy));
  const std::vector<Endpoint> endpoints_ = {
      {"auth", Which::kKbs, "/kbs/v0/auth",
       R"({"version":"0.4.0","tee":"sample","extra-params":""})"},
      {"attest", Which::kKbs, "/kbs/v0/attest",
       R"({"runtime-data":{"nonce":"bm9uY2U=","tee-pubkey":{"kty":"EC",)"
       R"("crv":"P-256","alg":"ECDH-ES+A256KW","x":"eA","y":"eQ"}},)"
       R"("tee-evidence":{"primary_evidence":{"svn":"1"},)"
       R"("additional_evidence":""}})"},
      {"resource-policy", Which::kKbs, "/kbs/v0/resource-policy",
       R"({"policy":")" + policy_ + R"("})"},
      {"attestation-policy", Which::kKbs, "/kbs/v0/attestation-policy",
       R"({"type":"rego","policy_id":"p","policy":")" + as_policy_ + R"("})"},
      {"reference-value", Which::kKbs, "/kbs/v0/reference-value",
       R"({"version":"0.1.0","type":"sample","payload":")" +
           Base64Encode(AsBytes(R"({"svn":["1"]})")) + R"("})"},
      {"attestation", Which::kAs, "/attestation",
       R"({"verification_requests":[{"tee":"sample","evidence":")" +
           Base64UrlEncode(AsBytes(R"({"svn":"1","report_data":"AA=="})")) +
           R"(","runtime_data":{"raw":"AQ"}}],"policy_ids":[]})"},
      {"policy", Which::kAs, "/policy",
       R"({"type":"rego","policy_id":"p","policy":")" + as_policy_ + R"("})"},
      {"challenge", Which::kAs, "/challenge",
       R"({"tee":"sample","tee_params":""})"},
  };
  std::string cookie_;
};

// `addition` behind the first brace.
std::string With(const std::string& body, std::string_view addition) {
  return "{" + std::string(addition) + body.substr(1);
}

TEST_F(BadBody, WhatIsNoJsonIsRefusedEverywhere) {
  const struct {
    const char* name;
    std::function<std::string(const std::string&)> spoil;
    const char* says;
  } kCases[] = {
      {"empty", [](const auto&) { return std::string(); },
       "json 1:1: want a value, got the end"},
      {"blanks", [](const auto&) { return std::string(" \n\t"); },
       "json 2:2: want a value, got the end"},
      {"one byte short",
       [](const auto& body) { return body.substr(0, body.size() - 1); },
       "got the end"},
      {"half", [](const auto& body) { return body.substr(0, body.size() / 2); },
       "got the end"},
      {"a byte behind", [](const auto& body) { return body + "x"; },
       "want the end of the text, got"},
      {"twice", [](const auto& body) { return body + body; },
       "want the end of the text, got"},
      {"a zero byte behind", [](const auto& body) { return body + '\0'; },
       "want the end of the text, got"},
      {"equal keys",
       [](const auto& body) { return With(body, R"("x":1,"x":2,)"); },
       "json 1:8: the key \"x\" a second time"},
      {"200 deep",
       [](const auto& body) {
         return With(body, "\"x\":" + std::string(200, '[') +
                               std::string(200, ']') + ",");
       },
       "json 1:133: nested deeper than 128"},
      {"100,000 deep, not closed",
       [](const auto&) { return std::string(100'000, '['); },
       "json 1:129: nested deeper than 128"},
      {"not UTF-8",
       [](const auto& body) { return With(body, "\"x\":\"a\xff\","); },
       "json 1:8: want UTF-8, got byte 0xff"},
      {"a surrogate alone",
       [](const auto& body) { return With(body, R"("x":"\ud800",)"); },
       "surrogate"},
      {"a control character",
       [](const auto& body) { return With(body, "\"x\":\"a\x01\","); },
       "json 1:8: "},
      {"a number of 5,000 digits",
       [](const auto& body) {
         return With(body, "\"x\":" + std::string(5'000, '1') + ",");
       },
       "4096"},
      {"a comment", [](const auto& body) { return "/**/" + body; },
       "json 1:1: want a value, got"},
      {"a byte order mark",
       [](const auto& body) { return "\xef\xbb\xbf" + body; },
       "json 1:1: want a value, got"},
      {"single quotes", [](const auto& body) { return With(body, "'x':1,"); },
       "json 1:2: want"},
      {"NaN", [](const auto& body) { return With(body, "\"x\":NaN,"); },
       "json 1:6: want a value, got"},
  };
  for (const Endpoint& endpoint : endpoints_) {
    SCOPED_TRACE(endpoint.name);
    for (const auto& c : kCases) {
      SCOPED_TRACE(c.name);
      ExpectRefused(endpoint, c.spoil(endpoint.body), c.says);
    }
  }
}

TEST_F(BadBody, WhatIsNoObjectIsRefusedEverywhere) {
  const struct {
    const char* body;
    const char* got;
  } kCases[] = {{"null", "null"},
                {"true", "boolean"},
                {"7", "number"},
                {R"("text")", "string"},
                {R"([{"a":1}])", "array"}};
  for (const Endpoint& endpoint : endpoints_) {
    SCOPED_TRACE(endpoint.name);
    for (const auto& c : kCases) {
      SCOPED_TRACE(c.body);
      ExpectRefused(endpoint, c.body,
                    "want an object, got " + std::string(c.got));
    }
  }
}

// The member at an RFC 6901 pointer, replaced by another value.
json::Value Replaced(const json::Value& value, std::string_view pointer,
                     const json::Value& by) {
  if (pointer.empty()) return by;
  const size_t end = std::min(pointer.find('/', 1), pointer.size());
  const std::string_view name = pointer.substr(1, end - 1);
  if (const json::Array* array = value.if_array()) {
    json::Array out = *array;
    out[0] = Replaced(out[0], pointer.substr(end), by);
    return out;
  }
  json::Object out = *value.if_object();
  out.Set(name, Replaced(*value.Find(name), pointer.substr(end), by));
  return out;
}

TEST_F(BadBody, MembersOfAnotherTypeAreNamed) {
  const struct {
    const char* endpoint;
    const char* pointer;
    const char* by;
    const char* says;
  } kCases[] = {
      {"auth", "/version", "7", "request.version: want a string, got number"},
      {"auth", "/tee", "[]", "request.tee: want a string, got array"},
      {"auth", "/tee", R"("toaster")", R"(request.tee: unknown TEE "toaster")"},
      {"auth", "/version", R"("0.4")",
       R"(request.version: want a semantic version such as 0.4.0, got "0.4")"},
      {"attest", "/runtime-data", "1",
       "attestation.runtime-data: want an object, got number"},
      {"attest", "/runtime-data/nonce", "{}",
       "attestation.runtime-data.nonce: want a string, got object"},
      {"attest", "/runtime-data/tee-pubkey", "null",
       "attestation.runtime-data.tee-pubkey: want an object, got null"},
      {"attest", "/runtime-data/tee-pubkey/kty", R"("OKP")",
       "attestation.runtime-data.tee-pubkey.kty: want RSA, EC or AKP, got "
       R"("OKP")"},
      {"attest", "/runtime-data/tee-pubkey/x", "5",
       "attestation.runtime-data.tee-pubkey.x: want a string, got number"},
      {"attest", "/tee-evidence", R"("e")",
       "attestation.tee-evidence: want an object, got string"},
      {"attest", "/tee-evidence/additional_evidence", "{}",
       "attestation.tee-evidence.additional_evidence: want a string, got "
       "object"},
      {"attest", "/tee-evidence/additional_evidence", R"("[]")",
       "attestation.tee-evidence.additional_evidence: want the text of an "
       "object, got array"},
      {"attest", "/tee-evidence/additional_evidence", R"("{\"a\":1,\"a\":2}")",
       "attestation.tee-evidence.additional_evidence: json 1:8: the key \"a\" "
       "a second time"},
      {"resource-policy", "/policy", "1",
       "request.policy: want a string, got number"},
      {"resource-policy", "/policy", R"("%%%")", "base64"},
      {"resource-policy", "/policy", R"("cGFja2FnZQ")", "resource-policy"},
      {"attestation-policy", "/policy_id", "1",
       "request.policy_id: want a string, got number"},
      {"attestation-policy", "/policy", "[1]",
       "request.policy: want a string, got array"},
      {"attestation-policy", "/policy", R"("%%%")", "base64"},
      {"reference-value", "/version", "1",
       "version: want a string, got number"},
      {"reference-value", "/version", R"("9.9.9")", "9.9.9"},
      {"reference-value", "/type", "{}", "type: want a string, got object"},
      {"reference-value", "/type", R"("in-toast")", "in-toast"},
      {"reference-value", "/payload", "1",
       "payload: want a string, got number"},
      {"reference-value", "/payload", R"("*")", "base64"},
      {"attestation", "/verification_requests", "{}",
       "body.verification_requests: want an array, got object"},
      {"attestation", "/verification_requests/0", "7",
       "verification_requests[0]: want an object, got number"},
      {"attestation", "/verification_requests/0/tee", "7",
       "verification_requests[0].tee: want a string, got number"},
      {"attestation", "/verification_requests/0/tee", R"("toaster")",
       "tee `toaster not supported`"},
      {"attestation", "/verification_requests/0/evidence", "null",
       "verification_requests[0].evidence: want a string, got null"},
      {"attestation", "/verification_requests/0/evidence", R"("e30=")",
       "base64 decode evidence"},
      {"attestation", "/verification_requests/0/evidence", R"("e3")",
       "base64 decode evidence"},
      {"attestation", "/verification_requests/0/evidence", R"("ew")",
       "failed to parse evidence as JSON: json 1:2"},
      {"attestation", "/policy_ids", R"("default")",
       "body.policy_ids: want an array, got string"},
      {"attestation", "/policy_ids", "[1]",
       "policy_ids[]: want a string, got number"},
      {"policy", "/policy_id", "1",
       "body.policy_id: want a string, got number"},
      {"policy", "/policy", "1", "body.policy: want a string, got number"},
      {"policy", "/policy", R"("*")", "base64"},
      {"challenge", "/tee", "1", "tee: want a string, got number"},
      {"challenge", "/tee_params", "{}",
       "tee_params: want a string, got object"},
      {"challenge", "/tee", R"("toaster")", "tee `toaster not supported`"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(c.endpoint) + c.pointer + " " + c.by);
    const Endpoint& endpoint = Named(c.endpoint);
    const json::Value body =
        Replaced(*json::Parse(endpoint.body), c.pointer, *json::Parse(c.by));
    ExpectRefused(endpoint, json::Write(body), c.says);
  }
}

TEST_F(BadBody, MissingMembersAreNamed) {
  const struct {
    const char* endpoint;
    const char* member;
  } kCases[] = {
      {"auth", "version"},
      {"auth", "tee"},
      {"auth", "extra-params"},
      {"attest", "runtime-data"},
      {"attest", "tee-evidence"},
      {"resource-policy", "policy"},
      {"attestation-policy", "policy_id"},
      {"attestation-policy", "policy"},
      {"reference-value", "type"},
      {"reference-value", "payload"},
      {"attestation", "verification_requests"},
      {"policy", "policy_id"},
      {"policy", "policy"},
      {"challenge", "tee"},
      {"challenge", "tee_params"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(std::string(c.endpoint) + " without " + c.member);
    const Endpoint& endpoint = Named(c.endpoint);
    json::Object body = *json::Parse(endpoint.body)->if_object();
    ASSERT_TRUE(body.Erase(c.member));
    ExpectRefused(endpoint, json::Write(std::move(body)), c.member);
  }
}

// The bodies that the cases spoil are good by themselves: what was refused was
// refused for what was done to it.
TEST_F(BadBody, TheBodiesThemselvesAreRead) {
  for (const Endpoint& endpoint : endpoints_) {
    const std::string want = std::string(endpoint.name) == "attest" ? "401"
                             : std::string(endpoint.name) == "attestation"
                                 ? "422"
                                 : "200";
    EXPECT_EQ(Post(endpoint, endpoint.body).Status(), want) << endpoint.name;
  }
}

// The operator learns which file cannot be written, clients do not.
TEST_F(BadBody, AStoreThatFailsIsNotDescribedToClients) {
  for (const auto& folder :
       std::filesystem::directory_iterator(store_.path())) {
    std::filesystem::remove_all(folder.path());
    std::ofstream(folder.path()) << "in the way";
  }
  for (const Endpoint& endpoint : endpoints_) {
    SCOPED_TRACE(endpoint.name);
    const std::string name = endpoint.name;
    // Two need no store; and a session that is not there is just not known.
    if (name == "attestation" || name == "challenge" || name == "attest") {
      continue;
    }
    const WireAnswer answer = Post(endpoint, endpoint.body);
    EXPECT_EQ(answer.Status(), "503") << answer.text;
    EXPECT_EQ(answer.text.find(store_.path()), std::string::npos)
        << answer.text;
    EXPECT_NE(answer.Head().find("Retry-After"), std::string::npos);
    EXPECT_NE(ReasonOf(answer.Member("request_id")).find(store_.path()),
              std::string::npos);
  }
}

}  // namespace
}  // namespace vouchsafe::integration
