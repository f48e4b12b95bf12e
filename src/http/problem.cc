#include "http/problem.h"

#include <utility>

#include "checks/check.h"
#include "json/value.h"
#include "json/write.h"

namespace vouchsafe::http {
namespace {

Response Write(const Problem& problem, json::Object body) {
  Response response = Typed(problem.status, "application/problem+json",
                            json::Write(json::Value(std::move(body))));
  if (problem.status == 503) response.headers.Add("Retry-After", "1");
  return response;
}

}  // namespace

std::string_view ProblemCode(const Error& error) {
  return error.check != nullptr ? ClientCode(*error.check)
                                : ErrorCodeName(error.code);
}

Problem MakeProblem(const Error& error, Service service, std::string type,
                    std::string detail, std::string request_id) {
  return {HttpStatus(error.code, service), std::move(type), std::move(detail),
          std::string(ProblemCode(error)), std::move(request_id)};
}

Response ProblemResponse(const Problem& problem) {
  json::Object body;
  body.Set("type", problem.type);
  body.Set("detail", problem.detail);
  if (!problem.code.empty()) body.Set("code", problem.code);
  body.Set("title", StatusText(problem.status));
  body.Set("status", problem.status);
  if (!problem.request_id.empty()) body.Set("request_id", problem.request_id);
  return Write(problem, std::move(body));
}

Response StrictProblemResponse(const Problem& problem) {
  json::Object body;
  body.Set("type", problem.type);
  body.Set("detail", problem.detail);
  return Write(problem, std::move(body));
}

}  // namespace vouchsafe::http
