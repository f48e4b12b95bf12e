#include "net/request_reader.h"

#include <gtest/gtest.h>

namespace vouchsafe::net {
namespace {

using State = RequestReader::State;

// What comes of feeding `text`, at most `step` new bytes at a time.
struct Outcome {
  State state = State::kNeedMore;
  int refusal = 0;
  http::Request request;
  std::string rest;
  bool keep_alive = false;
};

Outcome Read(std::string_view text, size_t step = SIZE_MAX,
             uint64_t max_body = 100, size_t max_head = 1000) {
  RequestReader reader(max_head, 5);
  std::string pending;
  Outcome out;
  for (size_t at = 0;;) {
    size_t used = 0;
    out.state = reader.Feed(pending, used);
    pending.erase(0, used);
    if (out.state == State::kHead) reader.SetBodyLimit(max_body);
    if (out.state == State::kDone || out.state == State::kRefused) break;
    if (out.state == State::kHead) continue;
    if (at == text.size()) break;
    const std::string_view more = text.substr(at, step);
    pending += more;
    at += more.size();
    if (at == text.size() || step == SIZE_MAX) continue;
  }
  out.refusal = reader.refusal();
  out.request = reader.request();
  out.rest = pending;
  out.keep_alive = reader.KeepAlive();
  return out;
}

constexpr std::string_view kPost =
    "POST /a?b HTTP/1.1\r\nHost: h\r\nX-Y:  z \r\nContent-Length: 3\r\n\r\nabc";
constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nAuthorization: late\r\n\r\n";

TEST(RequestReaderTest, WholeAndInPieces) {
  for (const size_t step : {size_t{1}, size_t{2}, size_t{7}, SIZE_MAX}) {
    const Outcome plain = Read(kPost, step);
    ASSERT_EQ(plain.state, State::kDone) << step;
    EXPECT_EQ(plain.request.method, "POST");
    EXPECT_EQ(plain.request.target, "/a?b");
    EXPECT_EQ(plain.request.headers.Get("x-y"), "z");
    EXPECT_EQ(plain.request.body_text(), "abc");
    EXPECT_TRUE(plain.keep_alive);

    const Outcome chunked = Read(kChunked, step);
    ASSERT_EQ(chunked.state, State::kDone) << step;
    EXPECT_EQ(chunked.request.body_text(), "abcde");
    // A trailer never becomes a header.
    EXPECT_EQ(chunked.request.headers.Find("authorization"), nullptr);
  }
}

TEST(RequestReaderTest, EmptyChunkedBodyInPieces) {
  constexpr std::string_view kEmpty =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\n";
  for (const size_t step : {size_t{1}, size_t{2}, size_t{3}, SIZE_MAX}) {
    const Outcome out = Read(kEmpty, step);
    EXPECT_EQ(out.state, State::kDone) << step;
    EXPECT_EQ(out.request.body_text(), "") << step;
    EXPECT_EQ(out.rest, "") << step;
  }
}

TEST(RequestReaderTest, EveryTruncationNeedsMore) {
  for (const std::string_view whole : {kPost, kChunked}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(Read(whole.substr(0, size)).state, State::kNeedMore) << size;
    }
  }
}

TEST(RequestReaderTest, WhatFollowsIsLeftForTheNextRequest) {
  const Outcome out = Read(std::string(kPost) + "GET /next");
  EXPECT_EQ(out.state, State::kDone);
  EXPECT_EQ(out.rest, "GET /next");
}

TEST(RequestReaderTest, KeepAlive) {
  EXPECT_FALSE(Read("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").keep_alive);
  EXPECT_FALSE(Read("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(Read("GET / HTTP/1.1\r\n\r\n").keep_alive);
}

TEST(RequestReaderTest, Refusals) {
  const std::string six = "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\n";
  struct Case {
    const char* name;
    std::string text;
    int status;
  } const cases[] = {
      {"garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", 400},
      {"no version", "GET /\r\n\r\n", 400},
      {"HTTP/2", "GET / HTTP/2.0\r\n\r\n", 400},
      {"space before the colon", "GET / HTTP/1.1\r\nA : b\r\n\r\n", 400},
      {"control in the target", "GET /\x01 HTTP/1.1\r\n\r\n", 400},
      {"bare line feed", "GET / HTTP/1.1\nA: b\n\n\r\n\r\n", 400},
      {"two lengths",
       "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {"length and chunked",
       "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"
       "\r\n",
       400},
      {"unknown coding",
       "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\nabc", 400},
      {"negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
      {"huge length",
       "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
      {"bad chunk size",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400},
      {"huge chunk size",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
       "fffffffffffffffff\r\n",
       400},
      {"long head", "GET / HTTP/1.1\r\nA: " + std::string(1000, 'a'), 431},
      {"long target", "GET /" + std::string(1100, 'a'), 431},
      {"many fields", "GET / HTTP/1.1\r\n" + six + "\r\n", 431},
      {"long body",
       "POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'a'),
       413},
      {"long chunked body",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
           std::string(101, 'a'),
       413},
  };
  for (const Case& c : cases) {
    const Outcome out = Read(c.text);
    EXPECT_EQ(out.state, State::kRefused) << c.name;
    EXPECT_EQ(out.refusal, c.status) << c.name;
  }
}

TEST(RequestReaderTest, LimitsAreInclusive) {
  EXPECT_EQ(Read("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n" +
                 std::string(100, 'a'))
                .state,
            State::kDone);
  EXPECT_EQ(Read("GET / HTTP/1.1\r\nA: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n"
                 "\r\n")
                .state,
            State::kDone);
}

TEST(RequestReaderTest, ExpectIsSeen) {
  RequestReader reader(1000, 10);
  size_t used = 0;
  const std::string_view head =
      "PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n";
  ASSERT_EQ(reader.Feed(head, used), State::kHead);
  EXPECT_EQ(used, head.size());
  EXPECT_TRUE(reader.ExpectsContinue());
  EXPECT_EQ(reader.DeclaredLength(), 5u);
}

}  // namespace
}  // namespace vouchsafe::net
