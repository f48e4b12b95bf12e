#include "http/status.h"

#include <string_view>

#include "http/types.h"

namespace vouchsafe::http {

int HttpStatus(ErrorCode code, Service service) {
  const bool kbs = service == Service::kKbs;
  switch (code) {
    case ErrorCode::kInvalidInput:
      return 400;
    case ErrorCode::kUntrusted:
      return kbs ? 401 : 422;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kDenied:
      return kbs ? 401 : 403;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupported:
      return 400;
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kBadPeer:
      return 502;
    case ErrorCode::kDeadline:
      return 504;
    case ErrorCode::kExhausted:
      return 503;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

// RFC 9110 section 15, as far as this program answers with it or may relay it.
std::string_view StatusText(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace vouchsafe::http
