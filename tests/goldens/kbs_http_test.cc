// What Trustee's key broker answered over HTTP, replayed on ours, with default
// errors and with strict_trustee_errors.

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/goldens/compare.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/kbs_server.h"
#include "tests/goldens/transcript.h"

namespace vouchsafe::goldens {
namespace {

struct File {
  const char* name;  // below kbs-http/, without .json
  const char* member = "steps";
  bool starts_open = false;  // recorded after a policy that allows everything
};

// Files that were recorded one after the other on one server.
struct Session {
  const char* config;
  const char* appended;
  int64_t start;  // unix seconds, when no step tells the time
  std::vector<File> files;
  Signer signer = Signer::kConfigured;
};

constexpr std::string_view kAllowAll = "package policy\ndefault allow = true\n";

const std::vector<Session>& Sessions() {
  static const std::vector<Session> all = {
      {"a.toml",
       "",
       1'795'559'159,
       {{"auth"},
        {"attest"},
        {"resource-get"},
        {"jwe-ec-p256", "steps", true},
        {"jwe-ec-p521", "steps", true},
        {"jwe-rsa-oaep-256", "steps", true},
        {"jwe-rsa1_5", "steps", true},
        {"jwe-rsa-4096", "steps", true},
        {"jwe-rsa-1024", "steps", true},
        {"jwe-ec-p384", "steps", true},
        {"jwe-ec-p256-wrong-alg", "steps", true},
        {"jwe-rsa-8192", "steps", true},
        {"jwe-rsa-oaep-sha1", "steps", true},
        {"jwe-bad-keys", "steps", true},
        {"admin-auth"},
        {"resource-policy"},
        {"attestation-policy"},
        {"reference-value"},
        {"resource-admin-and-plugins"},
        {"misc"}}},
      {"b-denyall.toml", "", 1'795'558'617, {{"denyall"}}},
      {"c-allowall-localjson.toml",
       "",
       1'795'558'617,
       {{"bearer-foreign-tokens"}}},
      {"e-noplugins.toml", "", 1'795'558'617, {{"no-plugins"}}},
      {"e-noplugins.toml",
       "\n[attestation_service]\ntype = \"coco_as_builtin\"\ntimeout = 0\n",
       1'795'559'201,
       {{"session-expired"}}},
      {"a.toml", "", 1'795'559'159, {{"storage-localfs", "requests"}}},
      {"c-allowall-localjson.toml",
       "",
       1'795'559'159,
       {{"storage-localjson", "requests"}},
       Signer::kOwn},
  };
  return all;
}

void Replay(const std::string& goldens, const Session& session, bool strict,
            Differences& differences) {
  KbsServer::Options options;
  options.folder = goldens + "/kbs-http";
  options.config = session.config;
  options.appended = session.appended;
  options.strict = strict;
  options.now = session.start;
  const auto server = KbsServer::Create(options);
  ASSERT_TRUE(server) << session.config << ": " << server.error().Text();
  for (const File& file : session.files) {
    const Transcript transcript = LoadTranscript(
        goldens, std::string("kbs-http/") + file.name + ".json", file.member);
    if (file.starts_open) {
      EXPECT_TRUE((*server)->SetResourcePolicy(kAllowAll));
    }
    for (const Exchange& exchange : transcript.exchanges) {
      if (differences.NotReplayed(transcript.file, exchange.name)) continue;
      differences.Step(transcript.file, exchange.name,
                       strict ? "strict" : "default");
      CompareAnswers(exchange, (*server)->Replay(exchange),
                     {strict, transcript.tee_private_key_pem, session.signer,
                      Lists::kOrdered},
                     differences);
    }
  }
}

TEST(RecordedKbs, EveryAnswerIsAsRecordedOrListed) {
  SHARED_OR_SKIP(goldens, "goldens");
  // Raw HTTP is tests/integration/recorded_transport_test.cc's.
  const std::string transport = "kbs-http/https-and-transport.json";
  Differences differences({"kbs-http/"}, {transport});
  std::set<std::string> replayed = {transport};
  for (const Session& session : Sessions()) {
    Replay(goldens, session, false, differences);
    Replay(goldens, session, true, differences);
    for (const File& file : session.files) {
      replayed.insert(std::string("kbs-http/") + file.name + ".json");
    }
  }
  // No file is forgotten: what is not replayed is listed.
  for (const std::string& path :
       vouchsafe::testing::FilesIn(goldens + "/kbs-http")) {
    const std::string file =
        "kbs-http/" + std::filesystem::path(path).filename().string();
    if (replayed.count(file) == 0) {
      EXPECT_TRUE(differences.NotReplayed(file, "")) << file;
    }
  }
  differences.Finish();
}

}  // namespace
}  // namespace vouchsafe::goldens
