// The HTTP server over loopback sockets. Timeouts are real and short.

#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "tests/integration/server_fixture.h"
#include "tests/support/shared_data.h"

namespace vouchsafe::net {
namespace {

using std::chrono::milliseconds;

class NetTest : public testing::ServerFixture {};

TEST_F(NetTest, KeepAliveAndPipelining) {
  Start();
  auto client = Client();
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /cheap?secret=1 HTTP/1.1\r\nHost: h\r\nCookie: c\r\n\r\n");
    const std::string answer = client.Answer();
    EXPECT_EQ(StatusOf(answer), "200");
    EXPECT_TRUE(BodyOf(answer).starts_with("127.0.0.1:"));
    EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
  }
  client.Send(
      "POST /echo HTTP/1.1\r\nContent-Length: 1\r\n\r\na"
      "POST /echo HTTP/1.1\r\nContent-Length: 1\r\n\r\nb"
      "GET /nowhere HTTP/1.1\r\n\r\n"
      "GET /cheap HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(BodyOf(client.Answer()), "a");
  EXPECT_EQ(BodyOf(client.Answer()), "b");
  EXPECT_EQ(StatusOf(client.Answer()), "404");
  EXPECT_NE(client.Answer().find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.ClosedByServer());
  server_->Stop();
  EXPECT_EQ(server_->Stats().requests, 7u);
  const std::string lines = logger_.Lines();
  EXPECT_NE(lines.find("/cheap"), std::string::npos);
  EXPECT_EQ(lines.find("secret"), std::string::npos);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 7);
}

TEST_F(NetTest, StatusesOfTheRouterAndOfTheHead) {
  options_.limits.max_head_bytes = 131'072;
  Start();
  std::string many;
  for (int i = 0; i < 97; ++i) many += "A: b\r\n";
  const std::string long_head(200'000, 'a');
  struct Case {
    const char* name;
    std::string request, status, body;
  } const cases[] = {
      {"404", "GET /kbs/v0 HTTP/1.1\r\n\r\n", "404", ""},
      {"405", "DELETE /cheap HTTP/1.1\r\n\r\n", "405", ""},
      {"healthz", "POST /healthz HTTP/1.1\r\n\r\n", "404", ""},
      {"no HTTP", "hello\r\n\r\n", "400", ""},
      {"TLS to plain", std::string("\x16\x03\x01\0\x05hello", 10), "400", ""},
      {"fields", "GET /cheap HTTP/1.1\r\n" + many + "\r\n", "431", ""},
      {"head", "GET /cheap HTTP/1.1\r\nA: " + long_head + "\r\n\r\n", "431",
       ""},
      {"target", "GET /" + long_head, "431", ""},
      {"declared body", "POST /echo HTTP/1.1\r\nContent-Length: 100001\r\n\r\n",
       "413", "payload reached size limit"},
      {"chunked body",
       "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n186a1\r\n" +
           std::string(100'001, 'a'),
       "413", "payload reached size limit"},
      {"bad chunk",
       "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400",
       "payload reached EOF before completing: None"},
  };
  for (const Case& c : cases) {
    auto client = Client();
    client.Send(c.request);
    if (std::string(c.name) == "TLS to plain") client.FinishSending();
    const std::string answer = client.Answer();
    if (std::string(c.name) == "TLS to plain") continue;  // any end will do
    EXPECT_EQ(StatusOf(answer), c.status) << c.name;
    EXPECT_EQ(BodyOf(answer), c.body) << c.name;
  }
  // And it still serves.
  EXPECT_EQ(StatusOf(Ask("GET /cheap HTTP/1.1\r\n\r\n")), "200");
}

TEST_F(NetTest, HeadHasNoBodyOnTheWire) {
  Start();
  auto client = Client();
  client.Send("HEAD /cheap HTTP/1.1\r\n\r\nGET /cheap HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusOf(client.Answer(false)), "405");
  EXPECT_EQ(StatusOf(client.Answer()), "200");
}

TEST_F(NetTest, Bodies) {
  Start();
  const std::string large(100'000, 'q');
  EXPECT_EQ(BodyOf(Ask("POST /echo HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" +
                       large)),
            large);
  EXPECT_EQ(BodyOf(Ask("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
                       "\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: u\r\n\r\n")),
            "abc");
  EXPECT_EQ(BodyOf(Ask("GET /large HTTP/1.1\r\n\r\n")).size(), size_t{1} << 20);
}

TEST_F(NetTest, ExpectContinue) {
  Start();
  auto client = Client();
  client.Send(
      "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
      "\r\n");
  EXPECT_EQ(client.Answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("ok");
  EXPECT_EQ(BodyOf(client.Answer()), "ok");
  // Too large: the final answer comes at once.
  auto other = Client();
  other.Send(
      "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\n"
      "Content-Length: 9999999\r\n\r\n");
  EXPECT_EQ(StatusOf(other.Answer()), "413");
}

TEST_F(NetTest, HalfClosedClientIsStillAnswered) {
  Start();
  auto client = Client();
  client.Send("POST /echo HTTP/1.1\r\nContent-Length: 1\r\n\r\nx");
  client.FinishSending();
  EXPECT_EQ(BodyOf(client.Answer()), "x");
  EXPECT_TRUE(client.ClosedByServer());
  auto gone = Client();
  gone.Send("POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nx");
  gone.FinishSending();
  const std::string answer = gone.UntilClosed();
  EXPECT_EQ(StatusOf(answer), "400");
  EXPECT_EQ(BodyOf(answer), "payload reached EOF before completing: None");
}

TEST_F(NetTest, SlowSendersGet408) {
  options_.limits.head_timeout = milliseconds(100);
  options_.limits.body_timeout = milliseconds(100);
  Start();
  const std::string cases[] = {
      "", "GET /che", "GET /cheap HTTP/1.1\r\nA: b\r\n",
      "POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"};
  for (const std::string& sent : cases) {
    const std::string answer = Ask(sent);
    EXPECT_EQ(StatusOf(answer), "408") << sent;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  }
}

TEST_F(NetTest, IdleConnectionsAreClosedQuietly) {
  options_.limits.keep_alive_timeout = milliseconds(50);
  Start();
  auto client = Client();
  client.Send("GET /cheap HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusOf(client.Answer()), "200");
  EXPECT_EQ(client.UntilClosed(), "");
}

TEST_F(NetTest, AFullPoolAnswers503AtOnce) {
  options_.worker_threads = 1;
  options_.limits.max_queued_work = 1;
  Start();
  auto running = Client();
  running.Send("GET /block HTTP/1.1\r\n\r\n");
  gate_.entered.wait();
  auto queued = Client();
  queued.Send("POST /echo HTTP/1.1\r\nContent-Length: 1\r\n\r\nq");
  while (server_->Stats().queued != 1) std::this_thread::yield();

  const std::string answer = Ask("GET /echo HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), "503");
  EXPECT_NE(answer.find("\r\nRetry-After: 1\r\n"), std::string::npos);
  EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
  EXPECT_NE(answer.find("\"request_id\":"), std::string::npos);
  // Cheap routes do not need the pool.
  EXPECT_EQ(StatusOf(Ask("GET /healthz HTTP/1.1\r\n\r\n")), "200");

  gate_.leave.count_down();
  EXPECT_EQ(BodyOf(running.Answer()), "late");
  EXPECT_EQ(BodyOf(queued.Answer()), "q");
  EXPECT_EQ(server_->Stats().refused, 1u);
}

TEST_F(NetTest, WhatWaitedTooLongInTheQueueIs504) {
  options_.worker_threads = 1;
  options_.limits.request_deadline = milliseconds(0);
  Start();
  EXPECT_EQ(StatusOf(Ask("GET /echo HTTP/1.1\r\n\r\n")), "504");
}

TEST_F(NetTest, TooManyConnections) {
  options_.limits.max_connections = 1;
  Start();
  auto first = Client();
  first.Send("GET /cheap HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusOf(first.Answer()), "200");
  auto second = Client();
  EXPECT_EQ(StatusOf(second.Answer()), "503");
  // Also when its request is there before anybody looked at it.
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(
        StatusOf(Ask("POST /echo HTTP/1.1\r\nContent-Length: 90000\r\n\r\n" +
                     std::string(90'000, 'x'))),
        "503");
  }
  first.Send("GET /cheap HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusOf(first.Answer()), "200");
}

TEST_F(NetTest, ExceptionsOfHandlersAre500) {
  Start();
  auto client = Client();
  client.Send("GET /throw HTTP/1.1\r\n\r\n");
  const std::string answer = client.Answer();
  EXPECT_EQ(StatusOf(answer), "500");
  EXPECT_EQ(answer.find("on purpose"), std::string::npos);
  EXPECT_NE(logger_.Lines().find("on purpose"), std::string::npos);
  client.Send("GET /cheap HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusOf(client.Answer()), "200");
}

TEST_F(NetTest, StopLetsRequestsInFlightFinish) {
  Start();
  auto idle = Client();
  idle.Send("GET /cheap HTTP/1.1\r\n\r\n");
  idle.Answer();
  auto fresh = Client();
  auto busy = Client();
  busy.Send("GET /block HTTP/1.1\r\n\r\n");
  gate_.entered.wait();
  std::thread stopping([this] { server_->Stop(); });
  EXPECT_EQ(idle.UntilClosed(), "");
  EXPECT_EQ(fresh.UntilClosed(), "");
  gate_.leave.count_down();
  const std::string answer = busy.Answer();
  EXPECT_EQ(BodyOf(answer), "late");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopping.join();
  EXPECT_FALSE(Client().connected());
}

TEST_F(NetTest, StopCancelsWhatDoesNotFinish) {
  options_.limits.drain_timeout = milliseconds(20);
  Start();
  auto busy = Client();
  busy.Send("GET /cancel HTTP/1.1\r\n\r\n");
  gate_.entered.wait();
  server_->Stop();
  EXPECT_EQ(BodyOf(busy.UntilClosed()), "cancelled");
}

TEST_F(NetTest, UnixSocket) {
  testing::TempDir folder;
  const std::string path = folder.path() + "/admin.sock";
  options_.addresses.clear();
  options_.unix_paths = {path};
  Start();
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
  testing::SocketClient client(path);
  client.Send("GET /cheap HTTP/1.1\r\n\r\n");
  EXPECT_EQ(BodyOf(client.Answer()), "unix");
  // A second server must not take the path away from a living one.
  ServerOptions again;
  again.unix_paths = {path};
  const auto second =
      Server::Create(std::move(again), {&router_, &clock_, &random_, &logger_});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  server_->Stop();
  EXPECT_NE(stat(path.c_str(), &info), 0);
}

TEST_F(NetTest, AStaleUnixSocketIsReplacedAndAFileIsNot) {
  testing::TempDir folder;
  const std::string path = folder.path() + "/stale.sock";
  {
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address),
              0);
    close(fd);
  }
  const std::string file = folder.path() + "/file";
  std::ofstream(file) << "keep";
  ServerOptions refused;
  refused.unix_paths = {file};
  EXPECT_FALSE(Server::Create(std::move(refused),
                              {&router_, &clock_, &random_, &logger_}));
  EXPECT_EQ(testing::ReadFile(file), "keep");
  options_.unix_paths = {path};
  Start();
  testing::SocketClient client(path);
  client.Send("GET /healthz HTTP/1.1\r\n\r\n");
  EXPECT_EQ(StatusOf(client.Answer()), "200");
}

TEST_F(NetTest, AddressesAreChecked) {
  Start();
  const std::string cases[] = {
      "",          "8080",        "localhost:80", "::1:80",
      "127.0.0.1", "127.0.0.1:x", "[1.2.3.4]:1",  "127.0.0.1:99999",
      "1.2.3:4"};
  for (const std::string& address : cases) {
    ServerOptions options;
    options.addresses = {address};
    const auto server = Server::Create(std::move(options),
                                       {&router_, &clock_, &random_, &logger_});
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().code, ErrorCode::kInvalidInput) << address;
  }
  ServerOptions taken;
  taken.addresses = {"127.0.0.1:" + std::to_string(port_)};
  const auto server =
      Server::Create(std::move(taken), {&router_, &clock_, &random_, &logger_});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::kUnavailable);
}

TEST_F(NetTest, ManyClientsOnSeveralIoThreads) {
  options_.io_threads = 2;
  Start();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, &good] {
      auto client = Client();
      for (int n = 0; n < 50; ++n) {
        client.Send("POST /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi");
        if (BodyOf(client.Answer()) == "hi") ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
}

}  // namespace
}  // namespace vouchsafe::net
