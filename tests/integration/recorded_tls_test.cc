// What Trustee's server agreed to over TLS, per profile, and what it answered
// there: the same clients at the key broker's own program, and the same
// requests over TLS. What must hold without the recordings stands in a table.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/fake/self_signed.h"
#include "tests/goldens/compare.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/kbs_server.h"
#include "tests/goldens/transcript.h"
#include "tests/integration/program.h"
#include "tests/integration/recorded_answers.h"
#include "tests/integration/server_fixture.h"
#include "tests/integration/tls_client.h"

namespace vouchsafe::integration {
namespace {

using goldens::TextOf;
using vouchsafe::testing::SocketClient;
using vouchsafe::testing::TlsClient;
using vouchsafe::testing::TlsOffer;
using vouchsafe::testing::TlsOutcome;

constexpr const char* kFile = "kbs-http/https-and-transport.json";
// As docs/compatibility.md calls this part of the file.
constexpr const char* kHandshakes =
    "kbs-http/https-and-transport.json: tls handshakes";
constexpr const char* kAnswers =
    "kbs-http/https-and-transport.json: answers over tls";

// The program `kbs` with TLS.
class TlsKbs {
 public:
  struct Files {
    std::string certificate;
    std::string private_key;
  };
  TlsKbs(const Files& files, const std::string& profile)
      : port_(vouchsafe::testing::FreePort()) {
    const std::string config = folder_.path() + "/kbs.toml";
    std::ofstream(config) << "[http_server]\nsockets = [\"127.0.0.1:" << port_
                          << "\"]\ncertificate = \"" << files.certificate
                          << "\"\nprivate_key = \"" << files.private_key
                          << "\"\ntls_profile = \"" << profile
                          << "\"\n[admin]\nauthorization_mode = \"DenyAll\"\n";
    program_ = std::make_unique<vouchsafe::testing::Program>(
        folder_.path(),
        std::vector<std::string>{vouchsafe::testing::ProgramPath("kbs"), "-c",
                                 config});
    program_->WaitForPort(port_);
  }
  uint16_t port() const { return port_; }
  TlsOutcome Try(const TlsOffer& offer) const {
    return TlsClient(port_, offer).outcome();
  }

