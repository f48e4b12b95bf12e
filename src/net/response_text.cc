#include "net/response_text.h"

#include <charconv>

namespace vouchsafe::net {
namespace {

bool IsServersOwn(std::string_view name) {
  return http::EqualNoCase(name, "content-length") ||
         http::EqualNoCase(name, "connection") ||
         http::EqualNoCase(name, "transfer-encoding") ||
         http::EqualNoCase(name, "date");
}

void AppendNumber(size_t number, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void AppendOneLine(std::string_view text, std::string& out) {
  for (const char c : text) {
    out += (c == '\r' || c == '\n' || c == '\0') ? ' ' : c;
  }
}

}  // namespace

bool MayHaveBody(int status) {
  return status >= 200 && status != 204 && status != 304;
}

void AppendHead(const http::Response& response, bool keep_alive,
                std::string_view date, std::string& out) {
  out += "HTTP/1.1 ";
  AppendNumber(static_cast<size_t>(response.status), out);
  out += ' ';
  out += http::StatusText(response.status);
  out += "\r\n";
  if (MayHaveBody(response.status)) {
    out += "Content-Length: ";
    AppendNumber(response.body.size(), out);
    out += "\r\n";
  }
  if (!keep_alive) out += "Connection: close\r\n";
  for (const http::Header& field : response.headers) {
    if (IsServersOwn(field.name)) continue;
    AppendOneLine(field.name, out);
    out += ": ";
    AppendOneLine(field.value, out);
    out += "\r\n";
  }
  out += "Date: ";
  out += date;
  out += "\r\n\r\n";
}

}  // namespace vouchsafe::net
