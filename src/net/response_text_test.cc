#include "net/response_text.h"

#include <gtest/gtest.h>

namespace vouchsafe::net {
namespace {

std::string Head(const http::Response& response, bool keep_alive = true) {
  std::string out;
  AppendHead(response, keep_alive, "DATE", out);
  return out;
}

TEST(ResponseTextTest, Heads) {
  EXPECT_EQ(Head(http::Text(200, "abc")),
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nDate: DATE\r\n\r\n");
  EXPECT_EQ(Head(http::Empty(404), false),
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
            "Connection: close\r\nDate: DATE\r\n\r\n");
  EXPECT_EQ(Head(http::Empty(204)),
            "HTTP/1.1 204 No Content\r\nDate: DATE\r\n\r\n");
}

TEST(ResponseTextTest, AHandlerCannotBreakTheFraming) {
  http::Response response = http::Empty(200);
  response.headers.Add("Content-Length", "99");
  response.headers.Add("transfer-encoding", "chunked");
  response.headers.Add("Connection", "upgrade");
  response.headers.Add("X", "a\r\nSet-Cookie: evil\n");
  EXPECT_EQ(Head(response),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
            "X: a  Set-Cookie: evil \r\nDate: DATE\r\n\r\n");
}

}  // namespace
}  // namespace vouchsafe::net
