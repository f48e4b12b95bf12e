#include "http/url.h"

#include <gtest/gtest.h>

namespace vouchsafe::http {
namespace {

TEST(UrlTest, Good) {
  struct Case {
    std::string text, host;
    uint16_t port;
    std::string path, query, back;
  } const cases[] = {
      {"http://h", "h", 80, "/", "", "http://h/"},
      {"HTTPS://Kds.Amd.com/a?b=c%20d", "kds.amd.com", 443, "/a", "b=c%20d",
       "https://kds.amd.com/a?b=c%20d"},
      {"http://127.0.0.1:8080/kbs", "127.0.0.1", 8080, "/kbs", "",
       "http://127.0.0.1:8080/kbs"},
      {"http://[::1]:80/x", "[::1]", 80, "/x", "", "http://[::1]/x"},
      {"http://h?q", "h", 80, "/", "q", "http://h/?q"},
      {"http://h/a;b=@:!$&'()*+,", "h", 80, "/a;b=@:!$&'()*+,", "",
       "http://h/a;b=@:!$&'()*+,"},
  };
  for (const Case& c : cases) {
    const auto url = ParseUrl(c.text);
    ASSERT_TRUE(url) << c.text << ": " << url.error().Text();
    EXPECT_EQ(url->host, c.host);
    EXPECT_EQ(url->port, c.port);
    EXPECT_EQ(url->path, c.path);
    EXPECT_EQ(url->query, c.query);
    EXPECT_EQ(url->Text(), c.back);
  }
}

TEST(UrlTest, Refused) {
  const std::string cases[] = {
      "",
      "h",
      "//h",
      "ftp://h",
      "file:///etc/passwd",
      "http://",
      "http:///a",
      "http://user@h/",
      "http://user:pw@h/",
      "http://h:0/",
      "http://h:65536/",
      "http://h:/",
      "http://h:8x/",
      "http://h/a b",
      "http://h/a#f",
      "http://h/%",
      "http://h/%4",
      "http://h/%zz",
      "http://[::1",
      "http://[]/",
      "http://[::1]x/",
      "http://[g::]/",
      "http://h/\r\nX: y",
      "http://h\x01/",
      "http://h/\"",
      "http://h/?<",
      "http://h\\a/",
      " http://h/",
      "http://h/" + std::string(9000, 'a'),
  };
  for (const std::string& text : cases) {
    const auto url = ParseUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, ErrorCode::kInvalidInput) << text;
  }
}

TEST(UrlTest, Join) {
  struct Case {
    std::string base, reference, want;
  } const cases[] = {
      {"http://h/a/b?q", "c", "http://h/a/c"},
      {"http://h/a/b", "/c?d", "http://h/c?d"},
      {"http://h/a/b", "../c", "http://h/c"},
      {"http://h/a/b", "../../../c", "http://h/c"},
      {"http://h/a/b/", "./c/.", "http://h/a/b/c/"},
      {"http://h/a/b", "..", "http://h/"},
      {"http://h/a/b", "https://x/y", "https://x/y"},
      {"https://h/a", "//x:1/y", "https://x:1/y"},
      {"http://h/a/b?q", "?r", "http://h/a/b?r"},
      {"http://h/a//b", "c", "http://h/a//c"},
      {"http://h/a", "", "http://h/a"},
      {"http://h/a", "b?x=http://y", "http://h/b?x=http://y"},
  };
  for (const Case& c : cases) {
    const auto base = ParseUrl(c.base);
    ASSERT_TRUE(base);
    const auto joined = Join(*base, c.reference);
    ASSERT_TRUE(joined) << c.reference << ": " << joined.error().Text();
    EXPECT_EQ(joined->Text(), c.want);
  }
  EXPECT_FALSE(Join(*ParseUrl("http://h/"), "a b"));
}

TEST(UrlTest, PercentEncodeKeepsUnreservedOnly) {
  EXPECT_EQ(PercentEncode("aZ9-._~"), "aZ9-._~");
  EXPECT_EQ(PercentEncode("a/b c%\xff"), "a%2Fb%20c%25%FF");
}

}  // namespace
}  // namespace vouchsafe::http
