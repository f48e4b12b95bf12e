#include "apps/vouchsafe-load/reply_head.h"

#include <charconv>

namespace vouchsafe::load {
namespace {

// The whole text as a decimal number; from_chars takes no sign for unsigned.
bool ParseNumber(std::string_view text, size_t& out) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc() && stop == end && !text.empty();
}

Result<int> ParseStatusLine(std::string_view line) {
  // "HTTP/1.1 200 OK": the reason may be empty, its blank may not be missing.
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  size_t status = 0;
  if (!line.starts_with(kVersion) || line.size() < kVersion.size() + 4 ||
      line[kVersion.size() + 3] != ' ' ||
      !ParseNumber(line.substr(kVersion.size(), 3), status)) {
    return Fail(ErrorCode::kBadPeer, "status line is not HTTP/1.1");
  }
  if (status < 200 || status > 599) {
    return Fail(ErrorCode::kBadPeer,
                "status " + std::to_string(status) + ", want 200 to 599");
  }
  return static_cast<int>(status);
}

Result<http::Header> ParseField(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == 0 || colon == line.npos ||
      line.substr(0, colon).find_first_of(" \t\r\n") != line.npos) {
    return Fail(ErrorCode::kBadPeer, "malformed header field");
  }
  std::string_view value = line.substr(colon + 1);
  if (value.find_first_of("\r\n") != value.npos) {
    return Fail(ErrorCode::kBadPeer, "bare line end in a header field");
  }
  const size_t first = value.find_first_not_of(" \t");
  if (first == value.npos) {
    value = {};
  } else {
    value = value.substr(first, value.find_last_not_of(" \t") - first + 1);
  }
  return http::Header{std::string(line.substr(0, colon)), std::string(value)};
}

Result<size_t> BodyLength(const ReplyHead& head, size_t max_body) {
  if (head.headers.Find("Transfer-Encoding") != nullptr) {
    return Fail(ErrorCode::kBadPeer,
                "a transfer coding: only Content-Length is read here");
  }
  size_t length = 0;
  // Several fields join to "1, 1", which is no number.
  const std::string text = head.headers.Joined("Content-Length");
  if (text.empty() && head.status == 204) return size_t{0};
  if (!ParseNumber(text, length)) {
    return Fail(ErrorCode::kBadPeer, "no usable Content-Length");
  }
  if (length > max_body) {
    return Fail(ErrorCode::kTooLarge, "body of " + std::to_string(length) +
                                          " bytes, limit " +
                                          std::to_string(max_body));
  }
  return length;
}

}  // namespace

Result<ReplyHead> ParseReplyHead(std::string_view head, size_t max_body) {
  ReplyHead out;
  size_t end = head.find("\r\n");
  out.status = TRY(ParseStatusLine(head.substr(0, end)));
  while (end != head.npos) {
    head.remove_prefix(end + 2);
    end = head.find("\r\n");
    const http::Header field = TRY(ParseField(head.substr(0, end)));
    out.headers.Add(field.name, field.value);
  }
  out.content_length = TRY(BodyLength(out, max_body));
  out.close = http::EqualNoCase(out.headers.Get("Connection"), "close");
  return out;
}

}  // namespace vouchsafe::load
