#pragma once

// A request and a response as handlers see them: whole, in memory, without
// sockets. A handler is an ordinary function and is tested as one.

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/request.h"

namespace vouchsafe::http {

struct Header {
  std::string name;  // as sent; compared without case
  std::string value;
};

// ASCII only, as RFC 9110 section 5.1 has it.
bool EqualNoCase(std::string_view a, std::string_view b);

// Header fields in the order they came; equal names are kept apart.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}

  void Add(std::string_view name, std::string_view value);
  // Replaces every field of that name by one.
  void Set(std::string_view name, std::string_view value);
  // The first of that name; nullptr when there is none.
  const std::string* Find(std::string_view name) const;
  // The first of that name, or empty.
  std::string_view Get(std::string_view name) const;
  // All values of that name joined by ", ".
  std::string Joined(std::string_view name) const;

  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Header> fields_;
};

struct Request {
  std::string method;  // as sent, "GET"; any token
  std::string target;  // raw: "/kbs/v0/resource/a?b=c"
  Headers headers;
  Bytes body;        // whole; any transfer coding is undone
  std::string peer;  // "192.0.2.1:4711", "[::1]:4711" or "unix"; may be empty
  bool tls = false;

  // Views into `target`: before and after the first '?'. Nothing is decoded.
  // An absolute-form target ("http://host/path", RFC 9112 section 3.2.2) gives
  // its path.
  std::string_view path() const;
  std::string_view query() const;
  std::string_view body_text() const { return AsText(body); }
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

// Content-Length, Date and Connection are added by the server.
Response Empty(int status);                   // no Content-Type
Response Json(int status, std::string body);  // application/json
Response Text(int status, std::string body);  // text/plain; charset=utf-8
Response Octets(int status, ByteView body);   // application/octet-stream
Response Typed(int status, std::string_view content_type, std::string body);

// "Not Found"; "Unknown" for a status without a name.
std::string_view StatusText(int status);

using Handler = std::function<Response(const Request&, const RequestContext&)>;

// --- Reading what clients send. None of these fails: bad escapes and bytes are
// decoded lossily and go on, as Trustee's server does (kbs.md 0.2, 1.6).

// '%XX' undone wherever it is well formed, then bytes that are not UTF-8
// replaced by U+FFFD.
std::string PercentDecode(std::string_view text);
// Every maximal invalid part becomes one U+FFFD (Unicode 3.9, "best practice").
std::string Utf8Lossy(std::string_view bytes);
// application/x-www-form-urlencoded to a map; the last of a name wins.
std::map<std::string, std::string> ParseQuery(std::string_view query);
// The value of the first cookie of that name over all Cookie headers, name and
// value percent-decoded; nullopt when there is none.
std::optional<std::string> FindCookie(const Request& request,
                                      std::string_view name);
// The token of "Authorization: Bearer <token>", scheme without case; nullopt
// when the header is absent or of another form. Views into the request.
std::optional<std::string_view> BearerToken(const Request& request);
// "application/json" from "Application/JSON; charset=utf-8": lower case,
// without parameters; empty when there is none.
std::string MediaType(const Request& request);

}  // namespace vouchsafe::http
