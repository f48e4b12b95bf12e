#include "apps/vouchsafe-load/report.h"

#include <gtest/gtest.h>

#include "apps/vouchsafe-load/reply_head.h"
#include "json/write.h"

namespace vouchsafe::load {
namespace {

using std::chrono::microseconds;

TEST(LatencyTest, PercentilesOfNothingAreZero) {
  const LatencyHistogram none;
  EXPECT_EQ(none.PercentileMicros(500), 0u);
  EXPECT_EQ(none.max_us(), 0u);
}

TEST(LatencyTest, PercentilesAreNearestRank) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 100; ++i) histogram.Record(microseconds(i));
  EXPECT_EQ(histogram.PercentileMicros(0), 1u);
  EXPECT_EQ(histogram.PercentileMicros(500), 50u);
  EXPECT_EQ(histogram.PercentileMicros(990), 99u);
  EXPECT_EQ(histogram.PercentileMicros(1000), 100u);
}

TEST(LatencyTest, EveryStepIsTooHighByLessThanAPart) {
  for (uint64_t us = 1; us < (uint64_t{1} << 31); us += us / 7 + 1) {
    LatencyHistogram histogram;
    histogram.Record(microseconds(us));
    histogram.Record(std::chrono::hours(2));  // beyond the last step
    EXPECT_GE(histogram.PercentileMicros(500), us);
    EXPECT_LE(histogram.PercentileMicros(500), us + us / 64);
    EXPECT_EQ(histogram.max_us(), 7'200'000'000u);
  }
}

TEST(LatencyTest, MergedHistogramsCountBoth) {
  LatencyHistogram a, b;
  a.Record(microseconds(10));
  b.Record(microseconds(90));
  a.Merge(b);
  EXPECT_EQ(a.count(), 2u);
  EXPECT_EQ(a.PercentileMicros(500), 10u);
  EXPECT_EQ(a.PercentileMicros(990), 90u);
}

TEST(ReplyHeadTest, ReadsWhatServersSend) {
  const auto head = ParseReplyHead(
      "HTTP/1.1 200 OK\r\ncontent-length: 12 \r\nSet-Cookie: a=b; Path=/\r\n"
      "Connection: close",
      100);
  ASSERT_TRUE(head) << head.error().Text();
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->content_length, 12u);
  EXPECT_EQ(head->headers.Get("set-cookie"), "a=b; Path=/");
  EXPECT_TRUE(head->close);
}

TEST(ReplyHeadTest, RefusesWhatIsNotMeasuredHere) {
  struct Case {
    const char* name;
    const char* head;
    ErrorCode want;
  };
  constexpr Case kCases[] = {
      {"empty", "", ErrorCode::kBadPeer},
      {"old", "HTTP/1.0 200 OK\r\nContent-Length: 1", ErrorCode::kBadPeer},
      {"no blank", "HTTP/1.1 200\r\nContent-Length: 1", ErrorCode::kBadPeer},
      {"informational", "HTTP/1.1 100 Continue", ErrorCode::kBadPeer},
      {"sign", "HTTP/1.1 -20 OK\r\nContent-Length: 1", ErrorCode::kBadPeer},
      {"no length", "HTTP/1.1 200 OK", ErrorCode::kBadPeer},
      {"two lengths",
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1",
       ErrorCode::kBadPeer},
      {"negative", "HTTP/1.1 200 OK\r\nContent-Length: -1",
       ErrorCode::kBadPeer},
      {"overflow", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999",
       ErrorCode::kBadPeer},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
       ErrorCode::kBadPeer},
      {"blank in name", "HTTP/1.1 200 OK\r\nContent-Length : 1",
       ErrorCode::kBadPeer},
      {"large", "HTTP/1.1 200 OK\r\nContent-Length: 101", ErrorCode::kTooLarge},
  };
  for (const Case& c : kCases) {
    const auto head = ParseReplyHead(c.head, 100);
    ASSERT_FALSE(head) << c.name;
    EXPECT_EQ(head.error().code, c.want) << c.name;
  }
}

