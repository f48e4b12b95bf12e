// TLS of the server, and the fetcher, over loopback sockets.

#include <atomic>
#include <fstream>
#include <latch>
#include <thread>

#include "net/curl_fetcher.h"
#include "tests/fake/self_signed.h"
#include "tests/integration/server_fixture.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::net {
namespace {

using std::chrono::milliseconds;

class FetchTest : public testing::ServerFixture {
 protected:
  void UseTls() {
    certificate_ = fake::MakeSelfSigned();
    certificate_.Save(folder_.path());
    options_.tls = std::make_unique<TlsOptions>();
    options_.tls->certificate_file = folder_.path() + "/cert.pem";
    options_.tls->private_key_file = folder_.path() + "/key.pem";
  }
  std::string HttpsUrl(const std::string& target) const {
    return "https://127.0.0.1:" + std::to_string(port_) + target;
  }
  http::FetchRequest Get(const std::string& url) const {
    http::FetchRequest request;
    request.url = url;
    request.timeout = milliseconds(5'000);
    return request;
  }
  http::FetchRequest GetTls(const std::string& target) const {
    http::FetchRequest request = Get(HttpsUrl(target));
    request.ca_pem = {certificate_.certificate_pem};
    return request;
  }
  Result<http::FetchResponse> Fetch(const http::FetchRequest& request) {
    RequestContext context;
    context.clock = &clock_;
    context.stop = stop_.get_token();
    return fetcher_.Fetch(request, context);
  }
  // The code's name, or "ok".
  std::string Outcome(const http::FetchRequest& request) {
    const auto response = Fetch(request);
    return response ? "ok" : std::string(ErrorCodeName(response.error().code));
  }

  testing::TempDir folder_;
  fake::SelfSigned certificate_;
  std::stop_source stop_;
  CurlFetcher fetcher_;
};

TEST_F(FetchTest, StatusesAreValues) {
  Start();
  const auto good = Fetch(Get(Url("/cheap")));
  ASSERT_TRUE(good) << good.error().Text();
  EXPECT_EQ(good->status, 200);
  EXPECT_EQ(good->headers.Get("content-type"), "text/plain; charset=utf-8");
  EXPECT_TRUE(good->body_text().starts_with("127.0.0.1:"));
  const auto again = Fetch(Get(Url("/cheap")));
  ASSERT_TRUE(again);
  // The same connection, so the same peer port.
  EXPECT_EQ(good->body_text(), again->body_text());
  const auto missing = Fetch(Get(Url("/nowhere")));
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->status, 404);
}

TEST_F(FetchTest, PostSendsTheBody) {
  Start();
  http::FetchRequest request = Get(Url("/echo"));
  request.method = "POST";
  request.body = ToBytes("a\0b");
  request.headers.Add("Content-Type", "application/json");
  const auto response = Fetch(request);
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response->body, request.body);
  request.body.clear();
  const auto empty = Fetch(request);
  ASSERT_TRUE(empty) << empty.error().Text();
  EXPECT_EQ(empty->status, 200);
}

TEST_F(FetchTest, Errors) {
  Start();
  const uint16_t closed_port = [] {
    const SystemClock clock;
    http::Router router;
    FixedRandom random;
    NullLogger logger;
    ServerOptions options;
    options.addresses = {"127.0.0.1:0"};
    auto server =
        Server::Create(std::move(options), {&router, &clock, &random, &logger});
    return server ? (*server)->Ports().front() : uint16_t{1};
  }();
  EXPECT_EQ(Outcome(Get("http://127.0.0.1:" + std::to_string(closed_port))),
            "unavailable");
  EXPECT_EQ(Outcome(Get("ftp://127.0.0.1/")), "invalid_input");
  EXPECT_EQ(Outcome(Get("http://h/a b")), "invalid_input");
  http::FetchRequest header = Get(Url("/cheap"));
  header.headers.Add("X", "a\r\nY: b");
  EXPECT_EQ(Outcome(header), "invalid_input");

  http::FetchRequest large = Get(Url("/large"));
  large.max_body = 1'000;
  EXPECT_EQ(Outcome(large), "too_large");
  large.max_body = size_t{1} << 20;
  EXPECT_EQ(Outcome(large), "ok");

  http::FetchRequest slow = Get(Url("/block"));
  slow.timeout = milliseconds(100);
  EXPECT_EQ(Outcome(slow), "deadline");
  gate_.leave.count_down();

  stop_.request_stop();
  EXPECT_EQ(Outcome(Get(Url("/cheap"))), "unavailable");
}

// Accepts one connection, reads a little, says `answer`, and closes.
class RawPeer {
 public:
  explicit RawPeer(std::string answer)
      : fd_(socket(AF_INET, SOCK_STREAM, 0)),
        thread_([this, answer] { Serve(answer); }) {}
  ~RawPeer() {
    thread_.join();
    close(fd_);
  }
  std::string Url() {
    ready_.wait();
    return "http://127.0.0.1:" + std::to_string(port_) + "/";
  }

