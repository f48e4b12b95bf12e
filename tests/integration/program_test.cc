// The real programs: what signals do to them, and more connections than they
// take.

#include "tests/integration/program.h"

#include <gtest/gtest-spi.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "base/encoding.h"
#include "net/curl_fetcher.h"
#include "policy/resource_policies.h"
#include "tests/fake/self_signed.h"

namespace vouchsafe {
namespace {

using testing::Program;
using testing::SocketClient;

std::string StatusOf(const std::string& answer) {
  return answer.size() < 12 ? answer : answer.substr(9, 3);
}

// A server program with one request that changes something.
struct Server {
  const char* name;
  const char* target;
  std::string body;
};

const Server& Kbs() {
  static const Server server{
      "kbs", "/kbs/v0/resource-policy",
      R"({"policy":")" +
          Base64UrlEncode(AsBytes(policy::kDenyAllResourcePolicy)) + R"("})"};
  return server;
}

const Server& RestfulAs() {
  static const Server server{
      "restful-as", "/policy",
      R"({"type":"rego","policy_id":"mine","policy":")" +
          Base64UrlEncode(AsBytes("package policy\n\ntrust_claims := "
                                  "{\"hardware\": 97}\n")) +
          R"("})"};
  return server;
}

class ProgramTest : public ::testing::Test {
 protected:
  void UseTls() {
    certificate_ = std::make_unique<fake::SelfSigned>(fake::MakeSelfSigned());
    certificate_->Save(folder_.path());
  }
  // The command line, with the configuration that it needs.
  std::vector<std::string> Words(const Server& server) {
    const std::string address = "127.0.0.1:" + std::to_string(port_);
    const std::string cert = folder_.path() + "/cert.pem";
    const std::string key = folder_.path() + "/key.pem";
    const bool tls = certificate_ != nullptr;
    const std::string program = testing::ProgramPath(server.name);
    if (std::string(server.name) == "restful-as") {
      if (!tls) return {program, "--socket", address};
      return {program, "--socket", address, "-t", cert, "-k", key};
    }
    const std::string path = folder_.path() + "/kbs.toml";
    std::ofstream(path)
        << "[http_server]\nsockets = [\"" << address << "\"]\n"
        << (tls ? "certificate = \"" + cert + "\"\nprivate_key = \"" + key +
                      "\"\n"
                : "insecure_http = true\n")
        << "[admin]\nauthorization_mode = \"InsecureAllowAll\"\n"
        << "[storage_backend]\nstorage_type = \"LocalFs\"\n"
        << "[storage_backend.backends.local_fs]\ndir_path = \""
        << folder_.path() << "/store\"\n[[plugins]]\nname = \"resource\"\n";
    return {program, "--config-file", path};
  }
  void Start(const Server& server) { StartWords(Words(server)); }
  void StartWords(std::vector<std::string> words) {
    program_ = std::make_unique<Program>(folder_.path(), std::move(words));
    program_->WaitForPort(port_);
  }

  SocketClient Connect() const { return SocketClient(port_); }
  static std::string Head(const Server& server, std::string_view more = "") {
    return "POST " + std::string(server.target) +
           " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" +
           std::string(more) +
           "Content-Length: " + std::to_string(server.body.size()) + "\r\n\r\n";
  }
  // Whether an HTTPS request succeeds that trusts this certificate alone.
  bool Trusts(const fake::SelfSigned& certificate) {
    http::FetchRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(port_) + "/healthz";
    request.ca_pem = {certificate.certificate_pem};
    RequestContext context;
    context.clock = &clock_;
    net::CurlFetcher fresh;  // a connection of its own
    const auto answer = fresh.Fetch(request, context);
    return answer && answer->status == 200;
  }

  testing::TempDir folder_;
  const uint16_t port_ = testing::FreePort();
  SystemClock clock_;
  std::unique_ptr<fake::SelfSigned> certificate_;
  std::unique_ptr<Program> program_;
  int runs_ = 0;
};

