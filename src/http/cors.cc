#include "http/cors.h"

#include <algorithm>
#include <array>

namespace vouchsafe::http {
namespace {

constexpr std::string_view kMethods = "POST, OPTIONS, GET";
constexpr std::string_view kHeaders = "content-type, authorization";
constexpr std::string_view kMaxAgeSeconds = "86400";
constexpr std::string_view kVary =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
constexpr std::array<std::string_view, 3> kMethodList = {"POST", "GET",
                                                         "OPTIONS"};
constexpr std::array<std::string_view, 2> kHeaderList = {"content-type",
                                                         "authorization"};

bool HeadersAllowed(std::string_view asked) {
  while (!asked.empty()) {
    const size_t comma = asked.find(',');
    std::string_view name = asked.substr(0, comma);
    asked = comma == std::string_view::npos ? std::string_view()
                                            : asked.substr(comma + 1);
    const size_t first = name.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    name = name.substr(first, name.find_last_not_of(" \t") - first + 1);
    const auto equals = [&](std::string_view allowed) {
      return EqualNoCase(allowed, name);
    };
    if (!std::ranges::any_of(kHeaderList, equals)) return false;
  }
  return true;
}

Response Refused(std::string text) { return {400, {}, std::move(text)}; }

}  // namespace

bool Cors::IsOrigin(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

bool Cors::Allowed(std::string_view origin) const {
  return std::ranges::find(origins_, origin) != origins_.end();
}

std::optional<Response> Cors::Preflight(const Request& request) const {
  const std::string* method =
      request.headers.Find("access-control-request-method");
  const std::string* origin = request.headers.Find("origin");
  if (request.method != "OPTIONS" || method == nullptr || origin == nullptr) {
    return std::nullopt;
  }
  if (!Allowed(*origin)) {
    return Refused("Origin is not allowed to make this request");
  }
  if (std::ranges::find(kMethodList, *method) == kMethodList.end()) {
    return Refused("Requested method is not allowed");
  }
  if (!HeadersAllowed(
          request.headers.Joined("access-control-request-headers"))) {
    return Refused("One or more request headers are not allowed");
  }
  Response response = Empty(200);
  response.headers.Add("Access-Control-Allow-Methods", kMethods);
  response.headers.Add("Access-Control-Allow-Headers", kHeaders);
  response.headers.Add("Access-Control-Max-Age", kMaxAgeSeconds);
  return response;
}

void Cors::Decorate(const Request& request, Response& response) const {
  response.headers.Set("Vary", kVary);
  const std::string* origin = request.headers.Find("origin");
  if (origin == nullptr || !Allowed(*origin)) return;
  response.headers.Set("Access-Control-Allow-Origin", *origin);
}

}  // namespace vouchsafe::http