 private:
  void Serve(const std::string& answer) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    bind(fd_, generic, size);
    listen(fd_, 1);
    getsockname(fd_, generic, &size);
    port_ = ntohs(address.sin_port);
    ready_.count_down();
    const int peer = accept(fd_, nullptr, nullptr);
    char ignored[4096];
    if (recv(peer, ignored, sizeof ignored, 0) > 0) {
      send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    close(peer);
  }

  std::latch ready_{1};
  int fd_;
  uint16_t port_ = 0;
  std::thread thread_;
};

TEST_F(FetchTest, BadPeers) {
  struct Case {
    const char* answer;
    const char* outcome;
  } const cases[] = {
      {"SSH-2.0-OpenSSH\r\n", "bad_peer"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "bad_peer"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       "bad_peer"},
      {"", "unavailable"},
      {"HTTP/1.1 204 No Content\r\n\r\n", "ok"},
  };
  for (const Case& c : cases) {
    RawPeer peer(c.answer);
    EXPECT_EQ(Outcome(Get(peer.Url())), c.outcome) << c.answer;
  }
}

TEST_F(FetchTest, RedirectsAreFollowedOnlyWhenAsked) {
  Start();
  http::FetchRequest request = Get(Url("/away"));
  const auto kept = Fetch(request);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->status, 302);
  EXPECT_EQ(kept->headers.Get("location"), "/cheap");
  request.follow_redirects = true;
  const auto followed = Fetch(request);
  ASSERT_TRUE(followed) << followed.error().Text();
  EXPECT_EQ(followed->status, 200);
  EXPECT_EQ(followed->headers.Find("location"), nullptr);
}

TEST_F(FetchTest, UnixSocket) {
  options_.unix_paths = {folder_.path() + "/s"};
  Start();
  http::FetchRequest request = Get("http://localhost/cheap");
  request.unix_socket = folder_.path() + "/s";
  const auto response = Fetch(request);
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response->body_text(), "unix");
}

TEST_F(FetchTest, TlsWithTheGivenAuthorityAlone) {
  UseTls();
  Start();
  const auto response = Fetch(GetTls("/cheap"));
  ASSERT_TRUE(response) << response.error().Text();
  EXPECT_EQ(response->status, 200);
  http::FetchRequest stranger = GetTls("/cheap");
  stranger.ca_pem = {fake::MakeSelfSigned().certificate_pem};
  EXPECT_EQ(Outcome(stranger), "bad_peer");
  stranger.ca_pem.clear();
  EXPECT_EQ(Outcome(stranger), "bad_peer");
  EXPECT_EQ(Fetch(GetTls("/large"))->body.size(), size_t{1} << 20);
}

TEST_F(FetchTest, GarbageInsteadOfTlsHurtsNobody) {
  options_.limits.handshake_timeout = milliseconds(100);
  UseTls();
  Start();
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), std::string("\x16\x03\x01\xff"),
        std::string(5000, '\0'), std::string()}) {
    auto client = Client();
    client.Send(bytes);
    EXPECT_TRUE(client.ClosedByServer());
  }
  EXPECT_EQ(Outcome(GetTls("/cheap")), "ok");
}

TEST_F(FetchTest, TooManyTlsConnectionsAreTold) {
  options_.limits.max_connections = 1;
  UseTls();
  Start();
  auto first = Client();
  while (server_->Stats().connections != 1) std::this_thread::yield();
  auto second = Client();
  second.Send(std::string("\x16\x03\x01\x00\x05hello", 10));
  // The fatal alert internal_error, instead of a handshake.
  EXPECT_EQ(second.UntilClosed(), std::string("\x15\x03\x03\0\x02\x02\x50", 7));
  EXPECT_EQ(server_->Stats().refused, 1u);
}

TEST_F(FetchTest, ReloadedCertificateIsUsedForNewConnections) {
  UseTls();
  Start();
  EXPECT_EQ(Outcome(GetTls("/cheap")), "ok");
  const fake::SelfSigned fresh = fake::MakeSelfSigned(2);
  fresh.Save(folder_.path());
  ASSERT_TRUE(server_->ReloadTls());
  http::FetchRequest request = GetTls("/cheap");
  request.ca_pem = {fresh.certificate_pem};
  EXPECT_EQ(Outcome(request), "ok");
  // A broken file leaves the last good one in use.
  std::ofstream(folder_.path() + "/cert.pem") << "nothing";
  const auto broken = server_->ReloadTls();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(Outcome(request), "ok");
}

TEST_F(FetchTest, ManyThreadsShareOneFetcher) {
  Start();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, &good] {
      for (int n = 0; n < 20; ++n) {
        if (Outcome(Get(Url("/cheap"))) == "ok") ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 160);
}

}  // namespace
}  // namespace vouchsafe::net