// kbs-client says what is found in a policy that was taken: on stderr, so that
// what scripts read stays as it was.
TEST_F(ProgramTest, FindingsOfATakenPolicyAreShown) {
  Start(Kbs());
  const std::string path = folder_.path() + "/policy.rego";
  std::ofstream(path) << "package policy\n\ndefault allow := true\n";
  const auto set = [&](const char* form, const std::string& which) {
    std::vector<std::string> words = {
        testing::ProgramPath("kbs-client"), "--url",
        "http://127.0.0.1:" + std::to_string(port_)};
    if (*form) words.push_back(form);
    words.insert(words.end(), {"config", "set-resource-policy"});
    if (which == path) words.push_back("--policy-file");
    words.push_back(which);
    const std::string own = folder_.path() + "/" + std::to_string(runs_++);
    std::filesystem::create_directory(own);
    Program client(own, words);
    EXPECT_EQ(client.WaitForEnd(), 0) << client.Errors();
    return std::pair(client.Output(), client.Errors());
  };
  const std::string found =
      "resource-policy.rego:3:1: lint_default_allow: what no rule decides is "
      "allowed: let the default be false";
  const auto [out, errors] = set("", path);
  EXPECT_EQ(out.substr(0, 27), "Set resource policy success") << out;
  EXPECT_EQ(out.find("lint_"), std::string::npos) << out;
  EXPECT_NE(errors.find("\nwarning: " + found + "\n"), std::string::npos)
      << errors;
  const auto [json_out, json_errors] = set("--json", path);
  EXPECT_EQ(json_out.substr(0, 10), "{\"policy\":") << json_out;
  EXPECT_NE(json_errors.find("\n{\"finding\":\"" + found + "\"}\n"),
            std::string::npos)
      << json_errors;
  EXPECT_EQ(set("", "--deny-all").second.find("lint_"), std::string::npos);
}

class Stops : public ProgramTest,
              public ::testing::WithParamInterface<
                  std::pair<const Server* (*)(), int>> {};

