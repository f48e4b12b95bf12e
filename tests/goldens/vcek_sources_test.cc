// SEV-SNP evidence without its certificate: where Trustee got the VCEK from, in
// which order and with which requests, replayed on ours.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/encoding.h"
#include "json/parse.h"
#include "json/write.h"
#include "tests/goldens/as_server.h"
#include "tests/goldens/compare.h"
#include "tests/goldens/differences.h"

namespace vouchsafe::goldens {
namespace {

constexpr const char* kFile = "ear/snp-vcek-sources.json";

// The first certificate in the chain of this evidence.
Bytes FirstCertificate(const json::Value& evidence) {
  const json::Value* data = evidence.At("/cert_chain/0/data");
  EXPECT_NE(data, nullptr);
  Bytes out;
  if (data == nullptr) return out;
  for (const json::Value& byte : *data->if_array()) {
    out.push_back(static_cast<uint8_t>(byte.int64().value_or(0)));
  }
  return out;
}

// The evidence inside a recorded request.
json::Value EvidenceOf(const json::Value& record) {
  const auto bytes = Base64UrlDecode(
      TextOf(record, "/request/verification_requests/0/evidence"));
  auto evidence = bytes ? json::Parse(AsText(*bytes)) : Result<json::Value>();
  EXPECT_TRUE(evidence);
  return evidence ? *std::move(evidence) : json::Value();
}

json::Value RecordNamed(const json::Value& records, std::string_view name) {
  for (const json::Value& record : *records.if_array()) {
    if (TextOf(record, "/name") == name) return record;
  }
  ADD_FAILURE() << "no record " << name;
  return {};
}

std::string ToPem(const Bytes& der) {
  return "-----BEGIN CERTIFICATE-----\n" + Base64Encode(der) +
         "\n-----END CERTIFICATE-----\n";
}

struct Certificates {
  Bytes right;
  Bytes other;  // of another chip of the same generation
};

// What stood in for AMD's service answered, by the record's name.
http::FetchResponse KdsAnswer(const std::string& name,
                              const Certificates& certificates) {
  http::FetchResponse out;
  out.status = 200;
  out.body = certificates.right;
  if (name.ends_with("KDS 404")) out.status = 404;
  if (name.ends_with("KDS 429")) out.status = 429;
  if (name.ends_with("answers another VCEK")) out.body = certificates.other;
  if (name.ends_with("answers garbage")) out.body = Bytes{0x78, 0x79};
  if (name.ends_with("answers PEM")) {
    out.body = ToBytes(ToPem(certificates.right));
  }
  if (name.ends_with("with cache header")) {
    out.headers.Add("Cache-Control", "max-age=3600");
  }
  return out;
}

class VcekSources : public testing::Test {
 protected:
  void ReplayAll(const std::string& goldens, const Certificates& certificates) {
    const json::Value records = LoadJson(goldens + "/" + kFile);
    for (const bool strict : {false, true}) {
      size_t index = 0;
      for (const json::Value& record : *records.if_array()) {
        const std::string step =
            std::to_string(index++) + " " + TextOf(record, "/name");
        differences_.Step(kFile, step, strict ? "strict" : "default");
        Replay(goldens, record, certificates, strict);
      }
    }
    differences_.Finish();
  }

 private:
  // The files of the record's offline store.
  static void WriteFiles(const json::Value& record, const std::string& dir,
                         const Certificates& certificates) {
    const bool wrong =
        TextOf(record, "/name").find("TCB file wrong") != std::string::npos;
    for (const json::Member& file : *record.Find("files")->if_object()) {
      const std::filesystem::path path = dir + "/" + file.name;
      std::filesystem::create_directories(path.parent_path());
      const bool tcb = path.filename().string().starts_with("bl");
      const Bytes& bytes =
          wrong && tcb ? certificates.other : certificates.right;
      std::ofstream(path, std::ios::binary) << AsText(bytes);
    }
  }

  static json::Value Verifiers(const json::Value& record,
                               const std::string& dir) {
    json::Array sources;
    for (json::Value source : *record.Find("vcek_sources")->if_array()) {
      if (source.Find("path") != nullptr) {
        source.if_object()->Set("path", dir + "/" + TextOf(source, "/path"));
      }
      sources.push_back(std::move(source));
    }
    json::Object snp;
    snp.Set("vcek_sources", std::move(sources));
    json::Object out;
    out.Set("snp_verifier", std::move(snp));
    return out;
  }

  void Replay(const std::string& goldens, const json::Value& record,
              const Certificates& certificates, bool strict) {
    const vouchsafe::testing::TempDir dir;
    WriteFiles(record, dir.path(), certificates);
    const auto server =
        AsServer::Create({goldens, Verifiers(record, dir.path()), strict});
    ASSERT_TRUE(server) << server.error().Text();
    const std::string name = TextOf(record, "/name");
    (*server)->fetcher().answer = [&](const http::FetchRequest&) {
      return Result<http::FetchResponse>(KdsAnswer(name, certificates));
    };
    Exchange recorded;
    recorded.request.method = "POST";
    recorded.request.target = "/attestation";
    recorded.request.headers.Add("Content-Type", "application/json");
    recorded.request.body = ToBytes(json::Write(*record.Find("request")));
    recorded.status =
        static_cast<int>(record.Find("status")->int64().value_or(0));
    recorded.body =
        TextOf(record, recorded.status == 200 ? "/token" : "/error_text");
    http::Response ours = (*server)->Replay(recorded);
    ours.headers = http::Headers();
    CompareAnswers(recorded, ours, {strict, "", Signer::kOwn, Lists::kOrdered},
                   differences_);
    // Accepted evidence was sent twice where a service was asked.
    if (record.Find("second_evaluation_made_another_request") != nullptr) {
      EXPECT_EQ((*server)->Replay(recorded).status, 200);
    }
    CompareRequests(record, (*server)->fetcher().urls);
  }

  void CompareRequests(const json::Value& record,
                       const std::vector<std::string>& urls) {
    std::string want;
    for (const json::Value& seen :
         *record.Find("requests_seen_by_the_source")->if_array()) {
      want += "http://127.0.0.1:9557" + TextOf(seen, "/target") + "\n";
    }
    std::string got;
    for (const std::string& url : urls) got += url + "\n";
    differences_.Compare("requests", want, got);
  }

  Differences differences_{{kFile}};
};

TEST_F(VcekSources, EveryAnswerIsAsRecordedOrListed) {
  SHARED_OR_SKIP(goldens, "goldens");
  SHARED_OR_SKIP(evidence, "evidence/snp/evidence-genoa-v3.json");
  const json::Value mutations = LoadJson(goldens + "/ear/snp-mutations.json");
  const Certificates certificates{
      FirstCertificate(LoadJson(evidence)),
      FirstCertificate(EvidenceOf(
          RecordNamed(mutations, "snp mutation vcek-other-genoa-chip")))};
  ReplayAll(goldens, certificates);
}

}  // namespace
}  // namespace vouchsafe::goldens
