#include "base/request.h"

#include <gtest/gtest.h>

namespace vouchsafe {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Request, IdsAreUuidVersionFour) {
  FixedRandom random;
  const std::string id = NewRequestId(random);
  ASSERT_EQ(id.size(), 36u);
  for (size_t i = 0; i < id.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    EXPECT_EQ(id[i] == '-', dash) << i;
  }
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);

  const std::string session = NewSessionId(random);
  EXPECT_EQ(session.size(), 32u);
  EXPECT_EQ(session.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(session[12], '4');
  EXPECT_NE(NewSessionId(random), session);
}

TEST(Request, LivesUntilItsDeadline) {
  ManualClock clock(1000);
  RequestContext context;
  context.clock = &clock;
  EXPECT_TRUE(context.Alive());
  EXPECT_EQ(context.Left(milliseconds(50)), milliseconds(50));

  context.deadline = clock.Steady() + seconds(2);
  EXPECT_TRUE(context.Alive());
  EXPECT_EQ(context.Left(seconds(10)), seconds(2));
  EXPECT_EQ(context.Left(milliseconds(5)), milliseconds(5));

  clock.Advance(std::chrono::microseconds(1'999'999));
  EXPECT_TRUE(context.Alive());
  EXPECT_EQ(context.Left(seconds(10)), milliseconds(1));

  clock.Advance(std::chrono::microseconds(1));
  EXPECT_EQ(context.Alive().error().code, ErrorCode::kDeadline);
  EXPECT_EQ(context.Left(seconds(10)), milliseconds(0));
  clock.Advance(seconds(2));
  EXPECT_EQ(context.Left(seconds(10)), milliseconds(0));
}

TEST(Request, StopsWhenTold) {
  ManualClock clock(1000);
  std::stop_source source;
  RequestContext context;
  context.clock = &clock;
  context.stop = source.get_token();
  EXPECT_TRUE(context.Alive());
  source.request_stop();
  EXPECT_EQ(context.Alive().error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace vouchsafe
