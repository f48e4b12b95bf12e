#pragma once

// Cross-origin requests as restful-as has them (as.md 6): fixed methods and
// headers, no credentials, the origins an operator listed and no others.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/types.h"

namespace vouchsafe::http {

class Cors {
 public:
  // Origins are compared exactly.
  explicit Cors(std::vector<std::string> origins)
      : origins_(std::move(origins)) {}

  // "http://..." or "https://...": anything else is no origin.
  static bool IsOrigin(std::string_view text);

  // The answer to a preflight: 200 when it may go on, 400 when not; nullopt
  // when the request is no preflight.
  std::optional<Response> Preflight(const Request& request) const;
  // Adds Vary, and the CORS headers for a listed origin.
  void Decorate(const Request& request, Response& response) const;

 private:
  bool Allowed(std::string_view origin) const;
  std::vector<std::string> origins_;
};

}  // namespace vouchsafe::http
