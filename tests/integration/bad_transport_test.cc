// Bytes that are no request, requests that do not come to their end, and the
// wrong protocol for the port: the answers that kbs.md 0.2, 3 and 12 and the
// status table (decision 20) define. After each the servers still serve, and
// nothing is stored.

#include "tests/integration/servers.h"

namespace vouchsafe::integration {
namespace {

constexpr const char* kBroken = "payload reached EOF before completing: None";

enum class Then { kListen, kFinish };

struct Case {
  const char* name;
  Which which;
  std::string bytes;
  const char* status;  // "" when the connection is closed without an answer
  std::string body = "";
  Then then = Then::kListen;
};

class BadTransport : public Servers {
 protected:
  void Expect(const Case& c) {
    SCOPED_TRACE(c.name);
    const std::string before = StoreDigest();
    auto client = Connect(c.which);
    client.Send(c.bytes);
    if (c.then == Then::kFinish) client.FinishSending();
    const WireAnswer answer{client.Answer()};
    EXPECT_EQ(answer.Status(), c.status) << answer.text;
    EXPECT_EQ(answer.Body(), c.body);
    EXPECT_EQ(StoreDigest(), before);
    ExpectServes();
  }
};

std::string Post(std::string_view headers, std::string_view body) {
  return "POST /kbs/v0/auth HTTP/1.1\r\nHost: h\r\n" + std::string(headers) +
         "\r\n" + std::string(body);
}

TEST_F(BadTransport, Heads) {
  std::string fields;
  for (int i = 0; i < 97; ++i) fields += "A: b\r\n";
  const std::string megabyte(size_t{1} << 20, 'a');
  const Case kCases[] = {
      {"no HTTP", Which::kKbs, "hello\r\n\r\n", "400"},
      {"no HTTP", Which::kAs, "hello\r\n\r\n", "400"},
      {"HTTP/2 at once", Which::kKbs,
       std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33),
       "400"},
      {"HTTP/0.9", Which::kKbs, "GET /healthz\r\n\r\n", "400"},
      {"HTTP/1.2", Which::kKbs, "GET /healthz HTTP/1.2\r\n\r\n", "400"},
      {"blank in the target", Which::kKbs, "GET /he althz HTTP/1.1\r\n\r\n",
       "400"},
      {"control character in the target", Which::kKbs,
       "GET /\x01 HTTP/1.1\r\n\r\n", "400"},
      {"field without a colon", Which::kKbs,
       "GET /healthz HTTP/1.1\r\nHost\r\n\r\n", "400"},
      {"blank before the colon", Which::kKbs,
       "GET /healthz HTTP/1.1\r\nHost : h\r\n\r\n", "400"},
      {"zero byte in a field", Which::kKbs,
       std::string("GET /healthz HTTP/1.1\r\nA: b\0c\r\n\r\n", 33), "400"},
      {"97 fields", Which::kKbs, "GET /healthz HTTP/1.1\r\n" + fields + "\r\n",
       "431"},
      {"a field over the limit", Which::kKbs,
       "GET /healthz HTTP/1.1\r\nA: " + megabyte + "\r\n\r\n", "431"},
      {"a target over the limit", Which::kAs, "GET /" + megabyte, "431"},
      {"TLS to the plain port", Which::kKbs,
       std::string("\x16\x03\x01\0\x05hello\r\n\r\n", 14), "400"},
      {"no path", Which::kKbs, Request("GET", "/nowhere", ""), "404"},
      {"no path", Which::kAs, Request("GET", "/nowhere", ""), "404"},
      {"wrong method", Which::kKbs, Request("PATCH", "/kbs/v0/auth", ""),
       "405"},
      {"wrong method", Which::kAs, Request("DELETE", "/attestation", ""),
       "405"},
      {"wrong method for health", Which::kKbs, Request("POST", "/healthz", ""),
       "404"},
      // Refused by RFC 9112 section 3.2; Trustee answers it, and so do we.
      {"no Host", Which::kKbs, "GET /healthz HTTP/1.1\r\n\r\n", "200"},
      {"half of a head, and no more", Which::kKbs, "GET /healthz HT", "", "",
       Then::kFinish},
      {"nothing, and no more", Which::kKbs, "", "", "", Then::kFinish},
  };
  for (const Case& c : kCases) Expect(c);
}

TEST_F(BadTransport, WrongMethodNamesTheRightOnes) {
  EXPECT_NE(Ask(Which::kKbs, Request("PATCH", "/kbs/v0/auth", ""))
                .Head()
                .find("GET, POST, PUT, DELETE"),
            std::string::npos);
  EXPECT_NE(Ask(Which::kAs, Request("DELETE", "/attestation", ""))
                .Head()
                .find("POST"),
            std::string::npos);
}

TEST_F(BadTransport, Bodies) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string large((size_t{2} << 20) + 1, ' ');
  const Case kCases[] = {
      {"two lengths", Which::kKbs,
       Post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), "400"},
      {"length and chunks", Which::kKbs,
       Post("Content-Length: 2\r\n" + chunked, "0\r\n\r\n"), "400"},
      {"length that is none", Which::kKbs, Post("Content-Length: x\r\n", ""),
       "400"},
      {"negative length", Which::kKbs, Post("Content-Length: -1\r\n", ""),
       "400"},
      {"length over 64 bits", Which::kKbs,
       Post("Content-Length: 99999999999999999999\r\n", ""), "400"},
      {"unknown coding", Which::kKbs, Post("Transfer-Encoding: gzip\r\n", ""),
       "400"},
      {"bad chunk", Which::kKbs, Post(chunked, "zz\r\n"), "400", kBroken},
      {"chunk size over 64 bits", Which::kKbs,
       Post(chunked, "fffffffffffffffff\r\n"), "400", kBroken},
      {"length not reached", Which::kKbs, Post("Content-Length: 10\r\n", "{}"),
       "400", kBroken, Then::kFinish},
      {"last chunk missing", Which::kKbs, Post(chunked, "2\r\n{}\r\n"), "400",
       kBroken, Then::kFinish},
      {"declared too large", Which::kKbs,
       Post("Content-Length: 2097153\r\n", ""), "413",
       "payload reached size limit"},
      {"sent too large", Which::kKbs,
       Post(chunked, "200001\r\n" + large + "\r\n0\r\n\r\n"), "413",
       "payload reached size limit"},
      {"declared too large", Which::kAs, Request("POST", "/attestation", large),
       "413",
       "JSON payload (2097153 bytes) is larger than allowed (limit: 2097152 "
       "bytes)."},
      {"terabytes declared", Which::kAs,
       "POST /policy HTTP/1.1\r\nContent-Length: 1099511627776\r\n\r\n", "413",
       "JSON payload (1099511627776 bytes) is larger than allowed (limit: "
       "2097152 bytes)."},
      {"JSON of another name", Which::kAs,
       "POST /attestation HTTP/1.1\r\nContent-Type: text/plain\r\n"
       "Content-Length: 3\r\n\r\n{}",
       "400", kBroken, Then::kFinish},
      {"head too slow", Which::kKbs, "POST /kbs/v0/auth HTTP/1.1\r\nHost: h",
       "408"},
      {"body too slow", Which::kKbs, Post("Content-Length: 10\r\n", "{"),
       "408"},
      {"chunk too slow", Which::kAs,
       "POST /attestation HTTP/1.1\r\n" + chunked + "\r\n5\r\n{", "408"},
      {"nothing", Which::kAs, "", "408"},
  };
  for (const Case& c : kCases) Expect(c);
}

