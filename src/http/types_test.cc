#include "http/types.h"

#include <gtest/gtest.h>

namespace vouchsafe::http {
namespace {

TEST(HeadersTest, NamesAreComparedWithoutCase) {
  Headers headers{{"Cookie", "a=1"}, {"X", "y"}, {"cookie", "b=2"}};
  EXPECT_EQ(headers.Get("COOKIE"), "a=1");
  EXPECT_EQ(headers.Joined("Cookie"), "a=1, b=2");
  EXPECT_EQ(headers.Find("absent"), nullptr);
  headers.Set("cookie", "c=3");
  EXPECT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.Joined("Cookie"), "c=3");
}

TEST(RequestTest, TargetIsSplitAtTheFirstQuestionMark) {
  struct Case {
    std::string target, path, query;
  } const cases[] = {
      {"/kbs/v0/auth", "/kbs/v0/auth", ""},
      {"/a?b=c?d", "/a", "b=c?d"},
      {"/a?", "/a", ""},
      {"/a%3Fb", "/a%3Fb", ""},
      {"http://host:1/a/b?c", "/a/b", "c"},
      {"http://host", "/", ""},
      {"*", "*", ""},
      {"", "", ""},
  };
  for (const Case& c : cases) {
    Request request;
    request.target = c.target;
    EXPECT_EQ(request.path(), c.path) << c.target;
    EXPECT_EQ(request.query(), c.query) << c.target;
  }
}

TEST(DecodeTest, PercentDecodeIsWholeAndLossy) {
  struct Case {
    std::string text, want;
  } const cases[] = {
      {"a%2Fb", "a/b"},
      {"%25", "%"},
      {"%2525", "%25"},
      {"a+b", "a+b"},
      {"%", "%"},
      {"%4", "%4"},
      {"%zz", "%zz"},
      {"%41%", "A%"},
      {"%ff", "\xef\xbf\xbd"},
      {"%e2%82%ac", "\xe2\x82\xac"},
      {"", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(PercentDecode(c.text), c.want);
}

TEST(DecodeTest, InvalidUtf8BecomesReplacementCharacters) {
  const std::string r = "\xef\xbf\xbd";
  struct Case {
    std::string bytes, want;
  } const cases[] = {
      {"plain", "plain"},
      {"\xc0\x80", r + r},  // overlong
      {"\xe2\x82", r},      // cut short: one maximal part
      {"\xe2\x82z", r + "z"},
      {"\xed\xa0\x80", r + r + r},          // a surrogate
      {"\xf4\x90\x80\x80", r + r + r + r},  // beyond U+10FFFF
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
      {"\xf0\x9f\x98", r},
      {"\x80", r},
  };
  for (const Case& c : cases) EXPECT_EQ(Utf8Lossy(c.bytes), c.want);
}

TEST(DecodeTest, QueryIsFormEncodedAndTheLastWins) {
  const auto query = ParseQuery("a=1&b=x+y&a=2&&c&d=%26&%zz=%ff&e=1=2");
  EXPECT_EQ(query.size(), 6u);
  EXPECT_EQ(query.at("a"), "2");
  EXPECT_EQ(query.at("b"), "x y");
  EXPECT_EQ(query.at("c"), "");
  EXPECT_EQ(query.at("d"), "&");
  EXPECT_EQ(query.at("%zz"), "\xef\xbf\xbd");
  EXPECT_EQ(query.at("e"), "1=2");
  EXPECT_TRUE(ParseQuery("").empty());
}

TEST(DecodeTest, FirstCookieOfANameWins) {
  Request request;
  request.headers.Add("Cookie", "x=0; kbs-session-id=%61b ;kbs-session-id=no");
  request.headers.Add("cookie", "y=1");
  EXPECT_EQ(FindCookie(request, "kbs-session-id"), "ab");
  EXPECT_EQ(FindCookie(request, "y"), "1");
  EXPECT_EQ(FindCookie(request, "KBS-SESSION-ID"), std::nullopt);
  EXPECT_EQ(FindCookie(Request{}, "x"), std::nullopt);
}

TEST(DecodeTest, BearerToken) {
  struct Case {
    std::string value;
    std::optional<std::string> want;
  } const cases[] = {
      {"Bearer abc", "abc"}, {"bearer  abc ", "abc"}, {"Basic abc", {}},
      {"Bearer", {}},        {"Bearer ", {}},         {"", {}},
  };
  for (const Case& c : cases) {
    Request request;
    request.headers.Add("Authorization", c.value);
    const auto got = BearerToken(request);
    EXPECT_EQ(got.has_value(), c.want.has_value()) << c.value;
    EXPECT_EQ(got.value_or(""), c.want.value_or(""));
  }
  EXPECT_EQ(BearerToken(Request{}), std::nullopt);
}

TEST(DecodeTest, MediaTypeLosesParametersAndCase) {
  Request request;
  EXPECT_EQ(MediaType(request), "");
  request.headers.Add("Content-Type", " Application/JSON ; charset=utf-8");
  EXPECT_EQ(MediaType(request), "application/json");
}

TEST(ResponseTest, Helpers) {
  EXPECT_TRUE(Empty(404).headers.empty());
  EXPECT_EQ(Json(200, "{}").headers.Get("content-type"), "application/json");
  EXPECT_EQ(Text(200, "x").headers.Get("content-type"),
            "text/plain; charset=utf-8");
  EXPECT_EQ(Octets(200, AsBytes("raw")).body, "raw");
  EXPECT_EQ(StatusText(404), "Not Found");
  EXPECT_EQ(StatusText(799), "Unknown");
}

}  // namespace
}  // namespace vouchsafe::http
