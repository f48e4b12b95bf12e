#include "kbs/protocol.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"
#include "kbs/checks.h"

namespace vouchsafe::kbs {
namespace {

json::Value Json(std::string_view text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value) << text;
  return value ? *value : json::Value();
}

TEST(AuthRequestTest, UnderstandsWhatClientsSend) {
  const struct {
    const char* name;
    const char* body;
    const char* tee;
  } cases[] = {
      {"current",
       R"({"version":"0.4.0","tee":"snp","extra-params":
           {"supported-hash-algorithms":["sha384"]}})",
       "snp"},
      {"empty params", R"({"version":"0.4.0","tee":"tdx","extra-params":""})",
       "tdx"},
      {"null params", R"({"version":"0.4.0","tee":"cca","extra-params":null})",
       "cca"},
      {"build metadata",
       R"({"version":"0.4.0+b.1","tee":"snp","extra-params":""})", "snp"},
      {"unknown member",
       R"({"version":"0.4.0","tee":"snp","extra-params":"","x":1})", "snp"},
      {"old Azure name",
       R"({"version":"0.4.0","tee":"azsnpvtpm","extra-params":""})",
       "az-snp-vtpm"},
      {"DPU alias", R"({"version":"0.4.0","tee":"dpu","extra-params":""})",
       "nvidia-dpu"},
  };
  for (const auto& c : cases) {
    CheckLog log;
    const auto auth = ParseAuthRequest(c.body, log);
    ASSERT_TRUE(auth) << c.name << ": " << auth.error().Text();
    EXPECT_EQ(auth->tee->name, c.tee) << c.name;
  }
}

TEST(AuthRequestTest, RefusesWithTheTextClientsLookFor) {
  const struct {
    const char* name;
    const char* body;
    const char* top;  // outermost text
  } cases[] = {
      {"not JSON", "{", "deserialize Request"},
      {"no version", R"({"tee":"snp","extra-params":""})",
       "deserialize Request"},
      {"no params", R"({"version":"0.4.0","tee":"snp"})",
       "deserialize Request"},
      {"tee unknown", R"({"version":"0.4.0","tee":"sev","extra-params":""})",
       "deserialize Request"},
      {"tee not a string", R"({"version":"0.4.0","tee":1,"extra-params":""})",
       "deserialize Request"},
      {"duplicate key",
       R"({"version":"0.4.0","version":"0.4.0","tee":"snp","extra-params":""})",
       "deserialize Request"},
      {"two numbers", R"({"version":"0.4","tee":"snp","extra-params":""})",
       "failed to parse KBS version"},
      {"leading zero", R"({"version":"0.04.0","tee":"snp","extra-params":""})",
       "failed to parse KBS version"},
      {"blank", R"({"version":" 0.4.0","tee":"snp","extra-params":""})",
       "failed to parse KBS version"},
      {"empty metadata",
       R"({"version":"0.4.0+","tee":"snp","extra-params":""})",
       "failed to parse KBS version"},
  };
  for (const auto& c : cases) {
    CheckLog log;
    const auto auth = ParseAuthRequest(c.body, log);
    ASSERT_FALSE(auth) << c.name;
    EXPECT_EQ(auth.error().code, ErrorCode::kInvalidInput) << c.name;
    ASSERT_FALSE(auth.error().context.empty()) << c.name;
    EXPECT_EQ(auth.error().context.back(), c.top) << c.name;
  }
}

TEST(AuthRequestTest, OtherVersionsFailTheCheckWithTrusteesText) {
  for (const char* version :
       {"0.3.0", "0.1.1", "0.5.0", "1.4.0", "0.4.1", "0.4.0-rc.1"}) {
    CheckLog log;
    const auto auth =
        ParseAuthRequest(std::string(R"({"version":")") + version +
                             R"(","tee":"snp","extra-params":""})",
                         log);
    ASSERT_FALSE(auth) << version;
    EXPECT_EQ(auth.error().check, &kProtocolVersion) << version;
    EXPECT_EQ(auth.error().context.back(),
              std::string("KBS Client Protocol Version Mismatch: expect "
                          "=0.4.0 while the request is ") +
                  version);
  }
}

constexpr const char* kAttestation = R"({
  "init-data": {"format": "toml", "body": "version = \"0.1.0\""},
  "runtime-data": {"nonce": "bm9uY2U=", "tee-pubkey":
      {"kty": "EC", "crv": "P-256", "alg": "ECDH-ES+A256KW", "x": "eA",
       "y": "eQ", "kid": "dropped"}},
  "tee-evidence": {"primary_evidence": {"a": 1},
      "additional_evidence": "{\"nvidia\":{\"b\":2},\"sampledevice\":3}"}})";

TEST(AttestationTest, BuildsTheRuntimeDataThatGuestsHash) {
  // The worked vector of kbs.md 1.3, with other device evidence.
  const auto in = FindProtocol("0.4.0")->parse(Json(kAttestation));
  ASSERT_TRUE(in) << in.error().Text();
  EXPECT_EQ(in->init_data_toml, "version = \"0.1.0\"");
  ASSERT_EQ(in->additional.size(), 2u);
  EXPECT_EQ(in->additional[0].tee, "nvidia");
  EXPECT_EQ(in->additional[1].tee, "sampledevice");
  const std::string key =
      R"({"alg":"ECDH-ES+A256KW","crv":"P-256","kty":"EC","x":"eA","y":"eQ"})";
  EXPECT_EQ(*json::Canonical(DeviceRuntimeData(*in, "bm9uY2U=")),
            R"({"nonce":"bm9uY2U=","tee-pubkey":)" + key + "}");
  EXPECT_EQ(
      *json::Canonical(
          FindProtocol("0.4.0")->primary_runtime_data(*in, "bm9uY2U=")),
      R"({"additional-evidence":"{\"nvidia\":{\"b\":2},\"sampledevice\":3}",)"
      R"("nonce":"bm9uY2U=","tee-pubkey":)" +
          key + "}");
}

TEST(AttestationTest, RefusesOtherShapes) {
  const struct {
    const char* name;
    const char* from;
    const char* to;
  } edits[] = {
      {"symmetric key", "\"EC\"", "\"oct\""},
      {"key without x", "\"x\"", "\"X\""},
      {"nonce number", "\"bm9uY2U=\"", "7"},
      {"no evidence", "primary_evidence", "primary"},
      {"evidence text missing", "additional_evidence", "additional"},
      {"init data as JSON", "\"toml\"", "\"json\""},
      {"device list",
       "\"{\\\"nvidia\\\":{\\\"b\\\":2},\\\"sampledevice\\\":3}\"", "\"[]\""},
      {"device text broken",
       "\"{\\\"nvidia\\\":{\\\"b\\\":2},\\\"sampledevice\\\":3}\"", "\"{\""},
  };
  for (const auto& edit : edits) {
    std::string body = kAttestation;
    const size_t at = body.find(edit.from);
    ASSERT_NE(at, std::string::npos) << edit.name;
    body.replace(at, std::string_view(edit.from).size(), edit.to);
    const auto in = FindProtocol("0.4.0")->parse(Json(body));
    ASSERT_FALSE(in) << edit.name;
    EXPECT_EQ(in.error().code, ErrorCode::kInvalidInput) << edit.name;
  }
}

TEST(AttestationTest, OnlyServedVersionsAreFound) {
  EXPECT_NE(FindProtocol("0.4.0"), nullptr);
  for (const char* version : {"0.1.0", "0.4", "", "0.4.00"}) {
    EXPECT_EQ(FindProtocol(version), nullptr) << version;
  }
}

}  // namespace
}  // namespace vouchsafe::kbs