TEST_F(BadTransport, WrongMediaTypeIsNamed) {
  const WireAnswer answer =
      Ask(Which::kAs,
          "POST /attestation HTTP/1.1\r\nContent-Type: text/plain\r\n"
          "Content-Length: 2\r\n\r\n{}");
  EXPECT_EQ(answer.Status(), "400");
  EXPECT_EQ(answer.Member("detail"),
            "Content type error: want application/json");
}

// A byte now and then keeps no connection longer than one that sends nothing.
TEST_F(BadTransport, AByteNowAndThen) {
  const std::string before = StoreDigest();
  for (const std::string& start : {std::string("GET /kbs/v0/"),
                                   Post("Content-Length: 1000000\r\n", "{")}) {
    auto client = Connect(Which::kKbs);
    client.Send(start);
    pollfd answered{client.fd(), POLLIN, 0};
    int sent = 0;
    for (; sent < 2'000 && poll(&answered, 1, 5) == 0; ++sent) {
      client.Send("a");
    }
    EXPECT_GT(sent, 5);
    EXPECT_LT(sent, 2'000);
    EXPECT_EQ(WireAnswer{client.Answer()}.Status(), "408") << start;
    EXPECT_TRUE(client.ClosedByServer());
  }
  EXPECT_EQ(StoreDigest(), before);
  ExpectServes();
}

TEST_F(BadTransport, HalfClosedClientsAreAnswered) {
  auto client = Connect(Which::kKbs);
  client.Send(Request("GET", "/kbs/v0/resource-policy", ""));
  client.FinishSending();
  EXPECT_EQ(WireAnswer{client.Answer()}.Status(), "200");
  EXPECT_TRUE(client.ClosedByServer());
  ExpectServes();
}

// Gone in the middle, without a word, many at once.
TEST_F(BadTransport, ResetsHurtNobody) {
  const std::string before = StoreDigest();
  for (int i = 0; i < 200; ++i) {
    auto client = Connect(i % 2 == 0 ? Which::kKbs : Which::kTls);
    client.Send(Post("Content-Length: 100\r\n", std::string(50, '{')));
    const linger reset{1, 0};
    setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  EXPECT_EQ(StoreDigest(), before);
  ExpectServes();
  ExpectServesTls();
}

TEST_F(BadTransport, GarbageOnTheTlsPort) {
  const std::string before = StoreDigest();
  const std::string kCases[] = {
      Request("GET", "/healthz", ""),
      std::string("\x16\x03\x01\xff"),
      // A hello that is cut, one whose length lies, an alert, and noise.
      std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11),
      std::string("\x16\x03\x01\x00\x05\x01\xff\xff\xff\x03", 10),
      std::string("\x15\x03\x03\x00\x02\x02\x50", 7),
      std::string("\x17\x03\x03\x40\x00", 5) + std::string(0x4000, '\x5a'),
      std::string(5'000, '\0'),
      std::string(100'000, '\xff'),
      std::string(),
  };
  for (const std::string& bytes : kCases) {
    auto client = Connect(Which::kTls);
    client.Send(bytes);
    EXPECT_TRUE(client.ClosedByServer());
    auto finished = Connect(Which::kTls);
    finished.Send(bytes);
    finished.FinishSending();
    EXPECT_TRUE(finished.ClosedByServer());
    ExpectServesTls();
  }
  EXPECT_EQ(StoreDigest(), before);
}

}  // namespace
}  // namespace vouchsafe::integration
