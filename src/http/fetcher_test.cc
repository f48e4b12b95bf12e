#include "http/fetcher.h"

#include <gtest/gtest.h>

#include "tests/fake/fake_fetcher.h"

namespace vouchsafe::http {
namespace {

class FakeFetcherTest : public ::testing::Test {
 protected:
  Result<FetchResponse> Get(const std::string& url, size_t max_body = 100) {
    FetchRequest request;
    request.url = url;
    request.max_body = max_body;
    RequestContext context;
    context.clock = &clock_;
    context.deadline = deadline_;
    return fetcher_.Fetch(request, context);
  }

  ManualClock clock_{1'000};
  std::chrono::steady_clock::time_point deadline_ =
      std::chrono::steady_clock::time_point::max();
  fake::FakeFetcher fetcher_;
};

TEST_F(FakeFetcherTest, AnswersAndCounts) {
  fetcher_.On("http://a", 404, "gone");
  const auto response = Get("http://a");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body_text(), "gone");
  EXPECT_EQ(fetcher_.Count("http://a"), 1);
  EXPECT_EQ(fetcher_.Count("http://b"), 0);
  EXPECT_EQ(fetcher_.Requests().size(), 1u);
}

TEST_F(FakeFetcherTest, Errors) {
  fetcher_.Fail("http://bad", ErrorCode::kBadPeer);
  fetcher_.On("http://large", 200, "0123456789");
  EXPECT_EQ(Get("http://bad").error().code, ErrorCode::kBadPeer);
  EXPECT_EQ(Get("http://unknown").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Get("http://large", 9).error().code, ErrorCode::kTooLarge);
  deadline_ = clock_.Steady();
  EXPECT_EQ(Get("http://large").error().code, ErrorCode::kDeadline);
}

}  // namespace
}  // namespace vouchsafe::http
