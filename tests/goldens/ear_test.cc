// What Trustee's attestation service answered over REST, replayed on ours: the
// tokens' content, the refusals' status and text, with default errors and with
// strict_trustee_errors.

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "json/parse.h"
#include "json/write.h"
#include "tests/goldens/as_server.h"
#include "tests/goldens/compare.h"
#include "tests/goldens/differences.h"

namespace vouchsafe::goldens {
namespace {

constexpr std::string_view kInitDataClaims =
    "/submods/cpu0/ear.veraison.annotated-evidence/init_data_claims";

// A record of an evidence file: its request, and the token or the error.
Exchange FromRecord(const json::Value& record, size_t index) {
  Exchange out;
  out.name = std::to_string(index) + " " + TextOf(record, "/name");
  out.request.method = "POST";
  out.request.target = "/attestation";
  out.request.headers.Add("Content-Type", "application/json");
  const json::Value* request = record.Find("request");
  if (request != nullptr) out.request.body = ToBytes(json::Write(*request));
  const json::Value* status = record.Find("status");
  if (status != nullptr) {
    out.status = static_cast<int>(status->int64().value_or(0));
  }
  out.body = TextOf(record, out.status == 200 ? "/token" : "/error_text");
  return out;
}

const char* Mode(bool strict) { return strict ? "strict" : "default"; }

// Headers were not recorded with these.
void CompareRecord(const Exchange& recorded, http::Response ours, bool strict,
                   Differences& differences) {
  ours.headers = http::Headers();
  CompareOptions options;
  options.strict = strict;
  CompareAnswers(recorded, ours, options, differences);
}

class RecordedAs : public testing::Test {
 protected:
  void SetUp() override {
    SHARED_OR_SKIP(found, "goldens");
    goldens_ = found;
  }

  std::unique_ptr<AsServer> Start(bool strict,
                                  const json::Value& verifiers = nullptr) {
    auto server = AsServer::Create({goldens_, verifiers, strict});
    EXPECT_TRUE(server) << server.error().Text();
    return server ? *std::move(server) : nullptr;
  }

  // sample.json, snp.json, snp-mutations.json.
  void ReplayEvidence(const std::string& file) {
    const json::Value records = LoadJson(goldens_ + "/" + file);
    for (const bool strict : {false, true}) {
      const auto server = Start(strict);
      size_t index = 0;
      for (const json::Value& record : *records.if_array()) {
        const Exchange recorded = FromRecord(record, index++);
        if (differences_.NotReplayed(file, recorded.name)) continue;
        differences_.Step(file, recorded.name, Mode(strict));
        CompareRecord(recorded, server->Replay(recorded), strict, differences_);
      }
    }
  }

  void ReplayRestApi() {
    const Transcript transcript = LoadTranscript(goldens_, "ear/rest-api.json");
    for (const bool strict : {false, true}) {
      const auto server = Start(strict);
      CompareOptions options;
      options.strict = strict;
      options.lists = Lists::kUnordered;
      for (const Exchange& recorded : transcript.exchanges) {
        if (differences_.NotReplayed(transcript.file, recorded.name)) continue;
        differences_.Step(transcript.file, recorded.name, Mode(strict));
        CompareAnswers(recorded, server->Replay(recorded), options,
                       differences_);
      }
    }
  }

  // Sample evidence with other init data.
  void ReplayInitData() {
    const std::string file = "ear/init-data-toml.json";
    const json::Value samples = LoadJson(goldens_ + "/ear/sample.json");
    json::Value request = *(*samples.if_array())[0].Find("request");
    const json::Value records = LoadJson(goldens_ + "/" + file);
    for (const bool strict : {false, true}) {
      const auto server = Start(strict);
      size_t index = 0;
      for (const json::Value& record : *records.if_array()) {
        json::Object init_data;
        init_data.Set("init_data_toml", TextOf(record, "/init_data_toml"));
        json::Value& verification = (*request.if_object()
                                          ->Find("verification_requests")
                                          ->if_array())[0];
        verification.if_object()->Set("init_data", std::move(init_data));
        Exchange recorded = FromRecord(record, index++);
        recorded.request.body = ToBytes(json::Write(request));
        differences_.Step(file, recorded.name, Mode(strict));
        const http::Response ours = server->Replay(recorded);
        const json::Value* want = record.Find("init_data_claims");
        if (want == nullptr || ours.status != 200) {
          CompareRecord(recorded, ours, strict, differences_);
          continue;
        }
        const json::Value claims = ClaimsOfToken(ours.body);
        const json::Value* here = claims.At(kInitDataClaims);
        CompareMembers("init_data_claims", *want,
                       here != nullptr ? *here : json::Value(), differences_);
      }
    }
  }

  // The verdict of the default policies, for sets of reference values. A row
  // between two "all match" changes one value of the set.
  void ReplayDefaultPolicies() {
    const std::string file = "ear/default-policy-outcomes.json";
    const json::Value document = LoadJson(goldens_ + "/" + file);
    std::string tee;
    json::Object base;
    size_t index = 0;
    for (const json::Value& row : *document.Find("rows")->if_array()) {
      if (TextOf(row, "/tee") != tee) base = json::Object();
      tee = TextOf(row, "/tee");
      const std::string note = TextOf(row, "/note");
      const std::string step =
          std::to_string(index++) + " " + tee + ": " + note;
      const json::Object& given = *row.Find("reference_values")->if_object();
      if (note == "all match") base = given;
      if (differences_.NotReplayed(file, step)) continue;
      json::Object values = base;
      for (const json::Member& value : given) {
        values.Set(value.name, value.value);
      }
      differences_.Step(file, step, "");
      const auto server = Start(false);
      const auto registered = server->Register(std::move(values));
      EXPECT_TRUE(registered) << registered.error().Text();
      const json::Value evidence = LoadJson(goldens_ + "/ear/" + tee + ".json");
      const http::Response ours =
          server->Replay(FromRecord((*evidence.if_array())[0], 0));
      CompareMembers("token/submods", *row.Find("submods"),
                     ours.status == 200
                         ? *ClaimsOfToken(ours.body).Find("submods")
                         : json::Value(ours.body),
                     differences_);
    }
  }

  std::string goldens_;
  // Rows of ear/snp-vcek-sources.json belong to vcek_sources_test.cc.
  Differences differences_{{"ear/"}, {"ear/snp-vcek-sources.json"}};
};

TEST_F(RecordedAs, EveryAnswerIsAsRecordedOrListed) {
  ReplayEvidence("ear/sample.json");
  ReplayEvidence("ear/snp.json");
  ReplayEvidence("ear/snp-mutations.json");
  ReplayRestApi();
  ReplayInitData();
  ReplayDefaultPolicies();
  const std::set<std::string> replayed = {
      "sample.json",          "snp.json",
      "snp-mutations.json",   "rest-api.json",
      "init-data-toml.json",  "default-policy-outcomes.json",
      "snp-vcek-sources.json"};  // vcek_sources_test.cc
  // No file is forgotten: what is not replayed is listed.
  for (const std::string& path :
       vouchsafe::testing::FilesIn(goldens_ + "/ear")) {
    const std::string file = std::filesystem::path(path).filename().string();
    if (replayed.count(file) == 0) {
      EXPECT_TRUE(differences_.NotReplayed("ear/" + file, "")) << file;
    }
  }
  differences_.Finish();
}

}  // namespace
}  // namespace vouchsafe::goldens
