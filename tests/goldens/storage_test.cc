// Stores change hands in both directions: what we write for the recorded
// requests is what Trustee wrote, and what Trustee wrote we read.

#include <gtest/gtest.h>

#include <filesystem>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "json/parse.h"
#include "json/write.h"
#include "rvps/builtin.h"
#include "storage/namespaces.h"
#include "tests/goldens/cli_program.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/kbs_server.h"
#include "tests/goldens/storage_files.h"
#include "tests/goldens/transcript.h"

namespace vouchsafe::goldens {
namespace {

namespace fs = std::filesystem;
using vouchsafe::testing::TempDir;

constexpr int64_t kKbsRecorded = 1'795'558'615;   // 2026-11-24T22:16:55Z
constexpr int64_t kRvpsRecorded = 1'795'558'618;  // 2026-11-24T22:16:58Z

struct Kbs {
  const char* name;
  const char* file;    // below goldens/
  const char* config;  // below goldens/kbs-http/config/
  bool json;           // one file a namespace
};
constexpr Kbs kKbs[] = {
    {"LocalFs", "kbs-http/storage-localfs.json", "a.toml", false},
    {"LocalJson", "kbs-http/storage-localjson.json",
     "c-allowall-localjson.toml", true},
};

void PrintTo(const Kbs& kbs, std::ostream* out) { *out << kbs.name; }

class KbsStorage : public ::testing::TestWithParam<Kbs> {
 protected:
  // Files, or keys where a namespace is one file.
  static Files Unpacked(const Files& files) {
    return GetParam().json ? KeysOfJsonFiles(files) : files;
  }
};

// A session's token and the part of a second are of the run.
std::string Bound(const std::string& path, const std::string& content) {
  if (!path.starts_with("kbs_protocol_session/")) return content;
  auto session = json::Parse(content);
  if (!session || !session->is_object()) return content;
  for (const char* state : {"Authed", "Attested"}) {
    json::Value* below = session->if_object()->Find(state);
    if (below == nullptr || !below->is_object()) continue;
    if (below->Find("token") != nullptr) {
      below->if_object()->Set("token", "(of the run)");
    }
    std::string timeout = TextOf(*below, "/timeout");
    const size_t dot = timeout.find('.');
    if (dot != std::string::npos && timeout.ends_with('Z')) {
      timeout.erase(dot, timeout.size() - 1 - dot);
    }
    below->if_object()->Set("timeout", timeout);
  }
  return json::Write(*session);
}

// Members have no order.
void CompareJson(Differences& differences, const std::string& part,
                 const std::string& recorded, const std::string& here) {
  const auto a = json::Parse(recorded);
  const auto b = json::Parse(here);
  if (a && b && *a == *b) return;
  differences.Compare(part, recorded, here);
}

void CompareFiles(Differences& differences, const std::string& file,
                  const Files& recorded, const Files& here) {
  Files all = recorded;
  all.insert(here.begin(), here.end());
  for (const auto& [path, ignored] : all) {
    differences.Step(file, path, "");
    const bool wanted = recorded.contains(path);
    const bool found = here.contains(path);
    differences.Compare("file", wanted ? path : "", found ? path : "");
    if (wanted && found) {
      CompareJson(differences, "content", Bound(path, recorded.at(path)),
                  Bound(path, here.at(path)));
    }
  }
}

// A folder in the form of goldens/kbs-http whose configuration leads to
// `store`.
void MakeFolder(const std::string& goldens, const std::string& config,
                const std::string& store, const std::string& folder) {
  fs::create_directories(folder + "/config");
  fs::create_directory_symlink(goldens + "/kbs-http/keys", folder + "/keys");
  std::string text =
      vouchsafe::testing::ReadFile(goldens + "/kbs-http/config/" + config);
  ReplaceAll(text, "\"storage\"", "\"" + store + "\"");
  WriteFile(folder + "/config/" + config, text);
}

TEST_P(KbsStorage, WritesWhatTrusteeWrote) {
  SHARED_OR_SKIP(shared, "");
  const std::string goldens = shared + "/goldens";
  TempDir dir;
  const std::string store = dir.path() + "/ours";
  MakeFolder(goldens, GetParam().config, store, dir.path());
  KbsServer::Options options;
  options.folder = dir.path();
  options.config = GetParam().config;
  options.now = kKbsRecorded;
  const auto server = KbsServer::Create(options);
  ASSERT_TRUE(server) << server.error().Text();
  const Transcript transcript =
      LoadTranscript(goldens, GetParam().file, "requests");
  for (const Exchange& exchange : transcript.exchanges) {
    EXPECT_EQ((*server)->Replay(exchange).status, exchange.status)
        << exchange.name;
  }
  const std::string label = std::string("storage: ") + GetParam().file;
  Differences differences({label});
  const json::Value recording = LoadJson(goldens + "/" + GetParam().file);
  CompareFiles(differences, label, Unpacked(RecordedFiles(recording, shared)),
               Unpacked(FilesBelow(store)));
  differences.Finish();
}

Exchange Get(const std::string& target, const std::string& header,
             const std::string& value) {
  Exchange exchange;
  exchange.request.method = "GET";
  exchange.request.target = target;
  exchange.request.headers.Add(header, value);
  return exchange;
}

size_t CiphertextSize(const http::Response& response) {
  const auto body = json::Parse(response.body);
  if (!body) return 0;
  const auto bytes = Base64UrlDecode(TextOf(*body, "/ciphertext"));
  return bytes ? bytes->size() : 0;
}

// The recorded request for an attestation, for another session's nonce.
Exchange AttestFor(const Exchange& recorded, const std::string& cookie,
                   const std::string& nonce) {
  json::Value body = *json::Parse(ToText(recorded.request.body));
  json::Value* runtime = body.if_object()->Find("runtime-data");
  runtime->if_object()->Set("nonce", nonce);
  json::Object bound = *runtime->if_object();
  bound.Set("additional-evidence", "");
  const Bytes digest = crypto::Digest(
      crypto::Hash::kSha384, AsBytes(*json::Canonical(std::move(bound))));
  json::Object& evidence = *body.if_object()->Find("tee-evidence")->if_object();
  evidence.Find("primary_evidence")
      ->if_object()
      ->Set("report_data", Base64Encode(digest));
  Exchange out;
  out.request = recorded.request;
  out.request.body = ToBytes(json::Write(body));
  out.request.headers.Set("Cookie", cookie);
  return out;
}

std::string CookieOf(const Exchange& exchange) {
  const std::string cookie(exchange.headers.Get("set-cookie"));
  return cookie.substr(0, cookie.find(';'));
}

TEST_P(KbsStorage, ReadsWhatTrusteeWrote) {
  SHARED_OR_SKIP(shared, "");
  const std::string goldens = shared + "/goldens";
  TempDir dir;
  const std::string store = dir.path() + "/trustee";
  const json::Value recording = LoadJson(goldens + "/" + GetParam().file);
  const Files recorded = RecordedFiles(recording, shared);
  WriteFiles(recorded, store);
  MakeFolder(goldens, GetParam().config, store, dir.path());
  KbsServer::Options options;
  options.folder = dir.path();
  options.config = GetParam().config;
  options.now = kKbsRecorded;
  const auto made = KbsServer::Create(options);
  ASSERT_TRUE(made) << made.error().Text();
  KbsServer& server = **made;
  const Transcript transcript =
      LoadTranscript(goldens, GetParam().file, "requests");
  const auto& steps = transcript.exchanges;
  ASSERT_EQ(steps.size(), 9u);
  const Exchange& authed = steps[6];
  const Exchange& attest = steps[8];

  // Reference values.
  const std::string bearer(steps[0].request.headers.Get("Authorization"));
  for (const auto& [id, value] :
       {std::pair{"svn", "[\"1\"]"}, {"a/b", "{\"x\":1}"}}) {
    const http::Response found = server.Replay(Get(
        std::string("/kbs/v0/reference-value/") + id, "Authorization", bearer));
    EXPECT_EQ(found.status, 200) << id;
    EXPECT_EQ(found.body, value) << id;
  }
  // Sessions: the attested one has its token, the authed one its nonce. Of
  // LocalJson they were in memory, so one is made.
  std::string cookie = CookieOf(attest);
  if (GetParam().json) {
    cookie = CookieOf(steps[7]);
    EXPECT_EQ(server.Replay(steps[7]).status, 200);
    EXPECT_EQ(server.Replay(attest).status, 200);
  } else {
    const std::string nonce = TextOf(*json::Parse(authed.body), "/nonce");
    EXPECT_EQ(server.Replay(AttestFor(attest, CookieOf(authed), nonce)).status,
              200);
  }
  // Resources, by the policy that Trustee stored.
  const http::Response one =
      server.Replay(Get("/kbs/v0/resource/default/key/1", "Cookie", cookie));
  EXPECT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(CiphertextSize(one), std::string("secret").size());
  const http::Response two = server.Replay(
      Get("/kbs/v0/resource/one/two/three.txt", "Cookie", cookie));
  EXPECT_EQ(CiphertextSize(two), 3u);
  // Nothing of Trustee's was changed on the way, its policies above all.
  const Files now = Unpacked(FilesBelow(store));
  for (const auto& [path, content] : Unpacked(recorded)) {
    if (path.starts_with("kbs_protocol_session/")) continue;
    ASSERT_TRUE(now.contains(path)) << path;
    EXPECT_EQ(now.at(path), content) << path;
  }
}

TEST_P(KbsStorage, StoresGiveTheValues) {
  SHARED_OR_SKIP(shared, "");
  TempDir dir;
  const json::Value recording =
      LoadJson(shared + "/goldens/" + GetParam().file);
  WriteFiles(RecordedFiles(recording, shared), dir.path());
  const auto env = storage::MakePosixEnv();
  ManualClock clock(kKbsRecorded);
  storage::StorageConfig config;
  config.type = GetParam().json ? storage::StorageType::kLocalJson
                                : storage::StorageType::kLocalFs;
  config.local_fs = config.local_json = storage::StorageConfig::Dir{dir.path()};
  storage::StoreProvider provider(config, *env, clock);
  const auto repository = provider.Open(storage::kRepository);
  ASSERT_TRUE(repository);
  EXPECT_EQ((*repository)->Get("default/key/1").value(), ToBytes("secret"));
  EXPECT_EQ((*repository)->Get("one/two/three.txt").value(),
            (Bytes{0x00, 0x01, 0xff}));
  const auto policies = provider.Open(storage::kAsPolicies);
  ASSERT_TRUE(policies);
  EXPECT_EQ((*policies)->Get("mine_cpu.rego").value(),
            ToBytes("package policy\ntrust_claims := {\"executables\": 3}\n"));
}

INSTANTIATE_TEST_SUITE_P(Goldens, KbsStorage, ::testing::ValuesIn(kKbs),
                         [](const auto& param) { return param.param.name; });

struct Rvps {
  const char* name;
  const char* file;
  storage::StorageType type;
};
constexpr Rvps kRvps[] = {
    {"LocalFs", "rvps/grpc-localfs.json", storage::StorageType::kLocalFs},
    {"LocalJson", "rvps/grpc-localjson.json", storage::StorageType::kLocalJson},
};

void PrintTo(const Rvps& rvps, std::ostream* out) { *out << rvps.name; }

class RvpsStorage : public ::testing::TestWithParam<Rvps> {};

// "37 Register sample: one good, one bad id", "38 Query good1".
std::string CallName(size_t index, const json::Value& call) {
  std::string name = std::to_string(index);
  const std::string method = TextOf(call, "/method");
  if (method == "RegisterReferenceValue") {
    name += " Register";
    const auto message = json::Parse(TextOf(call, "/request/message"));
    if (message) name += " " + TextOf(*message, "/type");
  } else if (method == "QueryReferenceValue") {
    name += " Query " + TextOf(call, "/request/reference_value_id");
  } else {
    name += " " + method;
  }
  const std::string note = TextOf(call, "/note");
  return note.empty() ? name : name + ": " + note;
}

// What was put into the store by hand, before the last queries.
bool PutByHand(const std::string& path) {
  return path.ends_with("/broken") || path.ends_with("/expired") ||
         path.ends_with("/oldform");
}

void Call(rvps::BuiltinReferenceValues& values, const json::Value& call,
          const Clock& clock, Differences& differences) {
  RequestContext context;
  context.clock = &clock;
  const std::string code = TextOf(call, "/code");
  if (TextOf(call, "/method") == "RegisterReferenceValue") {
    const auto done =
        values.Register(TextOf(call, "/request/message"), context);
    differences.Compare("code", code, done ? "OK" : "ABORTED");
    return;
  }
  const auto found =
      values.Query(TextOf(call, "/request/reference_value_id"), context);
  differences.Compare("code", code, found ? "OK" : "ABORTED");
  std::string text;
  if (found && found->value) text = json::Write(*found->value);
  CompareJson(differences, "value",
              TextOf(call, "/response/reference_value_results"), text);
}

TEST_P(RvpsStorage, CallsAndFilesAreTrustees) {
  SHARED_OR_SKIP(shared, "");
  const json::Value recording =
      LoadJson(shared + "/goldens/" + GetParam().file);
  const Files recorded = RecordedFiles(recording, shared);
  TempDir dir;
  const auto env = storage::MakePosixEnv();
  ManualClock clock(kRvpsRecorded);
  NullLogger logger;
  storage::StorageConfig config;
  config.type = GetParam().type;
  config.local_fs = config.local_json = storage::StorageConfig::Dir{dir.path()};
  storage::StoreProvider provider(config, *env, clock);
  const auto store = provider.Open(storage::kReferenceValues);
  ASSERT_TRUE(store);
  rvps::BuiltinOptions options;
  options.refresh = std::chrono::milliseconds(0);
  rvps::BuiltinReferenceValues values(**store, clock, logger, options);

  const std::string label = std::string("storage: ") + GetParam().file;
  Differences differences({label});
  size_t index = 0;
  for (const json::Value& call : *recording.Find("calls")->if_array()) {
    const std::string name = CallName(index++, call);
    SCOPED_TRACE(name);
    if (differences.NotReplayed(label, name)) continue;
    for (const auto& [path, content] : recorded) {
      if (PutByHand(path) &&
          path.ends_with(TextOf(call, "/request/reference_value_id"))) {
        WriteFile(dir.path() + "/" + path, content);
      }
    }
    differences.Step(label, name, "");
    Call(values, call, clock, differences);
  }
  const bool json = GetParam().type == storage::StorageType::kLocalJson;
  const Files here = FilesBelow(dir.path());
  CompareFiles(differences, label, json ? KeysOfJsonFiles(recorded) : recorded,
               json ? KeysOfJsonFiles(here) : here);
  differences.Finish();
}

INSTANTIATE_TEST_SUITE_P(Goldens, RvpsStorage, ::testing::ValuesIn(kRvps),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vouchsafe::goldens