// A request that has begun is answered, idle connections end, no new one is
// taken, and the program ends well.
TEST_P(Stops, AfterWhatHasBegun) {
  const Server& server = *GetParam().first();
  Start(server);
  auto idle = Connect();
  idle.Send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(StatusOf(idle.Answer()), "200");
  auto busy = Connect();
  busy.Send(Head(server, "Expect: 100-continue\r\n"));
  ASSERT_EQ(StatusOf(busy.Answer()), "100");  // so the head was read

  program_->Signal(GetParam().second);
  EXPECT_EQ(idle.UntilClosed(), "");
  while (Connect().connected()) testing::Pause();
  EXPECT_FALSE(program_->Ended());
  busy.Send(server.body);
  const std::string answer = busy.Answer();
  EXPECT_EQ(StatusOf(answer), "200");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_EQ(program_->WaitForEnd(), 0);
  EXPECT_NE(program_->Errors().find(std::string(server.name) + " stopped"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Stops,
    ::testing::Values(std::pair{+[] { return &Kbs(); }, SIGTERM},
                      std::pair{+[] { return &Kbs(); }, SIGINT},
                      std::pair{+[] { return &RestfulAs(); }, SIGTERM},
                      std::pair{+[] { return &RestfulAs(); }, SIGINT}));

TEST_F(ProgramTest, HangupReloadsTheCertificate) {
  for (const Server* server : {&Kbs(), &RestfulAs()}) {
    SCOPED_TRACE(server->name);
    UseTls();
    Start(*server);
    const fake::SelfSigned first = *certificate_;
    EXPECT_TRUE(Trusts(first));

    // Nothing usable: the old one stays, and the operator is told.
    std::ofstream(folder_.path() + "/cert.pem") << "nothing";
    program_->Signal(SIGHUP);
    while (program_->Errors().find("TLS files not reloaded") ==
           std::string::npos) {
      ASSERT_FALSE(program_->Ended());
      testing::Pause();
    }
    EXPECT_TRUE(Trusts(first));

    const fake::SelfSigned second = fake::MakeSelfSigned(2);
    second.Save(folder_.path());
    program_->Signal(SIGHUP);
    while (!Trusts(second)) ASSERT_FALSE(program_->Ended());
    EXPECT_FALSE(Trusts(first));
    program_->Signal(SIGTERM);
    EXPECT_EQ(program_->WaitForEnd(), 0);
  }
}

// So many connections, each in the middle of something.
std::vector<SocketClient> HalfOpen(uint16_t port, size_t count) {
  const std::string_view kBegun[] = {
      "", "GET /heal", "GET /healthz HTTP/1.1\r\nHost: h\r\n",
      "POST /kbs/v0/auth HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"};
  std::vector<SocketClient> clients;
  clients.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    clients.emplace_back(port);
    EXPECT_TRUE(clients.back().connected()) << i;
    if (!clients.back().connected()) break;
    clients.back().Send(kBegun[i % std::size(kBegun)]);
  }
  return clients;
}

TEST_F(ProgramTest, TenThousandHalfOpenConnections) {
  constexpr size_t kCount = 10'050;  // fifty over the server's limit
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_max < kCount + 1'000) {
    GTEST_SKIP() << "at most " << files.rlim_max << " open files here";
  }
  const rlimit before = files;
  files.rlim_cur = std::max<rlim_t>(files.rlim_cur, kCount + 500);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  Start(Kbs());
  auto good = Connect();
  const std::string ask =
      "GET /kbs/v0/resource-policy HTTP/1.1\r\nHost: h\r\n\r\n";
  good.Send(ask);
  EXPECT_EQ(StatusOf(good.Answer()), "200");
  {
    std::vector<SocketClient> clients = HalfOpen(port_, kCount);
    ASSERT_EQ(clients.size(), kCount);
    // Over the limit: told so, at once.
    EXPECT_EQ(StatusOf(clients.back().Answer()), "503");
    auto refused = Connect();
    refused.Send(ask);
    const std::string answer = refused.Answer();
    EXPECT_EQ(StatusOf(answer), "503");
    EXPECT_NE(answer.find("Retry-After"), std::string::npos);
    // Meanwhile whoever is in is served, from the store too.
    good.Send(ask);
    EXPECT_EQ(StatusOf(good.Answer()), "200");
    good.Send(Head(Kbs()) + Kbs().body);
    EXPECT_EQ(StatusOf(good.Answer()), "200");
  }
  // And everybody afterwards.
  std::string status;
  while (status != "200") {
    ASSERT_FALSE(program_->Ended());
    auto fresh = Connect();
    fresh.Send(ask);
    status = StatusOf(fresh.Answer());
  }
  program_->Signal(SIGTERM);
  EXPECT_EQ(program_->WaitForEnd(), 0);
  setrlimit(RLIMIT_NOFILE, &before);
}

// With few open files allowed, connections are refused before the store is
// left without.
TEST_F(ProgramTest, FewOpenFilesAreKeptForTheStore) {
  std::string command = "ulimit -n 200 && exec";
  for (const std::string& word : Words(Kbs())) command += " '" + word + "'";
  StartWords({"/bin/sh", "-c", command});
  auto good = Connect();
  good.Send(Head(Kbs()) + Kbs().body);
  EXPECT_EQ(StatusOf(good.Answer()), "200");
  const std::vector<SocketClient> clients = HalfOpen(port_, 300);
  for (int i = 0; i < 3; ++i) {
    good.Send(Head(Kbs()) + Kbs().body);
    EXPECT_EQ(StatusOf(good.Answer()), "200");
  }
  auto refused = Connect();
  EXPECT_EQ(StatusOf(refused.Answer()), "503");
  EXPECT_NE(program_->Errors().find("raise the limit of open files"),
            std::string::npos);
}

// What a sanitizer says in a program that is killed is not lost.
TEST(ProgramReports, OfSanitizersFailTheTest) {
  testing::TempDir folder;
  for (const char* report :
       {"WARNING: ThreadSanitizer: data race", "a.cc:1:2: runtime error: x"}) {
    EXPECT_NONFATAL_FAILURE(
        {
          Program program(folder.path(),
                          {"/bin/sh", "-c", "echo \"$0\" >&2", report});
          program.WaitForEnd();
        },
        report);
    std::ofstream(folder.path() + "/sh.err") << "";
  }
}

}  // namespace
}  // namespace vouchsafe
