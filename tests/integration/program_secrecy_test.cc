// The real programs over TLS at the most talkative log level, with an
// administrator who is known by a token: standard error of kbs, restful-as and
// kbs-client, error answers and kept decisions hold nothing confidential.

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "crypto/keys.h"
#include "jose/jws.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/curl_fetcher.h"
#include "storage/namespaces.h"
#include "tests/fake/self_signed.h"
#include "tests/integration/confidential.h"
#include "tests/integration/program.h"

namespace vouchsafe {
namespace {

using testing::Confidential;
using testing::Program;

constexpr const char* kPath = "default/programs/1";
constexpr const char* kSecret = "7f3a-the-secret-of-the-programs-that-run-here";
constexpr const char* kInitData =
    "version = \"0.1.0\"\nalgorithm = \"sha256\"\n\n[data]\n"
    "\"cdh.toml\" = \"password = 'of no interest to any policy'\"\n";

std::string Write(const std::string& path, std::string_view text) {
  std::ofstream(path) << text;
  return path;
}

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

class ProgramSecrecy : public ::testing::Test {
 protected:
  ProgramSecrecy() { certificate_.Save(folder_.path()); }

  std::string Path(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  static std::string AdminToken(const crypto::PrivateKey& key) {
    json::Object header;
    header.Set("alg", "EdDSA");
    json::Object claims;
    claims.Set("iss", "issuer");
    claims.Set("aud", json::Array{json::Value("audience")});
    claims.Set("role", "admin");
    claims.Set("exp", int64_t{4'000'000'000});
    return *jose::SignJws(header, AsBytes(json::Write(std::move(claims))), key);
  }
  std::string KbsConfig() {
    Write(Path("admin.pub"), admin_key_.Public().SpkiPem());
    return Write(
        Path("kbs.toml"),
        "[http_server]\nsockets = [\"127.0.0.1:" + std::to_string(port_) +
            "\"]\ncertificate = \"" + Path("cert.pem") +
            "\"\nprivate_key = \"" + Path("key.pem") +
            "\"\n[admin]\nauthorization_mode = "
            "\"AuthenticatedAuthorization\"\n"
            "[[admin.authentication.bearer_jwt.identity_providers]]\n"
            "issuer = \"issuer\"\naudience = \"audience\"\npublic_key_uri = "
            "\"" +
            Path("admin.pub") +
            "\"\n[[admin.authorization.regex_acl.acls]]\nrole = \"admin\"\n"
            "allowed_endpoints = \"^/kbs/v0/.+$\"\n"
            "[storage_backend]\nstorage_type = \"LocalFs\"\n"
            "[storage_backend.backends.local_fs]\ndir_path = \"" +
            Path("store") + "\"\n[[plugins]]\nname = \"resource\"\n");
  }

  // kbs-client with these words after the server's address.
  Ran Client(std::vector<std::string> words) {
    const std::string own = Path("run-" + std::to_string(runs_++));
    std::filesystem::create_directory(own);
    words.insert(words.begin(), {testing::ProgramPath("kbs-client"), "--url",
                                 "https://127.0.0.1:" + std::to_string(port_),
                                 "--cert-file", Path("cert.pem")});
    Program program(own, words, {"RUST_LOG=trace"});
    Ran ran;
    ran.code = program.WaitForEnd();
    ran.out = program.Output();
    ran.err = program.Errors();
    told_.push_back(ran.err);
    return ran;
  }
  // The same as an administrator with the token in that file; what it prints is
  // no secret either.
  Ran Admin(const std::string& token_file, std::vector<std::string> words) {
    words.insert(words.begin(), {"config", "--admin-token-file", token_file});
    Ran ran = Client(std::move(words));
    told_.push_back(ran.out);
    return ran;
  }

  void StoreAsAdministrator() {
    const std::string secret = Write(Path("secret"), kSecret);
    const std::vector<std::string> set = {"set-resource", "--path", kPath,
                                          "--resource-file", secret};
    EXPECT_EQ(Admin(Path("admin-token"), set).code, 0);
    EXPECT_EQ(Admin(Path("stranger-token"), set).code, 1);
    EXPECT_EQ(Admin(Path("no-token"), set).code, 1);
    EXPECT_EQ(
        Admin(Path("admin-token"), {"set-sample-reference-value", "svn", "1"})
            .code,
        0);
  }
  void SetPolicy(const char* which) {
    EXPECT_EQ(Admin(Path("admin-token"), {"set-resource-policy", which}).code,
              0);
  }
  void FetchAsGuest() {
    const std::string key =
        Write(Path("guest.pem"), AsText(guest_key_.Pkcs8Pem().view()));
    const std::vector<std::string> get = {"get-resource", "--path", kPath};
    const Ran attested = Client({"attest", "--tee-key-file", key, kInitData});
    EXPECT_EQ(attested.code, 0) << attested.err;
    token_ = attested.out.substr(0, attested.out.find('\n'));
    Write(Path("token"), token_);
    Write(Path("bad-token"), token_ + "x");
    EXPECT_EQ(Client(get).out, Base64Encode(AsBytes(kSecret)) + "\n");
    const auto with = [&](const char* file) {
      return std::vector<std::string>{
          "get-resource", "--path",         kPath, "--attestation-token",
          Path(file),     "--tee-key-file", key};
    };
    EXPECT_EQ(Client(with("token")).code, 0);
    EXPECT_EQ(Client(with("bad-token")).code, 1);
    EXPECT_EQ(Client({"get-resource", "--path", "default/no/1"}).code, 1);
  }
  void BeRefused() {
    const std::vector<std::string> get = {"get-resource", "--path", kPath};
    EXPECT_EQ(Client(get).code, 1);
    EXPECT_EQ(Client({"--json", "get-resource", "--path", kPath}).code, 1);
    EXPECT_EQ(Client({"attest", "no TOML, but a text of some length"}).code, 1);
    const std::string evidence = Write(Path("evidence"), evidence_);
    EXPECT_EQ(
        Client({"attest", "--evidence", evidence, "--tee", "sample"}).code, 1);
  }
  // What an administrator reads about all that.
  std::string KeptDecisions() {
    http::FetchRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(port_) +
                  "/kbs/v0/admin/decisions";
    request.ca_pem = {certificate_.certificate_pem};
    request.headers.Add("Authorization", "Bearer " + AdminToken(admin_key_));
    RequestContext context;
    context.clock = &clock_;
    net::CurlFetcher fetcher;
    const auto answer = fetcher.Fetch(request, context);
    EXPECT_TRUE(answer && answer->status == 200);
    return answer ? ToText(answer->body) : "";
  }

  // The sessions and keys that the store holds now: ids are cookies.
  void AddStored() {
    namespace fs = std::filesystem;
    const std::string store = Path("store") + "/";
    for (const auto& entry :
         fs::directory_iterator(store + std::string(storage::kSessions))) {
      confidential_.Add("cookie", entry.path().filename().string());
      const auto session =
          json::Parse(testing::ReadFile(entry.path().string()));
      ASSERT_TRUE(session);
      const auto add = [&](const char* kind, const char* pointer) {
        const json::Value* value = session->At(pointer);
        if (value != nullptr) confidential_.Add(kind, *value->if_string());
      };
      add("nonce", "/Authed/challenge/nonce");
      const json::Value* token = session->At("/Attested/token");
      if (token != nullptr)
        confidential_.AddToken("token", *token->if_string());
    }
    for (const auto& entry :
         fs::directory_iterator(store + std::string(storage::kOwnKeys))) {
      confidential_.AddPem("signing key",
                           testing::ReadFile(entry.path().string()));
    }
  }
  void ExpectToldNothing(std::initializer_list<const char*> kinds) {
    for (const char* kind : kinds) {
      EXPECT_GT(confidential_.Count(kind), 0u) << kind;
    }
    for (const std::string& text : told_) {
      for (const std::string& kind : confidential_.In(text)) {
        ADD_FAILURE() << kind << " in: " << text;
      }
    }
  }

  testing::TempDir folder_;
  const uint16_t port_ = testing::FreePort();
  SystemClock clock_;
  fake::SelfSigned certificate_ = fake::MakeSelfSigned();
  const crypto::PrivateKey admin_key_ =
      *crypto::PrivateKey::Generate(crypto::KeyType::kEd25519);
  const crypto::PrivateKey stranger_ =
      *crypto::PrivateKey::Generate(crypto::KeyType::kEd25519);
  const crypto::PrivateKey guest_key_ =
      *crypto::PrivateKey::Generate(crypto::KeyType::kEcP256);
  const std::string evidence_ =
      R"({"svn":"1","report_data":")" + Base64Encode(Bytes(48, 9)) +
      R"(","cc_eventlog":"evidence of no TEE, as long as it has to be"})";
  std::string token_;
  int runs_ = 0;
  Confidential confidential_;
  std::vector<std::string> told_;
};

TEST_F(ProgramSecrecy, KeyBrokerAndClient) {
  Write(Path("admin-token"), AdminToken(admin_key_));
  Write(Path("stranger-token"), AdminToken(stranger_));
  Write(Path("no-token"), "a-text-that-is-no-token-but-may-be-a-password");
  Program kbs(folder_.path(),
              {testing::ProgramPath("kbs"), "--config-file", KbsConfig()},
              {"RUST_LOG=trace"});
  kbs.WaitForPort(port_);
  StoreAsAdministrator();
  SetPolicy("--allow-all");
  FetchAsGuest();
  SetPolicy("--deny-all");
  BeRefused();
  told_.push_back(KeptDecisions());
  kbs.Signal(SIGTERM);
  EXPECT_EQ(kbs.WaitForEnd(), 0);
  told_.push_back(kbs.Errors());
  EXPECT_NE(kbs.Errors().find("decision: refused"), std::string::npos);

  confidential_.Add("secret", kSecret);
  confidential_.Add("evidence", evidence_);
  confidential_.Add("init data", kInitData);
  confidential_.AddToken("token", token_);
  for (const char* file : {"admin-token", "stranger-token", "no-token"}) {
    confidential_.AddToken("admin token", testing::ReadFile(Path(file)));
  }
  confidential_.AddPem("TLS key", certificate_.key_pem);
  for (const crypto::PrivateKey* key : {&admin_key_, &stranger_, &guest_key_}) {
    confidential_.AddPem("private key", AsText(key->Pkcs8Pem().view()));
  }
  AddStored();
  ExpectToldNothing({"secret", "evidence", "init data", "token", "admin token",
                     "TLS key", "private key", "cookie", "nonce",
                     "signing key"});
}

TEST_F(ProgramSecrecy, AttestationService) {
  const std::string socket = Path("admin.sock");
  const std::string config = Write(
      Path("as.json"),
      R"({"storage_backend":{"storage_type":"LocalFs","backends":{"local_fs":)"
      R"({"dir_path":")" +
          Path("store") + R"("}}}})");
  Program as(folder_.path(),
             {testing::ProgramPath("restful-as"), "--socket",
              "127.0.0.1:" + std::to_string(port_), "--admin-socket", socket,
              "--config-file", config},
             {"RUST_LOG=trace"});
  as.WaitForPort(port_);
  const std::string seed = testing::ReadFile(
      std::string(VOUCHSAFE_SOURCE_DIR) + "/tests/data/seed/snp-request.json");
  const auto request = json::Parse(seed);
  ASSERT_TRUE(request);
  const std::string evidence = *request->Find("evidence")->if_string();
  const auto post = [&](const std::string& body) {
    testing::SocketClient client(port_);
    client.Send(
        "POST /attestation HTTP/1.1\r\nContent-Type: application/json"
        "\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.Answer();
  };
  const std::string good = post(seed);
  ASSERT_EQ(good.substr(9, 3), "200") << good;
  std::string altered = seed;
  altered.replace(altered.find(evidence) + 2'000, 4, "AAAA");
  for (const std::string& body :
       {altered, seed.substr(0, seed.size() - 3),
        R"({"tee":"snp","evidence":")" + Base64UrlEncode(AsBytes(evidence_)) +
            R"("})",
        R"({"tee":"sample","evidence":")" +
            Base64UrlEncode(AsBytes(evidence_ + "x")) + R"("})"}) {
    const std::string answer = post(body);
    EXPECT_EQ(answer.substr(9, 1), "4") << answer;
    told_.push_back(answer);
  }
  testing::SocketClient admin(socket);
  admin.Send("GET /kbs/v0/admin/decisions HTTP/1.1\r\n\r\n");
  told_.push_back(admin.Answer());
  EXPECT_NE(told_.back().find("refused"), std::string::npos);
  as.Signal(SIGTERM);
  EXPECT_EQ(as.WaitForEnd(), 0);
  told_.push_back(as.Errors());

  confidential_.AddToken("token", good.substr(good.find("\r\n\r\n") + 4));
  confidential_.Add("evidence", evidence);
  confidential_.Add("evidence", AsText(*Base64UrlDecode(evidence)));
  confidential_.Add("evidence", evidence_);
  for (const auto& entry : std::filesystem::directory_iterator(
           Path("store") + "/" + std::string(storage::kOwnKeys))) {
    confidential_.AddPem("signing key",
                         testing::ReadFile(entry.path().string()));
  }
  ExpectToldNothing({"token", "evidence", "signing key"});
}

}  // namespace
}  // namespace vouchsafe