TEST(ConnectionTest, ReachesThisMachineOnly) {
  EXPECT_TRUE(ParseTarget("http://127.0.0.1:8080"));
  EXPECT_TRUE(ParseTarget("http://127.255.0.1"));
  EXPECT_TRUE(ParseTarget("http://[::1]:8080/"));
  EXPECT_TRUE(ParseTarget("http://localhost:8080"));
  for (const char* url :
       {"https://127.0.0.1:8080", "http://192.0.2.1:8080", "http://example.org",
        "http://[::2]:8080", "http://127.0.0.1.example.org", "http://0.0.0.0",
        "http://localhost.example.org", "http://127.0.0.1/path", ""}) {
    EXPECT_FALSE(ParseTarget(url)) << url;
  }
}

TEST(ProcessUsageTest, ReadsProc) {
  const std::string stat =
      "77 (a) b) S 1 77 77 0 -1 4194560 900 0 3 0 250 50 0 0 20 0 9 0 100";
  const auto micros = ParseCpuMicros(stat, 100);
  ASSERT_TRUE(micros) << micros.error().Text();
  EXPECT_EQ(*micros, 3'000'000u);
  EXPECT_FALSE(ParseCpuMicros("77 (a) S 1 77", 100));
  EXPECT_FALSE(ParseCpuMicros("", 100));
  const char* const status = "Name:\tkbs\nVmRSS:\t   1234 kB\nRssAnon:\t 99 kB";
  EXPECT_EQ(ParseStatusKib(status, "VmRSS").value_or(0), 1234u);
  EXPECT_EQ(ParseStatusKib(status, "RssAnon").value_or(0), 99u);
  EXPECT_FALSE(ParseStatusKib(status, "Rss"));
  EXPECT_FALSE(ParseStatusKib("VmRSS:\tmany", "VmRSS"));
}

Report SampleReport() {
  Report report;
  report.mode = "rcar";
  report.connections = 2;
  report.requests_each = 2;
  Tally& tally = report.tally;
  tally.latencies.Record(microseconds(1000));
  tally.latencies.Record(microseconds(3000));
  tally.latencies.Record(microseconds(3000));
  tally.errors["status 503"] = 1;
  tally.traffic.statuses[200] = 6;
  tally.traffic.statuses[503] = 1;
  tally.traffic.bytes_sent = 700;
  tally.traffic.bytes_received = 900;
  tally.traffic.connects = 2;
  tally.elapsed = microseconds(2'000'000);
  report.server = ServerUsage{{1000, 5000, 400}, {5000, 5100, 410}};
  return report;
}

TEST(ReportTest, RatesAndCostsAreOverWhatWasDone) {
  const Report report = SampleReport();
  EXPECT_DOUBLE_EQ(report.PerSecond(), 1.5);
  EXPECT_DOUBLE_EQ(report.CpuMicrosEach(), 1000);  // of four, one failed
  EXPECT_DOUBLE_EQ(Report().PerSecond(), 0);
  EXPECT_DOUBLE_EQ(Report().CpuMicrosEach(), 0);
}

TEST(ReportTest, PrintsJson) {
  EXPECT_EQ(
      json::Write(ToJson(SampleReport())),
      R"({"mode":"rcar","connections":2,"elapsed_us":2000000,"operations":3,)"
      R"("requests_each":2,"per_second":1.5,)"
      R"("latency_us":{"p50":3000,"p99":3000,"max":3000},)"
      R"("answers":{"200":6,"503":1},"errors":{"status 503":1},"gave_up":0,)"
      R"("bytes_sent":700,"bytes_received":900,"connects":2,)"
      R"("server":{"cpu_us_per_operation":1000.0,"rss_before_kib":5000,)"
      R"("rss_after_kib":5100,"rss_anon_before_kib":400,)"
      R"("rss_anon_after_kib":410}})");
}

TEST(ReportTest, PrintsText) {
  const std::string text = ToText(SampleReport());
  for (const char* part :
       {"rcar: 2 connections, 2.00 s\n", "operations      3 of 2 requests\n",
        "rate            1.5 per second\n",
        "p50 3.00 ms, p99 3.00 ms, max 3.00 ms\n", "200: 6, 503: 1\n",
        "errors          status 503: 1\n", "700 sent, 900 received\n",
        "1000 us per operation\n"}) {
    EXPECT_NE(text.find(part), text.npos) << part << " in\n" << text;
  }
}

}  // namespace
}  // namespace vouchsafe::load
