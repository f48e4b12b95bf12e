#pragma once

// Problem documents (RFC 9457): Trustee's members `type` and `detail`, and our
// own `code`, `title`, `status` and `request_id` (decision 1).

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/status.h"
#include "http/types.h"

namespace vouchsafe::http {

struct Problem {
  int status = 500;
  std::string type;        // a URI
  std::string detail;      // fixed text of the service, never Error::message
  std::string code;        // left out when empty
  std::string request_id;  // left out when empty
};

// What a client may know of an error: the check's id or group, else the name of
// the code.
std::string_view ProblemCode(const Error& error);

// Status and code from the error, the texts from the caller.
Problem MakeProblem(const Error& error, Service service, std::string type,
                    std::string detail, std::string request_id);

// application/problem+json. A 503 carries "Retry-After: 1".
Response ProblemResponse(const Problem& problem);
// Only `type` and `detail`, as Trustee sends (strict_trustee_errors).
Response StrictProblemResponse(const Problem& problem);

}  // namespace vouchsafe::http