 private:
  vouchsafe::testing::TempDir folder_;
  const uint16_t port_;
  std::unique_ptr<vouchsafe::testing::Program> program_;
};

std::vector<std::string> Words(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    out.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return out;
}

// The command line of `openssl s_client` that was recorded.
TlsOffer OfferOf(const std::vector<std::string>& args) {
  TlsOffer offer;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string& name = args[i];
    if (name == "-tls1") {
      offer.version = TLS1_VERSION;
    } else if (name == "-tls1_1") {
      offer.version = TLS1_1_VERSION;
    } else if (name == "-tls1_2") {
      offer.version = TLS1_2_VERSION;
    } else if (name == "-tls1_3") {
      offer.version = TLS1_3_VERSION;
    } else if (i + 1 == args.size()) {
      ADD_FAILURE() << "unknown option " << name;
    } else if (const std::string& value = args[++i]; name == "-cipher") {
      offer.ciphers = value;
    } else if (name == "-ciphersuites") {
      offer.suites = value;
    } else if (name == "-groups") {
      offer.groups = value;
    } else if (name == "-alpn") {
      offer.alpn = Words(value);
    } else {
      ADD_FAILURE() << "unknown option " << name;
    }
  }
  return offer;
}

// What follows `start` in the line that begins with it.
std::string After(const json::Value& lines, std::string_view start) {
  for (const json::Value& line : *lines.if_array()) {
    if (line.if_string()->starts_with(start)) {
      return line.if_string()->substr(start.size());
    }
  }
  return "";
}

TlsOutcome OutcomeOf(const json::Value& connection) {
  TlsOutcome out;
  if (connection.Find("exit")->int64() != 0) {
    constexpr std::string_view kAlert = "SSL alert number ";
    const std::string error = TextOf(connection, "/error");
    out.handshake =
        "alert " + error.substr(error.rfind(kAlert) + kAlert.size());
    return out;
  }
  const json::Value& seen = *connection.Find("seen");
  constexpr std::string_view kCipher = ", Cipher is ";
  const std::string agreed = After(seen, "New, ");
  const size_t comma = agreed.find(kCipher);
  out.handshake = "accepted";
  out.version = agreed.substr(0, comma);
  out.cipher = agreed.substr(comma + kCipher.size());
  out.group = After(seen, "Server Temp Key: ");
  out.alpn = After(seen, "ALPN protocol: ");
  return out;
}

TEST(RecordedTls, EveryHandshakeIsAsRecordedOrListed) {
  SHARED_OR_SKIP(goldens, "goldens");
  const std::string keys = goldens + "/kbs-http/keys/";
  goldens::Differences differences({kHandshakes});
  const json::Value file = goldens::LoadJson(goldens + "/" + kFile);
  size_t profiles = 0;
  for (const json::Value& part : *file.Find("tls")->if_array()) {
    if (part.Find("connections") == nullptr) continue;
    ++profiles;
    const std::string profile = TextOf(part, "/tls_profile");
    const TlsKbs kbs({keys + "https.crt", keys + "https.key"}, profile);
    for (const json::Value& connection :
         *part.Find("connections")->if_array()) {
      std::vector<std::string> args;
      std::string name = profile;
      for (const json::Value& arg : *connection.Find("args")->if_array()) {
        args.push_back(*arg.if_string());
        name += " " + args.back();
      }
      differences.Step(kHandshakes, name, "");
      const TlsOutcome want = OutcomeOf(connection);
      const TlsOutcome got = kbs.Try(OfferOf(args));
      differences.Compare("handshake", want.handshake, got.handshake);
      differences.Compare("version", want.version, got.version);
      differences.Compare("cipher", want.cipher, got.cipher);
      differences.Compare("group", want.group, got.group);
      differences.Compare("alpn", want.alpn, got.alpn);
    }
  }
  EXPECT_EQ(profiles, 3u);
  differences.Finish();
}

class RecordedHttps : public vouchsafe::testing::ServerFixture {
 protected:
  void StartKbs(const std::string& folder, bool strict) {
    goldens::KbsServer::Options options;
    options.folder = folder + "/kbs-http";
    options.config = "f-https.toml";
    options.strict = strict;
    options.now = 1'795'558'617;
    auto kbs = goldens::KbsServer::Create(options);
    ASSERT_TRUE(kbs) << kbs.error().Text();
    kbs_ = *std::move(kbs);
    router_ = kbs_->router();
    options_ = {};
    options_.addresses = {"127.0.0.1:0"};
    options_.worker_threads = 1;
    options_.tls = std::make_unique<net::TlsOptions>();
    options_.tls->certificate_file = options.folder + "/keys/https.crt";
    options_.tls->private_key_file = options.folder + "/keys/https.key";
    Start();
    // One of the recorded administrator's tokens, which end in 2100.
    const json::Value file =
        goldens::LoadJson(folder + "/kbs-http/resource-policy.json");
    admin_ = TextOf(file, "/steps/0/request/headers/Authorization");
    ASSERT_FALSE(admin_.empty());
  }

  // Bodies were not recorded; these are the protocol's own.
  std::string RequestOf(const json::Value& step) const {
    const std::string target = TextOf(step, "/target");
    std::string body;
    if (target == "/kbs/v0/auth") {
      body = R"({"version":"0.4.0","tee":"sample","extra-params":{}})";
    }
    std::string out = TextOf(step, "/method") + " " + target +
                      " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    if (*step.Find("admin_token")->if_bool()) {
      out += "Authorization: " + admin_ + "\r\n";
    }
    return out + "Content-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  void Replay(const json::Value& step, size_t index, bool strict) {
    const std::string version = TextOf(step, "/http_version");
    goldens::Exchange want;
    want.name = std::to_string(index) + " " + version + " " +
                TextOf(step, "/method") + " " + TextOf(step, "/target");
    want.request.target = TextOf(step, "/target");
    want.status = static_cast<int>(step.Find("status")->int64().value_or(0));
    for (const json::Member& header : *step.Find("headers")->if_object()) {
      want.headers.Add(header.name, *header.value.if_string());
    }
    want.body = TextOf(step, "/body");
    kbs_->Prepare(want);
    TlsOffer offer;
    if (version == "HTTP/2") offer.alpn = {"h2"};
    offer.alpn.push_back("http/1.1");
    TlsClient client(port_, offer);
    client.Send(RequestOf(step));
    const auto got = Answers(client.UntilClosed());
    ASSERT_EQ(got.size(), 1u) << want.name;
    differences_.Step(kAnswers, want.name, strict ? "strict" : "default");
    differences_.Compare("version", version, got[0].name);
    goldens::CompareOptions options;
    options.strict = strict;
    goldens::CompareAnswers(want, ResponseOf(got[0]), options, differences_);
  }

  void ReplayAll(const std::string& folder, bool strict) {
    StartKbs(folder, strict);
    ASSERT_FALSE(HasFatalFailure());
    const json::Value file = goldens::LoadJson(folder + "/" + kFile);
    for (const json::Value& part : *file.Find("tls")->if_array()) {
      if (const auto* steps = part.Find("http2_and_http1_over_tls")) {
        size_t index = 0;
        for (const json::Value& step : *steps->if_array()) {
          Replay(step, index++, strict);
        }
      }
      if (part.Find("plain_http_on_the_tls_port") != nullptr) {
        PlainHttp(TextOf(part, "/plain_http_on_the_tls_port"), strict);
      }
    }
    server_->Stop();
  }

