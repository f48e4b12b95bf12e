#include "net/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace vouchsafe::net {
namespace {

TEST(OpenFiles, ConnectionsLeaveRoomForTheRest) {
  const struct {
    size_t allowed, wanted, connections;
  } kCases[] = {
      {20'000, 10'000, 10'000}, {11'024, 10'000, 10'000},
      {11'023, 10'000, 9'999},  {4'096, 10'000, 3'072},
      {1'024, 10'000, 512},     {100, 10'000, 50},
      {1, 10'000, 1},           {20'000, 1, 1},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ConnectionsWithin(c.allowed, c.wanted), c.connections)
        << c.allowed;
  }
}

TEST(OpenFiles, SoftLimitIsRaisedToTheHardOneAndNeverLowered) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  if (before.rlim_max < 200) GTEST_SKIP() << "hard limit under 200";
  rlimit low = before;
  low.rlim_cur = 100;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(AllowOpenFiles(50), 100u);
  EXPECT_EQ(AllowOpenFiles(150), 150u);
  EXPECT_EQ(AllowOpenFiles(size_t{1} << 40), before.rlim_max);
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace vouchsafe::net
