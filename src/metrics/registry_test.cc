#include "metrics/registry.h"

#include <gtest/gtest.h>

#include "tests/support/threads.h"

namespace vouchsafe::metrics {
namespace {

TEST(Registry, WritesEveryKindByName) {
  Registry registry;
  registry.AddCounters("b_total", "Second.", {"tee", "outcome"})
      .With({"snp", "allowed"})
      .Add(3);
  registry.AddCounter("a_total", "First\\line\nnext.");
  registry.AddGauge("d", "Fourth.").Set(-2);
  Histogram& histogram = registry.AddHistogram("c_seconds", "Third.", {0.1, 1});
  histogram.Observe(0.1);
  histogram.Observe(0.5);
  histogram.Observe(7);
  registry.AddSource([](Writer& out) {
    out.Gauge("e", "Fifth.", 1.5, {{"of", "x\"y\\z\n"}});
    out.Gauge("e", "Fifth.", 2, {{"of", "b"}});
    out.Counter("f_total", "Sixth.", 12345678901.0);
  });
  EXPECT_EQ(registry.Text(),
            "# HELP a_total First\\\\line\\nnext.\n"
            "# TYPE a_total counter\n"
            "a_total 0\n"
            "# HELP b_total Second.\n"
            "# TYPE b_total counter\n"
            "b_total{tee=\"snp\",outcome=\"allowed\"} 3\n"
            "# HELP c_seconds Third.\n"
            "# TYPE c_seconds histogram\n"
            "c_seconds_bucket{le=\"0.1\"} 1\n"
            "c_seconds_bucket{le=\"1\"} 2\n"
            "c_seconds_bucket{le=\"+Inf\"} 3\n"
            "c_seconds_sum 7.6\n"
            "c_seconds_count 3\n"
            "# HELP d Fourth.\n"
            "# TYPE d gauge\n"
            "d -2\n"
            "# HELP e Fifth.\n"
            "# TYPE e gauge\n"
            "e{of=\"x\\\"y\\\\z\\n\"} 1.5\n"
            "e{of=\"b\"} 2\n"
            "# HELP f_total Sixth.\n"
            "# TYPE f_total counter\n"
            "f_total 12345678901\n");
}

TEST(Registry, OneFamilyAName) {
  Registry registry;
  registry.AddCounter("a", "x").Add();
  registry.AddCounter("a", "x").Add();
  EXPECT_NE(registry.Text().find("\na 2\n"), std::string::npos);
}

// Whoever chooses label values cannot make us keep them all.
TEST(Registry, SeriesAreBounded) {
  Registry registry;
  CounterFamily& family = registry.AddCounters("a", "x", {"v"});
  for (size_t i = 0; i < 2 * kMostSeries; ++i) {
    family.With({std::to_string(i)}).Add();
  }
  EXPECT_EQ(family.All().size(), kMostSeries + 1);
  EXPECT_EQ(family.With({"other"}).value(), kMostSeries);
  EXPECT_EQ(family.With({"0"}).value(), 1u) << "known ones go on";
  Registry second;
  second.AddCounters("a", "x", {"v"}).With({std::string(100'000, 'a')}).Add();
  EXPECT_LT(second.Text().size(), 400u);
}

TEST(Registry, ThreadsCountTogether) {
  Registry registry;
  CounterFamily& family = registry.AddCounters("a", "x", {"v"});
  Histogram& histogram = registry.AddHistogram("h", "x", {1});
  vouchsafe::testing::InThreads(4, [&](size_t i) {
    for (int n = 0; n < 500; ++n) {
      family.With({std::to_string(i % 2)}).Add();
      histogram.Observe(0.5);
      if (n % 100 == 0) {
        EXPECT_FALSE(registry.Text().empty());
      }
    }
  });
  EXPECT_EQ(family.With({"0"}).value(), 1000u);
  EXPECT_EQ(histogram.counts()[0], 2000u);
  EXPECT_EQ(histogram.sum(), 1000.0);
}

}  // namespace
}  // namespace vouchsafe::metrics
