#include "apps/vouchsafe-load/report.h"

#include <gtest/gtest.h>

#include "json/write.h"

namespace vouchsafe::load {
namespace {

TEST(ReportTest, PercentileIsTheNearestRank) {
  EXPECT_EQ(Percentile({}, 50), 0u);
  EXPECT_EQ(Percentile({7}, 99), 7u);
  const std::vector<uint32_t> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(Percentile(ten, 50), 5u);
  EXPECT_EQ(Percentile(ten, 90), 9u);
  EXPECT_EQ(Percentile(ten, 99), 10u);
  EXPECT_EQ(Percentile(ten, 0), 1u);
}

constexpr const char* kStat =
    "4711 (a (very) odd name) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 9 0 1 2";
constexpr const char* kStatus =
    "Name:\tx\nVmRSS:\t   20480 kB\nRssAnon:\t    8192 kB\n";

TEST(ReportTest, ReadsWhatTheKernelSays) {
  const auto use = ParseProcess(kStat, kStatus, 100);
  ASSERT_TRUE(use);
  EXPECT_EQ(use->cpu_us, 3'000'000u);
  EXPECT_EQ(use->rss_kib, 20480u);
  EXPECT_EQ(use->rss_anon_kib, 8192u);
  EXPECT_FALSE(ParseProcess("", "", 100));
}

TEST(ReportTest, JoinsWhatTheConnectionsFound) {
  std::vector<Tally> tallies(2);
  tallies[0].latencies_us = {1000, 3000};
  tallies[0].bytes = 10;
  tallies[1].latencies_us = {2000};
  tallies[1].bytes = 5;
  tallies[1].errors["status 503"] = 2;
  const Report report = Summarise("rcar", tallies, 1.5, ProcessUse{0, 0, 0},
                                  ProcessUse{300, 20480, 8192});
  EXPECT_EQ(report.good, 3u);
  EXPECT_EQ(report.bytes, 15u);
  EXPECT_EQ(report.p50_us, 2000u);
  EXPECT_EQ(report.max_us, 3000u);
  EXPECT_EQ(ToText(report),
            "rcar, 2 connections, 1.50 s\n"
            "  rate     2.0/s\n"
            "  latency  p50 2.000 ms, p99 3.000 ms, max 3.000 ms\n"
            "  bytes    15\n"
            "  server   100.0 us CPU a request, RSS 20480 KiB (RssAnon 8192)\n"
            "  error    status 503: 2\n");
  EXPECT_EQ(json::Write(ToJson(report)),
            R"({"scenario":"rcar","connections":2,"seconds":1.500,)"
            R"("requests":3,"rate_per_s":2.0,"p50_us":2000,"p99_us":3000,)"
            R"("max_us":3000,"bytes":15,"errors":{"status 503":2},)"
            R"("server_cpu_us_per_request":100.0,"server_rss_kib":20480,)"
            R"("server_rss_anon_kib":8192})");
}

}  // namespace
}  // namespace vouchsafe::load
