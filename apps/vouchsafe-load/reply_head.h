#pragma once

// The head of an answer, HTTP/1.1 (RFC 9112 sections 4 and 5), strictly and for
// measuring only: the length must stand in Content-Length.

#include <string_view>

#include "base/result.h"
#include "http/types.h"

namespace vouchsafe::load {

struct ReplyHead {
  int status = 0;
  http::Headers headers;
  size_t content_length = 0;
  bool close = false;  // the server ends the connection after the body
};

// `head` ends before the empty line. kBadPeer: malformed, a transfer coding,
// no length or several, an informational status; kTooLarge: a body over
// `max_body`.
Result<ReplyHead> ParseReplyHead(std::string_view head, size_t max_body);

}  // namespace vouchsafe::load