  void PlainHttp(const std::string& recorded, bool strict) {
    differences_.Step(kAnswers, "plain HTTP", strict ? "strict" : "default");
    SocketClient client = Client();
    client.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.UntilClosed();
    differences_.Compare(
        "answer", recorded,
        answer.starts_with("HTTP/") ? answer : "connection error");
  }

  std::unique_ptr<goldens::KbsServer> kbs_;
  std::string admin_;
  goldens::Differences differences_{{kAnswers}};
};

TEST_F(RecordedHttps, EveryAnswerIsAsRecordedOrListed) {
  SHARED_OR_SKIP(goldens, "goldens");
  ReplayAll(goldens, false);
  ReplayAll(goldens, true);
  differences_.Finish();
}

struct ProfileCase {
  const char* name;
  TlsOffer offer;
  const char* old_and_intermediate;
  const char* modern;
  const char* group = nullptr;  // when accepted; any
  const char* alpn = "";
};

const std::vector<ProfileCase>& ProfileCases() {
  static const std::vector<ProfileCase> cases = {
      {"anything", {}, "accepted", "accepted", "X25519, 253 bits"},
      {"TLS 1.0", {TLS1_VERSION, "", "", "", {}}, "alert 70", "alert 70"},
      {"TLS 1.1", {TLS1_1_VERSION, "", "", "", {}}, "alert 70", "alert 70"},
      {"TLS 1.2", {TLS1_2_VERSION, "", "", "", {}}, "accepted", "alert 70"},
      {"TLS 1.3", {TLS1_3_VERSION, "", "", "", {}}, "accepted", "accepted"},
      {"1.2 with AEAD",
       {TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", "", "", {}},
       "accepted",
       "alert 70"},
      {"1.2 with CBC",
       {TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", "", "", {}},
       "alert 40",
       "alert 70"},
      {"1.3 with CCM",
       {TLS1_3_VERSION, "", "TLS_AES_128_CCM_SHA256", "", {}},
       "alert 40",
       "alert 40"},
      {"P-384",
       {0, "", "", "P-384", {}},
       "accepted",
       "accepted",
       "ECDH, secp384r1, 384 bits"},
      {"X448 or P-256",
       {0, "", "", "X448:P-256", {}},
       "accepted",
       "accepted",
       "ECDH, prime256v1, 256 bits"},
      {"P-521", {0, "", "", "P-521", {}}, "alert 40", "alert 40"},
      {"ALPN h2 first",
       {0, "", "", "", {"h2", "http/1.1"}},
       "accepted",
       "accepted",
       nullptr,
       "http/1.1"},
      {"ALPN h2 alone", {0, "", "", "", {"h2"}}, "accepted", "accepted"},
      {"ALPN unknown", {0, "", "", "", {"spdy/1"}}, "accepted", "accepted"},
  };
  return cases;
}

TEST(TlsProfiles, AcceptWhatTheirNamesPromise) {
  vouchsafe::testing::TempDir folder;
  fake::MakeSelfSigned().Save(folder.path());
  for (const char* profile : {"old", "intermediate", "modern"}) {
    const TlsKbs kbs({folder.path() + "/cert.pem", folder.path() + "/key.pem"},
                     profile);
    const bool modern = std::string_view(profile) == "modern";
    for (const ProfileCase& c : ProfileCases()) {
      SCOPED_TRACE(std::string(profile) + ": " + c.name);
      const TlsOutcome got = kbs.Try(c.offer);
      EXPECT_EQ(got.handshake, modern ? c.modern : c.old_and_intermediate);
      EXPECT_EQ(got.alpn, c.alpn);
      if (c.group != nullptr) {
        EXPECT_EQ(got.group, c.group);
      }
    }
  }
}

// A client that agreed on nothing but HTTP/2 is told so in HTTP/1.1.
TEST(TlsProfiles, Http2IsAnsweredInHttp1) {
  vouchsafe::testing::TempDir folder;
  fake::MakeSelfSigned().Save(folder.path());
  const TlsKbs kbs({folder.path() + "/cert.pem", folder.path() + "/key.pem"},
                   "intermediate");
  TlsOffer offer;
  offer.alpn = {"h2"};
  TlsClient client(kbs.port(), offer);
  client.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const auto got = Answers(client.UntilClosed());
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].name, "HTTP/1.1");
  EXPECT_EQ(got[0].status, 400);
}

}  // namespace
}  // namespace vouchsafe::integration
