#include "collateral/http_source.h"

#include <gtest/gtest.h>

#include "tests/fake/fake_fetcher.h"

namespace vouchsafe::collateral {
namespace {

const std::string kUrl = "https://kds/chip-1";

class HttpSourceTest : public testing::Test {
 protected:
  HttpSourceTest() {
    context_.clock = &clock_;
    options_.name = "KDS";
    options_.url = [](const Key& key) -> Result<std::string> {
      if (key.id == "none") return Fail(ErrorCode::kNotFound, "no such chip");
      return "https://kds/" + key.id;
    };
    options_.keep = {"Chain"};
  }
  tl::expected<Fetched, Miss> Fetch(const std::string& id = "chip-1") {
    return MakeHttpSource(options_, fetcher_, clock_)
        ->Fetch({"snp.vcek", id}, context_);
  }

  ManualClock clock_{784'111'777};
  RequestContext context_;
  fake::FakeFetcher fetcher_;
  HttpSourceOptions options_;
};

TEST_F(HttpSourceTest, LifetimesOfTwoHundred) {
  const struct {
    const char* name;
    http::Headers headers;
    std::optional<int64_t> want_s;
  } cases[] = {
      {"silent", {}, std::nullopt},
      {"max-age", {{"Cache-Control", "public, max-age=600"}}, 600},
      {"case and blanks", {{"cache-control", " Max-Age=600 ,public"}}, 600},
      {"quoted", {{"Cache-Control", "max-age=\"600\""}}, 600},
      {"age", {{"Cache-Control", "max-age=600"}, {"Age", "100"}}, 500},
      {"two fields",
       {{"Cache-Control", "public"}, {"Cache-Control", "max-age=7"}},
       7},
      {"no-store", {{"Cache-Control", "no-store, max-age=600"}}, 0},
      {"no-cache", {{"Cache-Control", "no-cache"}}, 0},
      {"huge",
       {{"Cache-Control", "max-age=99999999999999999999"}},
       int64_t{1} << 31},
      {"malformed is stale", {{"Cache-Control", "max-age=x"}}, 0},
      {"other directives",
       {{"Cache-Control", "s-maxage=5, private"}},
       std::nullopt},
      {"Expires", {{"Expires", "Sun, 06 Nov 1994 08:50:37 GMT"}}, 60},
      {"max-age wins",
       {{"Expires", "Sun, 06 Nov 1994 08:50:37 GMT"},
        {"Cache-Control", "max-age=600"}},
       600},
      {"bad Expires", {{"Expires", "0"}}, std::nullopt},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    fetcher_.On(kUrl, 200, "der", c.headers);
    const auto fetched = Fetch();
    ASSERT_TRUE(fetched);
    EXPECT_EQ(ToText(fetched->bytes), "der");
    std::optional<int64_t> want;
    if (c.want_s) want = clock_.UnixSeconds() + *c.want_s;
    EXPECT_EQ(fetched->expires_unix_s, want);
  }
}

TEST_F(HttpSourceTest, StatusTable) {
  const struct {
    int status;
    http::Headers headers;
    ErrorCode want;
    std::optional<int64_t> retry_after_s;
  } cases[] = {
      {404, {}, ErrorCode::kNotFound, {}},
      {410, {}, ErrorCode::kNotFound, {}},
      {429, {{"Retry-After", "120"}}, ErrorCode::kUnavailable, 120},
      {429, {}, ErrorCode::kUnavailable, {}},
      {503,
       {{"Retry-After", "Sun, 06 Nov 1994 08:50:37 GMT"}},
       ErrorCode::kUnavailable,
       60},
      {503,
       {{"Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"}},
       ErrorCode::kUnavailable,
       0},
      {503, {{"Retry-After", "soon"}}, ErrorCode::kUnavailable, {}},
      {500, {{"Retry-After", "120"}}, ErrorCode::kUnavailable, {}},
      {502, {}, ErrorCode::kUnavailable, {}},
      {204, {}, ErrorCode::kBadPeer, {}},
      {301, {}, ErrorCode::kBadPeer, {}},
      {400, {}, ErrorCode::kBadPeer, {}},
      {403, {}, ErrorCode::kBadPeer, {}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.status);
    fetcher_.On(kUrl, c.status, "body", c.headers);
    const auto fetched = Fetch();
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().error.code, c.want);
    EXPECT_EQ(fetched.error().error.message,
              "answered status " + std::to_string(c.status));
    EXPECT_EQ(fetched.error().retry_after_s, c.retry_after_s);
  }
}

TEST_F(HttpSourceTest, SendsWhatItWasGiven) {
  fetcher_.On(kUrl, 200, "der", {{"CHAIN", "pem"}, {"Other", "x"}});
  options_.headers = {{"Ocp-Apim-Subscription-Key", "k"}};
  options_.timeout = std::chrono::milliseconds(1234);
  options_.max_body = 99;
  options_.ca_pem = {"pem"};
  const auto fetched = Fetch();
  ASSERT_TRUE(fetched);
  EXPECT_EQ(fetched->headers,
            (std::map<std::string, std::string>{{"chain", "pem"}}));
  const std::vector<http::FetchRequest> requests = fetcher_.Requests();
  ASSERT_EQ(requests.size(), 1u);
  const http::FetchRequest& request = requests.front();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.headers.Get("Ocp-Apim-Subscription-Key"), "k");
  EXPECT_EQ(request.timeout, std::chrono::milliseconds(1234));
  EXPECT_EQ(request.max_body, 99u);
  EXPECT_EQ(request.ca_pem.size(), 1u);
  EXPECT_FALSE(request.follow_redirects);
}

TEST_F(HttpSourceTest, NonsenseAndSizesAreRefused) {
  fetcher_.On(kUrl, 200, "");
  EXPECT_EQ(Fetch().error().error.code, ErrorCode::kBadPeer);
  fetcher_.On(kUrl, 200, "html");
  options_.check = [](ByteView) -> Result<> {
    return Fail(ErrorCode::kInvalidInput, "not DER");
  };
  EXPECT_EQ(Fetch().error().error.code, ErrorCode::kBadPeer);
  EXPECT_EQ(Fetch().error().error.message, "not DER");
  options_.max_body = 3;
  EXPECT_EQ(Fetch().error().error.code, ErrorCode::kTooLarge);
}

TEST_F(HttpSourceTest, IdsWithoutUrlAreNotFoundAndNotAsked) {
  EXPECT_EQ(Fetch("none").error().error.code, ErrorCode::kNotFound);
  EXPECT_TRUE(fetcher_.Requests().empty());
  EXPECT_EQ(Fetch("unreachable").error().error.code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace vouchsafe::collateral
